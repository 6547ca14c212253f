//! The same query in a Durable Object.

use entities::prelude::Task;
use entities::{register, task};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use sea_orm_do::DoConnection;

/// The titles of the tasks that are not done.
pub async fn open_tasks(db: DoConnection) -> Result<Vec<String>, DbErr> {
    let db = register(db);
    let tasks = Task::find().filter(task::Column::Done.eq(false)).all(&db).await?;
    Ok(tasks.into_iter().map(|task| task.title).collect())
}
