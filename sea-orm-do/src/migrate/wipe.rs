//! Emptying a database: what was made in it goes, what the runtime and SQLite keep there stays.

use sea_orm::DbErr;

use crate::database::Database;
use crate::dialect::tag::quoted;
use crate::error::StorageError;
use crate::storage::SqlValue;

/// Drops all triggers, views and tables; to be called within a transaction.
pub(super) fn wipe(database: &Database) -> Result<(), DbErr> {
    let run = |sql: &str| database.storage.exec(sql, &[]).map(drop).map_err(StorageError::into_exec);
    // DROP TABLE deletes the rows first, and tables may refer to each other in a circle.
    run("PRAGMA defer_foreign_keys = ON")?;
    // The actions of foreign keys would fire the triggers.
    for kind in ["trigger", "view"] {
        for name in names(database, &format!("SELECT name FROM sqlite_master WHERE type = '{kind}'"), &[0])? {
            // The triggers of a view go with it.
            run(&format!("DROP {kind} IF EXISTS {}", quoted(&name[0])))?;
        }
    }
    // A virtual table takes its shadow tables along, which cannot be dropped by themselves.
    for name in tables(database, "virtual")? {
        run(&format!("DROP TABLE {}", quoted(&name)))?;
    }
    let mut left = tables(database, "table")?;
    let mut keys = Vec::new();
    for child in &left {
        // https://www.sqlite.org/pragma.html#pragma_foreign_key_list: id, seq, table, …
        for parent in names(database, &format!("PRAGMA foreign_key_list({})", quoted(child)), &[2])? {
            keys.extend(parent.into_iter().map(|parent| (child.clone(), parent)));
        }
    }
    while !left.is_empty() {
        let has_child =
            |table: &String| keys.iter().any(|(child, parent)| child != table && parent.eq_ignore_ascii_case(table));
        // In a circle every table has a child; then any may begin.
        let at = left.iter().position(|table| !has_child(table)).unwrap_or(0);
        let table = left.swap_remove(at);
        keys.retain(|(child, _)| *child != table);
        run(&format!("DROP TABLE {}", quoted(&table)))?;
    }
    Ok(())
}

/// The tables of a kind, those of the runtime and of SQLite left out.
fn tables(database: &Database, kind: &str) -> Result<Vec<String>, DbErr> {
    // https://www.sqlite.org/pragma.html#pragma_table_list: schema, name, type, …
    let all = names(database, "PRAGMA table_list", &[1, 2])?;
    let of_kind = all.into_iter().filter_map(|row| <[String; 2]>::try_from(row).ok()).filter(|[_, is]| is == kind);
    Ok(of_kind.map(|[name, _]| name).filter(|name| !is_reserved(name)).collect())
}

/// Whether a table belongs to the runtime or to SQLite.
fn is_reserved(name: &str) -> bool {
    ["_cf_", "sqlite_"].iter().any(|prefix| name.get(..prefix.len()).is_some_and(|s| s.eq_ignore_ascii_case(prefix)))
}

/// Texts of a result, by the positions of their columns.
fn names(database: &Database, sql: &str, columns: &[usize]) -> Result<Vec<Vec<String>>, DbErr> {
    let rows = database.storage.exec(sql, &[]).map_err(StorageError::into_query)?.rows;
    let text = |row: &Vec<SqlValue>, at: usize| match row.get(at) {
        Some(SqlValue::Text(text)) => Ok(text.clone()),
        _ => Err(DbErr::Type(format!("column {at} of `{sql}` is not a text"))),
    };
    rows.iter().map(|row| columns.iter().map(|&at| text(row, at)).collect()).collect()
}
