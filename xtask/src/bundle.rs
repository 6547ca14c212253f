//! From a crate to a Worker: `build/index.js` and `build/index_bg.wasm` in the crate's folder.

use anyhow::Result;

use crate::process::run;
use crate::setup;
use crate::workspace::Workspace;

const EXAMPLE: &str = "examples/crud-worker";
const SUITES: &str = "tests";

/// Builds the example.
pub(crate) fn example(workspace: &Workspace, release: bool) -> Result<()> {
    worker(workspace, EXAMPLE, release)
}

/// Builds what the harness serves: the suites and the example.
pub(crate) fn for_tests(workspace: &Workspace) -> Result<()> {
    worker(workspace, SUITES, false)?;
    worker(workspace, EXAMPLE, false)
}

/// Whether this runs as wrangler's build command for anything but `wrangler dev`.
pub(crate) fn wrangler_publishes() -> bool {
    std::env::var("WRANGLER_COMMAND").is_ok_and(|command| command != "dev")
}

/// Builds the crate in the folder `member`.
pub(crate) fn worker(workspace: &Workspace, member: &str, release: bool) -> Result<()> {
    worker_with(workspace, member, release, &[])
}

/// The same with features.
pub(crate) fn worker_with(workspace: &Workspace, member: &str, release: bool, features: &[&str]) -> Result<()> {
    let tools = setup::everything(workspace)?;
    let mut command = workspace.command(&tools.worker_build)?;
    command
        .current_dir(workspace.root().join(member))
        .env("WASM_BINDGEN_BIN", &tools.wasm_bindgen)
        .env("WASM_OPT_BIN", workspace.npm_bin().join("wasm-opt"))
        .env("RUST_BACKTRACE", "0")
        .env("ESBUILD_BIN", workspace.npm_bin().join("esbuild"));
    if release {
        command.arg("--release");
    } else {
        command.args(["--no-opt", "--profile", "wasm-dev"]);
    }
    if !features.is_empty() {
        command.args(["--features", &features.join(",")]);
    }
    run(&format!("building {member} for workerd"), &mut command)
}
