//! Transactions that are held open across awaits.

use futures_util::future::join3;
use futures_util::{FutureExt, StreamExt};
use sea_orm::{
    AccessMode, ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, Set, StreamTrait,
    TransactionError, TransactionSession, TransactionTrait, Unchanged,
};
use sea_orm_do::{DoConnection, sql_err};

use super::nesting::model;
use super::{author, names};
use crate::case::{Case, Context, Outcome, case, cases};
use crate::cases::{connect, library};
use crate::entities::{book, book_genre, setting};

const REQUESTS: usize = 8;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!(
        "held":
        commits_what_was_done_across_a_wait,
        rolls_back,
        a_drop_undoes_at_once,
        is_refused_on_a_handle_that_did_not_ask,
        callbacks_may_wait,
        nests,
        closures_inside_are_savepoints,
        a_parent_waits_for_its_child,
        a_commit_with_an_open_child_undoes_both,
        other_handles_are_refused,
        begins_wait_in_line,
        siblings_wait_for_each_other,
        a_begin_that_is_given_up_leaves_nothing,
        reports_a_commit_that_fails,
        goes_on_after_a_statement_that_fails,
        undoes_schema_changes_that_it_saw,
        refuses_writes_when_read_only,
        streams_inside_end_with_it,
        saves_nested_models_without_a_closure,
        a_proxy_holds_and_nests,
        a_proxy_tells_of_a_failed_commit_at_the_next_call,
    );
    cases.extend([
        case!("held", what_is_written_after_a_drop_stays)
            .then(|context| Box::pin(has_what_was_written_after(context)))
            .after_restart(),
        case!("held", is_whole_after_a_restart).then(|context| Box::pin(has_the_whole(context))).after_restart(),
        case!("held", keeps_every_update_of_requests_at_once)
            .then(|context| Box::pin(add_one(context)))
            .at_once(REQUESTS)
            .then(|context| Box::pin(has_every_update(context)))
            .workerd_only(),
        case!("held", reports_what_the_storage_says_at_the_commit).workerd_only(),
        case!("held", a_panic_undoes_it)
            .panicking("in the middle")
            .then(|context| Box::pin(nothing_is_left(context)))
            .workerd_only(),
    ]);
    cases
}

async fn held_library(context: &Context) -> Result<DoConnection, DbErr> {
    Ok(library(context).await?.with_async_transactions())
}

fn refusal<T>(result: Result<T, DbErr>) -> Result<String, &'static str> {
    Ok(result.err().ok_or("it went through")?.to_string())
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

async fn is_refused_on_a_handle_that_did_not_ask(context: Context) -> Outcome {
    let db = library(&context).await?;
    let error = refusal(db.begin().await)?;
    assert!(error.contains("transaction_sync") && error.contains("with_async_transactions"), "{error}");
    assert!(db.transaction_async(async |txn| author("a").insert(txn).await).await.is_err());
    let held = db.with_async_transactions();
    let result = held.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        held.begin().await
    });
    let Err(TransactionError::Transaction(error)) = result else { return Err("it began".into()) };
    assert!(error.to_string().contains("inside of a transaction_sync closure"), "{error}");
    assert!(names(&held).await?.is_empty());
    Ok(())
}

async fn callbacks_may_wait(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let kept = db
        .transaction_async(async |txn| {
            let first = author("a").insert(txn).await?;
            context.wait().await;
            author("b").insert(txn).await?;
            Ok::<_, DbErr>(first.id)
        })
        .await?;
    assert_eq!(kept, 1);
    let undone = db
        .transaction_async(async |txn| {
            author("c").insert(txn).await?;
            context.wait().await;
            Err::<(), _>(DbErr::Custom("no".into()))
        })
        .await;
    assert!(matches!(undone, Err(TransactionError::Transaction(DbErr::Custom(why))) if why == "no"));
    let id = db
        .transaction::<_, i32, DbErr>(|txn| {
            Box::pin(async move {
                let undone = txn.transaction::<_, (), DbErr>(|inner| {
                    Box::pin(async move {
                        author("d").insert(inner).await?;
                        Err(DbErr::Custom("inner".into()))
                    })
                });
                assert!(undone.await.is_err());
                Ok(author("e").insert(txn).await?.id)
            })
        })
        .await?;
    assert_eq!((id, names(&db).await?), (3, vec!["a".to_owned(), "b".to_owned(), "e".to_owned()]));
    Ok(())
}

