//! Soak tests: `cargo xtask crash` kills workerd under writers, `cargo xtask load` lets many clients work at many objects.
//! See docs/trust.md.

mod bank;
mod crash;
mod load;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use sea_orm_do_harness::workspace::Workspace;

#[derive(Parser)]
#[command(name = "soak")]
enum Command {
    /// Kill workerd at random moments under writers, and check that what was acknowledged is there
    Crash(crash::Options),
    /// Let many clients work at many objects, check every answer, and watch the memory
    Load(load::Options),
}

fn main() -> ExitCode {
    run(&Command::parse()).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: &Command) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    match command {
        Command::Crash(options) => crash::run_all(&workspace, options),
        Command::Load(options) => load::run_all(&workspace, options),
    }
}
