//! Migrations of [`sea_orm_migration`], as an object needs them that wakes up thousands of times.
//!
//! Any [`MigratorTrait`] will do, unchanged. Its own `up` and `down` would leave a migration half done when it fails, and
//! begin with a CREATE TABLE each time that an object wakes; call these functions in their place:
//!
//! ```
//! # #[cfg(feature = "native")]
//! # mod example {
//! use sea_orm_do::{DoConnection, migrate};
//! use sea_orm_migration::prelude::*;
//! use sea_orm_migration::schema::{pk_auto, string};
//!
//! pub struct Migrator;
//!
//! impl MigratorTrait for Migrator {
//!     fn migrations() -> Vec<Box<dyn MigrationTrait>> {
//!         vec![Box::new(CreateTask)]
//!     }
//! }
//!
//! struct CreateTask;
//!
//! impl MigrationName for CreateTask {
//!     fn name(&self) -> &str {
//!         "m20261123_000001_create_task"
//!     }
//! }
//!
//! #[async_trait::async_trait]
//! impl MigrationTrait for CreateTask {
//!     async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
//!         manager.create_table(Table::create().table("task").col(pk_auto("id")).col(string("title")).to_owned()).await
//!     }
//! }
//!
//! # pub
//! fn wake(db: &DoConnection) -> Result<(), migrate::Error> {
//!     let applied = migrate::up::<Migrator>(db, None)?;
//!     println!("{} migrations were new", applied.len());
//!     Ok(())
//! }
//! # }
//! # #[cfg(feature = "native")]
//! # example::wake(&sea_orm_do::DoConnection::in_memory().unwrap()).unwrap();
//! ```
//!
//! # What holds
//! - A migration and its record commit in one [`transaction_sync`](crate::DoConnection::transaction_sync), whatever its
//!   `use_transaction` says: one that fails leaves nothing behind, and those before it stay. A migration that begins a
//!   transaction of its own joins that one.
//! - Nothing is awaited but the database, so nothing else that the object does can come in between. A fetch or a timer
//!   in a migration fails it.
//! - When nothing is left to do, one statement reads the table of migrations, and nothing is written.
//! - The migrations that are recorded must be the first of those in the code, in the same order. Anything else is an
//!   [`Error::Drift`], before anything runs.
//! - The table of migrations is that of sea-orm-migration, so native tools read it, and take over where it ends.
//!
//! # What migrations see
//! The connection that is handed in, which also [infers types](crate::DoConnection::with_inferred_types). A migration that
//! reads or inserts models needs their entity registered with that connection, on an empty table as on a full one: register
//! first, then migrate. Columns that a registered entity does not have, or not yet, are read as they are declared. A table
//! whose entity is gone is read by a typed call, `all_as(manager.get_connection())`, or on a
//! connection [by declared type](crate::DoConnection::by_declared_type). What moves data in SQL needs none of this.
//! [`Probe`] stands in for `SchemaManager::has_table` and its kin.
//!
//! # When to run them
//! In the object's constructor, before a request can find an old schema. These functions await nothing, so the constructor
//! can simply call them and keep the `Result`; `Opening` does it inside `blockConcurrencyWhile`, for a start that has to
//! await something else as well.
//!
#![doc = include_str!("rebuild.md")]

mod error;
mod history;
mod probe;
mod rebuild;
mod run;
mod wipe;

use sea_orm::TransactionError;
use sea_orm_migration::MigratorTrait;

use self::history::Known;
use crate::connection::DoConnection;
use crate::sql::quote::quoted;

pub use self::error::{Direction, Error};
pub use self::probe::Probe;
pub use self::rebuild::rebuild;

/// A migration of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its name.
    pub name: String,
    /// When it was applied, in seconds since 1970; `None` when it was not.
    pub applied_at: Option<i64>,
}

/// Applies so many of the migrations that are left, or all of them, and gives back their names in order.
///
/// # Errors
/// [`Error::Failed`] names the migration, why it failed, and what had been applied by then. [`Error::Drift`] when the
/// database has recorded something else than the code knows.
pub fn up<M: MigratorTrait>(db: &DoConnection, steps: Option<u32>) -> Result<Vec<String>, Error> {
    run::run::<M>(db, Direction::Up, steps)
}

/// Reverts so many of the migrations that were applied, or all of them, the last one first, and gives back their names in
/// that order.
///
/// # Errors
/// As [`up`].
pub fn down<M: MigratorTrait>(db: &DoConnection, steps: Option<u32>) -> Result<Vec<String>, Error> {
    run::run::<M>(db, Direction::Down, steps)
}

/// Tells which migrations were applied; one statement, which writes nothing.
///
/// # Errors
/// [`Error::Drift`] when the database has recorded something else than the code knows.
pub fn status<M: MigratorTrait>(db: &DoConnection) -> Result<Vec<Status>, Error> {
    db.check_not_blocked().map_err(Error::Database)?;
    let known = Known::of::<M>()?;
    let records = known.recorded(&db.database)?.unwrap_or_default();
    let names = known.migrations.iter().map(|migration| migration.name().to_owned());
    let applied_at = |at: usize| records.get(at).map(|record| record.applied_at);
    Ok(names.enumerate().map(|(at, name)| Status { name, applied_at: applied_at(at) }).collect())
}

/// Reverts all migrations and applies them again; gives back the names of those that were applied.
///
/// # Errors
/// As [`up`].
pub fn refresh<M: MigratorTrait>(db: &DoConnection) -> Result<Vec<String>, Error> {
    let reverted = down::<M>(db, None)?;
    up::<M>(db, None).map_err(|error| match error {
        Error::Failed { migration, direction, cause, before } => {
            Error::Failed { migration, direction, cause, before: [reverted, before].concat() }
        }
        other => other,
    })
}

/// Reverts all migrations and drops the table that records them; gives back the names of those that were reverted.
///
/// # Errors
/// As [`up`].
pub fn reset<M: MigratorTrait>(db: &DoConnection) -> Result<Vec<String>, Error> {
    let reverted = down::<M>(db, None)?;
    let table = Known::of::<M>()?.table;
    db.execute_script(&format!("DROP TABLE IF EXISTS {}", quoted(&table)))?;
    Ok(reverted)
}

/// Drops all tables, views and triggers, whatever made them, and applies all migrations; gives back their names.
///
/// Tables whose names begin with `_cf_` or `sqlite_` stay: they are the runtime's and SQLite's own. What the object keeps
/// in its key-value storage, its alarm among it, stays as well.
///
/// # Errors
/// As [`up`], without the drift.
pub fn fresh<M: MigratorTrait>(db: &DoConnection) -> Result<Vec<String>, Error> {
    let wiped = db.transaction_sync(async |transaction| wipe::wipe(db, transaction).await);
    wiped.map_err(|error| match error {
        TransactionError::Connection(error) | TransactionError::Transaction(error) => error,
    })?;
    up::<M>(db, None)
}
