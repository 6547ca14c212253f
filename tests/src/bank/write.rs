//! Notes, batches and the counter.

use std::ops::Range;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, Unchanged};
use sea_orm_do::DoConnection;
use sea_orm_do_shared::bank::{Note, Reply};

use super::entities::{counter, item, note};
use super::object::Failure;

pub async fn note(db: &DoConnection, Note { id, client, text }: Note) -> Result<Reply, Failure> {
    let written = note::ActiveModel { id: Set(id), client: Set(client), text: Set(text) }.insert(db).await?;
    Ok(Reply::Note(written.into()))
}

pub async fn rewrite(db: &DoConnection, id: i64, text: String) -> Result<Reply, Failure> {
    let note = note::ActiveModel { id: Unchanged(id), text: Set(text), ..Default::default() };
    Ok(Reply::Note(note.update(db).await?.into()))
}

pub async fn erase(db: &DoConnection, id: i64) -> Result<Reply, Failure> {
    Ok(Reply::Erased(note::Entity::delete_by_id(id).exec(db).await?.rows_affected))
}

/// Inserts rows of a batch in one step.
pub async fn batch(db: &DoConnection, key: i64, places: Range<i32>) -> Result<Reply, Failure> {
    let rows = places.map(|place| item::ActiveModel {
        batch: Set(key),
        place: Set(place),
        text: Set(format!("the row {place} of {key}")),
    });
    item::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(Reply::Done)
}

pub async fn count(db: &DoConnection) -> Result<Reply, Failure> {
    let counted = counter::Entity::update_many()
        .col_expr(counter::Column::Value, Expr::col(counter::Column::Value).add(1))
        .filter(counter::Column::Id.eq(1))
        .exec_with_returning(db)
        .await?;
    match &counted[..] {
        [counter] => Ok(Reply::Count(counter.value)),
        other => Err(DbErr::Custom(format!("the counters {other:?}")).into()),
    }
}

impl From<note::Model> for Note {
    fn from(note::Model { id, client, text }: note::Model) -> Self {
        Self { id, client, text }
    }
}
