//! The program that runs SeaORM's own SQLite driver: tests/oracle.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};
use serde::de::DeserializeOwned;

use crate::{root, target};

/// Runs a command of the program and reads its answer.
pub fn ask<T: DeserializeOwned>(command: &str, file: Option<&Path>) -> Result<T> {
    let output = Command::new(built("dev")?).arg(command).args(file).env("RUST_BACKTRACE", "0").output()?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "oracle {command}: {complaint}");
    serde_json::from_slice(&output.stdout).with_context(|| format!("oracle {command}: {complaint}"))
}

/// The program, built once.
pub fn built(profile: &str) -> Result<&'static Path> {
    static PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let built = PROGRAM.get_or_init(|| build(profile).map_err(|error| format!("{error:#}")));
    built.as_deref().map_err(|error| anyhow!("{error}"))
}

fn build(profile: &str) -> Result<PathBuf> {
    let target = target();
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--profile", profile, "--manifest-path"])
        .arg(root().join("tests/oracle/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    ensure!(status.success(), "the oracle could not be built");
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target.join(folder).join("sea-orm-do-oracle").with_extension(std::env::consts::EXE_EXTENSION))
}
