//! A schema that follows the registered entities: made where it is missing, compared where it is there.
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
//! [`sync`] only ever adds, and renames a column whose entity says `renamed_from`. What it leaves alone, such as a column
//! whose type has changed or that no entity has any more, is in its report, for a migration to settle; [`check`] writes the
//! same report and does nothing, as a test or as a guard at the start.
//!
//! # What counts
//! Tables, columns with their types, NOT NULL and the defaults that entities give, primary keys, unique columns and keys,
//! indexes, and foreign keys. What an entity cannot say does not count: other tables, indexes that are not unique or that
//! leave rows out, generated columns, views, triggers, checks, collations, AUTOINCREMENT. An entity that stands for a view
//! or a virtual table is passed over.

mod compare;
mod default;
mod extra;
mod rename;
mod report;
mod wanted;

use sea_orm::{ConnectionTrait, DbErr, TransactionError};

use self::wanted::DesiredTable;
use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::transaction::DoTransaction;

pub use self::report::{Report, Skipped};

/// Creates what the registered entities have and the database has not: tables, columns, indexes and unique keys, in one
/// transaction.
///
/// A column that the table has under the name in `#[sea_orm(renamed_from = "…")]` only is renamed, with its values.
/// Nothing is dropped or changed otherwise. With nothing to do it reads the schema and writes nothing.
///
/// # Errors
/// What the database reports, when rows break a new unique key for instance; then nothing was created. `DbErr::Type` for
/// an entity with a column of a type that SQLite does not have, or whose table is not there yet and has a key that SQLite
/// cannot count up.
pub fn sync(db: &DoConnection) -> Result<Report, DbErr> {
    let report = check(db)?;
    if report.changes.is_empty() {
        return Ok(report);
    }
    let create_all = async |transaction: &DoTransaction| {
        // Compared again: on the host, another process may have been faster.
        let report = check(db)?;
        for sql in report.changes.iter().filter_map(|difference| difference.after.as_ref()) {
            transaction.execute_unprepared(sql).await?;
        }
        Ok(report)
    };
    db.transaction_sync(create_all).map_err(|error| match error {
        TransactionError::Connection(error) | TransactionError::Transaction(error) => error,
    })
}

/// Compares the database with the registered entities: it writes nothing.
///
/// # Errors
/// When the database cannot be read. `DbErr::Type` as for [`sync`].
pub fn check(db: &DoConnection) -> Result<Report, DbErr> {
    let mut found = introspect(db)?;
    let mut report = Report::default();
    let statements = db.handle.registry.statements();
    let entities =
        statements.iter().map(|(table, indexes)| DesiredTable::new(table, indexes)).collect::<Result<Vec<_>, _>>()?;
    // First of all tables: the keys of one name the columns of another.
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
