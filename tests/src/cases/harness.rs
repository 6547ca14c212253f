//! What the other suites rely on.

use sea_orm::{ActiveModelTrait, EntityTrait, PaginatorTrait, Set};

use super::{connect, library};
use crate::case::{Case, Context, Outcome, case};
use crate::entities::author;

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!("harness", a_panic_is_reported_and_the_object_rebuilt)
            .panicking("with this message")
            .then(|context| Box::pin(works_again(context)))
            .workerd_only(),
        case!("harness", a_panic_after_a_wait_is_reported_too)
            .panicking("after a wait")
            .then(|context| Box::pin(works_again(context)))
            .workerd_only(),
    ]
}

async fn a_panic_is_reported_and_the_object_rebuilt(context: Context) -> Outcome {
    insert(&context).await?;
    panic!("with this message");
}

async fn a_panic_after_a_wait_is_reported_too(context: Context) -> Outcome {
    insert(&context).await?;
    context.wait().await;
    panic!("after a wait");
}

async fn insert(context: &Context) -> Outcome {
    let db = library(context).await?;
    author::ActiveModel { name: Set("Ursula".into()), ..Default::default() }.insert(&db).await?;
    Ok(())
}

/// A panic outside of a transaction undoes nothing.
async fn works_again(context: Context) -> Outcome {
    assert_eq!(author::Entity::find().count(&connect(&context)?).await?, 1);
    Ok(())
}
