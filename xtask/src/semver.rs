//! `cargo xtask semver`: what the driver's public API has lost or changed since a release.

use anyhow::{Context, Result, bail};
use sea_orm_do_harness::process::run;
use sea_orm_do_harness::setup;
use sea_orm_do_harness::workspace::Workspace;

const VERSION: &str = "0.51.0";
const DRIVER: &str = "sea-orm-do";
/// Where cargo's own answer ends for a crate that was never released.
const RELEASES: &str = "before the first release there is nothing on crates.io to compare with: name a git revision, \
                        `cargo xtask semver rev:HEAD~1`, or a tag";

/// Compares with a version on crates.io, with a git revision after `rev:`, or with the newest release.
pub(crate) fn check(workspace: &Workspace, baseline: Option<&str>) -> Result<()> {
    let program = setup::installed("cargo-semver-checks", VERSION, None)?;
    let mut command = workspace.command(program)?;
    // The features that exist for the host; `codegen` and `cli` bring a program, whose API is its command line.
    command.args(["semver-checks", "--package", DRIVER, "--default-features"]);
    command.args(["--features", "migrate,schema-sync,native,codegen,with-bigdecimal,with-rust_decimal,with-time"]);
    match baseline.map(|baseline| baseline.strip_prefix("rev:").ok_or(baseline)) {
        Some(Ok("")) => bail!("rev: needs a git revision behind it"),
        Some(Ok(revision)) => command.args(["--baseline-rev", revision]),
        Some(Err(version)) => command.args(["--baseline-version", version]),
        None => &mut command,
    };
    let compared = run("comparing the public API", &mut command);
    if baseline.is_none() { compared.context(RELEASES) } else { compared }
}
