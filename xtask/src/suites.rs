//! `cargo xtask test`: all tests, as cargo tests.

use anyhow::Result;
use sea_orm_do_harness::process::run;
use sea_orm_do_harness::workspace::Workspace;
use sea_orm_do_harness::{bundle, command, oracle};

/// Runs the tests of all members; `date` is a compatibility date for those inside workerd.
pub(crate) fn run_all(workspace: &Workspace, date: Option<&str>, arguments: &[String]) -> Result<()> {
    let mut cargo = workspace.cargo()?;
    cargo.args(["test", "--locked", "--"]).args(arguments);
    run("running the tests on the host", &mut cargo)?;
    bundle::for_tests(workspace)?;
    // Before the tests: a build beside the browser would make it late.
    eprintln!("› building the oracle and the command");
    oracle::built("dev")?;
    command::built()?;
    let mut cargo = workspace.cargo()?;
    // The packages of the command before, so that all are built with the same features.
    cargo.args(["test", "--locked", "--test", "workerd", "--"]).args(arguments).env("SEA_ORM_DO_BUNDLED", "1");
    if let Some(date) = date {
        cargo.env("SEA_ORM_DO_DATE", date);
    }
    run("running the tests inside workerd", &mut cargo)
}
