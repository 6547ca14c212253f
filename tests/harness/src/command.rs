//! The command `sea-orm-do`, as a user would run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};

use crate::{root, target};

/// A path as an argument of the command.
pub fn path(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{path:?}"))
}

/// Runs the command and returns what it prints.
pub fn succeeds(arguments: &[&str]) -> Result<String> {
    let output = run_in(Path::new("."), arguments)?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "sea-orm-do {}: {complaint}", arguments.join(" "));
    Ok(String::from_utf8(output.stdout)?)
}

pub fn fails(arguments: &[&str], message: &str) -> Result<()> {
    fails_in(Path::new("."), arguments, message)
}

pub fn fails_in(folder: &Path, arguments: &[&str], message: &str) -> Result<()> {
    let output = run_in(folder, arguments)?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(2), "sea-orm-do {} ends with {}", arguments.join(" "), output.status);
    ensure!(complaint.contains(message), "sea-orm-do {}: {complaint}", arguments.join(" "));
    Ok(())
}

pub fn run_in(folder: &Path, arguments: &[&str]) -> Result<Output> {
    Command::new(built()?).args(arguments).current_dir(folder).stdin(Stdio::null()).output().context("sea-orm-do")
}

/// The command, built once.
pub fn built() -> Result<&'static Path> {
    static PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let built = PROGRAM.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    built.as_deref().map_err(|error| anyhow!("{error}"))
}

/// Together with the members that the tests are built with, so that the dependencies are built with the same features.
fn build() -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--features", "sea-orm-do/cli", "--bin", "sea-orm-do"])
        .current_dir(root())
        .status()?;
    ensure!(status.success(), "the command could not be built");
    let program = target().canonicalize()?.join("debug/sea-orm-do");
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}
