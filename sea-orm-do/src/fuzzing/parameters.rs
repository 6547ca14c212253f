//! Compares the driver's bound values with SQLite's own binding: both must give the same rows, of the same storage
//! classes.

use std::collections::BTreeMap;

use rusqlite::{Connection, params_from_iter};
use sea_orm::{DbErr, Value as Bound};
use sea_orm_do_statements::{SCHEMA, Value, statement};

use super::origins::{number, progress};
use crate::connection::DoConnection;
use crate::error::exec_err;
use crate::sql::parser::{StatementKind, classify};
use crate::statement::template::Prepared;
use crate::storage::SqlValue;
use crate::storage::error::StorageError;

/// Reads the tables that statements write to, every value as a literal.
const TABLES: [&str; 4] = [
    "SELECT quote(id), quote(name), quote(price), quote(owner_id) FROM item",
    "SELECT quote(id), quote(name), quote(\"order\"), quote(boss) FROM owner",
    "SELECT quote(item_id), quote(label), quote(weight) FROM tag",
    "SELECT quote(\"a b\"), quote(\"select\"), quote(rowid), quote(\"x\"\"y\"), quote(\"Upper\") FROM odd",
];

/// A database with the tables that the statements use.
pub(super) fn tables_made() -> DoConnection {
    let db = DoConnection::in_memory().unwrap();
    for sql in crate::sql::lexer::statements(SCHEMA) {
        db.database.storage.exec(sql, &[]).unwrap();
    }
    db
}

/// The values of a statement as SeaORM values.
fn bound(values: &[Value]) -> Vec<Bound> {
    let bound = |value: &Value| match value {
        Value::Integer(integer) => (*integer).into(),
        Value::Real(real) => (*real).into(),
        Value::Text(text) => text.clone().into(),
    };
    values.iter().map(bound).collect()
}

/// Rows of literals, in no particular order.
type Rows = Vec<Vec<String>>;

/// Wraps a SELECT so that its values come back as literals, which distinguish integers from floats and round nothing.
fn quoting(sql: &str, columns: usize) -> String {
    let names: Vec<_> = (1..=columns).map(|at| format!("c{at}")).collect();
    let quoted: Vec<_> = names.iter().map(|name| format!("quote({name})")).collect();
    format!(
        "WITH quoted_statement({}) AS ({sql}\n) SELECT {} FROM quoted_statement",
        names.join(", "),
        quoted.join(", ")
    )
}

fn sorted(mut rows: Rows) -> Rows {
    rows.sort();
    rows
}

/// Runs the statement in SQLite with the values bound directly.
fn native(connection: &Connection, sql: &str, values: &[Value]) -> Option<Result<Rows, String>> {
    let run = |sql: &str, values: &[Value]| -> Result<Rows, rusqlite::Error> {
        let mut prepared = connection.prepare(sql)?;
        let columns = prepared.column_count();
        let values = values.iter().map(|value| match value {
            Value::Integer(integer) => rusqlite::types::Value::Integer(*integer),
            Value::Real(real) => rusqlite::types::Value::Real(*real),
            Value::Text(text) => rusqlite::types::Value::Text(text.clone()),
        });
        let rows = prepared.query_map(params_from_iter(values), |row| {
            (0..columns).map(|at| Ok(row.get_ref(at)?.as_str().unwrap_or_default().to_owned())).collect()
        })?;
        rows.collect()
    };
    let columns = connection.prepare(sql).ok()?.column_count();
    let quoting_sql = quoting(sql, columns);
    let rows = if classify(sql) == StatementKind::Query {
        // A few statements are not valid inside another.
        connection.prepare(&quoting_sql).ok()?;
        run(&quoting_sql, values)
    } else {
        connection.execute_batch("SAVEPOINT one").ok()?;
        let written =
            run(sql, values).and_then(|_| TABLES.iter().map(|table| run(table, &[])).collect::<Result<Vec<_>, _>>());
        // OR ROLLBACK would have ended the savepoint.
        connection.execute_batch("ROLLBACK TO one; RELEASE one").ok()?;
        written.map(|tables| tables.concat())
    };
    Some(rows.map(sorted).map_err(|error| error.to_string()))
}

