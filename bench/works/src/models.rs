//! The work as an application would write it.

use futures_util::TryStreamExt;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, LoaderTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, StreamTrait, Unchanged,
};

use crate::entities::{issue, ledger, project, task, wide};
use crate::reads::reads;

/// Does one kind of work, by its name; a transaction is the caller's.
///
/// # Errors
/// What the driver reports, and for an unknown name.
pub async fn run(db: &(impl ConnectionTrait + StreamTrait), work: &str, count: i32) -> Result<i64, DbErr> {
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
        "load" => load(db, count).await,
        "load_many" => load_many(db, count).await,
        "integers" => integers(db, count).await,
        "stream" => stream(db, count).await,
        _ => Err(DbErr::Custom(format!("no such work: {work}"))),
    }
}

fn new(at: i32) -> task::ActiveModel {
    task::ActiveModel { title: Set(format!("task {at}")), done: Set(at % 2 == 1), ..Default::default() }
}

/// Inserts so many tasks, each by a statement of its own.
///
/// # Errors
/// What the driver reports.
pub async fn insert(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
    let mut rows = 0;
    for at in 0..count {
        rows += task::Entity::insert(new(at)).exec_without_returning(db).await?;
    }
    Ok(rows.cast_signed())
}

async fn insert_returning(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for at in 0..count {
        sum += i64::from(new(at).insert(db).await?.id);
    }
    Ok(sum)
}

async fn update(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
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

async fn delete(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
    let mut rows = 0;
    for at in 0..count {
        rows += task::Entity::delete_by_id(at + 1).exec(db).await?.rows_affected;
    }
    Ok(rows.cast_signed())
}

async fn insert_many(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
    for _ in 0..count {
        // The others return no ids either.
        task::Entity::insert_many((0..1000).map(new)).exec_without_returning(db).await?;
    }
    Ok(i64::from(count))
}

async fn load_many(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for _ in 0..count {
        let projects = project::Entity::find().all(db).await?;
        let issues = projects.load_many(issue::Entity, db).await?;
        sum += projects.iter().map(|project| i64::from(project.id)).sum::<i64>();
        sum += issues.iter().flatten().map(|issue| i64::from(issue.id)).sum::<i64>();
    }
    Ok(sum)
}

reads!(one, all, stream);
