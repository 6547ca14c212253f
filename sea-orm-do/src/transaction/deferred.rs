//! Deferred foreign keys, checked before a commit that would otherwise reset the object.
//!
//! The runtime commits at the end of the event loop's turn; a foreign key that is still broken then cannot be reported
//! to anybody, so it resets the object and undoes everything. <https://www.sqlite.org/foreignkeys.html#fk_deferred>

use sea_orm::{DbErr, RuntimeErr};

use crate::database::Database;
use crate::error::StorageError;
use crate::storage::SqlValue;

/// Checks what was put off, and puts nothing off any more.
///
/// # Errors
/// When a foreign key is broken whose check was deferred; the message names both tables.
pub(crate) fn check(database: &Database) -> Result<(), DbErr> {
    if !is_deferred(database)? {
        return Ok(());
    }
    // https://www.sqlite.org/pragma.html#pragma_foreign_key_check: table, rowid, parent, fkid
    let broken = database.storage.exec("PRAGMA foreign_key_check", &[]).map_err(StorageError::into_exec)?;
    let Some([SqlValue::Text(child), _, SqlValue::Text(parent), ..]) = broken.rows.first().map(Vec::as_slice) else {
        put_off_no_more(database);
        return Ok(());
    };
    Err(DbErr::Exec(RuntimeErr::Internal(format!(
        "FOREIGN KEY constraint failed: a row of `{child}` refers to a row of `{parent}` that is not there: \
         SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)"
    ))))
}

/// The runtime commits later than the closure ends: what follows in the same turn must not be put off unseen, so the PRAGMA
/// ends with the closure that has set it. SQLite then also forgets its count of broken keys, in which a table is left
/// behind that another one has taken the place of.
pub(crate) fn put_off_no_more(database: &Database) {
    // It cannot fail but where everything does; then the commit tells.
    let _ = database.storage.exec("PRAGMA defer_foreign_keys = OFF", &[]);
}

/// Whether checks may have been put off, by `PRAGMA defer_foreign_keys` or by a table's own DEFERRABLE.
fn is_deferred(database: &Database) -> Result<bool, DbErr> {
    let asked = database.storage.exec("PRAGMA defer_foreign_keys", &[]).map_err(StorageError::into_exec)?;
    if matches!(asked.rows.first().map(Vec::as_slice), Some([SqlValue::Number(1.0)])) {
        return Ok(true);
    }
    database.has_deferred_keys().map_err(StorageError::into_exec)
}
