//! The operations on a stock: functions that take a database, the same in a Durable Object and in a
//! test on the host.

use rust_decimal::Decimal;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, FromQueryResult, QueryOrder, QuerySelect,
    SqlErr, TransactionError,
};
use sea_orm_do::{DoConnection, DoTransaction, ReadAs, TypedRow, migrate, sql_err};
use serde::{Deserialize, Serialize};

use crate::item;
use crate::migrations::Migrator;

/// Why an operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the name is taken")]
    Taken,
    #[error("there is no item {0}")]
    NoItem(i32),
    #[error("item {id} has {pieces} pieces left")]
    TooFew { id: i32, pieces: i32 },
    #[error("a price is 0 to 99999999.99, with two decimal places at most")]
    Price,
    #[error("a number of pieces is 1 to 1000000")]
    Pieces,
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// If the closure of a transaction refuses, its refusal is the result.
impl From<TransactionError<Refusal>> for Refusal {
    fn from(error: TransactionError<Refusal>) -> Self {
        match error {
            TransactionError::Transaction(refusal) => refusal,
            TransactionError::Connection(error) => error.into(),
        }
    }
}

/// Registers the entities.
pub fn register(db: DoConnection) -> DoConnection {
    db.register::<item::Entity>()
}

/// Registers the entities, then applies the new migrations, which may use them.
pub async fn open(db: DoConnection) -> Result<DoConnection, DbErr> {
    let db = register(db);
    migrate::up::<Migrator>(&db, None)?;
    Ok(db)
}

pub async fn items(db: &DoConnection) -> Result<Vec<item::Model>, Refusal> {
    Ok(item::Entity::find()
        .order_by_asc(item::Column::Id)
        .all(db)
        .await?)
}

#[derive(Clone, Debug, Deserialize)]
pub struct NewItem {
    pub name: String,
    pub price: Decimal,
    pub pieces: i32,
}

pub async fn add(db: &DoConnection, new: NewItem) -> Result<item::Model, Refusal> {
    let NewItem {
        name,
        price,
        pieces,
    } = new;
    if price.is_sign_negative() || price.scale() > 2 || price >= Decimal::from(100_000_000) {
        return Err(Refusal::Price);
    }
    let item = item::ActiveModel {
        name: Set(name),
        price: Set(price),
        pieces: Set(checked(pieces)?),
        ..Default::default()
    };
    item.insert(db)
        .await
        .map_err(|error| match sql_err(&error) {
            Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::Taken,
            _ => error.into(),
        })
}

fn checked(pieces: i32) -> Result<i32, Refusal> {
    if (1..=1_000_000).contains(&pieces) {
        Ok(pieces)
    } else {
        Err(Refusal::Pieces)
    }
}

/// How many pieces of an item are ordered.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    pub item: i32,
    pub pieces: i32,
}

/// Takes all lines of an order out of the stock and returns their price, or takes nothing.
pub fn order(db: &DoConnection, lines: &[Line]) -> Result<Decimal, Refusal> {
    Ok(db.transaction_sync(async |txn| {
        let mut total = Decimal::ZERO;
        for line in lines {
            total += take(txn, line).await?;
        }
        Ok(total)
    })?)
}

async fn take(txn: &DoTransaction, line: &Line) -> Result<Decimal, Refusal> {
    let (id, ordered) = (line.item, checked(line.pieces)?);
    let found = item::Entity::find_by_id(id).one(txn).await?;
    let item::Model { price, pieces, .. } = found.ok_or(Refusal::NoItem(id))?;
    if pieces < ordered {
        return Err(Refusal::TooFew { id, pieces });
    }
    let rest = item::ActiveModel {
        id: Unchanged(id),
        pieces: Set(pieces - ordered),
        ..Default::default()
    };
    rest.update(txn).await?;
    Ok(price * Decimal::from(ordered))
}

/// A row that is no model: the derive says which types a query reads.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, TypedRow, Serialize)]
pub struct Summary {
    pub items: i64,
    pub pieces: Option<i64>,
}

pub async fn summary(db: &DoConnection) -> Result<Summary, Refusal> {
    let summary = item::Entity::find()
        .select_only()
        .column_as(item::Column::Id.count(), "items")
        .column_as(item::Column::Pieces.sum(), "pieces")
        .into_model::<Summary>()
        .require_one_as(db)
        .await?;
    Ok(summary)
}
