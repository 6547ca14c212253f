//! Deferred foreign keys, checked before a commit that would otherwise reset the object.
//!
//! The runtime commits at the end of the event loop's turn. A violation that is found then can no longer be reported,
//! so the runtime resets the object and undoes everything. <https://www.sqlite.org/foreignkeys.html#fk_deferred>

use sea_orm::{DbErr, RuntimeErr};

use crate::database::Database;
use crate::sql::quote::quoted;
use crate::storage::SqlValue;
use crate::storage::error::{Code, StorageError};

/// Checks the deferred foreign keys, then turns `PRAGMA defer_foreign_keys` off.
///
/// # Errors
/// Fails if a deferred foreign key is violated; the message names both tables.
pub(crate) fn check(database: &Database) -> Result<(), DbErr> {
    let all_are_deferred = are_deferred(database)?;
    let tables = if all_are_deferred { database.with_keys() } else { database.deferred_keys() };
    let tables = tables.map_err(StorageError::into_exec)?;
    for child in tables.iter() {
        // https://www.sqlite.org/pragma.html#pragma_foreign_key_check: table, rowid, parent, fkid
        let broken = match database.storage.exec(&format!("PRAGMA foreign_key_check({})", quoted(child)), &[]) {
            Ok(broken) => broken,
            // No row can have been written for a key whose parent columns are not unique: each write fails with the
            // same error.
            Err(error) if error.code == Some(Code::ForeignKeyMismatch) => continue,
            Err(error) => return Err(error.into_exec()),
        };
        if let Some([SqlValue::Text(child), _, SqlValue::Text(parent), ..]) = broken.rows.first().map(Vec::as_slice) {
            return Err(DbErr::Exec(RuntimeErr::Internal(format!(
                "FOREIGN KEY constraint failed: a row of `{child}` refers to a row of `{parent}` that does not exist: \
                 SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)"
            ))));
        }
    }
    if all_are_deferred || !tables.is_empty() {
        reset_defer_foreign_keys(database);
    }
    Ok(())
}

/// Whether `PRAGMA defer_foreign_keys` defers the checks of all foreign keys.
///
/// # Errors
/// Fails if the storage refuses the PRAGMA.
pub(crate) fn are_deferred(database: &Database) -> Result<bool, DbErr> {
    let asked = database.storage.exec("PRAGMA defer_foreign_keys", &[]).map_err(StorageError::into_exec)?;
    Ok(matches!(asked.rows.first().map(Vec::as_slice), Some([SqlValue::Number(1.0)])))
}

/// Turns `PRAGMA defer_foreign_keys` off at the end of the closure that set it. The runtime commits only later, and the
/// checks of statements that follow in the same turn must not be deferred unnoticed. SQLite then also resets its count
/// of violated keys, which still includes a table that another table has replaced.
pub(crate) fn reset_defer_foreign_keys(database: &Database) {
    // Fails only if the storage is broken, and then the commit reports it.
    let _ = database.storage.exec("PRAGMA defer_foreign_keys = OFF", &[]);
}
