//! From the runtime's message to SeaORM's error, and back to its meaning.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use crate::dialect::limits;

/// What the storage refused, in the runtime's own words.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct StorageError(pub(crate) String);

impl StorageError {
    /// The error of opening the storage.
    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    pub(crate) fn into_conn(self) -> DbErr {
        DbErr::Conn(RuntimeErr::Internal(self.0))
    }

    /// The error of a statement whose result is its effect.
    pub(crate) fn into_exec(self) -> DbErr {
        DbErr::Exec(RuntimeErr::Internal(self.explained()))
    }

    /// The error of a statement whose result is rows.
    pub(crate) fn into_query(self) -> DbErr {
        DbErr::Query(RuntimeErr::Internal(self.explained()))
    }
}

impl StorageError {
    /// Whether SQLite lacks what the driver may remember: <https://www.sqlite.org/rescode.html> has no code for it.
    pub(crate) fn is_of_another_schema(&self) -> bool {
        self.0.starts_with("no such table: ")
            || self.0.starts_with("no such column: ")
            || self.0.contains(" has no column named ")
    }

    /// The message, with the limit and the way out where the runtime names neither.
    fn explained(self) -> String {
        match limits::explanation(&self.0) {
            Some(limit) => format!("{} ({limit})", self.0),
            None => self.0,
        }
    }
}

/// Tells which constraint an error stands for; `None` for every other error.
///
/// [`DbErr::sql_err`] knows the errors of sqlx only, so it answers `None` for this driver; ask here instead. Read from
/// the message, which begins with SQLite's own text: `UNIQUE constraint failed: tag.name: SQLITE_CONSTRAINT (extended:
/// SQLITE_CONSTRAINT_UNIQUE)`, where the `(extended: …)` part is missing in older runtimes.
///
/// A violated primary key counts as unique. Other constraints (`NOT NULL`, `CHECK`) have no [`SqlErr`] of their own.
#[must_use]
pub fn sql_err(err: &DbErr) -> Option<SqlErr> {
    let (DbErr::Exec(RuntimeErr::Internal(message)) | DbErr::Query(RuntimeErr::Internal(message))) = err else {
        return None;
    };
    if message.starts_with("UNIQUE constraint failed") {
        Some(SqlErr::UniqueConstraintViolation(message.clone()))
    } else if message.starts_with("FOREIGN KEY constraint failed") {
        Some(SqlErr::ForeignKeyConstraintViolation(message.clone()))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(message: &str) -> DbErr {
        StorageError(message.to_owned()).into_exec()
    }

    #[test]
    fn recognises_a_unique_violation_with_and_without_the_extended_code() {
        for message in [
            "UNIQUE constraint failed: tag.name: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)",
            "UNIQUE constraint failed: tag.name: SQLITE_CONSTRAINT",
        ] {
            assert!(matches!(sql_err(&failed(message)), Some(SqlErr::UniqueConstraintViolation(m)) if m == message));
        }
    }

    #[test]
    fn recognises_a_foreign_key_violation() {
        let err = failed("FOREIGN KEY constraint failed: SQLITE_CONSTRAINT");
        assert!(matches!(sql_err(&err), Some(SqlErr::ForeignKeyConstraintViolation(_))));
    }

    #[test]
    fn names_the_limit_that_the_runtime_leaves_out() {
        let error = failed("out of memory: SQLITE_NOMEM").to_string();
        assert!(error.contains("25,000 operations"), "{error}");
        assert_eq!(
            failed("no such table: t: SQLITE_ERROR").to_string(),
            "Execution Error: no such table: t: SQLITE_ERROR"
        );
    }

    #[test]
    fn other_errors_have_no_meaning_of_their_own() {
        assert!(sql_err(&failed("NOT NULL constraint failed: tag.name: SQLITE_CONSTRAINT")).is_none());
        assert!(sql_err(&failed("no such table: UNIQUE constraint failed")).is_none());
        assert!(sql_err(&DbErr::RecordNotUpdated).is_none());
    }
}
