//! `cargo xtask fuzz-targets`: coverage-guided fuzzing of what reads and writes SQL text, by cargo-fuzz and a nightly
//! toolchain. `cargo test` runs the same targets on mutated seeds.

use std::fs;

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::process::run;
use sea_orm_do_harness::setup;
use sea_orm_do_harness::workspace::Workspace;

const VERSION: &str = "0.13.2";
const TARGETS: [&str; 5] = ["lexer", "splitter", "select_list", "literals", "errors"];

/// Fuzzes each target for so long; what fails is left in `sea-orm-do/fuzz/artifacts`.
pub(crate) fn run_all(workspace: &Workspace, seconds: u64, only: Option<&str>) -> Result<()> {
    let cargo_fuzz = setup::installed("cargo-fuzz", VERSION, None)?;
    let targets: Vec<_> = TARGETS.iter().filter(|target| only.is_none_or(|only| only == **target)).collect();
    ensure!(!targets.is_empty(), "the targets are {}", TARGETS.join(", "));
    let target_dir = workspace.root().join("target/fuzz-targets");
    for target in targets {
        fs::create_dir_all(workspace.root().join("sea-orm-do/fuzz/corpus").join(target))?;
        let mut command = workspace.command(&cargo_fuzz)?;
        command
            .current_dir(workspace.root().join("sea-orm-do"))
            // Both say which toolchain runs xtask.
            .env("RUSTUP_TOOLCHAIN", "nightly")
            .env("CARGO", "cargo")
            // There is no unsafe in what is fuzzed, so a sanitizer would find nothing.
            .args(["run", "--sanitizer", "none", "--target-dir"])
            .arg(&target_dir)
            .args([*target, &format!("fuzz/corpus/{target}"), &format!("fuzz/seeds/{target}"), "--"])
            .args([&format!("-max_total_time={seconds}"), "-timeout=10", "-max_len=2048", "-dict=fuzz/sql.dict"])
            .args(["-print_final_stats=1", "-verbosity=0"]);
        run(&format!("fuzzing {target} for {seconds} s"), &mut command).context(
            "a failing input is in sea-orm-do/fuzz/artifacts; without one, it needs a nightly toolchain (rustup \
                 toolchain install nightly) and a C++ compiler",
        )?;
    }
    Ok(())
}