async fn nests(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let outer = db.begin().await?;
    author("a").insert(&outer).await?;
    let kept = outer.begin().await?;
    author("b").insert(&kept).await?;
    context.wait().await;
    let deepest = kept.begin().await?;
    author("c").insert(&deepest).await?;
    context.wait().await;
    deepest.rollback().await?;
    assert_eq!(names(&kept).await?, ["a", "b"]);
    kept.commit().await?;
    let dropped = outer.begin().await?;
    author("d").insert(&dropped).await?;
    context.wait().await;
    drop(dropped);
    author("e").insert(&outer).await?;
    outer.commit().await?;
    assert_eq!(names(&db).await?, ["a", "b", "e"]);

    let outer = db.begin().await?;
    let inner = outer.begin().await?;
    author("f").insert(&inner).await?;
    inner.commit().await?;
    outer.rollback().await?;
    assert_eq!(names(&db).await?, ["a", "b", "e"]);
    Ok(())
}

async fn closures_inside_are_savepoints(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    let undone = txn.transaction_sync(async |inner| {
        author("b").insert(inner).await?;
        inner.begin().await?.commit().await?;
        Err::<(), _>(DbErr::Custom("no".into()))
    });
    assert!(undone.is_err());
    context.wait().await;
    txn.transaction_sync(async |inner| author("c").insert(inner).await)?;
    txn.commit().await?;
    assert_eq!(names(&db).await?, ["a", "c"]);
    Ok(())
}

async fn a_parent_waits_for_its_child(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let outer = db.begin().await?;
    let inner = outer.begin().await?;
    for error in [
        refusal(author("a").insert(&outer).await)?,
        refusal(outer.transaction_sync(async |txn| author("a").insert(txn).await).map_err(into_db_err))?,
    ] {
        assert!(error.contains("begun inside of this one is still open"), "{error}");
    }
    inner.rollback().await?;
    author("b").insert(&outer).await?;
    outer.commit().await?;
    assert_eq!(names(&db).await?, ["b"]);
    Ok(())
}

fn into_db_err(error: TransactionError<DbErr>) -> DbErr {
    match error {
        TransactionError::Connection(error) | TransactionError::Transaction(error) => error,
    }
}

async fn a_commit_with_an_open_child_undoes_both(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let outer = db.begin().await?;
    author("a").insert(&outer).await?;
    let inner = outer.begin().await?;
    author("b").insert(&inner).await?;
    let error = refusal(outer.commit().await)?;
    assert!(error.contains("begun inside of it is still open"), "{error}");
    assert!(names(&db).await?.is_empty());
    let error = refusal(author("c").insert(&inner).await)?;
    assert!(error.contains("this transaction is over"), "{error}");
    assert!(inner.commit().await.is_err());

    // Dropped in the wrong order, nothing is left either.
    let outer = db.begin().await?;
    let inner = outer.begin().await?;
    author("b").insert(&inner).await?;
    drop(outer);
    assert!(inner.commit().await.is_err());
    db.begin().await?.commit().await?;
    author("d").insert(&db).await?;
    assert_eq!(names(&db).await?, ["d"]);
    Ok(())
}

async fn other_handles_are_refused(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let other = connect(&context)?;
    for name in ["x", "y", "z"] {
        author(name).insert(&db).await?;
    }
    let mut open = author::Entity::find().stream(&db).await?;
    assert!(open.next().await.is_some_and(|row| row.is_ok()));
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    context.wait().await;
    for error in [
        refusal(author("b").insert(&db).await)?,
        refusal(names(&db).await)?,
        refusal(db.execute_unprepared("DELETE FROM author").await)?,
        refusal(author::Entity::find().stream(&db).await)?,
        refusal(open.next().await.transpose())?,
        refusal(db.transaction_sync(async |txn| author("b").insert(txn).await).map_err(into_db_err))?,
    ] {
        assert!(error.contains("of another handle is open on this object"), "{error}");
    }
    // Natively, another connection to the same file is another database to the driver.
    if cfg!(target_arch = "wasm32") {
        let error = refusal(author("b").insert(&other).await)?;
        assert!(error.contains("of another handle is open"), "{error}");
    }
    txn.commit().await?;
    assert_eq!(names(&other).await?, ["x", "y", "z", "a"]);
    Ok(())
}

async fn add(context: &Context, db: &impl TransactionTrait, count: i32) -> Result<(), DbErr> {
    let txn = db.begin().await?;
    let read = setting::Entity::find_by_id("count").one(&txn).await?.map_or(0, |setting| setting.changes);
    context.wait().await;
    let counter =
        setting::ActiveModel { key: Unchanged("count".into()), changes: Set(read + count), ..Default::default() };
    counter.update(&txn).await?;
    context.wait().await;
    txn.commit().await
}

async fn with_a_counter(context: &Context) -> Result<DoConnection, DbErr> {
    let db = held_library(context).await?;
    setting::ActiveModel { key: Set("count".into()), value: Set(String::new()), changes: Set(0) }.insert(&db).await?;
    Ok(db)
}

async fn counted<C: ConnectionTrait>(db: &C) -> Result<Option<i32>, DbErr> {
    Ok(setting::Entity::find_by_id("count").one(db).await?.map(|setting| setting.changes))
}

