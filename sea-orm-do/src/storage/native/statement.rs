//! One call of `exec`: runs the statements of a text, binds parameters and reads values as the runtime does.

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Batch, Connection, Statement, ToSql};

use super::count::Counted;
use super::errors::Failure;
use crate::sql::reserved::is_runtime;
use crate::storage::{Cost, ResultSet, SqlValue};

/// What may follow the last statement; a comment may not.
const WHITE_SPACE: [char; 6] = [' ', '\t', '\n', '\r', '\x0b', '\x0c'];

/// Runs all statements of `sql`; the parameters and the rows are those of the last one.
pub(super) fn exec(connection: &Connection, sql: &str, params: &[SqlValue]) -> Result<ResultSet, Failure> {
    let (mut statement, _) = last(connection, sql)?;
    query(&mut statement, params)
}

/// Like [`exec`], and returns the cost of the last statement; `None` if it is unknown.
pub(super) fn exec_counted(
    connection: &Connection,
    sql: &str,
    params: &[SqlValue],
) -> Result<(ResultSet, Option<Cost>), Failure> {
    let (mut statement, text) = last(connection, sql)?;
    let counted = Counted::prepare(connection, text, params);
    let set = query(&mut statement, params)?;
    let cost = counted.and_then(|counted| counted.cost(connection, &statement, set.rows.len()));
    Ok((set, cost))
}

/// Prepares the last statement of a text. As in the runtime, those before it run while the text is being prepared, one
/// step each, and their changes stay if a later statement fails.
fn last<'c, 's>(connection: &'c Connection, sql: &'s str) -> Result<(Statement<'c>, &'s str), Failure> {
    let mut rest = sql;
    loop {
        let statement = Batch::new(connection, rest).next()?;
        let mut statement = statement.ok_or(Failure::Runtime("SQL code did not contain a statement."))?;
        if statement.parameter_count() > 0 {
            if is_last(connection, rest) {
                return Ok((statement, rest));
            }
            return Err(Failure::Runtime(
                "When executing multiple SQL statements in a single call, only the last statement can have parameters.",
            ));
        }
        // Without parameters, the expanded text equals the text of the statement, so its length gives the start of the
        // next one.
        let length = statement.expanded_sql().map_or(rest.len(), |text| text.len());
        let (text, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        refuse_by_text(text)?;
        rest = tail.trim_start_matches(WHITE_SPACE);
        if rest.is_empty() {
            return Ok((statement, text));
        }
        if statement.column_count() > 0 && !statement.readonly() {
            // `… RETURNING` before the last statement: the runtime leaves it open, and the error of its next commit
            // makes the object lose everything that it has not yet stored. Refused before it runs.
            return Err(Failure::Runtime("cannot commit transaction - SQL statements in progress: SQLITE_BUSY"));
        }
        statement.raw_query().next()?;
    }
}

/// Whether only white space follows the first statement of `sql`.
///
/// rusqlite does not report where a statement with parameters ends, so this asks the parser: if `)` at the end of the
/// text breaks the first statement, the text has no other. A `;` at the very end may close the first statement. A NUL
/// ends the text for SQLite, but is another statement for the runtime.
fn is_last(connection: &Connection, sql: &str) -> bool {
    let sql = sql.trim_end_matches(WHITE_SPACE);
    let unclosed = sql.strip_suffix(';').unwrap_or(sql);
    let goes_on = |sql: &str| Batch::new(connection, &format!("{sql}\n)")).next().is_err();
    !sql.contains('\0') && (!unclosed.contains(';') || goes_on(sql) || goes_on(unclosed))
}

/// Refuses the two things that the authorizer does not see.
///
/// These are `VACUUM`, which the runtime's implicit transaction forbids, and the new name of a renamed table, for which
/// the runtime's SQLite is patched. Recognising the usual spelling of both is enough here.
fn refuse_by_text(statement: &str) -> Result<(), Failure> {
    let statement = statement.trim_end_matches(';').trim_end_matches(WHITE_SPACE);
    let mut words = statement.split(WHITE_SPACE).filter(|word| !word.is_empty());
    if words.next().is_some_and(|word| word.eq_ignore_ascii_case("VACUUM")) {
        return Err(Failure::Runtime("cannot VACUUM from within a transaction: SQLITE_ERROR"));
    }
    let mut words = words.rev();
    let name = words.next().unwrap_or_default().trim_matches(['"', '`', '\'', '[', ']']);
    let mut next_is = |keyword: &str| words.next().is_some_and(|word| word.eq_ignore_ascii_case(keyword));
    if next_is("TO") && next_is("RENAME") && is_runtime(name) {
        return Err(Failure::Runtime("not authorized: SQLITE_AUTH"));
    }
    Ok(())
}

fn query(statement: &mut Statement<'_>, params: &[SqlValue]) -> Result<ResultSet, Failure> {
    if statement.parameter_count() != params.len() {
        return Err(Failure::Runtime("Wrong number of parameter bindings for SQL query."));
    }
    for (index, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, param)?;
    }
    let mut rows = Vec::new();
    let mut stepped = statement.raw_query();
    while let Some(row) = stepped.next()? {
        // The first step prepares the statement again if another connection has changed the schema.
        let count = row.as_ref().column_count();
        rows.push((0..count).map(|index| Ok(value(row.get_ref(index)?))).collect::<Result<_, Failure>>()?);
    }
    drop(stepped);
    let columns = statement.column_names().into_iter().map(str::to_owned).collect();
    Ok(ResultSet { columns, rows })
}

impl ToSql for SqlValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            // Never an integer, even if it has no fraction. SQLite itself turns NaN into NULL.
            Self::Number(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

#[allow(clippy::cast_precision_loss, reason = "the runtime rounds integers above 2^53 in the same way")]
fn value(value: ValueRef<'_>) -> SqlValue {
    match value {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(integer) => SqlValue::Number(integer as f64),
        ValueRef::Real(real) => SqlValue::Number(real),
        ValueRef::Text(text) => SqlValue::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => SqlValue::Blob(bytes.to_vec()),
    }
}
