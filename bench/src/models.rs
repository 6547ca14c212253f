//! The work on sea-orm-do.

use bench_works::entities::{issue, ledger, project, task, wide};
use bench_works::models;
use sea_orm::DbErr;
use sea_orm_do::DoConnection;

#[must_use]
pub fn register(db: DoConnection) -> DoConnection {
    db.register::<task::Entity>()
        .register::<wide::Entity>()
        .register::<ledger::Entity>()
        .register::<project::Entity>()
        .register::<issue::Entity>()
}

/// Does one kind of work, by its name.
///
/// # Errors
/// What the driver reports, and for an unknown name.
pub async fn run(db: &DoConnection, work: &str, count: i32) -> Result<i64, DbErr> {
    if work != "transaction" {
        return models::run(db, work, count).await;
    }
    for _ in 0..count {
        let inserts = db.transaction_sync(async |txn| models::insert(txn, 100).await);
        inserts.map_err(|error| DbErr::Custom(error.to_string()))?;
    }
    Ok(i64::from(count))
}