async fn begins_wait_in_line(context: Context) -> Outcome {
    let db = with_a_counter(&context).await?;
    let (one, two, three) = join3(add(&context, &db, 1), add(&context, &db, 10), add(&context, &db, 100)).await;
    one.and(two).and(three)?;
    assert_eq!(counted(&db).await?, Some(111));
    Ok(())
}

async fn siblings_wait_for_each_other(context: Context) -> Outcome {
    let db = with_a_counter(&context).await?;
    let txn = db.begin().await?;
    let (one, two, three) = join3(add(&context, &txn, 1), add(&context, &txn, 10), add(&context, &txn, 100)).await;
    one.and(two).and(three)?;
    assert_eq!(counted(&txn).await?, Some(111));
    txn.commit().await?;
    assert_eq!(counted(&db).await?, Some(111));
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

const ORPHAN: &str = "PRAGMA defer_foreign_keys = ON;
    INSERT INTO book (author_id, title, pages, price, in_print) VALUES (7, 'x', 1, 1, 1)";

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

/// A statement that the program itself has left open keeps the storage from committing.
async fn reports_what_the_storage_says_at_the_commit(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    context.wait().await;
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    let unread = context.exec("INSERT INTO author (name) VALUES ('b'), ('c') RETURNING name")?;
    let error = refusal(txn.commit().await)?;
    drop(unread);
    assert!(error.contains("SQL statements in progress"), "{error}");
    assert!(names(&db).await?.is_empty());
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
    let db = held_library(&context).await?.by_declared_type();
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

async fn refuses_writes_when_read_only(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    author("a").insert(&db).await?;
    let txn = db.begin_with_config(None, Some(AccessMode::ReadOnly)).await?;
    assert_eq!(names(&txn).await?, ["a"]);
    let inner = txn.begin().await?;
    for error in [
        refusal(author("b").insert(&inner).await)?,
        refusal(inner.transaction_sync(async |txn| author("b").insert(txn).await).map_err(into_db_err))?,
    ] {
        assert!(error.contains("read-only"), "{error}");
    }
    inner.commit().await?;
    txn.commit().await?;
    author("b").insert(&db).await?;
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

async fn saves_nested_models_without_a_closure(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    model().save(&db).await?;
    assert_eq!((book::Entity::find().count(&db).await?, book_genre::Entity::find().count(&db).await?), (2, 3));
    assert!(model().save(&db).await.is_err(), "the name is taken");
    assert_eq!((book::Entity::find().count(&db).await?, names(&db).await?.len()), (2, 1));
    Ok(())
}

async fn a_proxy_holds_and_nests(context: Context) -> Outcome {
    let connection = held_library(&context).await?;
    let db = connection.to_database_connection();
    let outer = db.begin().await?;
    author("a").insert(&outer).await?;
    context.wait().await;
    let inner = outer.begin().await?;
    author("b").insert(&inner).await?;
    drop(inner);
    let inner = outer.begin().await?;
    author("c").insert(&inner).await?;
    inner.commit().await?;
    let error = refusal(names(&connection).await)?;
    assert!(error.contains("of another handle is open"), "{error}");
    outer.commit().await?;
    assert_eq!(names(&db).await?, ["a", "c"]);
    db.begin().await?.rollback().await?;
    model().save(&db).await?;
    assert_eq!(names(&connection).await?, ["a", "c", "Ursula"]);
    Ok(())
}

async fn a_proxy_tells_of_a_failed_commit_at_the_next_call(context: Context) -> Outcome {
    let db = held_library(&context).await?.to_database_connection();
    let txn = db.begin().await?;
    txn.execute_unprepared(ORPHAN).await?;
    txn.commit().await?;
    let error = refusal(names(&db).await)?;
    assert!(error.contains("commit before this failed") && error.contains("FOREIGN KEY"), "{error}");
    assert_eq!(book::Entity::find().count(&db).await?, 0);
    let txn = db.begin().await?;
    txn.execute_unprepared(ORPHAN).await?;
    txn.commit().await?;
    // A transaction that begins after it fails as a whole.
    let txn = db.begin().await?;
    assert!(author("a").insert(&txn).await.is_err());
    assert!(author("a").insert(&txn).await.is_err());
    txn.commit().await?;
    author("b").insert(&db).await?;
    assert_eq!(names(&db).await?, ["b"]);
    Ok(())
}

async fn keeps_every_update_of_requests_at_once(context: Context) -> Outcome {
    with_a_counter(&context).await.map(|_| ()).map_err(Into::into)
}

async fn add_one(context: Context) -> Outcome {
    let db = connect(&context)?.with_async_transactions();
    context.wait().await;
    add(&context, &db, 1).await?;
    Ok(())
}

async fn has_every_update(context: Context) -> Outcome {
    assert_eq!(counted(&connect(&context)?).await?, Some(i32::try_from(REQUESTS)?));
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
