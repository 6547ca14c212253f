//! Everything that is in an object, for the host to judge.

use std::collections::BTreeMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryOrder};
use sea_orm_do::DoConnection;
use sea_orm_do_shared::bank::{Audit, Reply};

use super::entities::{counter, entry, note, transfer};
use super::object::Failure;
use super::read::{balances, batches, posted};

pub async fn audit(db: &DoConnection) -> Result<Reply, Failure> {
    let mut entries: BTreeMap<i64, Vec<entry::Model>> = BTreeMap::new();
    for entry in entry::Entity::find().order_by_asc(entry::Column::Id).all(db).await? {
        entries.entry(entry.transfer_key).or_default().push(entry);
    }
    let rows = transfer::Entity::find().all(db).await?;
    let transfers =
        rows.iter().map(|row| (row.key, posted(row, entries.remove(&row.key).unwrap_or_default()))).collect();
    let notes = note::Entity::find().all(db).await?;
    Ok(Reply::Audit(Audit {
        balances: balances(db).await?,
        transfers,
        stray_entries: entries.values().map(Vec::len).sum(),
        notes: notes.into_iter().map(|note| (note.id, note.into())).collect(),
        batches: batches(db, Expr::val(1)).await?,
        count: counter::Entity::find_by_id(1).one(db).await?.map_or(-1, |counter| counter.value),
        quick_check: first_column(db, "PRAGMA quick_check").await?,
        foreign_key_check: first_column(db, "PRAGMA foreign_key_check").await?,
    }))
}

pub async fn first_column(db: &DoConnection, sql: &str) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(sea_orm::Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
