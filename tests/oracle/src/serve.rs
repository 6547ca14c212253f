//! The programs of the differential fuzz: a request a line on standard input, an answer a line on standard output.

use std::io::{BufRead, Write, stdin, stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::Result;
use sea_orm::{DatabaseConnection, DbErr};
use sea_orm_do_shared::programs::{Answer, Outcome, Program, Request, clear, program, run};
use tokio::runtime::{Builder, Runtime};

use crate::open;

pub fn programs() -> Result<()> {
    let mut place = Place::new()?;
    for line in stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?)? {
            Request::Digests { seed, from, to } => {
                let digests = (from..to).map(|case| Ok(place.outcome(&program(seed, case))?.digest()));
                Answer::Digests(digests.collect::<Result<_>>()?)
            }
            Request::Outcome(program) => Answer::Outcome(place.outcome(&program)?),
        };
        let mut out = stdout().lock();
        serde_json::to_writer(&mut out, &answer)?;
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}

/// A database in memory, made anew after a panic, and when SQLite has rolled back a transaction by itself.
struct Place {
    runtime: Runtime,
    db: DatabaseConnection,
}

impl Place {
    fn new() -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let db = runtime.block_on(open(":memory:"))?;
        Ok(Self { runtime, db })
    }

    fn outcome(&mut self, program: &Program) -> Result<Outcome> {
        let run_one = async {
            let outcome = run(&self.db, program, DbErr::sql_err).await;
            clear(&self.db, program).await?;
            Ok(outcome)
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| self.runtime.block_on(run_one)));
        if matches!(&outcome, Ok(Ok(outcome)) if outcome.is_full()) {
            *self = Self::new()?;
        }
        outcome.unwrap_or_else(|panic| {
            *self = Self::new()?;
            let message = panic.downcast_ref::<String>().map(String::as_str);
            let message = message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            Ok(Outcome(vec![format!("a panic: {message}")]))
        })
    }
}
