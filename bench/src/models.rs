//! The work on sea-orm-do, as an application would write it.

use futures_util::TryStreamExt;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    Unchanged,
};
use sea_orm_do::DoConnection;

use crate::entities::{issue, ledger, project, task, wide};

pub(crate) async fn run(db: &DoConnection, work: &str, count: i32) -> Result<i64, DbErr> {
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

async fn find(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for at in 0..count {
        let found = task::Entity::find_by_id(at % 1000 + 1).one(db).await?;
        sum += found.map_or(0, |task| i64::from(task.id) + i64::from(task.done));
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

async fn read(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for _ in 0..count {
        let tasks = task::Entity::find().all(db).await?;
        sum += tasks.iter().map(|task| i64::from(task.id) + i64::from(task.done)).sum::<i64>();
    }
    Ok(sum)
}

async fn read_wide(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for _ in 0..count {
        let rows = wide::Entity::find().all(db).await?;
        sum += rows.iter().map(|row| i64::from(row.id) + row.b1 + i64::from(row.f1.unwrap_or(0))).sum::<i64>();
    }
    Ok(sum)
}

async fn page(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for at in 0..count {
        let page = task::Entity::find()
            .filter(task::Column::Done.eq(false))
            .order_by_desc(task::Column::Id)
            .limit(20)
            .offset(u64::from(at.unsigned_abs() % 10 * 20))
            .all(db)
            .await?;
        sum += page.iter().map(|task| i64::from(task.id)).sum::<i64>();
    }
    Ok(sum)
}

async fn related(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for _ in 0..count {
        for (project, issues) in project::Entity::find().find_with_related(issue::Entity).all(db).await? {
            sum += i64::from(project.id) + issues.iter().map(|issue| i64::from(issue.id)).sum::<i64>();
        }
    }
    Ok(sum)
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

async fn integers(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0_i64;
    for _ in 0..count {
        for entry in ledger::Entity::find().all(db).await? {
            sum = sum.wrapping_add(entry.amount).wrapping_add(entry.balance);
        }
    }
    Ok(sum)
}

async fn stream(db: &DoConnection, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for _ in 0..count {
        let mut rows = task::Entity::find().stream(db).await?;
        while let Some(task) = rows.try_next().await? {
            sum += i64::from(task.id) + i64::from(task.done);
        }
    }
    Ok(sum)
}
