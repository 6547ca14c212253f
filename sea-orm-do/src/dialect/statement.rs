//! From a statement to what `exec` gets: integer parameters cast, transaction control refused.

use sea_orm::{DbErr, RuntimeErr, Statement};

use super::bind::{Bound, bind};
use super::lex::{Kind, Token, statements, tokens};
use crate::storage::SqlValue;

/// One statement as the runtime takes it.
#[derive(Debug, PartialEq)]
pub(crate) struct Prepared {
    pub(crate) sql: String,
    pub(crate) params: Vec<SqlValue>,
}

/// What a statement does, as far as its first words tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Rows may change, and `changes()` counts them.
    Write,
    /// Everything else: reads, schema changes, settings.
    Other,
}

/// Rewrites a statement so that its parameters mean in the runtime what they mean in SQLite.
///
/// # Errors
/// `DbErr::Type` for a value that cannot be bound, naming its position; `DbErr::Exec` for transaction control, more than
/// one statement, or a wrong number of parameters.
pub(crate) fn prepare(statement: &Statement) -> Result<Prepared, DbErr> {
    let sql = match statements(&statement.sql)[..] {
        [sql] => sql,
        [] => return Err(refused("the statement is empty")),
        _ => return Err(refused("more than one statement in a prepared call: use execute_unprepared for a script")),
    };
    refuse_transaction_control(sql)?;
    let values = statement.values.as_ref().map_or(&[][..], |values| values.0.as_slice());
    let bound = values
        .iter()
        .enumerate()
        .map(|(at, value)| bind(value).map_err(|why| DbErr::Type(format!("parameter {}: {why}", at + 1))))
        .collect::<Result<Vec<_>, _>>()?;
    let sql = cast_integers(sql, &bound)?;
    let params = bound.into_iter().map(parameter).collect();
    Ok(Prepared { sql, params })
}

/// The statements of a script, each ready for the runtime.
///
/// # Errors
/// `DbErr::Exec` when one of them is transaction control; nothing has run then.
pub(crate) fn prepare_script(sql: &str) -> Result<Vec<&str>, DbErr> {
    let statements = statements(sql);
    statements.iter().try_for_each(|sql| refuse_transaction_control(sql))?;
    Ok(statements)
}

pub(crate) fn effect(sql: &str) -> Effect {
    let writes = |token: &Token<'_>| ["INSERT", "REPLACE", "UPDATE", "DELETE"].iter().any(|word| token.is_word(word));
    let mut words = tokens(sql).filter(|token| token.kind != Kind::Space);
    match words.next() {
        Some(first) if writes(&first) => Effect::Write,
        // `WITH … INSERT`: the keyword stands outside of the brackets of every common table expression.
        Some(first) if first.is_word("WITH") && outside_brackets(words).any(|token| writes(&token)) => Effect::Write,
        _ => Effect::Other,
    }
}

fn outside_brackets<'a>(tokens: impl Iterator<Item = Token<'a>>) -> impl Iterator<Item = Token<'a>> {
    let mut depth = 0_i32;
    tokens.filter(move |token| {
        depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
        depth == 0
    })
}

fn refused(why: impl Into<String>) -> DbErr {
    DbErr::Exec(RuntimeErr::Internal(why.into()))
}

fn refuse_transaction_control(sql: &str) -> Result<(), DbErr> {
    const CONTROL: [&str; 6] = ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"];
    let first = tokens(sql).find(|token| token.kind != Kind::Space);
    match first.and_then(|first| CONTROL.into_iter().find(|word| first.is_word(word))) {
        None => Ok(()),
        Some(word) => Err(refused(format!(
            "{word} cannot be run as a statement: a Durable Object has transactions only around a closure"
        ))),
    }
}

/// Writes `+CAST(? AS INTEGER)` for the parameters that are integers.
///
/// The cast makes the runtime's REAL an INTEGER again; the `+` takes away the affinity that the cast would lend to a
/// comparison: <https://www.sqlite.org/datatype3.html#affinity_of_expressions>.
fn cast_integers(sql: &str, bound: &[Bound]) -> Result<String, DbErr> {
    let mut rewritten = String::with_capacity(sql.len() + 20 * bound.len());
    let mut count = 0;
    for token in tokens(sql) {
        if token.kind != Kind::Parameter {
            rewritten.push_str(token.text);
            continue;
        }
        if token.text != "?" {
            return Err(refused(format!("parameter `{}`: only plain `?` parameters are supported yet", token.text)));
        }
        match bound.get(count) {
            Some(Bound::Integer(_)) => rewritten.push_str("+CAST(? AS INTEGER)"),
            _ => rewritten.push('?'),
        }
        count += 1;
    }
    if count != bound.len() {
        return Err(refused(format!("the statement has {count} parameters, but {} values were given", bound.len())));
    }
    Ok(rewritten)
}

/// An integer that a float cannot hold goes as text, which the cast reads digit by digit.
fn parameter(bound: Bound) -> SqlValue {
    const EXACT: u64 = 1 << 53;
    match bound {
        Bound::Plain(value) => value,
        #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53")]
        Bound::Integer(integer) if integer.unsigned_abs() <= EXACT => SqlValue::Number(integer as f64),
        Bound::Integer(integer) => SqlValue::Text(integer.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{DbBackend, Value};

    fn prepared(sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Prepared, DbErr> {
        prepare(&Statement::from_sql_and_values(DbBackend::Sqlite, sql, values))
    }

    #[test]
    fn casts_integers_and_leaves_the_rest() {
        let prepared =
            prepared("SELECT '?' WHERE a = ? AND b = ? LIMIT ?", ["x".into(), i64::MAX.into(), 5_u64.into()]);
        assert_eq!(
            prepared,
            Ok(Prepared {
                sql: "SELECT '?' WHERE a = ? AND b = +CAST(? AS INTEGER) LIMIT +CAST(? AS INTEGER)".into(),
                params: vec![
                    SqlValue::Text("x".into()),
                    SqlValue::Text("9223372036854775807".into()),
                    SqlValue::Number(5.0)
                ],
            })
        );
    }

    #[test]
    fn names_the_parameter_that_cannot_be_bound() {
        let err = prepared("SELECT ?, ?", [1.into(), u64::MAX.into()]);
        assert!(matches!(err, Err(DbErr::Type(why)) if why.starts_with("parameter 2: u64")));
    }

    #[test]
    fn refuses_a_wrong_number_of_values() {
        let err = prepared("SELECT ?, ?", [1.into()]).map_err(|e| e.to_string());
        assert_eq!(err, Err("Execution Error: the statement has 2 parameters, but 1 values were given".into()));
    }

    #[test]
    fn refuses_transaction_control_behind_comments() {
        for sql in ["BEGIN", "/* x */ -- y\n commit;", " savepoint a", "Release a", "END", "ROLLBACK TO a"] {
            assert!(prepared(sql, []).is_err(), "{sql}");
            assert!(prepare_script(&format!("SELECT 1; {sql}")).is_err(), "{sql}");
        }
        assert!(prepared("SELECT 'BEGIN'", []).is_ok());
    }

    #[test]
    fn tells_writes_from_reads() {
        assert_eq!(effect("/* a */ insert into t values (1)"), Effect::Write);
        assert_eq!(effect("WITH c AS (SELECT 1) DELETE FROM t"), Effect::Write);
        assert_eq!(effect("WITH c AS (SELECT 1) SELECT * FROM c"), Effect::Other);
        assert_eq!(effect("CREATE TABLE t (id)"), Effect::Other);
    }
}
