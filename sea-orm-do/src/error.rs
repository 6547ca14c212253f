//! Turns the runtime's messages into SeaORM errors, and finds out which constraint an error reports.

use sea_orm::{DbErr, RuntimeErr, SqlErr, TransactionError};

use crate::storage::error::without_extended_code;

/// The error for a statement that the driver refuses before sending it. SeaORM's own drivers use the same variant.
pub(crate) fn exec_err(message: impl Into<String>) -> DbErr {
    DbErr::Exec(RuntimeErr::Internal(message.into()))
}

/// The error of a transaction whose closure fails with a database's error as well.
pub(crate) fn flattened(error: TransactionError<DbErr>) -> DbErr {
    match error {
        TransactionError::Connection(error) | TransactionError::Transaction(error) => error,
    }
}

/// The constraint that a statement violated, with the names that SQLite reports:
/// <https://www.sqlite.org/rescode.html#constraint>.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::DoConnection;
/// use sea_orm_do::{Constraint, constraint};
///
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE tag (name TEXT UNIQUE); INSERT INTO tag VALUES ('new')").await?;
/// let error = db.execute_unprepared("INSERT INTO tag VALUES ('new')").await.unwrap_err();
/// let message = match constraint(&error) {
///     Some(Constraint::Unique(columns)) => format!("{} is taken", columns.join(", ")),
///     _ => error.to_string(),
/// };
/// assert_eq!(message, "tag.name is taken");
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// A UNIQUE constraint or a primary key: its columns, each as `table.column`, or `index 'name'` for an index on
    /// expressions.
    Unique(Vec<String>),
    /// A foreign key, which SQLite does not name.
    ForeignKey,
    /// NOT NULL: the column, as `table.column`.
    NotNull(String),
    /// CHECK: the name of the constraint, or its expression if it has no name.
    Check(String),
    /// The declared type of a column in a STRICT table: the column, as `table.column`.
    Type(String),
}

/// Returns the constraint that an error reports; `None` for every other error.
///
/// The constraint is parsed from SQLite's own text at the start of the message: `CHECK constraint failed: price > 0`.
///
/// ```
/// # #[cfg(feature = "native")]
/// # fn main() -> Result<(), sea_orm::DbErr> {
/// # use futures_util::FutureExt;
/// # use sea_orm::ConnectionTrait;
/// use sea_orm_do::{Constraint, DoConnection, constraint};
///
/// # async {
/// let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (title TEXT NOT NULL, CONSTRAINT titled CHECK (title <> ''))").await?;
/// let error = db.execute_unprepared("INSERT INTO task VALUES ('')").await.unwrap_err();
/// assert_eq!(constraint(&error), Some(Constraint::Check("titled".into())));
/// let error = db.execute_unprepared("INSERT INTO task VALUES (NULL)").await.unwrap_err();
/// assert_eq!(constraint(&error), Some(Constraint::NotNull("task.title".into())));
/// # Ok(())
/// # }.now_or_never().unwrap()
/// # }
/// # #[cfg(not(feature = "native"))]
/// # fn main() {}
/// ```
#[must_use]
pub fn constraint(err: &DbErr) -> Option<Constraint> {
    let (DbErr::Exec(RuntimeErr::Internal(message)) | DbErr::Query(RuntimeErr::Internal(message))) = err else {
        return None;
    };
    let without_code = |text| {
        let text: &str = without_extended_code(text);
        text.strip_suffix(": SQLITE_CONSTRAINT").unwrap_or(text)
    };
    let names = |what: &str| message.strip_prefix(what)?.strip_prefix(" constraint failed: ").map(without_code);
    if let Some(columns) = names("UNIQUE") {
        Some(Constraint::Unique(columns.split(", ").map(str::to_owned).collect()))
    } else if let Some(column) = names("NOT NULL") {
        Some(Constraint::NotNull(column.to_owned()))
    } else if let Some(check) = names("CHECK") {
        Some(Constraint::Check(check.to_owned()))
    } else if message.starts_with("FOREIGN KEY constraint failed") {
        Some(Constraint::ForeignKey)
    } else {
        let (what, column) = without_code(message).rsplit_once(" column ")?;
        what.starts_with("cannot store ").then(|| Constraint::Type(column.to_owned()))
    }
}

/// Returns SeaORM's error for the constraint that an error reports; `None` if SeaORM has no variant for it. `NOT NULL`
/// and `CHECK` have no variant: use [`constraint`] for them.
///
/// [`DbErr::sql_err`] knows only the errors of sqlx, so it returns `None` for this driver; call this function instead.
/// A primary key violation counts as a unique violation.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::DoConnection;
/// use sea_orm::SqlErr;
/// use sea_orm_do::sql_err;
///
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE tag (name TEXT UNIQUE); INSERT INTO tag VALUES ('new')").await?;
/// let error = db.execute_unprepared("INSERT INTO tag VALUES ('new')").await.unwrap_err();
/// assert!(matches!(sql_err(&error), Some(SqlErr::UniqueConstraintViolation(_))));
/// assert_eq!(error.sql_err(), None);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[must_use]
pub fn sql_err(err: &DbErr) -> Option<SqlErr> {
    let message = || match err {
        DbErr::Exec(RuntimeErr::Internal(message)) | DbErr::Query(RuntimeErr::Internal(message)) => message.clone(),
        other => other.to_string(),
    };
    match constraint(err)? {
        Constraint::Unique(_) => Some(SqlErr::UniqueConstraintViolation(message())),
        Constraint::ForeignKey => Some(SqlErr::ForeignKeyConstraintViolation(message())),
        Constraint::NotNull(_) | Constraint::Check(_) | Constraint::Type(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::error::StorageError;

    fn failed(message: &str) -> DbErr {
        StorageError::new(message).into_exec()
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
    fn tells_constraints_apart_by_their_names() {
        let extended = " (extended: SQLITE_CONSTRAINT_CHECK)";
        for (text, expected) in [
            ("UNIQUE constraint failed: t.a, t.b", Constraint::Unique(vec!["t.a".into(), "t.b".into()])),
            ("UNIQUE constraint failed: index 'i'", Constraint::Unique(vec!["index 'i'".into()])),
            ("NOT NULL constraint failed: t.a", Constraint::NotNull("t.a".into())),
            (
                "CHECK constraint failed: a <> ': SQLITE_CONSTRAINT'",
                Constraint::Check("a <> ': SQLITE_CONSTRAINT'".into()),
            ),
            ("FOREIGN KEY constraint failed", Constraint::ForeignKey),
            ("cannot store TEXT value in INTEGER column t.a", Constraint::Type("t.a".into())),
        ] {
            for behind in ["", extended] {
                assert_eq!(constraint(&failed(&format!("{text}: SQLITE_CONSTRAINT{behind}"))), Some(expected.clone()));
            }
        }
        assert_eq!(constraint(&failed("no such table: UNIQUE constraint failed: SQLITE_ERROR")), None);
        assert_eq!(constraint(&failed("raised by a trigger: SQLITE_CONSTRAINT")), None);
    }

    #[test]
    fn names_the_limit_that_the_runtime_leaves_out() {
        let error = failed("out of memory: SQLITE_NOMEM").to_string();
        assert!(error.contains("25,000 operations"), "{error}");
        let error = failed("triggers nested too deep: SQLITE_ERROR").to_string();
        assert!(error.contains("10 levels"), "{error}");
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
