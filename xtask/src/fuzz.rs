//! `cargo xtask fuzz`: random programs on our driver and on SeaORM's own. See tests/README.md.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::workspace::Workspace;

/// A folder in memory.
const MEMORY: &str = "/dev/shm";

#[derive(Args)]
pub(crate) struct Options {
    /// What all programs follow from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many programs
    #[arg(long, default_value_t = 1_000)]
    cases: u64,
    /// This one alone
    #[arg(long)]
    case: Option<u64>,
    /// Print the program of --case and what it comes to on each side, as it is
    #[arg(long, requires = "case")]
    show: bool,
    /// Print what came of it as JSON
    #[arg(long)]
    json: bool,
}

/// Builds the worker and runs the programs.
pub(crate) fn run_all(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    bundle::worker(workspace, "tests/fuzz", Build::Quick)?;
    let mut cargo = workspace.cargo()?;
    cargo.args(["run", "--quiet", "--locked", "--profile", "fuzz", "--package", "sea-orm-do-fuzz", "--"]);
    cargo.args(["--seed", &options.seed.to_string()]);
    match options.case {
        Some(case) => cargo.args(["--case", &case.to_string()]),
        None => cargo.args(["--cases", &options.cases.to_string()]),
    };
    let flags = [(options.json, "--json"), (options.show, "--show")];
    cargo.args(flags.into_iter().filter_map(|(given, flag)| given.then_some(flag)));
    // workerd's disk, where it need not wait for one.
    if Path::new(MEMORY).is_dir() {
        cargo.env("TMPDIR", MEMORY);
    }
    Ok(if cargo.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
