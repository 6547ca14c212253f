//! The suites as cargo tests: each case, on each compatibility date, is a test of its own.
//!
//! `SEA_ORM_DO_DATE` picks one date. `SEA_ORM_DO_BUNDLED` says that `cargo xtask bundle` has just run.

mod command;
mod conformance;
mod console;
mod example;
mod generated;
mod guides;
mod introspection;
mod long;
mod markdown;
mod native;
mod new;
mod oracle;
mod package;
mod scripts;
mod suites;
// xtask uses more of it.
#[allow(dead_code)]
mod workerd;
mod workflows;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use libtest_mimic::Arguments;

use crate::workerd::Workerd;

/// The date on which Durable Objects with SQLite appeared, and three since; the newest that workerd knows comes on top.
const DATES: [&str; 4] = ["2024-09-23", "2025-04-01", "2025-08-01", "2026-04-06"];

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
    let mut trials = native::trials();
    trials.extend(suites::trials(&workerd, &dates));
    trials.extend(introspection::trials(&workerd, &dates));
    trials.extend(scripts::trials(&workerd, &dates));
    trials.extend(generated::trials());
    trials.extend(oracle::trials(&workerd, &dates));
    let last = dates.last().unwrap_or(&newest);
    trials.extend(command::trials(&workerd, last));
    trials.extend(example::trials(&workerd, last)?);
    trials.extend(long::trials(&workerd, last));
    trials.push(conformance::trial());
    trials.extend(guides::trials());
    trials.extend(new::trials());
    trials.extend(package::trials());
    trials.push(workflows::trial());
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
