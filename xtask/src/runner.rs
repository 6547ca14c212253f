//! Commands that are programs of their own, beside what they test.

use std::process::ExitCode;

use anyhow::Result;
use sea_orm_do_harness::workspace::Workspace;

/// Builds the program of a package, and runs it with these arguments.
pub(crate) fn run(workspace: &Workspace, package: &str, command: &[&str], arguments: &[String]) -> Result<ExitCode> {
    let mut cargo = workspace.cargo()?;
    cargo.args(["run", "--locked", "--package", package, "--"]).args(command).args(arguments);
    Ok(if cargo.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
