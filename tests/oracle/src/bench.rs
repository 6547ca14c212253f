//! The work of `cargo xtask bench`: a request a line on standard input, an answer a line on standard output.

use std::io::{BufRead, Write, stdin, stdout};
use std::time::Instant;

use anyhow::{Result, bail};
use bench_works::models;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, JsonValue,
    Statement, TransactionTrait,
};
use tokio::runtime::Builder;

/// Serves a database in this file as an application on a server has it: in WAL mode, with what is in flight at a crash
/// left to the log.
///
/// `sql <statement>` answers with the first value of the first row, `<work> <count>` with the microseconds that the work
/// took and its sum. A batch of work is one transaction, as it is in a Durable Object. Its commit is not timed.
pub fn serve(file: &str) -> Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let db = runtime.block_on(open(file))?;
    for line in stdin().lock().lines() {
        let line = line?;
        let answer = match line.split_once(' ') {
            Some(("sql", sql)) => runtime.block_on(first(&db, sql))?,
            Some((work, count)) => {
                let count = count.parse()?;
                let (micros, sum) = runtime.block_on(run(&db, work, count))?;
                format!("{micros} {sum}")
            }
            None => bail!("what is {line}?"),
        };
        let mut out = stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

async fn open(file: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite:{file}?mode=rwc"));
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    db.execute_unprepared("PRAGMA journal_mode = WAL").await?;
    db.execute_unprepared("PRAGMA synchronous = NORMAL").await?;
    Ok(db)
}

async fn first(db: &DatabaseConnection, sql: &str) -> Result<String> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    let value = |row: &sea_orm::QueryResult| row.try_get_by_index::<String>(0);
    Ok(JsonValue::from_iter(row.as_ref().map(value).transpose()?).to_string())
}

async fn run(db: &DatabaseConnection, work: &str, count: i32) -> Result<(u128, i64)> {
    let txn = db.begin().await?;
    let started = Instant::now();
    let sum =
        if work == "transaction" { transactions(&txn, count).await? } else { models::run(&txn, work, count).await? };
    let micros = started.elapsed().as_micros();
    txn.commit().await?;
    Ok((micros, sum))
}

async fn transactions(db: &DatabaseTransaction, count: i32) -> Result<i64, DbErr> {
    for _ in 0..count {
        let inner = db.begin().await?;
        models::insert(&inner, 100).await?;
        inner.commit().await?;
    }
    Ok(i64::from(count))
}
