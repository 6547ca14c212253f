//! From a crate to a Worker: `build/index.js` and `build/index_bg.wasm` in the crate's folder.

use anyhow::Result;

use crate::process::step;
use crate::setup;
use crate::workspace::Workspace;

const EXAMPLE: &str = "examples/crud-worker";
const SUITES: &str = "tests";

/// How a Worker is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// In little time.
    Quick,
    /// With LTO and wasm-opt, as it is deployed.
    Release,
    /// With LTO and the names of its functions, which wasm-opt would take away.
    Named,
}

impl Build {
    /// The options of worker-build, or those of them that cargo has.
    fn options(self, of_worker_build: bool) -> &'static [&'static str] {
        match (self, of_worker_build) {
            (Self::Quick, true) => &["--no-opt", "--profile", "wasm-dev"],
            (Self::Quick, false) => &["--profile", "wasm-dev"],
            (Self::Named, true) => &["--no-opt", "--release"],
            (Self::Release, _) | (Self::Named, false) => &["--release"],
        }
    }
}

/// Builds the example.
pub fn example(workspace: &Workspace, build: Build) -> Result<()> {
    worker(workspace, EXAMPLE, build)
}

/// Builds what the harness serves: the suites and the example.
pub fn for_tests(workspace: &Workspace) -> Result<()> {
    worker(workspace, SUITES, Build::Quick)?;
    worker(workspace, EXAMPLE, Build::Quick)
}

/// Whether this runs as wrangler's build command for anything but `wrangler dev`.
pub fn wrangler_publishes() -> bool {
    std::env::var("WRANGLER_COMMAND").is_ok_and(|command| command != "dev")
}

/// Builds the crate in the folder `member`.
pub fn worker(workspace: &Workspace, member: &str, build: Build) -> Result<()> {
    worker_with(workspace, member, build, &[])
}

/// The same with features.
pub fn worker_with(workspace: &Workspace, member: &str, build: Build, features: &[&str]) -> Result<()> {
    // The crate is compiled while missing tools are built; worker-build then finds it compiled.
    let tools = setup::everything_beside(workspace, || compile(workspace, member, build, features))?;
    let mut command = workspace.command(&tools.worker_build)?;
    command
        .current_dir(workspace.root().join(member))
        .env("WASM_BINDGEN_BIN", &tools.wasm_bindgen)
        .env("WASM_OPT_BIN", workspace.npm_bin().join("wasm-opt"))
        .env("RUST_BACKTRACE", "0")
        .env("ESBUILD_BIN", workspace.npm_bin().join("esbuild"));
    command.args(build.options(true));
    if !features.is_empty() {
        command.args(["--features", &features.join(",")]);
    }
    step(&format!("bundling {member}"), &mut command)
}

/// Compiles the crate as worker-build does.
fn compile(workspace: &Workspace, member: &str, build: Build, features: &[&str]) -> Result<()> {
    let mut cargo = workspace.cargo()?;
    cargo.current_dir(workspace.root().join(member)).env("WASM_BINDGEN_USE_JS_SYS", "1");
    cargo.args(["build", "--lib", "--target", setup::WASM_TARGET]).args(build.options(false));
    if !features.is_empty() {
        cargo.args(["--features", &features.join(",")]);
    }
    step(&format!("compiling {member}"), &mut cargo)
}
