//! What runs in a project for the command `sea-orm-do migrate`, because only the project knows its entities.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sea_orm_migration::MigratorTrait;
use serde_json::json;

use super::{status, up};
use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::introspect::{Schema, Table};
use crate::schema;
use crate::sql::quote::quoted;
use crate::storage::SqlValue;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs the part of `sea-orm-do migrate` that only a project can: it has the migrations and the entities.
///
/// Call it in `examples/migrate.rs`, with the migrator and the function that registers the entities:
///
/// ```no_run
/// # mod shop {
/// #     pub struct Migrator;
/// #     impl sea_orm_migration::MigratorTrait for Migrator {
/// #         fn migrations() -> Vec<Box<dyn sea_orm_migration::MigrationTrait>> { vec![] }
/// #     }
/// #     pub fn register(db: sea_orm_do::DoConnection) -> sea_orm_do::DoConnection { db }
/// # }
/// fn main() -> std::process::ExitCode {
///     sea_orm_do::migrate::tool::<shop::Migrator>(shop::register)
/// }
/// ```
///
/// Its arguments are those that the command passes: `schemas <folder>`, `status <file>`, `up <file>`.
pub fn tool<M: MigratorTrait>(register: impl Fn(DoConnection) -> DoConnection) -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["schemas", folder] => schemas::<M>(Path::new(folder), register),
        ["status", file] => status_of::<M>(Path::new(file)),
        ["up", file] => tried::<M>(Path::new(file), register),
        _ => Err("usage: schemas <folder> | status <file> | up <file>; sea-orm-do migrate runs this".into()),
    };
    match done {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Makes two databases: `have.sqlite` by the migrations, `want.sqlite` by the entities. Answers with the columns that
/// an entity says were renamed.
fn schemas<M: MigratorTrait>(
    folder: &Path,
    register: impl Fn(DoConnection) -> DoConnection,
) -> Result<serde_json::Value> {
    let have = register(DoConnection::open_file(folder.join("have.sqlite"))?);
    up::<M>(&have, None)?;
    let want = register(DoConnection::open_file(folder.join("want.sqlite"))?);
    schema::sync(&want)?;
    Ok(json!({ "renames": schema::renames(&want)? }))
}

fn status_of<M: MigratorTrait>(file: &Path) -> Result<serde_json::Value> {
    let copy = Copy::of(file)?;
    let status = status::<M>(&copy.open()?)?;
    let status = status.into_iter().map(|it| json!({ "name": it.name, "applied_at": it.applied_at }));
    Ok(json!({ "migrations": status.collect::<Vec<_>>() }))
}

/// Applies the migrations to a copy of a file, and answers with what became of the rows.
fn tried<M: MigratorTrait>(file: &Path, register: impl Fn(DoConnection) -> DoConnection) -> Result<serde_json::Value> {
    let copy = Copy::of(file)?;
    let db = register(copy.open()?);
    let had = introspect(&db)?;
    let before = counts(&db, &had)?;
    let applied = up::<M>(&db, None)?;
    let has = introspect(&db)?;
    let after = counts(&db, &has)?;
    let tables: BTreeMap<_, _> = before
        .keys()
        .chain(after.keys())
        .map(|table| (table, json!({ "before": before.get(table), "after": after.get(table) })))
        .collect();
    let report = schema::check(&db)?;
    Ok(json!({
        "applied": applied,
        "tables": tables,
        "changes": had.diff(&has).iter().map(ToString::to_string).collect::<Vec<_>>(),
        "entities_want": report.to_string(),
    }))
}

/// The number of rows of each table.
fn counts(db: &DoConnection, schema: &Schema) -> Result<BTreeMap<String, u64>> {
    let count = |table: &Table| {
        let sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
        let set = db.database.storage.exec(&sql, &[])?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
        let rows = match set.rows.first().and_then(|row| row.first()) {
            Some(SqlValue::Number(rows)) => *rows as u64,
            _ => 0,
        };
        Ok((table.name.clone(), rows))
    };
    schema.tables.iter().map(count).collect()
}

/// A copy of a database, with its log, that is deleted in the end.
struct Copy(PathBuf);

impl Copy {
    fn of(file: &Path) -> Result<Self> {
        let name = file.file_name().ok_or("that is no file")?;
        let folder = std::env::temp_dir().join(format!("sea-orm-do-migrate-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let copy = Self(folder.join(name));
        fs::copy(file, &copy.0).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        if Path::new(&log).exists() {
            let mut copied = copy.0.as_os_str().to_owned();
            copied.push("-wal");
            fs::copy(&log, copied)?;
        }
        Ok(copy)
    }

    fn open(&self) -> Result<DoConnection> {
        Ok(DoConnection::open_file(&self.0)?)
    }
}

impl Drop for Copy {
    /// What cannot be deleted is left to the system, whose folder it is.
    fn drop(&mut self) {
        if let Some(folder) = self.0.parent() {
            let _ = fs::remove_dir_all(folder);
        }
    }
}
