//! The work on sea-orm-do, as an application would write it.

use futures_util::TryStreamExt;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    Unchanged,
};
use sea_orm_do::DoConnection;

use crate::entities::{issue, ledger, project, task, wide};
use crate::reads::reads;

/// Does one kind of work, by its name.
///
/// # Errors
/// What the driver reports, and for an unknown name.
pub async fn run(db: &DoConnection, work: &str, count: i32) -> Result<i64, DbErr> {
    match work {
        "insert" => insert(db, count).await,
        "insert_returning" => insert_returning(db, count).await,
        "find" => find(db, count).await,
        "update" => update(db, count).await,
        "delete" => delete(db, count).await,
        "read" => read(db, count).await,
        "read_wide" => read_wide(db, count).await,
        "page" => page(db, count).await,
        "related" => related(db, count).await,
        "insert_many" => insert_many(db, count).await,
        "transaction" => transaction(db, count).await,
        "integers" => integers(db, count).await,
        "stream" => stream(db, count).await,
        _ => Err(DbErr::Custom(format!("no such work: {work}"))),
    }
}

fn new(at: i32) -> task::ActiveModel {
    task::ActiveModel { title: Set(format!("task {at}")), done: Set(at % 2 == 1), ..Default::default() }
}

async fn insert(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
    let mut rows = 0;
    for at in 0..count {
        rows += task::Entity::insert(new(at)).exec_without_returning(db).await?;
    }
    Ok(rows.cast_signed())
}

async fn insert_returning(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for at in 0..count {
        sum += i64::from(new(at).insert(db).await?.id);
    }
    Ok(sum)
}

async fn update(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for at in 0..count {
        let change = task::ActiveModel {
            id: Unchanged(at % 1000 + 1),
            title: Set(format!("changed {at}")),
            ..Default::default()
        };
        let task = change.update(db).await?;
        sum += i64::from(task.id) + i64::from(task.done);
    }
    Ok(sum)
}

async fn delete(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut rows = 0;
    for at in 0..count {
        rows += task::Entity::delete_by_id(at + 1).exec(db).await?.rows_affected;
    }
    Ok(rows.cast_signed())
}

async fn insert_many(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    for _ in 0..count {
        // The others return no ids either.
        task::Entity::insert_many((0..1000).map(new)).exec_without_returning(db).await?;
    }
    Ok(i64::from(count))
}

async fn transaction(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    for _ in 0..count {
        db.transaction_sync(async |txn| insert(txn, 100).await).map_err(|error| DbErr::Custom(error.to_string()))?;
    }
    Ok(i64::from(count))
}

reads!(one, all, stream);
