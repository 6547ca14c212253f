//! Introspection of a connected database.

use sea_orm::DbErr;

use super::DoConnection;
use crate::introspect::{Schema, read};

/// Reads the tables, indexes, views and triggers of a database, with the columns, keys and checks of its tables.
///
/// What belongs to SQLite (`sqlite_…`) and to the runtime (`_cf_…`) is left out. It takes five statements and one for
/// each view and virtual table.
///
/// # Errors
/// When the database cannot be read, or another handle holds a transaction open on it.
pub fn introspect(db: &DoConnection) -> Result<Schema, DbErr> {
    db.check_not_blocked()?;
    read::schema(&*db.database.storage)
}
