//! Keeps a schema in step with the registered entities: creates what is missing and compares what exists.
//!
//! ```
//! # #[cfg(feature = "native")]
//! # fn main() -> Result<(), sea_orm::DbErr> {
//! # mod task {
//! #     use sea_orm::entity::prelude::*;
//! #     #[sea_orm::model]
//! #     #[derive(Clone, Debug, DeriveEntityModel)]
//! #     #[sea_orm(table_name = "task")]
//! #     pub struct Model {
//! #         #[sea_orm(primary_key)]
//! #         pub id: i32,
//! #         #[sea_orm(indexed)]
//! #         pub title: String,
//! #     }
//! #     impl ActiveModelBehavior for ActiveModel {}
//! # }
//! # let connection = sea_orm_do::DoConnection::in_memory()?;
//! use sea_orm_do::schema;
//!
//! let db = connection.register::<task::Entity>();
//! let report = schema::sync(&db)?;
//! assert_eq!(report.changes.len(), 2);            // the table and its index, which are there now
//! assert!(schema::check(&db)?.is_empty());
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "native"))]
//! # fn main() {}
//! ```
//!
//! [`sync`] only adds, and renames a column whose entity says `renamed_from`. It reports what it leaves alone, such as
//! a column whose type has changed or that its entity no longer has; change those in a migration. [`check`] returns the
//! same report and changes nothing, for a test or for a guard at startup.
//!
//! # What counts
//! Tables, columns with their types, NOT NULL and the defaults that entities declare, primary keys, unique columns and
//! keys, indexes, and foreign keys. What an entity cannot declare does not count: other tables, other indexes that are
//! not unique or that are partial, generated columns, views, triggers, checks, collations, AUTOINCREMENT. An entity of
//! a view or a virtual table is skipped.

pub(crate) mod alike;
pub(crate) mod compare;
pub(crate) mod default;
mod extra;
pub(crate) mod order;
mod rename;
mod report;
mod seed;
mod wanted;

use sea_orm::{ConnectionTrait, DbErr};

use self::wanted::DesiredTable;
use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::error::flattened;
use crate::transaction::DoTransaction;

pub use self::report::{Report, Skipped};
pub use self::seed::Seeds;

/// Creates what the registered entities have and the database lacks, in one transaction: tables, columns, indexes and
/// unique keys.
///
/// Renames a column that the table has only under the name in `#[sea_orm(renamed_from = "…")]`, and keeps its values.
/// Drops and changes nothing else. If there is nothing to do, it reads the schema and writes nothing.
///
/// # Errors
/// The error of the database, for instance if rows violate a new unique key; then nothing was created. `DbErr::Type` if
/// an entity has a column of a type that SQLite does not have, or if it has an auto-increment key that is not an
/// integer and its table does not exist yet.
///
/// ```
/// # #[cfg(all(feature = "native", feature = "with-chrono"))]
/// # futures_util::FutureExt::now_or_never(async {
#[doc = include_str!("task.txt")]
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::{DoConnection, schema};
/// let db = DoConnection::in_memory()?.register::<task::Entity>();
/// assert_eq!(schema::sync(&db)?.changes.len(), 1);
/// db.execute_unprepared("INSERT INTO task (title) VALUES ('Write the report')").await?;
/// assert!(schema::sync(&db)?.is_empty());
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
pub fn sync(db: &DoConnection) -> Result<Report, DbErr> {
    let report = check(db)?;
    if report.changes.is_empty() {
        return Ok(report);
    }
    let create_all = async |transaction: &DoTransaction| {
        // Compare again: on the host, another process may have changed the schema in the meantime.
        let report = check(db)?;
        for sql in report.changes.iter().filter_map(|difference| difference.after.as_ref()) {
            transaction.execute_unprepared(sql).await?;
        }
        Ok(report)
    };
    db.transaction_sync(create_all).map_err(flattened)
}

/// Compares the database with the registered entities and writes nothing.
///
/// # Errors
/// Fails if the database cannot be read. `DbErr::Type` as for [`sync`].
///
/// ```
/// # #[cfg(all(feature = "native", feature = "with-chrono"))]
/// # futures_util::FutureExt::now_or_never(async {
#[doc = include_str!("task.txt")]
/// # use sea_orm_do::{DoConnection, schema};
/// let db = DoConnection::in_memory()?.register::<task::Entity>();
/// let report = schema::check(&db)?;
/// assert!(report.to_string().starts_with("missing: CREATE TABLE \"task\""));
/// assert_eq!(sea_orm_do::introspect(&db)?.tables, []);   // it created nothing
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
pub fn check(db: &DoConnection) -> Result<Report, DbErr> {
    let mut found = introspect(db)?;
    let mut report = Report::default();
    let statements = db.handle.settings.registry.statements();
    let entities =
        statements.iter().map(|(table, indexes)| DesiredTable::new(table, indexes)).collect::<Result<Vec<_>, _>>()?;
    // Rename in all tables first: the foreign keys of one table name columns of another.
    entities.iter().for_each(|wanted| rename::rename(&mut found, wanted, &mut report));
    for wanted in &entities {
        let name = &wanted.table.name;
        let is_rowless = found.views.iter().any(|view| view.name.eq_ignore_ascii_case(name))
            || found.virtual_tables.iter().any(|table| table.name.eq_ignore_ascii_case(name));
        match found.table(name) {
            Some(table) => compare::compare(db, &found, table, wanted, &mut report)?,
            None if is_rowless => {}
            None => wanted.whole(&found, &mut report)?,
        }
    }
    Ok(report)
}

/// The columns that entities say were renamed: table, old name and new name.
#[cfg(all(feature = "migrate", feature = "draft", not(target_arch = "wasm32")))]
pub(crate) fn renames(db: &DoConnection) -> Result<Vec<[String; 3]>, DbErr> {
    let mut renames = Vec::new();
    for (table, indexes) in db.handle.settings.registry.statements() {
        let wanted = DesiredTable::new(&table, &indexes)?;
        for (column, added) in wanted.columns() {
            if let Some(old) = &added.renamed_from {
                renames.push([wanted.table.name.clone(), old.clone(), column.name.clone()]);
            }
        }
    }
    Ok(renames)
}
