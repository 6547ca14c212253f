//! Requests that arrive at the same time.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ActiveValue::Unchanged, EntityTrait};

use super::{connect, library};
use crate::case::{Case, Context, Outcome, case};
use crate::entities::setting;

const REQUESTS: usize = 8;

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!("concurrency", an_update_across_a_wait_is_lost)
            .then(|context| Box::pin(add_one_slowly(context)))
            .at_once(REQUESTS)
            .then(|context| Box::pin(has_lost_updates(context)))
            .workerd_only(),
        case!("concurrency", block_concurrency_while_keeps_every_update)
            .then(|context| Box::pin(add_one_alone(context)))
            .at_once(REQUESTS)
            .then(|context| Box::pin(has_every_update(context)))
            .workerd_only(),
        case!("concurrency", a_transaction_keeps_every_update)
            .then(|context| Box::pin(add_one_in_a_transaction(context)))
            .at_once(REQUESTS)
            .then(|context| Box::pin(has_every_update(context)))
            .workerd_only(),
        case!("concurrency", two_objects_do_not_disturb_each_other)
            .then(|context| Box::pin(library_of_its_own(context)))
            .in_object("other")
            .then(|context| Box::pin(add_one_in_a_transaction(context)))
            .in_object("main")
            .at_once(REQUESTS)
            .then(|context| Box::pin(is_untouched(context)))
            .in_object("other")
            .then(|context| Box::pin(has_every_update(context)))
            .in_object("main")
            .workerd_only(),
    ]
}

async fn library_of_its_own(context: Context) -> Outcome {
    let db = library(&context).await?;
    setting::ActiveModel { key: Set("count".into()), value: Set(String::new()), changes: Set(0) }.insert(&db).await?;
    Ok(())
}

async fn an_update_across_a_wait_is_lost(context: Context) -> Outcome {
    library_of_its_own(context).await
}

async fn block_concurrency_while_keeps_every_update(context: Context) -> Outcome {
    library_of_its_own(context).await
}

async fn a_transaction_keeps_every_update(context: Context) -> Outcome {
    library_of_its_own(context).await
}

async fn two_objects_do_not_disturb_each_other(context: Context) -> Outcome {
    library_of_its_own(context).await
}

async fn changes(context: &Context) -> Result<i32, Box<dyn std::error::Error>> {
    let count = setting::Entity::find_by_id("count").one(&connect(context)?).await?;
    Ok(count.ok_or("the counter is gone")?.changes)
}

/// Reads, waits, and writes what it read, plus one.
async fn add_one_slowly(context: Context) -> Outcome {
    let read = changes(&context).await?;
    context.wait().await;
    let counter = setting::ActiveModel { key: Unchanged("count".into()), changes: Set(read + 1), ..Default::default() };
    counter.update(&connect(&context)?).await?;
    Ok(())
}

async fn add_one_alone(context: Context) -> Outcome {
    context.clone().block_concurrency_while(add_one_slowly(context)).await
}

async fn add_one_in_a_transaction(context: Context) -> Outcome {
    let db = connect(&context)?;
    context.wait().await;
    db.transaction_sync(async |txn| {
        let count = setting::Entity::find_by_id("count").one(txn).await?.map_or(0, |count| count.changes);
        setting::ActiveModel { key: Unchanged("count".into()), changes: Set(count + 1), ..Default::default() }
            .update(txn)
            .await
    })?;
    context.wait().await;
    Ok(())
}

async fn has_lost_updates(context: Context) -> Outcome {
    let count = changes(&context).await?;
    assert!((1..8).contains(&count), "{count} of {REQUESTS} arrived");
    Ok(())
}

async fn has_every_update(context: Context) -> Outcome {
    assert_eq!(usize::try_from(changes(&context).await?)?, REQUESTS);
    Ok(())
}

async fn is_untouched(context: Context) -> Outcome {
    assert_eq!(changes(&context).await?, 0);
    Ok(())
}
