//! How a transaction that is held open ends.

use futures_util::{FutureExt, StreamExt};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, PaginatorTrait, Set, StreamTrait, TransactionSession,
    TransactionTrait,
};
use sea_orm_do::sql_err;

use super::super::{author, names};
use super::{ORPHAN, held_library, refusal};
use crate::case::{Case, Context, Outcome, case, cases};
use crate::cases::connect;
use crate::entities::book;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!(
        "held":
        commits_what_was_done_across_a_wait,
        rolls_back,
        a_drop_undoes_at_once,
        reports_a_commit_that_fails,
        checks_keys_without_what_was_rolled_back_inside,
        goes_on_after_a_statement_that_fails,
        undoes_schema_changes_that_it_saw,
        streams_inside_end_with_it,
        a_begin_that_is_given_up_leaves_nothing,
    );
    cases.extend([
        case!("held", what_is_written_after_a_drop_stays)
            .then(|context| Box::pin(has_what_was_written_after(context)))
            .after_restart(),
        case!("held", is_whole_after_a_restart).then(|context| Box::pin(has_the_whole(context))).after_restart(),
        case!("held", a_panic_undoes_it)
            .panicking("in the middle")
            .then(|context| Box::pin(nothing_is_left(context)))
            .workerd_only(),
    ]);
    cases
}

async fn commits_what_was_done_across_a_wait(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    context.wait().await;
    author("b").insert(&txn).await?;
    assert_eq!(names(&txn).await?, ["a", "b"]);
    context.wait().await;
    txn.commit().await?;
    assert_eq!(names(&db).await?, ["a", "b"]);
    Ok(())
}

async fn rolls_back(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    context.wait().await;
    txn.rollback().await?;
    assert!(names(&db).await?.is_empty());
    db.begin().await?.commit().await?;
    Ok(())
}

async fn a_drop_undoes_at_once(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    context.wait().await;
    drop(txn);
    assert!(names(&db).await?.is_empty());
    let txn = db.begin().await?;
    author("b").insert(&txn).await?;
    txn.commit().await?;
    assert_eq!(names(&db).await?, ["b"]);
    Ok(())
}

async fn what_is_written_after_a_drop_stays(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    drop(txn);
    author("b").insert(&db).await?;
    db.transaction_sync(async |txn| author("c").insert(txn).await)?;
    Ok(())
}

async fn has_what_was_written_after(context: Context) -> Outcome {
    assert_eq!(names(&connect(&context)?).await?, ["b", "c"]);
    Ok(())
}

async fn is_whole_after_a_restart(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    for name in ["a", "b"] {
        let txn = db.begin().await?;
        author(name).insert(&txn).await?;
        context.wait().await;
        txn.commit().await?;
    }
    let txn = db.begin().await?;
    author("c").insert(&txn).await?;
    context.wait().await;
    txn.rollback().await?;
    Ok(())
}

async fn has_the_whole(context: Context) -> Outcome {
    assert_eq!(names(&connect(&context)?).await?, ["a", "b"]);
    Ok(())
}

async fn reports_a_commit_that_fails(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    let inner = txn.begin().await?;
    inner.execute_unprepared(ORPHAN).await?;
    inner.commit().await?;
    let error = txn.commit().await.err().ok_or("it committed")?;
    assert!(sql_err(&error).is_some(), "{error}");
    assert!(names(&db).await?.is_empty());
    assert_eq!(book::Entity::find().count(&db).await?, 0);
    Ok(())
}

/// The author whom the book needs is gone again by the time of the commit.
async fn checks_keys_without_what_was_rolled_back_inside(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let txn = db.begin().await?;
    txn.execute_unprepared(ORPHAN).await?;
    let inner = txn.begin().await?;
    author::ActiveModel { id: Set(7), ..author("a") }.insert(&inner).await?;
    drop(inner);
    let error = txn.commit().await.err().ok_or("it committed")?;
    assert!(sql_err(&error).is_some(), "{error}");
    assert_eq!(book::Entity::find().count(&db).await?, 0);
    Ok(())
}

async fn goes_on_after_a_statement_that_fails(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    let error = author("a").insert(&txn).await.err().ok_or("the name is taken")?;
    assert!(sql_err(&error).is_some());
    author("b").insert(&txn).await?;
    txn.commit().await?;
    assert_eq!(names(&db).await?, ["a", "b"]);
    Ok(())
}

async fn undoes_schema_changes_that_it_saw(context: Context) -> Outcome {
    let db = held_library(&context).await?.with_declared_types();
    for ending in ["rollback", "drop"] {
        let txn = db.begin().await?;
        txn.execute_unprepared("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)").await?;
        let one = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT a FROM t");
        assert!(txn.query_one_raw(one.clone()).await?.is_some());
        context.wait().await;
        if ending == "drop" {
            drop(txn)
        } else {
            txn.rollback().await?
        }
        assert!(db.query_one_raw(one.clone()).await.is_err());
        db.execute_unprepared("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')").await?;
        let row = db.query_one_raw(one).await?.ok_or("no row")?;
        assert_eq!(row.try_get::<String>("", "a")?, "x");
        db.execute_unprepared("DROP TABLE t").await?;
    }
    Ok(())
}

async fn streams_inside_end_with_it(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    for name in ["a", "b", "c"] {
        author(name).insert(&db).await?;
    }
    for commit in [true, false] {
        let txn = db.begin().await?;
        let query = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT name FROM author");
        let mut stream = txn.stream_raw(query).await?;
        assert!(stream.next().await.is_some_and(|row| row.is_ok()));
        context.wait().await;
        assert!(stream.next().await.is_some_and(|row| row.is_ok()));
        if commit {
            txn.commit().await?
        } else {
            drop(txn)
        }
        let error = refusal(stream.next().await.transpose())?;
        assert!(error.contains("this transaction is over"), "{error}");
    }
    Ok(())
}

async fn a_begin_that_is_given_up_leaves_nothing(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    // In line, then while the storage is asked: natively it has begun by then.
    let open = db.begin().await?;
    assert!(db.begin().now_or_never().is_none());
    open.commit().await?;
    drop(db.begin().now_or_never());
    author("a").insert(&db).await?;
    context.wait().await;
    let txn = db.begin().await?;
    author("b").insert(&txn).await?;
    txn.commit().await?;
    assert_eq!(names(&db).await?, ["a", "b"]);
    Ok(())
}

async fn a_panic_undoes_it(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    author("a").insert(&db).await?;
    context.wait().await;
    let txn = db.begin().await?;
    author("b").insert(&txn).await?;
    context.wait().await;
    panic!("in the middle");
}

async fn nothing_is_left(context: Context) -> Outcome {
    let db = connect(&context)?.with_async_transactions();
    assert_eq!(names(&db).await?, ["a"]);
    let txn = db.begin().await?;
    author("c").insert(&txn).await?;
    txn.commit().await?;
    assert_eq!(names(&db).await?, ["a", "c"]);
    Ok(())
}
