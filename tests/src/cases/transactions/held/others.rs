//! Who else may use the object while a transaction is held open: those who wait in line.

use futures_util::StreamExt;
use futures_util::future::join3;
use sea_orm::{
    AccessMode, ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, Set, TransactionError, TransactionSession,
    TransactionTrait, Unchanged,
};
use sea_orm_do::DoConnection;

use super::super::{author, names};
use super::{held_library, into_db_err, refusal};
use crate::case::{Case, Context, Outcome, case, cases};
use crate::cases::{connect, library};
use crate::entities::setting;

const REQUESTS: usize = 8;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!(
        "held":
        is_refused_on_a_handle_that_did_not_ask,
        other_handles_are_refused,
        refuses_writes_when_read_only,
        begins_wait_in_line,
        siblings_wait_for_each_other,
    );
    cases.extend([case!("held", keeps_every_update_of_requests_at_once)
        .then(|context| Box::pin(add_one(context)))
        .at_once(REQUESTS)
        .then(|context| Box::pin(has_every_update(context)))
        .workerd_only()]);
    cases
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
    assert!(error.to_string().contains("inside a transaction_sync closure"), "{error}");
    assert!(names(&held).await?.is_empty());
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
