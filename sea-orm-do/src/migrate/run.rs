//! Runs migrations, each in one transaction with its record.

use sea_orm::{DbErr, TransactionError, TransactionTrait};
use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager};

use super::error::{Direction, Error};
use super::history::Known;
use crate::connection::DoConnection;
use crate::transaction::DoTransaction;

/// Runs up to `steps` migrations, or all that are left, and returns their names.
pub(super) fn run<M: MigratorTrait>(
    db: &DoConnection,
    direction: Direction,
    steps: Option<u32>,
) -> Result<Vec<String>, Error> {
    db.check_not_blocked().map_err(Error::Database)?;
    let known = Known::of::<M>()?;
    let applied = known.recorded(&db.database)?.map_or(0, |records| records.len());
    let left = match direction {
        Direction::Up => known.migrations.len() - applied,
        Direction::Down => applied,
    };
    let most = steps.and_then(|steps| usize::try_from(steps).ok()).unwrap_or(usize::MAX);
    let db = db.clone().with_inferred_types();
    let mut done = Vec::new();
    for _ in 0..left.min(most) {
        match run_next::<M>(&db, &known, direction) {
            Ok(Some(name)) => done.push(name),
            Ok(None) => break,
            Err(Error::Failed { migration, direction, cause, .. }) => {
                return Err(Error::Failed { migration, direction, cause, before: done });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Runs the next migration; `None` if there is no next one, because another process has run it in the meantime.
fn run_next<M: MigratorTrait>(db: &DoConnection, known: &Known, direction: Direction) -> Result<Option<String>, Error> {
    let mut running = None;
    let result = db.transaction_sync(async |transaction| {
        // Read again: on the host, another process may have run it in the meantime.
        let recorded = known.recorded(&db.database)?;
        let applied = recorded.as_ref().map_or(0, Vec::len);
        let next = match direction {
            Direction::Up => Some(applied),
            Direction::Down => applied.checked_sub(1),
        };
        let Some(migration) = next.and_then(|next| known.migrations.get(next)) else { return Ok(()) };
        running = Some(migration.name().to_owned());
        if recorded.is_none() {
            M::install(transaction).await?;
        }
        run_one(db, known, migration.as_ref(), direction, transaction).await.map_err(Error::Database)
    });
    let error = match (result, running) {
        (Ok(()), running) => return Ok(running),
        (Err(TransactionError::Transaction(Error::Database(cause)) | TransactionError::Connection(cause)), running) => {
            match running {
                Some(migration) => Error::Failed { migration, direction, cause, before: Vec::new() },
                None => Error::Database(cause),
            }
        }
        (Err(TransactionError::Transaction(error)), _) => error,
    };
    Err(error)
}

async fn run_one(
    db: &DoConnection,
    known: &Known,
    migration: &dyn MigrationTrait,
    direction: Direction,
    transaction: &DoTransaction,
) -> Result<(), DbErr> {
    let connection = db.to_database_connection();
    if migration.use_transaction() == Some(true) {
        // This transaction joins the one that is open.
        let joined = connection.begin().await?;
        call(migration, direction, &SchemaManager::new(&joined)).await?;
        joined.commit().await?;
    } else {
        call(migration, direction, &SchemaManager::new(&connection)).await?;
    }
    match direction {
        Direction::Up => known.record(migration.name(), transaction).await,
        Direction::Down => known.erase(migration.name(), transaction).await,
    }
}

async fn call(migration: &dyn MigrationTrait, direction: Direction, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    match direction {
        Direction::Up => migration.up(manager).await,
        Direction::Down => migration.down(manager).await,
    }
}
