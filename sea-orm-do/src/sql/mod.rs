//! SQL texts, as the driver sees them: which statements a script has, and which of them may write.
//!
//! It knows tokens, the syntax and the kinds of statements, but no values and no types.

pub(crate) mod ast;
pub(crate) mod cursor;
pub(crate) mod lexer;
pub(crate) mod parser;
pub(crate) mod quote;
pub(crate) mod reserved;
pub(crate) mod script;

use sea_orm::DbErr;

/// Splits a script into its statements, without the `;` behind them. A trigger is one statement.
///
/// # Errors
/// `DbErr::Exec` for a script that no object runs: with transaction control, or with a NUL in its text.
///
/// ```
/// use sea_orm_do::sql::statements;
///
/// assert_eq!(statements("SELECT ';'; -- the end;\nSELECT 2;")?, ["SELECT ';'", "-- the end;\nSELECT 2"]);
/// assert!(statements("SELECT 1; COMMIT").is_err());
/// # Ok::<_, sea_orm::DbErr>(())
/// ```
pub fn statements(script: &str) -> Result<Vec<&str>, DbErr> {
    script::script(script)
}

/// Returns whether a script ends with a whole statement and its `;`, as a shell asks before it runs what was written.
///
/// ```
/// use sea_orm_do::sql::is_complete;
///
/// assert!(is_complete("SELECT 1;"));
/// assert!(!is_complete("SELECT ';"));
/// assert!(!is_complete("CREATE TRIGGER t AFTER DELETE ON a BEGIN SELECT 1;"));
/// ```
#[must_use]
pub fn is_complete(script: &str) -> bool {
    let split = lexer::split(script);
    !split.ended.is_empty() && script.get(split.rest..).is_none_or(|rest| rest.trim().is_empty())
}

/// Returns whether a statement may write. Every statement does that the driver does not know as one that only reads.
///
/// ```
/// use sea_orm_do::sql::may_write;
///
/// assert!(!may_write("WITH a AS (SELECT 1) SELECT * FROM a"));
/// assert!(may_write("WITH a AS (SELECT 1) DELETE FROM task"));
/// assert!(may_write("PRAGMA optimize"));
/// ```
#[must_use]
pub fn may_write(statement: &str) -> bool {
    !parser::is_read_only(statement)
}
