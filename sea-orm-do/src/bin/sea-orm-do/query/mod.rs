//! `sea-orm-do query`.

mod print;
mod shell;

use std::io::{IsTerminal, Read, stdin, stdout};

use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sea_orm_do::remote::RemoteConnection;
use sea_orm_do::sql::{may_write, statements};

use self::print::{Form, Printer};
use crate::arguments::Query;
use crate::database::{ask, wait};
use crate::progress::Progress;

pub(crate) fn run(arguments: &Query) -> Result<()> {
    let form = match (arguments.json, arguments.csv) {
        (true, _) => Form::Json,
        (_, true) => Form::Csv,
        _ => Form::Table,
    };
    let sql = match &arguments.sql {
        Some(sql) => sql.clone(),
        None if stdin().is_terminal() => return shell::run(arguments, form),
        None => {
            let mut sql = String::new();
            stdin().read_to_string(&mut sql).context("standard input")?;
            sql
        }
    };
    let writing = statements(&sql)?.into_iter().find(|sql| may_write(sql));
    let db = match writing {
        Some(writing) => arguments.database.connect_to_write(&arguments.write, writing.trim(), ask)?,
        None => arguments.database.connect()?,
    };
    wait(run_script(&db, &sql, form))
}

/// Runs one statement and prints its rows, or several as one script that writes all or nothing.
async fn run_script(db: &RemoteConnection, sql: &str, form: Form) -> Result<()> {
    match &statements(sql)?[..] {
        [] => Ok(()),
        [one] => query(db, one, form).await,
        several => {
            // Rows are printed only of what cannot be undone: a query among statements that write would be.
            if !several.iter().any(|sql| may_write(sql)) {
                for one in several {
                    query(db, one, form).await?;
                }
                return Ok(());
            }
            let done = Progress::new("{elapsed} {spinner}").during(db.execute_unprepared(sql)).await?;
            eprintln!("{} rows affected", done.rows_affected());
            Ok(())
        }
    }
}

async fn query(db: &RemoteConnection, sql: &str, form: Form) -> Result<()> {
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let progress = Progress::new("{elapsed} {pos} rows {spinner}");
    let mut rows = progress.during(db.stored_rows(statement)).await?;
    let mut printer = Printer::new(form, &rows.columns(), stdout().lock())?;
    while let Some(row) = rows.try_next().await? {
        printer.row(row)?;
        progress.add(1);
        // A local database never waits, and Ctrl-C is to be heard.
        tokio::task::yield_now().await;
    }
    drop(progress);
    printer.end()?;
    if let Some(affected) = rows.rows_affected() {
        eprintln!("{affected} rows affected");
    }
    Ok(())
}
