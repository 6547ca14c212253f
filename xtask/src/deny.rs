//! `cargo xtask deny`: licences, duplicates and sources of the dependencies, and their advisories where the database of
//! RustSec can be reached. What is allowed stands in `deny.toml`.

use anyhow::Result;
use sea_orm_do_harness::process::run;
use sea_orm_do_harness::setup;
use sea_orm_do_harness::workspace::Workspace;

const VERSION: &str = "0.20.2";

/// `advisories` asks <https://github.com/RustSec/advisory-db>; everything else works without a network.
pub(crate) fn check(workspace: &Workspace, advisories: bool) -> Result<()> {
    let cargo_deny = setup::installed("cargo-deny", VERSION, None)?;
    let mut command = workspace.command(cargo_deny)?;
    if !advisories {
        command.arg("--offline");
    }
    command.args(["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    if advisories {
        command.arg("advisories");
    }
    run("checking the dependencies", &mut command)
}
