//! Tests of each behaviour. The expected results were taken from workerd 2026-11-17, statement by statement.

mod costs;
mod files;
mod rules;
mod statements;
mod transactions;

use super::*;

fn storage() -> NativeStorage {
    NativeStorage::in_memory().unwrap()
}

fn rows(db: &NativeStorage, sql: &str, params: &[SqlValue]) -> Vec<Vec<SqlValue>> {
    db.exec(sql, params).unwrap().rows
}

/// The one row of a statement without parameters.
fn row(db: &NativeStorage, sql: &str) -> Vec<SqlValue> {
    rows(db, sql, &[]).remove(0)
}

fn run(db: &NativeStorage, sql: &str) {
    db.exec(sql, &[]).unwrap();
}

fn error(db: &NativeStorage, sql: &str) -> String {
    db.exec(sql, &[]).unwrap_err().message
}

fn number(number: f64) -> SqlValue {
    SqlValue::Number(number)
}

fn text(text: &str) -> SqlValue {
    SqlValue::Text(text.to_owned())
}
