//! `cargo xtask fuzz`: random programs on our driver and on SeaORM's own. See tests/README.md.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::workspace::Workspace;

use crate::runner;

/// A folder in memory.
const MEMORY: &str = "/dev/shm";

/// Builds the worker and runs the programs.
pub(crate) fn run_all(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    bundle::worker(workspace, "tests/fuzz", Build::Quick)?;
    let mut cargo = runner::optimized(workspace, "sea-orm-do-fuzz", arguments)?;
    // workerd's disk, where it need not wait for one.
    if Path::new(MEMORY).is_dir() {
        cargo.env("TMPDIR", MEMORY);
    }
    runner::code_of(cargo)
}
