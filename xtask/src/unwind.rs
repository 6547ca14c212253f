//! `cargo xtask unwind`: the suites inside workerd, built so that a panic unwinds (`worker-build --panic-unwind`), and the wasm
//! instance lives on. It builds the standard library as well, which takes minutes, so it is not part of `.ci/run`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use sea_orm_do_harness::process::{output, run, step};
use sea_orm_do_harness::setup;
use sea_orm_do_harness::workerd::Workerd;
use sea_orm_do_harness::workspace::Workspace;

/// worker-build asks for the nightly toolchain, of which it needs two features. With this in front of it, the stable
/// toolchain gives them: <https://doc.rust-lang.org/rustc/command-line-arguments.html>.
const CARGO: &str = r#"#!/bin/sh
[ "$1" = "+nightly" ] && { shift; export RUSTC_BOOTSTRAP=1; }
exec "$XTASK_CARGO" "$@"
"#;

pub(crate) fn run_all(workspace: &Workspace, filter: &[String]) -> Result<()> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std");
    ensure!(source.is_dir(), "the source of the standard library is missing: rustup component add rust-src");
    let tools = setup::everything(workspace)?;
    let folder = workspace.root().join("target/unwind");
    fs::create_dir_all(folder.join("bin"))?;
    let cargo = folder.join("bin/cargo");
    fs::write(&cargo, CARGO)?;
    run("making a cargo that has build-std", Command::new("chmod").arg("+x").arg(&cargo))?;

    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(
        [folder.join("bin"), workspace.npm_bin()].into_iter().chain(std::env::split_paths(&path)),
    )?;
    let mut build = workspace.command(&tools.worker_build)?;
    build
        .args(["--no-opt", "--profile", "wasm-dev", "--panic-unwind"])
        .current_dir(workspace.root().join("tests"))
        .env("PATH", path)
        .env("XTASK_CARGO", std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .env("CARGO_TARGET_DIR", &folder)
        .env("WASM_BINDGEN_BIN", &tools.wasm_bindgen)
        .env("ESBUILD_BIN", workspace.npm_bin().join("esbuild"));
    step("building the suites and the standard library", &mut build)?;

    let mut test = workspace.cargo()?;
    test.args(["test", "--locked", "--test", "workerd", "--", "--skip", "example::", "--skip", "wrangler::"])
        .args(filter);
    test.env("SEA_ORM_DO_DATE", Workerd::find()?.newest_date()?).env("SEA_ORM_DO_BUNDLED", "1");
    run("running them", &mut test)
}
