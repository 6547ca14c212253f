//! The programs of the differential fuzz: a request a line on standard input, an answer a line on standard output.

use std::io::{BufRead, Write, stdin, stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::Result;
use sea_orm::DbErr;
use sea_orm_do_oracle::fuzz::{Answer, Outcome, Program, Request, program, run};

use crate::{open, wait};

pub fn serve() -> Result<()> {
    for line in stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?)? {
            Request::Digests { seed, from, to } => {
                Answer::Digests((from..to).map(|case| outcome(&program(seed, case)).digest()).collect())
            }
            Request::Outcome(program) => Answer::Outcome(outcome(&program)),
        };
        let mut out = stdout().lock();
        serde_json::to_writer(&mut out, &answer)?;
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}

/// In a database of its own.
fn outcome(program: &Program) -> Outcome {
    let run_alone = async {
        let db = open(":memory:").await?;
        let outcome = run(&db, program, DbErr::sql_err).await;
        db.close().await?;
        Ok(outcome)
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| wait(run_alone)));
    let outcome = outcome.unwrap_or_else(|_| Ok(Outcome(vec!["a panic".to_owned()])));
    outcome.unwrap_or_else(|error: anyhow::Error| Outcome(vec![format!("{error:#}")]))
}
