//! `sea-orm-do-oracle <command> [file]`: what SeaORM's own SQLite driver makes of the matrix, as JSON, and how fast it does the work of the
//! benchmark.

mod bench;
mod serve;

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, Result, bail};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, EntityTrait, Statement,
    TransactionTrait,
};
use sea_orm_do_shared::matrix::misfits::MISFITS;
use sea_orm_do_shared::matrix::reading::{self, Cells};
use sea_orm_do_shared::matrix::refused::{Way, refused};
use sea_orm_do_shared::matrix::report::{Report, Storage, report, write_all};
use sea_orm_do_shared::matrix::{Row, check, kinds, tables};
use sea_orm_do_shared::shop;

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let answer = match arguments[..] {
        ["write", file] => serde_json::to_string(&wait(write(file))?)?,
        ["report", file] => serde_json::to_string(&wait(read(file))?)?,
        ["storage", file] => serde_json::to_string(&wait(storage(file))?)?,
        ["check"] => serde_json::to_string(&checked())?,
        ["refused"] => serde_json::to_string(&losses())?,
        ["bench", file] => return bench::serve(file),
        ["programs"] => return serve::programs(),
        ["reading"] => serde_json::to_string(&wait(reading())?)?,
        ["misfits"] => serde_json::to_string(&wait(misfits_read())?)?,
        ["shop"] => serde_json::to_string(&wait(shop())?)?,
        _ => bail!(
            "write <file> | report <file> | storage <file> | check | refused | misfits | bench <file> | programs | reading | shop"
        ),
    };
    println!("{answer}");
    Ok(())
}

/// On a runtime of its own, so that a panic in one does not reach the next.
fn wait<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(future)
}

async fn open(path: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite:{path}"));
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.with_context(|| path.to_owned())
}

/// Every table of the matrix, in a new file.
async fn write(file: &str) -> Result<()> {
    let db = open(&format!("{file}?mode=rwc")).await?;
    write_all(&db).await?;
    Ok(db.close().await?)
}

async fn read(file: &str) -> Result<Report> {
    let db = open(file).await?;
    let mut report = report(&db, &db).await;
    report.models.insert("uint64".to_owned(), unsigned(&db).await.map_err(|error| error.to_string()));
    db.close().await?;
    Ok(report)
}

/// SeaORM's SQLite driver writes a `u64`, but reads none (sea-orm-2.0.4/src/executor/query.rs:637): an `i64` stands for it.
async fn unsigned(db: &DatabaseConnection) -> Result<Vec<Row>, DbErr> {
    use kinds::uint64::{Column, Entity};
    use sea_orm::{QueryOrder, QuerySelect};
    let select =
        Entity::find().select_only().columns([Column::Id, Column::Value, Column::Maybe]).order_by_desc(Column::Id);
    let rows: Vec<(i32, i64, Option<i64>)> = select.into_tuple().all(db).await?;
    let show = |value: i64| value.to_string();
    Ok(rows.into_iter().map(|(id, value, maybe)| Row { id, value: show(value), maybe: maybe.map(show) }).collect())
}

/// Storage class and content of every cell, as SQLite itself tells them.
async fn storage(file: &str) -> Result<Storage> {
    let db = open(file).await?;
    let mut storage = Storage::new();
    for table in tables::<DatabaseConnection>() {
        let sql = format!(
            "SELECT id, typeof(value) || ' ' || quote(value) AS value, typeof(maybe) || ' ' || quote(maybe) AS maybe \
             FROM \"{}\" ORDER BY id DESC",
            table.name()
        );
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
        let row = |row: &sea_orm::QueryResult| {
            Ok(Row { id: row.try_get("", "id")?, value: row.try_get("", "value")?, maybe: row.try_get("", "maybe")? })
        };
        storage.insert(table.name().to_owned(), rows.iter().map(row).collect::<Result<_, DbErr>>()?);
    }
    db.close().await?;
    Ok(storage)
}

/// Every type from every value, in every place.
async fn reading() -> Result<Cells> {
    std::panic::set_hook(Box::new(|_| ()));
    let db = open(":memory:").await?;
    reading::make(&db).await?;
    Ok(reading::read_all(&db, &reading::PLACES, &reading::DECLARED).await)
}

/// What the check of the matrix says of each table.
fn checked() -> BTreeMap<String, Result<(), String>> {
    let checked = |at: usize| {
        let check_one = async {
            let db = open(":memory:").await?;
            check(&*tables()[at], &db).await.map_err(|difference| anyhow::anyhow!("{difference}"))
        };
        catch_unwind(AssertUnwindSafe(|| wait(check_one)))
            .unwrap_or_else(|_| bail!("a panic"))
            .map_err(|error| error.to_string())
    };
    let names = tables::<DatabaseConnection>().into_iter().map(|table| table.name().to_owned());
    names.enumerate().map(|(at, name)| (name, checked(at))).collect()
}

/// What becomes of each value that sea-orm-do refuses: what was written, and what was read or why not.
fn losses() -> Vec<(String, Result<String, String>)> {
    let lose = |at: usize| {
        let write = async {
            let refusal = refused::<DatabaseConnection>().swap_remove(at);
            let db = open(":memory:").await?;
            refusal.table().create(&db).await?;
            let row = refusal.write(&db, Way::Value).await?;
            Ok(row.context("no row")?.value)
        };
        catch_unwind(AssertUnwindSafe(|| wait(write)))
            .unwrap_or_else(|_| bail!("a panic"))
            .map_err(|error| error.to_string())
    };
    let refused = refused::<DatabaseConnection>();
    let named = refused.iter().map(|refusal| format!("{} {}", refusal.table().name(), refusal.shown()));
    named.enumerate().map(|(at, name)| (name, lose(at))).collect()
}

/// The values that do not fit for us, but are read here: table, value, and what is read.
async fn misfits_read() -> Result<Vec<(String, String, Option<String>)>> {
    let mut read = Vec::new();
    for table in tables::<DatabaseConnection>() {
        let misfits = MISFITS.iter().filter(|misfits| misfits.table == table.name());
        for (value, _) in misfits.flat_map(|misfits| misfits.refused_by_us) {
            let db = open(":memory:").await?;
            table.create(&db).await?;
            table.insert(&db).await?;
            db.execute_unprepared(&format!("UPDATE {} SET maybe = {value} WHERE id = 1", table.name())).await?;
            if let Some(row) = table.find(&db).await.ok().and_then(|mut rows| rows.pop()) {
                read.push((table.name().to_owned(), (*value).to_owned(), row.maybe));
            }
        }
    }
    Ok(read)
}

/// What is worked out by hand for the shop of the guides; a panic is what differs.
async fn shop() -> Result<()> {
    let db = new_shop().await?;
    shop::check::reports(&db).await?;
    shop::check::weights(&db).await?;
    shop::check::upserts(&new_shop().await?).await?;
    let txn = new_shop().await?.begin().await?;
    shop::check::nested(&txn).await?;
    Ok(txn.commit().await?)
}

async fn new_shop() -> Result<DatabaseConnection> {
    let db = open(":memory:").await?;
    shop::create(&db).await?;
    Ok(db)
}
