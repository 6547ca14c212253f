//! The suites inside workerd as cargo tests: each case, on each compatibility date, is a test of its own.
//!
//! `SEA_ORM_DO_DATE` picks one date. `SEA_ORM_DO_BUNDLED` says that `cargo xtask bundle` has just run.

mod command;
mod example;
mod introspection;
mod long;
mod oracle;
mod remote;
mod scripts;
mod suites;
mod wrangler;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use libtest_mimic::Arguments;
use sea_orm_do_harness::DATES;
use sea_orm_do_harness::workerd::Workerd;

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> Result<ExitCode> {
    let arguments = Arguments::from_args();
    if !arguments.list {
        bundle()?;
    }
    let workerd = Workerd::find()?;
    let newest = workerd.newest_date()?;
    let dates = match std::env::var("SEA_ORM_DO_DATE") {
        Ok(date) => vec![date],
        Err(_) => DATES.map(str::to_owned).into_iter().chain([newest.clone()]).collect(),
    };
    let mut trials = suites::trials(&workerd, &dates);
    trials.extend(introspection::trials(&workerd, &dates));
    trials.extend(scripts::trials(&workerd, &dates));
    trials.extend(oracle::trials(&workerd, &dates));
    let last = dates.last().unwrap_or(&newest);
    trials.extend(command::trials(&workerd, last));
    trials.extend(example::trials(&workerd, last)?);
    trials.extend(long::trials(&workerd, last));
    trials.extend(remote::trials(&workerd, last));
    trials.extend(wrangler::trials());
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

/// Builds what the tests serve, unless that was just done.
fn bundle() -> Result<()> {
    if std::env::var_os("SEA_ORM_DO_BUNDLED").is_some() {
        return Ok(());
    }
    let status = Command::new(env!("CARGO")).args(["xtask", "bundle"]).status().context("cargo xtask bundle")?;
    ensure!(status.success(), "cargo xtask bundle failed");
    Ok(())
}
