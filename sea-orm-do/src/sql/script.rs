//! Splits scripts into statements, and refuses those that cannot be run.

use sea_orm::DbErr;

use super::lexer::{statements, words};
use super::parser::sets_pragma;
use crate::error::exec_err;

/// Returns the only statement of a prepared call.
///
/// # Errors
/// `DbErr::Exec` if there is no statement or more than one, and for what [`script()`] and [`refuse_foreign_keys`]
/// refuse.
pub(crate) fn single(sql: &str) -> Result<&str, DbErr> {
    match script(sql)?[..] {
        [sql] => refuse_foreign_keys(sql).map(|()| sql),
        [] => Err(exec_err("the statement is empty")),
        _ => Err(exec_err("more than one statement in a prepared call: use execute_unprepared for a script")),
    }
}

/// The beginning of a statement, for an error.
pub(crate) fn beginning(sql: &str) -> String {
    const SHOWN: usize = 60;
    let sql = sql.trim();
    match sql.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &sql[..end]),
        None => sql.to_owned(),
    }
}

/// Splits a script into its statements.
///
/// # Errors
/// `DbErr::Exec` if one of them is transaction control, or the text contains a NUL. No statement has run by then.
pub(crate) fn script(sql: &str) -> Result<Vec<&str>, DbErr> {
    // SQLite ends the text there and would run what comes before it: a DELETE without its WHERE.
    if let Some(at) = sql.find('\0') {
        return Err(exec_err(format!(
            "the statement holds a NUL at byte {at}, where SQLite would end it: bind text as a parameter"
        )));
    }
    let statements = statements(sql);
    statements.iter().try_for_each(|sql| refuse_transaction_control(sql))?;
    Ok(statements)
}

/// # Errors
/// `DbErr::Exec` for a statement that sets `PRAGMA foreign_keys`. It has no effect inside a transaction, and before the
/// first one it would turn off the object's foreign keys: <https://www.sqlite.org/pragma.html#pragma_foreign_keys>.
pub(crate) fn refuse_foreign_keys(sql: &str) -> Result<(), DbErr> {
    if sets_pragma(sql, "foreign_keys") {
        return Err(exec_err(
            "PRAGMA foreign_keys cannot be set in a Durable Object: a transaction is always open, and inside it the PRAGMA \
             has no effect, so DROP TABLE would delete the rows that refer to the table. To rebuild a table, defer the \
             checks with PRAGMA defer_foreign_keys = ON and set those rows aside: migrate::rebuild does both",
        ));
    }
    Ok(())
}

fn refuse_transaction_control(sql: &str) -> Result<(), DbErr> {
    const CONTROL: [&str; 6] = ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"];
    let mut words = words(sql);
    let Some(first) = words.next() else { return Ok(()) };
    if let Some(word) = CONTROL.into_iter().find(|word| first.is_word(word)) {
        return Err(exec_err(format!(
            "{word} cannot be run as a statement: a Durable Object has transactions only around a closure, as in \
             db.transaction_sync(async |txn| model.save(txn).await)"
        )));
    }
    let mut before = (first, first);
    for token in words {
        // INSERT OR ROLLBACK, ON CONFLICT ROLLBACK and RAISE(ROLLBACK, …) roll back the transaction that the runtime
        // keeps open for the whole object. The object then loses what it wrote and is reset.
        let answers = match before {
            (verb, or) if or.is_word("OR") => verb.is_word("INSERT") || verb.is_word("UPDATE"),
            (on, conflict) if conflict.is_word("CONFLICT") => on.is_word("ON"),
            (raise, open) => raise.is_word("RAISE") && open.is_symbol("("),
        };
        if answers && token.is_word("ROLLBACK") {
            return Err(exec_err(
                "ROLLBACK on a conflict would end the transaction of the whole object, which is then reset: use ABORT",
            ));
        }
        before = (before.1, token);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_transaction_control_behind_comments() {
        for sql in ["BEGIN", "/* x */ -- y\n commit;", " savepoint a", "Release a", "END", "ROLLBACK TO a"] {
            assert!(single(sql).is_err_and(|error| error.to_string().contains("transaction_sync")), "{sql}");
            assert!(script(&format!("SELECT 1; {sql}")).is_err(), "{sql}");
        }
        assert_eq!(single("SELECT 'BEGIN';").ok(), Some("SELECT 'BEGIN'"));
    }

    #[test]
    fn refuses_to_end_the_transaction_of_the_object() {
        for sql in [
            "INSERT OR ROLLBACK INTO t VALUES (1)",
            "UPDATE or rollback t SET a = 1",
            "CREATE TABLE t (a UNIQUE ON CONFLICT ROLLBACK)",
            "CREATE TRIGGER g BEFORE INSERT ON t BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
        ] {
            assert!(single(sql).is_err_and(|error| error.to_string().contains("use ABORT")), "{sql}");
        }
        assert!(single("SELECT rollback, 'OR ROLLBACK' FROM t WHERE a OR rollback").is_ok());
        assert!(single("CREATE TABLE t (rollback integer)").is_ok());
    }

    #[test]
    fn refuses_a_text_that_sqlite_would_cut_short() {
        for sql in ["DELETE FROM t\0 WHERE a = 1", "SELECT 'a\0b'", "SELECT 1;\0", "\0"] {
            assert!(single(sql).is_err_and(|error| error.to_string().contains("holds a NUL at byte")), "{sql:?}");
            assert!(script(sql).is_err(), "{sql:?}");
        }
    }

    #[test]
    fn takes_one_statement_for_a_prepared_call() {
        assert!(single("-- nothing").is_err());
        assert!(single("SELECT 1; SELECT 2").is_err());
    }
}
