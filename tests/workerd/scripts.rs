//! What is exported inside workerd is what SQLite on the host, and its shell, make of the script.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use rusqlite::Connection;
use rusqlite::types::Value;
use sea_orm_do_harness::workerd::Workerd;

use crate::suites::{told, worker};

const CASE: &str = "operation::exports_every_kind_of_value";

pub fn trials(workerd: &Workerd, dates: &[String]) -> Vec<Trial> {
    let trial = |date: &String| {
        let (workerd, date) = (workerd.clone(), date.clone());
        Trial::test(format!("{date}::operation::sqlite_reads_what_is_exported"), move || {
            compare(&workerd, &date).map_err(|error| format!("{error:#}").into())
        })
    };
    dates.iter().map(trial).collect()
}

fn compare(workerd: &Workerd, date: &str) -> Result<()> {
    let case = sea_orm_do_tests::all().into_iter().find(|case| case.name == CASE).context(CASE)?;
    let mut server = workerd.start(&worker(date, None))?;
    let script = told(&server, &case, 0)?;
    let folder = tempfile::tempdir()?;
    let (left, read) = (folder.path().join("left.sqlite"), folder.path().join("read.sqlite"));
    server.change_files("Sqlite", |file| {
        Connection::open(file)?.execute("VACUUM INTO ?", [left.to_str()])?;
        Ok(())
    })?;
    Connection::open(&read)?.execute_batch(&script)?;
    same(&left, &read)?;
    if let Some(shell) = shell(&folder.path().join("shell.sqlite"), &script)? {
        same(&left, &shell)?;
    }
    Ok(())
}

/// What the `sqlite3` shell makes of a script; `None` where there is no such program.
fn shell(file: &Path, script: &str) -> Result<Option<std::path::PathBuf>> {
    let text = file.with_extension("sql");
    fs::write(&text, script)?;
    let command =
        Command::new("sqlite3").arg("-bail").arg(file).stdin(fs::File::open(text)?).stderr(Stdio::piped()).output();
    let Ok(output) = command else { return Ok(None) };
    ensure!(output.status.success(), "sqlite3: {}", String::from_utf8_lossy(&output.stderr));
    Ok(Some(file.to_owned()))
}

/// The same tables with the same rows, to the last bit.
fn same(left: &Path, right: &Path) -> Result<()> {
    let (left, right) = (Connection::open(left)?, Connection::open(right)?);
    let (objects, others) = (objects(&left)?, objects(&right)?);
    ensure!(objects == others, "{objects:?}\n{others:?}");
    let tables: Vec<_> = objects.iter().filter(|object| object[0] == text("table")).collect();
    ensure!(tables.len() > 8, "only {} tables", tables.len());
    for table in tables {
        let Value::Text(name) = &table[1] else { continue };
        let sql = format!("SELECT * FROM \"{name}\"");
        let (ours, theirs) = (rows(&left, &sql)?, rows(&right, &sql)?);
        ensure!(bits(&ours) == bits(&theirs), "{name}: {ours:?}\n{theirs:?}");
    }
    Ok(())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// What a virtual table keeps for itself may be arranged in another way, and counts rows by itself.
fn objects(connection: &Connection) -> Result<Vec<Vec<Value>>> {
    let shadows = "SELECT name FROM pragma_table_list WHERE type = 'shadow'";
    rows(
        connection,
        &format!(
            "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE '\\_cf\\_%' ESCAPE '\\' \
             AND tbl_name NOT IN ({shadows}) ORDER BY type, name"
        ),
    )
}

fn rows(connection: &Connection, sql: &str) -> Result<Vec<Vec<Value>>> {
    let mut statement = connection.prepare(sql).with_context(|| sql.to_owned())?;
    let columns = statement.column_count();
    // Texts that are no UTF-8 are compared by their bytes.
    let value = |row: &rusqlite::Row<'_>, at| match row.get_ref(at)? {
        rusqlite::types::ValueRef::Text(bytes) if std::str::from_utf8(bytes).is_err() => {
            Ok(Value::Blob([b"text ", bytes].concat()))
        }
        _ => row.get(at),
    };
    let rows = statement.query_map([], |row| (0..columns).map(|at| value(row, at)).collect())?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Floats by their bits: `-0.0` is not `0.0`.
fn bits(rows: &[Vec<Value>]) -> Vec<String> {
    let value = |value: &Value| match value {
        Value::Real(real) => format!("Real({:x})", real.to_bits()),
        other => format!("{other:?}"),
    };
    rows.iter().flatten().map(value).collect()
}
