//! A server on SeaORM's own SQLite driver.

use entities::prelude::Task;
use entities::task;
use sea_orm::{ColumnTrait, Database, DbErr, EntityTrait, QueryFilter};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), DbErr> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "tasks.sqlite".to_owned());
    let db = Database::connect(format!("sqlite:{file}")).await?;
    for task in Task::find().filter(task::Column::Done.eq(false)).all(&db).await? {
        println!("{}", task.title);
    }
    Ok(())
}
