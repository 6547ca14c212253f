//! What a statement is, as far as its first words tell.

use sea_orm::{DbErr, RuntimeErr};

use super::lex::{Kind, Token, statements, tokens};

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Rows may change, and `changes()` counts them.
    Write,
    /// Tables may change.
    Schema,
    /// Neither.
    Read,
}

pub(crate) fn effect(sql: &str) -> Effect {
    let is_one_of = |token: &Token<'_>, words: &[&str]| words.iter().any(|word| token.is_word(word));
    let writes = |token: &Token<'_>| is_one_of(token, &["INSERT", "REPLACE", "UPDATE", "DELETE"]);
    let mut words = tokens(sql).filter(|token| token.kind != Kind::Space);
    match words.next() {
        Some(first) if writes(&first) => Effect::Write,
        Some(first) if is_one_of(&first, &["CREATE", "ALTER", "DROP"]) => Effect::Schema,
        // The verb stands outside of the brackets of the common table expressions, before every other such word.
        Some(first) if first.is_word("WITH") => {
            let verb = outside_brackets(words).find(|token| writes(token) || is_one_of(token, &["SELECT", "VALUES"]));
            if verb.is_some_and(|verb| writes(&verb)) { Effect::Write } else { Effect::Read }
        }
        _ => Effect::Read,
    }
}

/// Whether a statement is a SELECT, VALUES, or a WITH around one.
pub(crate) fn is_select(sql: &str) -> bool {
    let first = tokens(sql).find(|token| token.kind != Kind::Space);
    let selects = |token: Token<'_>| ["SELECT", "VALUES", "WITH"].iter().any(|word| token.is_word(word));
    effect(sql) == Effect::Read && first.is_some_and(selects)
}

/// Whether a statement changes nothing, whatever is done with its result.
pub(crate) fn only_reads(sql: &str) -> bool {
    let mut words = tokens(sql).filter(|token| token.kind != Kind::Space);
    let Some(first) = words.next() else { return true };
    is_select(sql) || first.is_word("EXPLAIN") || (first.is_word("PRAGMA") && asks(words))
}

/// Whether a PRAGMA only asks: one that sets has a value, and `optimize` writes statistics.
fn asks<'a>(words: impl Iterator<Item = Token<'a>>) -> bool {
    const WITH_ARGUMENT: [&str; 9] = [
        "table_info",
        "table_xinfo",
        "table_list",
        "index_info",
        "index_xinfo",
        "index_list",
        "foreign_key_list",
        "foreign_key_check",
        "quick_check",
    ];
    let words: Vec<_> = words.collect();
    // A schema may stand before its name, and either be in quotes.
    let at = if words.get(1).is_some_and(|word| word.is_symbol(".")) { 2 } else { 0 };
    let name = words.get(at).map(Token::name_or_text);
    let is = |pragma: &str| name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(pragma));
    let takes_name = WITH_ARGUMENT.into_iter().any(is);
    let sets = words.iter().any(|word| word.is_symbol("=") || (word.is_symbol("(") && !takes_name));
    !sets && !is("optimize")
}

fn outside_brackets<'a>(tokens: impl Iterator<Item = Token<'a>>) -> impl Iterator<Item = Token<'a>> {
    let mut depth = 0_i32;
    tokens.filter(move |token| {
        depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
        depth == 0
    })
}

/// The one statement of a prepared call.
///
/// # Errors
/// `DbErr::Exec` for none, for more than one, and for transaction control.
pub(crate) fn single(sql: &str) -> Result<&str, DbErr> {
    match script(sql)?[..] {
        [sql] => Ok(sql),
        [] => Err(refused("the statement is empty")),
        _ => Err(refused("more than one statement in a prepared call: use execute_unprepared for a script")),
    }
}

/// The statements of a script.
///
/// # Errors
/// `DbErr::Exec` when one of them is transaction control, or the text holds a NUL; nothing has run then.
pub(crate) fn script(sql: &str) -> Result<Vec<&str>, DbErr> {
    // SQLite ends a text there, and would run what stands before: a DELETE without its WHERE.
    if let Some(at) = sql.find('\0') {
        return Err(refused(format!(
            "the statement holds a NUL at byte {at}, where SQLite would end it: bind text as a parameter"
        )));
    }
    let statements = statements(sql);
    statements.iter().try_for_each(|sql| refuse_transaction_control(sql))?;
    Ok(statements)
}

pub(crate) fn refused(why: impl Into<String>) -> DbErr {
    DbErr::Exec(RuntimeErr::Internal(why.into()))
}

fn refuse_transaction_control(sql: &str) -> Result<(), DbErr> {
    const CONTROL: [&str; 6] = ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"];
    let mut words = tokens(sql).filter(|token| token.kind != Kind::Space);
    let Some(first) = words.next() else { return Ok(()) };
    if let Some(word) = CONTROL.into_iter().find(|word| first.is_word(word)) {
        return Err(refused(format!(
            "{word} cannot be run as a statement: a Durable Object has transactions only around a closure, as in \
             db.transaction_sync(async |txn| model.save(txn).await)"
        )));
    }
    let mut before = (first, first);
    for token in words {
        // INSERT OR ROLLBACK, ON CONFLICT ROLLBACK and RAISE(ROLLBACK, …) end the transaction that the runtime keeps for
        // the whole object, which then loses what was written and is reset.
        let answers = match before {
            (verb, or) if or.is_word("OR") => verb.is_word("INSERT") || verb.is_word("UPDATE"),
            (on, conflict) if conflict.is_word("CONFLICT") => on.is_word("ON"),
            (raise, open) => raise.is_word("RAISE") && open.is_symbol("("),
        };
        if answers && token.is_word("ROLLBACK") {
            return Err(refused(
                "ROLLBACK as an answer to a conflict would end the transaction of the whole object, which is then reset: \
                 use ABORT",
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
    fn tells_what_only_reads() {
        for sql in [
            "SELECT 1",
            "VALUES (1)",
            "WITH c AS (SELECT 1) SELECT 2",
            "EXPLAIN DELETE FROM t",
            "PRAGMA foreign_keys",
            "PRAGMA main.'table_info'(t)",
        ] {
            assert!(only_reads(sql), "{sql}");
        }
        for sql in [
            "DELETE FROM t",
            "PRAGMA foreign_keys = 1",
            "PRAGMA foreign_keys(1)",
            "PRAGMA optimize",
            "PRAGMA main.'optimize'",
            "PRAGMA [optimize]",
            "PRAGMA defer_foreign_keys(table_info)",
            "ANALYZE",
            "CREATE TABLE t (a)",
            "WITH c AS (SELECT 1) DELETE FROM t",
        ] {
            assert!(!only_reads(sql), "{sql}");
        }
    }

    #[test]
    fn takes_one_statement_for_a_prepared_call() {
        assert!(single("-- nothing").is_err());
        assert!(single("SELECT 1; SELECT 2").is_err());
    }

    #[test]
    fn tells_what_a_statement_does() {
        assert_eq!(effect("/* a */ insert into t values (1)"), Effect::Write);
        assert_eq!(effect("WITH c AS (SELECT 1) DELETE FROM t"), Effect::Write);
        assert_eq!(effect("WITH c AS (SELECT 1) SELECT * FROM c"), Effect::Read);
        assert_eq!(effect("alter table t add column c"), Effect::Schema);
        assert_eq!(effect("WITH c AS (SELECT 1 AS a) SELECT replace(a, 1, 2) FROM c"), Effect::Read);
        assert_eq!(effect("EXPLAIN QUERY PLAN DELETE FROM t"), Effect::Read);
    }
}
