//! Runs the migrations of [`sea_orm_migration`] in an object that wakes up thousands of times.
//!
//! Any [`MigratorTrait`] works, unchanged. Its own `up` and `down` would leave a migration half done if it fails, and
//! run a CREATE TABLE each time that an object wakes; call these functions instead:
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
//! # Guarantees
//! - A migration and its record commit in one [`transaction_sync`](crate::DoConnection::transaction_sync), regardless
//!   of its `use_transaction`. A migration that fails is rolled back, and those before it stay. A transaction that a
//!   migration begins itself joins that one.
//! - A migration awaits only the database, so no other work of the object can run in between. Awaiting a fetch or a
//!   timer makes the migration fail.
//! - If nothing is left to do, one statement reads the migrations table, and nothing is written.
//! - The recorded migrations must be the first of those in the code, in the same order. Otherwise nothing runs and the
//!   error is [`Error::Drift`].
//! - The migrations table is that of sea-orm-migration, so native tools can read it and continue from it.
//!
//! # What migrations see
//! Migrations use the connection that is passed in, which then also [infers
//! types](crate::DoConnection::with_inferred_types). A migration that reads or inserts models needs their entity
//! registered with that connection, even if the table is empty: register first, then migrate. Columns that a registered
//! entity does not have, or does not have yet, are read by their declared types. To read a table whose entity no longer
//! exists, use a typed call, `all_as(manager.get_connection())`, or a connection [by declared
//! type](crate::DoConnection::with_declared_types). A migration that moves data in SQL needs none of this. [`Probe`]
//! replaces `SchemaManager::has_table` and similar methods.
//!
//! # When to run them
//! Run them in the object's constructor, before a request can find an old schema. These functions await nothing, so the
//! constructor can simply call them and keep the `Result`. If the start must await something else as well, use
//! `Opening`, which runs it inside `blockConcurrencyWhile`.
//!
#![doc = include_str!("rebuild.md")]

#[cfg(feature = "with-json")]
mod adopt;
mod error;
mod history;
mod probe;
mod rebuild;
mod run;
#[cfg(all(feature = "draft", feature = "with-json", not(target_arch = "wasm32")))]
mod tool;
mod wipe;

use sea_orm_migration::MigratorTrait;

use self::history::Known;
use crate::connection::DoConnection;
use crate::error::flattened;
use crate::sql::quote::quoted;

#[cfg(feature = "with-json")]
pub use self::adopt::adopt;
pub use self::error::{Direction, Error};
pub use self::probe::Probe;
pub use self::rebuild::rebuild;
#[cfg(all(feature = "draft", feature = "with-json", not(target_arch = "wasm32")))]
pub use self::tool::tool;

/// A migration of the code.
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// let db = DoConnection::in_memory()?;
/// migrate::up::<Migrator>(&db, Some(1))?;
/// let status = migrate::status::<Migrator>(&db)?;
/// let waiting: Vec<_> = status.into_iter().filter(|migration| migration.applied_at.is_none()).collect();
/// assert_eq!(waiting, [migrate::Status { name: "create_tag".into(), applied_at: None }]);
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its name.
    pub name: String,
    /// When it was applied, in seconds since 1970; `None` if it was not applied.
    pub applied_at: Option<i64>,
}

/// Applies the next `steps` migrations, or all that are left, and returns their names in order.
///
/// # Errors
/// [`Error::Failed`] with the migration, the cause, and the migrations applied before it. [`Error::Drift`] if the
/// recorded migrations are not the first of those in the code.
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// let db = DoConnection::in_memory()?;
/// assert_eq!(migrate::up::<Migrator>(&db, Some(1))?, ["create_task"]);
/// assert_eq!(migrate::up::<Migrator>(&db, None)?, ["create_tag"]);
/// assert!(migrate::up::<Migrator>(&db, None)?.is_empty());
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
pub fn up<M: MigratorTrait>(db: &DoConnection, steps: Option<u32>) -> Result<Vec<String>, Error> {
    run::run::<M>(db, Direction::Up, steps)
}

