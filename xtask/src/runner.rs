//! Commands that are programs of their own, beside what they test.

use std::process::{Command, ExitCode};

use anyhow::Result;
use sea_orm_do_harness::workspace::Workspace;

/// Builds the program of a package, and runs it with these arguments.
pub(crate) fn run(workspace: &Workspace, package: &str, command: &[&str], arguments: &[String]) -> Result<ExitCode> {
    let mut cargo = workspace.cargo()?;
    cargo.args(["run", "--locked", "--package", package, "--"]).args(command).args(arguments);
    code_of(cargo)
}

/// The command that builds the program of a package with little optimisation, and runs it.
pub(crate) fn optimized(workspace: &Workspace, package: &str, arguments: &[String]) -> Result<Command> {
    let mut cargo = workspace.cargo()?;
    cargo.args(["run", "--quiet", "--locked", "--profile", "fuzz", "--package", package, "--"]).args(arguments);
    Ok(cargo)
}

pub(crate) fn code_of(mut command: Command) -> Result<ExitCode> {
    Ok(if command.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
