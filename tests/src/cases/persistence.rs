//! What was answered is on disk.

use sea_orm::{ActiveModelTrait, EntityTrait, Set};

use super::{connect, library};
use crate::case::{Case, Context, Outcome, case};
use crate::entities::author;

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!("persistence", survives_a_restart_of_the_runtime)
            .then(|context| Box::pin(finds_the_author(context)))
            .after_restart(),
    ]
}

async fn survives_a_restart_of_the_runtime(context: Context) -> Outcome {
    let db = library(&context).await?;
    author::ActiveModel { name: Set("Ursula".into()), ..Default::default() }.insert(&db).await?;
    Ok(())
}

async fn finds_the_author(context: Context) -> Outcome {
    let db = connect(&context)?;
    let authors = author::Entity::find().all(&db).await?;
    assert_eq!(authors, [author::Model { id: 1, name: "Ursula".into(), born: None }]);
    author::ActiveModel { name: Set("Octavia".into()), ..Default::default() }.insert(&db).await?;
    Ok(())
}
