//! Introspection of a connected database.

use sea_orm::DbErr;

use super::DoConnection;
use crate::introspect::{Schema, read};

/// Reads the tables, indexes, views and triggers of a database, with the columns, keys and checks of its tables.
///
/// Skips objects that belong to SQLite (`sqlite_…`) and to the runtime (`_cf_…`). Runs five statements, and one more
/// for each view and virtual table.
///
/// # Errors
/// Fails if the database cannot be read, or if another handle has an open transaction.
pub fn introspect(db: &DoConnection) -> Result<Schema, DbErr> {
    db.check_not_blocked()?;
    read::schema(&*db.database.storage)
}
