//! Where a transaction ends, and what it takes part in.

use sea_orm::{
    AccessMode, ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, Set, TransactionError,
    TransactionSession, TransactionTrait,
};
use sea_orm_do::sql_err;

use super::{author, doomed, names};
use crate::case::{Case, Context, Outcome, case, cases};
use crate::cases::{connect, library};
use crate::entities::book;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!(
        "transactions":
        the_outer_handle_takes_part,
        undoes_schema_changes,
        refuses_writes_when_read_only,
        is_over_after_its_closure,
        waits_for_nothing_but_the_database,
        polls_a_future_that_wakes_itself,
        gives_up_on_a_future_that_never_ends,
        checks_deferred_foreign_keys_before_the_commit,
        a_word_in_a_name_defers_no_foreign_key,
        a_mismatch_elsewhere_fails_no_commit,
    );
    cases.push(
        case!("transactions", rolls_back_on_a_panic)
            .panicking("in the middle")
            .then(|context| Box::pin(nothing_was_kept(context)))
            .workerd_only(),
    );
    cases
}

async fn the_outer_handle_takes_part(context: Context) -> Outcome {
    let db = library(&context).await?;
    let result = db.transaction_sync(async |txn| {
        author("a").insert(&db).await?;
        assert_eq!(names(txn).await?, ["a"]);
        Err::<(), _>(DbErr::Custom("no".into()))
    });
    assert!(result.is_err());
    assert!(names(&db).await?.is_empty());
    Ok(())
}

async fn undoes_schema_changes(context: Context) -> Outcome {
    let db = library(&context).await?.with_declared_types();
    let result = db.transaction_sync(async |txn| {
        txn.execute_unprepared("ALTER TABLE author ADD COLUMN shoes INTEGER; CREATE TABLE t (a INTEGER)").await?;
        txn.execute_unprepared("INSERT INTO t VALUES (1)").await?;
        author("a").insert(txn).await?;
        Err::<(), _>(DbErr::Custom("no".into()))
    });
    assert!(result.is_err());
    assert!(db.execute_unprepared("SELECT * FROM t").await.is_err());
    assert!(db.execute_unprepared("SELECT shoes FROM author").await.is_err());
    db.transaction_sync(async |txn| {
        txn.execute_unprepared("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')").await
    })?;
    let row = db.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT a FROM t")).await?;
    assert_eq!(row.ok_or("no row")?.try_get::<String>("", "a")?, "x");
    Ok(())
}

async fn refuses_writes_when_read_only(context: Context) -> Outcome {
    let db = library(&context).await?;
    author("a").insert(&db).await?;
    let inside = db.clone();
    let names = db
        .transaction_with_config::<_, Vec<String>, DbErr>(
            |txn| {
                Box::pin(async move {
                    for refused in [author("b").insert(txn).await, author("b").insert(&inside).await] {
                        assert!(refused.is_err_and(|error| error.to_string().contains("read-only")));
                    }
                    assert!(txn.execute_unprepared("SELECT 1; DELETE FROM author").await.is_err());
                    names(txn).await
                })
            },
            None,
            Some(AccessMode::ReadOnly),
        )
        .await?;
    assert_eq!(names, ["a"]);
    author("b").insert(&db).await?;
    Ok(())
}

async fn is_over_after_its_closure(context: Context) -> Outcome {
    let db = library(&context).await?;
    let mut kept = None;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        kept = Some(txn.begin().await?);
        Ok(())
    });
    assert!(why.await?.contains("never committed"));
    let kept = kept.ok_or("nothing was kept")?;
    let error = author("a").insert(&kept).await.expect_err("the closure is over");
    assert!(error.to_string().contains("this transaction is over"), "{error}");
    assert!(kept.begin().await.is_err());
    assert!(kept.transaction_sync(async |_| Ok::<_, DbErr>(())).is_err());
    assert!(kept.commit().await.is_err());
    assert!(names(&db).await?.is_empty());
    Ok(())
}

async fn waits_for_nothing_but_the_database(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        std::future::pending::<()>().await;
        Ok(())
    });
    let why = why.await?;
    assert!(why.contains("waited for something other than this database"), "{why}");
    Ok(())
}