/// Reverts the last `steps` applied migrations, or all of them, the last one first, and returns their names in that
/// order.
///
/// # Errors
/// As [`up`].
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// let db = DoConnection::in_memory()?;
/// migrate::up::<Migrator>(&db, None)?;
/// assert_eq!(migrate::down::<Migrator>(&db, Some(1))?, ["create_tag"]);
/// assert_eq!(migrate::down::<Migrator>(&db, None)?, ["create_task"]);
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
pub fn down<M: MigratorTrait>(db: &DoConnection, steps: Option<u32>) -> Result<Vec<String>, Error> {
    run::run::<M>(db, Direction::Down, steps)
}

/// Returns which migrations were applied, with one statement that writes nothing.
///
/// # Errors
/// [`Error::Drift`] if the recorded migrations are not the first of those in the code.
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// let db = DoConnection::in_memory()?;
/// migrate::up::<Migrator>(&db, Some(1))?;
/// let status = migrate::status::<Migrator>(&db)?;
/// assert!(status[0].applied_at.is_some() && status[1].applied_at.is_none());
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
pub fn status<M: MigratorTrait>(db: &DoConnection) -> Result<Vec<Status>, Error> {
    db.check_not_blocked().map_err(Error::Database)?;
    let known = Known::of::<M>()?;
    let records = known.recorded(&db.database)?.unwrap_or_default();
    let names = known.migrations.iter().map(|migration| migration.name().to_owned());
    let applied_at = |at: usize| records.get(at).map(|record| record.applied_at);
    Ok(names.enumerate().map(|(at, name)| Status { name, applied_at: applied_at(at) }).collect())
}

/// Reverts all migrations, applies them again, and returns the names of those that were applied.
///
/// # Errors
/// As [`up`].
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// let db = DoConnection::in_memory()?;
/// migrate::up::<Migrator>(&db, Some(1))?;
/// assert_eq!(migrate::refresh::<Migrator>(&db)?, ["create_task", "create_tag"]);
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
pub fn refresh<M: MigratorTrait>(db: &DoConnection) -> Result<Vec<String>, Error> {
    let reverted = down::<M>(db, None)?;
    up::<M>(db, None).map_err(|error| match error {
        Error::Failed { migration, direction, cause, before } => {
            Error::Failed { migration, direction, cause, before: [reverted, before].concat() }
        }
        other => other,
    })
}

/// Reverts all migrations, drops the table that records them, and returns the names of those that were reverted.
///
/// # Errors
/// As [`up`].
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// let db = DoConnection::in_memory()?;
/// migrate::up::<Migrator>(&db, None)?;
/// assert_eq!(migrate::reset::<Migrator>(&db)?, ["create_tag", "create_task"]);
/// assert_eq!(sea_orm_do::introspect(&db)?.tables, []);
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
pub fn reset<M: MigratorTrait>(db: &DoConnection) -> Result<Vec<String>, Error> {
    let reverted = down::<M>(db, None)?;
    let table = Known::of::<M>()?.table;
    db.execute_script(&format!("DROP TABLE IF EXISTS {}", quoted(&table)))?;
    Ok(reverted)
}

/// Drops all tables, views and triggers, regardless of what created them, applies all migrations, and returns their
/// names.
///
/// Tables whose names begin with `_cf_`, `__miniflare_` or `sqlite_` stay, because they belong to the runtime, to
/// wrangler and to SQLite. The object's key-value storage and its alarm stay as well.
///
/// # Errors
/// As [`up`], except [`Error::Drift`].
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// let db = DoConnection::in_memory()?;
/// db.import("CREATE TABLE task (title TEXT); CREATE TABLE left_over (a)")?;
/// assert_eq!(migrate::fresh::<Migrator>(&db)?, ["create_task", "create_tag"]);
/// assert_eq!(sea_orm_do::introspect(&db)?.table("left_over"), None);
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
pub fn fresh<M: MigratorTrait>(db: &DoConnection) -> Result<Vec<String>, Error> {
    let wiped = db.transaction_sync(async |transaction| wipe::wipe(db, transaction).await);
    wiped.map_err(flattened)?;
    up::<M>(db, None)
}
