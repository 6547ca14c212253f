//! What the storage refuses, told apart once by the runtime's message.

use sea_orm::{DbErr, RuntimeErr};

use crate::limits;

/// An error in the runtime's own words, and what it means where that matters.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct StorageError {
    pub(crate) code: Option<Code>,
    pub(crate) message: String,
}

/// What an error means: <https://www.sqlite.org/rescode.html>, and for what has no code there, SQLite's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NoSuchTable,
    NoSuchColumn,
    /// A foreign key that refers to nothing unique.
    ForeignKeyMismatch,
    IntegerOverflow,
    /// One by which SQLite may roll back the transaction: <https://www.sqlite.org/lang_transaction.html>.
    Fatal,
}

impl Code {
    fn of(message: &str) -> Option<Self> {
        const FATAL: [&str; 4] = ["SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM", "SQLITE_INTERRUPT"];
        const TEXTS: [(&str, Code); 4] = [
            ("no such table: ", Code::NoSuchTable),
            ("no such column: ", Code::NoSuchColumn),
            ("foreign key mismatch", Code::ForeignKeyMismatch),
            ("integer overflow", Code::IntegerOverflow),
        ];
        let name = without_extended_code(message).rsplit_once(": ").map(|(_, name)| name);
        if name.is_some_and(|name| FATAL.contains(&name)) {
            return Some(Self::Fatal);
        }
        let by_text = TEXTS.iter().find(|(text, _)| message.starts_with(text)).map(|(_, code)| *code);
        by_text.or_else(|| message.contains(" has no column named ").then_some(Self::NoSuchColumn))
    }
}

impl StorageError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code: Code::of(&message), message }
    }

    /// The error of opening the storage.
    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    pub(crate) fn into_conn(self) -> DbErr {
        DbErr::Conn(RuntimeErr::Internal(self.message))
    }

    /// The error of a statement whose result is its effect.
    pub(crate) fn into_exec(self) -> DbErr {
        DbErr::Exec(RuntimeErr::Internal(self.explained()))
    }

    /// The error of a statement whose result is rows.
    pub(crate) fn into_query(self) -> DbErr {
        DbErr::Query(RuntimeErr::Internal(self.explained()))
    }

    /// The message, with the limit and the way out where the runtime names neither.
    fn explained(self) -> String {
        match limits::explanation(&self.message) {
            Some(limit) => format!("{} ({limit})", self.message),
            None => self.message,
        }
    }
}

/// A message without the second code that newer runtimes have behind the first.
pub(crate) fn without_extended_code(message: &str) -> &str {
    let extended = message.strip_suffix(')').and_then(|message| message.rsplit_once(" (extended: "));
    extended.map_or(message, |(message, _)| message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_an_error_means() {
        for (message, code) in [
            ("database or disk is full: SQLITE_FULL", Some(Code::Fatal)),
            ("disk I/O error: SQLITE_IOERR (extended: SQLITE_IOERR_WRITE)", Some(Code::Fatal)),
            ("UNIQUE constraint failed: a.b: SQLITE_CONSTRAINT", None),
            ("CHECK constraint failed: SQLITE_FULL: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)", None),
            ("no such table: t: SQLITE_ERROR", Some(Code::NoSuchTable)),
            ("no such column: a at offset 7: SQLITE_ERROR", Some(Code::NoSuchColumn)),
            ("table t has no column named a: SQLITE_ERROR", Some(Code::NoSuchColumn)),
            ("integer overflow: SQLITE_ERROR", Some(Code::IntegerOverflow)),
        ] {
            assert_eq!(StorageError::new(message).code, code, "{message}");
        }
    }
}