async fn polls_a_future_that_wakes_itself(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        wakes_itself(100).await;
        author("b").insert(txn).await
    })?;
    assert_eq!(names(&db).await?, ["a", "b"]);
    Ok(())
}

async fn gives_up_on_a_future_that_never_ends(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        wakes_itself(usize::MAX).await;
        Ok(())
    });
    assert!(why.await?.contains("without coming to an end"));
    Ok(())
}

async fn wakes_itself(times: usize) {
    let mut left = times;
    std::future::poll_fn(|context| {
        left -= 1;
        context.waker().wake_by_ref();
        if left == 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

async fn checks_deferred_foreign_keys_before_the_commit(context: Context) -> Outcome {
    let db = library(&context).await?;
    let orphan = "INSERT INTO book (author_id, title, pages, price, in_print) VALUES (7, 'x', 1, 1, 1)";
    let result = db.transaction_sync(async |txn| {
        txn.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
        txn.execute_unprepared(orphan).await
    });
    let Err(TransactionError::Connection(error)) = result else { return Err("it committed".into()) };
    assert!(error.to_string().contains("`book`") && error.to_string().contains("`author`"), "{error}");
    assert!(sql_err(&error).is_some());
    assert_eq!(book::Entity::find().count(&db).await?, 0);

    let parents_later =
        "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES author DEFERRABLE INITIALLY DEFERRED)";
    db.execute_unprepared(parents_later).await?;
    let broken = db.transaction_sync(async |txn| txn.execute_unprepared("INSERT INTO child (parent) VALUES (9)").await);
    assert!(broken.is_err());
    db.transaction_sync(async |txn| {
        txn.execute_unprepared("INSERT INTO child (parent) VALUES (9)").await?;
        author::ActiveModel { id: Set(9), ..author("late") }.insert(txn).await
    })?;
    assert_eq!(names(&db).await?, ["late"]);
    Ok(())
}

async fn a_word_in_a_name_defers_no_foreign_key(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared(
        "CREATE TABLE job (id INTEGER PRIMARY KEY, deferred_until TEXT DEFAULT 'DEFERRABLE INITIALLY DEFERRED'); \
         CREATE TABLE odd (initially deferred); CREATE TABLE p (a INT); \
         CREATE TABLE ch (id INTEGER PRIMARY KEY, a INT REFERENCES p (a))",
    )
    .await?;
    db.transaction_sync(async |txn| txn.execute_unprepared("INSERT INTO job DEFAULT VALUES").await)?;
    Ok(())
}

/// A key that points to nothing unique, which SQLite calls a mismatch.
async fn a_mismatch_elsewhere_fails_no_commit(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared(
        "CREATE TABLE p (a INT); CREATE TABLE ch (a INT REFERENCES p (a) DEFERRABLE INITIALLY DEFERRED); \
         CREATE TABLE parent (id INTEGER PRIMARY KEY); \
         CREATE TABLE child (parent_id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
    )
    .await?;
    for before in ["", "PRAGMA defer_foreign_keys = ON; "] {
        let insert = |parent: &str| format!("{before}INSERT INTO child VALUES (7); {parent}");
        let orphan = insert("");
        let error = db.transaction_sync(async |txn| txn.execute_unprepared(&orphan).await).err().ok_or("committed")?;
        assert!(error.to_string().contains("`parent`"), "{error}");
        let whole = insert("INSERT INTO parent VALUES (7)");
        db.transaction_sync(async |txn| txn.execute_unprepared(&whole).await)?;
        db.execute_unprepared("DELETE FROM child; DELETE FROM parent").await?;
    }
    Ok(())
}

async fn rolls_back_on_a_panic(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| -> Result<(), DbErr> {
        author("a").insert(txn).await?;
        panic!("in the middle");
    })?;
    Ok(())
}

async fn nothing_was_kept(context: Context) -> Outcome {
    let db = connect(&context)?;
    assert!(names(&db).await?.is_empty());
    db.transaction_sync(async |txn| author("b").insert(txn).await)?;
    assert_eq!(names(&db).await?, ["b"]);
    Ok(())
}