/// Runs the statement as the driver sends it.
fn driver(db: &DoConnection, sql: &str, values: &[Bound]) -> Result<Rows, String> {
    let plan = db.plan(sql, values, None).map_err(|error| error.to_string())?;
    let prepared = plan.prepare(values).map_err(|error| error.to_string())?;
    let run = |sql: &str, params: &[SqlValue]| -> Result<_, StorageError> { db.database.storage.exec(sql, params) };
    let text = |rows: Vec<Vec<SqlValue>>| -> Rows {
        let text = |value| if let SqlValue::Text(text) = value { text } else { String::new() };
        rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect()
    };
    if let ([Prepared { text: sent, params }], true) = (&prepared[..], plan.is_select()) {
        let columns = plan.outputs.as_ref().map_or_else(
            || run(&sent.sql, params).map(|set| set.columns.len()).map_err(|error| error.message),
            |outputs| Ok(outputs.len()),
        )?;
        return run(&quoting(&sent.sql, columns), params)
            .map(|set| sorted(text(set.rows)))
            .map_err(|error| error.message);
    }
    let mut rows = Err("nothing ran".to_owned());
    let undone = db.database.atomically(|| {
        let all = prepared.iter().try_for_each(|one| run(&one.text.sql, &one.params).map(|_| ()));
        let tables = all.and_then(|()| TABLES.iter().map(|table| run(table, &[]).map(|set| text(set.rows))).collect());
        rows = tables.map(|tables: Vec<Rows>| tables.concat()).map_err(|error| error.message);
        Err::<(), DbErr>(exec_err("undone"))
    });
    assert!(undone.is_err());
    rows.map(sorted)
}

/// Runs as many statements as the environment sets: `cargo xtask origins`.
#[test]
fn values_are_bound_as_sqlite_binds_them() {
    let (seed, count) = (number("SEA_ORM_DO_SEED", 1), number("SEA_ORM_DO_STATEMENTS", 20_000));
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    let db = tables_made().with_inferred_types();
    let (mut compared, mut failed, mut refusals) = (0, 0, BTreeMap::<String, usize>::new());
    let mut disagreements = Vec::new();
    let mut at = seed << 32;
    while compared + failed < count {
        at += 1;
        let made = statement(at, None);
        if made.values.is_empty() || made.may_be_endless {
            continue;
        }
        let Some(native) = native(&connection, &made.sql, &made.values) else { continue };
        progress("statements with values", compared + failed, count);
        let values = bound(&made.values);
        match (native, driver(&db, &made.sql, &values)) {
            (Ok(native), Ok(driver)) if native == driver => compared += 1,
            // The two messages may differ.
            (Err(_), Err(_)) => failed += 1,
            // SQLite turns the text into a number, which the driver refuses.
            (Ok(_), Err(error)) if error.contains("would become a number in column") => failed += 1,
            (native, driver) => {
                compared += 1;
                let differs = |rows: Result<Rows, String>, others: &Result<Rows, String>| {
                    rows.map(|rows| {
                        rows.into_iter()
                            .filter(|row| !others.as_ref().is_ok_and(|others| others.contains(row)))
                            .take(2)
                            .collect::<Vec<_>>()
                    })
                };
                let (here, there) = (differs(native.clone(), &driver), differs(driver, &native));
                if let Err(error) = &there
                    && native.is_ok()
                {
                    *refusals.entry(error.chars().take(60).collect()).or_default() += 1;
                }
                disagreements
                    .push(format!("{here:?} natively, {there:?} here\n    {}\n    {:?}", made.sql, made.values));
            }
        }
    }
    println!("seed {seed}: {compared} statements with values agree, {failed} fail on both");
    for (why, count) in refusals {
        println!("{count:>9} {why}");
    }
    let shown: Vec<_> = disagreements.iter().take(25).map(String::as_str).collect();
    assert!(disagreements.is_empty(), "{} disagreements\n{}", disagreements.len(), shown.join("\n"));
}
