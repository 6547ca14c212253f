//! The operations of a bank: functions that take a database, the same in a Durable Object and in a
//! test on the host.

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait, QueryOrder, SqlErr, TransactionError};
use sea_orm_do::{DoConnection, DoTransaction, migrate, sql_err};

use crate::account;
use crate::migrations::Migrator;

/// Why an operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the name is taken")]
    Taken,
    #[error("there is no account {0}")]
    NoAccount(i32),
    #[error("account {id} has {balance}, which cannot change by {amount}")]
    Balance { id: i32, balance: i64, amount: i64 },
    #[error("an amount must be more than 0")]
    NoAmount,
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

/// Registers the entities, then applies the new migrations, which may use them.
pub async fn open(db: DoConnection) -> Result<DoConnection, DbErr> {
    let db = db.register::<account::Entity>();
    migrate::up::<Migrator>(&db, None)?;
    Ok(db)
}

pub async fn accounts(db: &DoConnection) -> Result<Vec<account::Model>, Refusal> {
    Ok(account::Entity::find()
        .order_by_asc(account::Column::Id)
        .all(db)
        .await?)
}

pub async fn add(db: &DoConnection, name: String, balance: i64) -> Result<account::Model, Refusal> {
    let account = account::ActiveModel {
        name: Set(name),
        balance: Set(balance),
        ..Default::default()
    };
    account
        .insert(db)
        .await
        .map_err(|error| match sql_err(&error) {
            Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::Taken,
            _ => error.into(),
        })
}

/// Moves an amount and returns both accounts: either both change or neither does.
pub fn transfer(
    db: &DoConnection,
    from: i32,
    to: i32,
    amount: i64,
) -> Result<[account::Model; 2], Refusal> {
    if amount <= 0 {
        return Err(Refusal::NoAmount);
    }
    Ok(db.transaction_sync(async |txn| {
        let payee = change(txn, to, amount).await?;
        let payer = change(txn, from, -amount).await?;
        Ok([payer, payee])
    })?)
}

async fn change(txn: &DoTransaction, id: i32, amount: i64) -> Result<account::Model, Refusal> {
    let found = account::Entity::find_by_id(id).one(txn).await?;
    let account::Model { balance, .. } = found.ok_or(Refusal::NoAccount(id))?;
    let changed = balance.checked_add(amount).filter(|balance| *balance >= 0);
    let changed = changed.ok_or(Refusal::Balance {
        id,
        balance,
        amount,
    })?;
    Ok(account::ActiveModel {
        id: Unchanged(id),
        balance: Set(changed),
        ..Default::default()
    }
    .update(txn)
    .await?)
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;

    async fn bank() -> Result<DoConnection, Refusal> {
        let db = open(DoConnection::in_memory()?).await?;
        add(&db, "Ada".into(), 100).await?;
        add(&db, "Bob".into(), 20).await?;
        Ok(db)
    }

    async fn balances(db: &DoConnection) -> Result<Vec<i64>, Refusal> {
        Ok(accounts(db)
            .await?
            .into_iter()
            .map(|account| account.balance)
            .collect())
    }

    #[test]
    fn a_transfer_changes_both_balances() -> Result<(), Refusal> {
        block_on(async {
            let db = bank().await?;
            let [ada, bob] = transfer(&db, 1, 2, 30)?;
            assert_eq!((ada.balance, bob.balance), (70, 50));
            assert_eq!(balances(&db).await?, [70, 50]);
            Ok(())
        })
    }

    #[test]
    fn a_transfer_of_too_much_changes_nothing() -> Result<(), Refusal> {
        block_on(async {
            let db = bank().await?;
            let refusal = transfer(&db, 1, 2, 300);
            assert!(
                matches!(
                    refusal,
                    Err(Refusal::Balance {
                        id: 1,
                        balance: 100,
                        amount: -300
                    })
                ),
                "{refusal:?}"
            );
            assert_eq!(balances(&db).await?, [100, 20]);
            Ok(())
        })
    }

    #[test]
    fn a_name_is_given_out_once() -> Result<(), Refusal> {
        block_on(async {
            let db = bank().await?;
            assert!(matches!(
                add(&db, "Ada".into(), 0).await,
                Err(Refusal::Taken)
            ));
            Ok(())
        })
    }
}
