//! Errors of the storage, classified once from the runtime's message.

use sea_orm::{DbErr, RuntimeErr};

use crate::limits;

/// The runtime's error message, with a code if the driver handles the error.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct StorageError {
    pub(crate) code: Option<Code>,
    pub(crate) message: String,
}

/// The kind of an error, from its result code (<https://www.sqlite.org/rescode.html>) or, if that is not specific
/// enough, from SQLite's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NoSuchTable,
    NoSuchColumn,
    /// A foreign key whose parent columns are not unique.
    ForeignKeyMismatch,
    IntegerOverflow,
    /// An error on which SQLite may roll back the transaction: <https://www.sqlite.org/lang_transaction.html>.
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

    /// The error of a statement that returns counts.
    pub(crate) fn into_exec(self) -> DbErr {
        DbErr::Exec(RuntimeErr::Internal(self.explained()))
    }

    /// The error of a statement that returns rows.
    pub(crate) fn into_query(self) -> DbErr {
        DbErr::Query(RuntimeErr::Internal(self.explained()))
    }

    /// The message, with the limit and a remedy if the runtime names neither.
    fn explained(self) -> String {
        match limits::explanation(&self.message) {
            Some(limit) => format!("{} ({limit})", self.message),
            None => self.message,
        }
    }
}

/// The message without the extended code that newer runtimes append.
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
