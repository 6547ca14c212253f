//! `cargo xtask lint`: what a change must pass before its tests are worth running.

use anyhow::Result;
use sea_orm_do_harness::process::run;
use sea_orm_do_harness::setup::{self, WASM_TARGET};
use sea_orm_do_harness::workspace::Workspace;

pub(crate) fn run_all(workspace: &Workspace) -> Result<()> {
    setup::wasm_target()?;
    let cargo = |what: &str, arguments: &[&str]| -> Result<()> {
        run(what, workspace.cargo()?.args(arguments).env("RUSTDOCFLAGS", "-D warnings"))
    };
    let wasm = ["--target", WASM_TARGET];
    cargo("formatting", &["fmt", "--all", "--check"])?;
    cargo("clippy on the host", &["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    cargo("clippy on the tests inside workerd", &["clippy", "--locked", "--test", "workerd", "--", "-D", "warnings"])?;
    let wasm_members = [
        "-p",
        "sea-orm-do",
        "-p",
        "sea-orm-do-tests",
        "-p",
        "sea-orm-do-fuzz",
        "-p",
        "crud-worker",
        "-p",
        "bench-worker",
        "-p",
        "bench-size",
        "-p",
        "bench-sqlx",
    ];
    cargo(
        "clippy on wasm32",
        &[&["clippy", "--locked"], &wasm[..], &wasm_members, &["--", "-D", "warnings"]].concat(),
    )?;
    cargo(
        "clippy on wasm32 without features",
        &[&["clippy", "--locked", "-p", "sea-orm-do", "--no-default-features"], &wasm[..], &["--", "-D", "warnings"]]
            .concat(),
    )?;
    // A workspace of its own: see its Cargo.toml.
    let oracle = ["--manifest-path", "tests/oracle/Cargo.toml"];
    cargo("formatting of the oracle", &[&["fmt"], &oracle[..], &["--check"]].concat())?;
    cargo(
        "clippy on the oracle",
        &[&["clippy", "--locked", "--target-dir", "target"], &oracle[..], &["--", "-D", "warnings"]].concat(),
    )?;
    cargo("rustdoc", &[&["doc", "--locked", "--no-deps"], &wasm[..], &wasm_members].concat())
}
