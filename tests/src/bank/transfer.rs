//! Transfers: two balances, a row of their own and two entries, together or not at all.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set, TransactionError,
    TransactionSession, TransactionTrait,
};
use sea_orm_do::DoConnection;
use sea_orm_do_shared::bank::{How, Reply, Transfer};

use super::entities::{account, entry, transfer};
use super::object::Failure;
use crate::case::Context;

/// What undoes a transfer on purpose.
pub const ON_PURPOSE: &str = "undone on purpose";

pub async fn make(context: &Context, db: &DoConnection, transfer: Transfer, how: How) -> Result<Reply, Failure> {
    match how {
        How::Sync => db.transaction_sync(async |txn| post(txn, transfer).await)?,
        How::Boxed => db.transaction(|txn| Box::pin(post(txn, transfer))).await?,
        How::Savepoint => db.transaction_sync(async |txn| {
            let first = txn.transaction_sync(async |inner| {
                post(inner, transfer).await?;
                Err::<(), _>(on_purpose())
            });
            match first {
                Err(TransactionError::Transaction(DbErr::Custom(why))) if why == ON_PURPOSE => {
                    post(txn, transfer).await
                }
                other => Err(DbErr::Custom(format!("the savepoint ended with {other:?}"))),
            }
        })?,
        How::Held => hold(context, db, transfer).await?.commit().await?,
        How::Failing => db.transaction_sync(async |txn| {
            post(txn, transfer).await?;
            Err::<(), _>(on_purpose())
        })?,
        How::RolledBack => {
            hold(context, db, transfer).await?.rollback().await?;
            return Err(on_purpose().into());
        }
        How::Dropped => {
            drop(hold(context, db, transfer).await?);
            return Err(on_purpose().into());
        }
    }
    Ok(Reply::Done)
}

/// A transaction that a transfer was made in, with other events of the runtime in between.
async fn hold(context: &Context, db: &DoConnection, transfer: Transfer) -> Result<sea_orm_do::DoTransaction, DbErr> {
    let txn = db.clone().with_async_transactions().begin().await?;
    move_amount(&txn, transfer).await?;
    context.wait().await;
    record(&txn, transfer).await?;
    context.wait().await;
    Ok(txn)
}

pub async fn post<C: ConnectionTrait>(db: &C, transfer: Transfer) -> Result<(), DbErr> {
    move_amount(db, transfer).await?;
    record(db, transfer).await
}

/// The credit comes first, so that an overdraft has something to undo.
pub async fn move_amount<C: ConnectionTrait>(db: &C, transfer: Transfer) -> Result<(), DbErr> {
    for (id, amount) in [(transfer.to, transfer.amount), (transfer.from, -transfer.amount)] {
        account::Entity::update_many()
            .col_expr(account::Column::Balance, Expr::col(account::Column::Balance).add(amount))
            .filter(account::Column::Id.eq(id))
            .exec(db)
            .await?;
    }
    Ok(())
}

pub async fn record<C: ConnectionTrait>(db: &C, Transfer { key, from, to, amount }: Transfer) -> Result<(), DbErr> {
    let row = transfer::ActiveModel { key: Set(key), from_id: Set(from), to_id: Set(to), amount: Set(amount) };
    row.insert(db).await?;
    for (id, amount) in [(from, -amount), (to, amount)] {
        let row = entry::ActiveModel {
            transfer_key: Set(key),
            account_id: Set(id),
            amount: Set(amount),
            ..Default::default()
        };
        row.insert(db).await?;
    }
    Ok(())
}

pub async fn begin(db: &DoConnection) -> Result<Reply, Failure> {
    db.begin().await?;
    Ok(Reply::Done)
}

fn on_purpose() -> DbErr {
    DbErr::Custom(ON_PURPOSE.to_owned())
}
