//! Reads the example's tables through entities that sea-orm-cli wrote. `cargo xtask sea-orm-cli` puts it beside them.

mod entities;

use futures_util::FutureExt;
use sea_orm::{DbErr, EntityTrait, QueryOrder};
use sea_orm_do::DoConnection;

use crate::entities::prelude::{Project, Tag, Task, TaskTag};
use crate::entities::{tag, task};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("no file")?;
    let db = DoConnection::open_file(file)?;
    let db = db.register::<Project>().register::<Tag>().register::<Task>().register::<TaskTag>();
    let rows = read(&db).now_or_never().ok_or("the driver waits")??;
    println!("{rows}");
    Ok(())
}

async fn read(db: &DoConnection) -> Result<serde_json::Value, DbErr> {
    let tasks = Task::find().find_also_related(Project).order_by_asc(task::Column::Id).all(db).await?;
    let tags = Task::find().find_with_related(Tag).order_by_asc(task::Column::Id).order_by_asc(tag::Column::Id).all(db).await?;
    Ok(serde_json::json!({ "tasks": tasks, "tags": tags }))
}
