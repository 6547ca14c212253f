//! What clients read.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sea_orm_do::{DoConnection, ReadAs};
use sea_orm_do_shared::bank::{Batch, Posted, Reply, Transfer};

use super::entities::{account, entry, item, misfit, note, transfer};
use super::object::Failure;
use crate::case::Context;

pub async fn balances(db: &DoConnection) -> Result<BTreeMap<i32, i64>, Failure> {
    let accounts = account::Entity::find().all(db).await?;
    Ok(accounts.into_iter().map(|account| (account.id, account.balance)).collect())
}

pub async fn transfer(db: &DoConnection, key: i64) -> Result<Reply, Failure> {
    let found = transfer::Entity::find_by_id(key)
        .find_with_related(entry::Entity)
        .order_by_asc(entry::Column::Id)
        .all(db)
        .await?;
    Ok(Reply::Transfer(found.into_iter().next().map(|(transfer, entries)| posted(&transfer, entries))))
}

pub fn posted(row: &transfer::Model, entries: Vec<entry::Model>) -> Posted {
    let transfer = Transfer { key: row.key, from: row.from_id, to: row.to_id, amount: row.amount };
    Posted { transfer, entries: entries.into_iter().map(|entry| (entry.account_id, entry.amount)).collect() }
}

pub async fn notes(db: &DoConnection, client: i32) -> Result<Reply, Failure> {
    let notes = note::Entity::find().filter(note::Column::Client.eq(client)).all(db).await?;
    Ok(Reply::Notes(notes.into_iter().map(|note| (note.id, note.into())).collect()))
}

/// The same as a stream that stays open while other events of the runtime go on.
pub async fn stream_of_notes(context: &Context, db: &DoConnection, client: i32) -> Result<Reply, Failure> {
    let mut stream = note::Entity::find().filter(note::Column::Client.eq(client)).stream(db).await?;
    let mut notes = BTreeMap::new();
    while let Some(note) = stream.next().await {
        let note = note?;
        notes.insert(note.id, note.into());
        if notes.len() == 1 {
            context.wait().await;
        }
    }
    Ok(Reply::Notes(notes))
}

pub async fn batch(db: &DoConnection, key: i64) -> Result<Reply, Failure> {
    Ok(Reply::Batch(batches(db, item::Column::Batch.eq(key)).await?.remove(&key)))
}

/// The batches whose rows fulfil a condition.
pub async fn batches(db: &DoConnection, condition: Expr) -> Result<BTreeMap<i64, Batch>, DbErr> {
    let rows: Vec<(i64, i64, i32)> = item::Entity::find()
        .select_only()
        .column(item::Column::Batch)
        .column_as(item::Column::Place.count(), "rows")
        .column_as(item::Column::Place.max(), "last")
        .filter(condition)
        .group_by(item::Column::Batch)
        .into_tuple()
        .all_as(db)
        .await?;
    Ok(rows.into_iter().map(|(key, rows, last)| (key, Batch { rows, last })).collect())
}

pub async fn misfit(db: &DoConnection) -> Result<Reply, Failure> {
    let found = misfit::Entity::find().all(db).await?;
    Err(DbErr::Custom(format!("it was read: {found:?}")).into())
}
