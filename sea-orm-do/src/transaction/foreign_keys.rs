//! Deferred foreign keys, checked before a commit that would otherwise reset the object.
//!
//! The runtime commits at the end of the event loop's turn; a foreign key that is still broken then cannot be reported
//! to anybody, so it resets the object and undoes everything. <https://www.sqlite.org/foreignkeys.html#fk_deferred>

use sea_orm::{DbErr, RuntimeErr};

use crate::database::Database;
use crate::sql::quote::quoted;
use crate::storage::SqlValue;
use crate::storage::error::{Code, StorageError};

/// Checks what was put off, and puts nothing off any more.
///
/// # Errors
/// When a foreign key is broken whose check was deferred; the message names both tables.
pub(crate) fn check(database: &Database) -> Result<(), DbErr> {
    let all_are_put_off = are_deferred(database)?;
    let tables = if all_are_put_off { database.with_keys() } else { database.deferred_keys() };
    let tables = tables.map_err(StorageError::into_exec)?;
    for child in tables.iter() {
        // https://www.sqlite.org/pragma.html#pragma_foreign_key_check: table, rowid, parent, fkid
        let broken = match database.storage.exec(&format!("PRAGMA foreign_key_check({})", quoted(child)), &[]) {
            Ok(broken) => broken,
            // Of a key that points to nothing unique, no row was written: each write fails with the same error.
            Err(error) if error.code == Some(Code::ForeignKeyMismatch) => continue,
            Err(error) => return Err(error.into_exec()),
        };
        if let Some([SqlValue::Text(child), _, SqlValue::Text(parent), ..]) = broken.rows.first().map(Vec::as_slice) {
            return Err(DbErr::Exec(RuntimeErr::Internal(format!(
                "FOREIGN KEY constraint failed: a row of `{child}` refers to a row of `{parent}` that is not there: \
                 SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)"
            ))));
        }
    }
    if all_are_put_off || !tables.is_empty() {
        reset_defer_foreign_keys(database);
    }
    Ok(())
}

/// Whether `PRAGMA defer_foreign_keys` puts off the checks of all keys.
///
/// # Errors
/// When the storage refuses to tell.
pub(crate) fn are_deferred(database: &Database) -> Result<bool, DbErr> {
    let asked = database.storage.exec("PRAGMA defer_foreign_keys", &[]).map_err(StorageError::into_exec)?;
    Ok(matches!(asked.rows.first().map(Vec::as_slice), Some([SqlValue::Number(1.0)])))
}

/// The runtime commits later than the closure ends: what follows in the same turn must not be put off unseen, so the PRAGMA
/// ends with the closure that has set it. SQLite then also forgets its count of broken keys, in which a table is left
/// behind that another one has taken the place of.
pub(crate) fn reset_defer_foreign_keys(database: &Database) {
    // It cannot fail but where everything does; then the commit tells.
    let _ = database.storage.exec("PRAGMA defer_foreign_keys = OFF", &[]);
}
