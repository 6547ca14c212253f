//! The pages in a real Chromium: each file of `tests/browser/cases` is a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::root;
use sea_orm_do_harness::workerd::Server;

/// What the worker and the cases take for `SCHEMA_TOKEN`.
pub const SECRET: &str = "a-secret-of-the-browser";

const FOLDER: &str = "tests/browser";

/// The programs that are one, in the order in which they are looked for.
const CHROMIUMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The names of the cases, in their order.
pub fn cases() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join(FOLDER).join("cases")).context(FOLDER)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "mjs") {
            names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
        }
    }
    ensure!(!names.is_empty(), "{FOLDER} has no cases");
    names.sort();
    Ok(names)
}

/// Runs a case against the worker.
pub fn run(server: &mut Server, case: &str, chromium: &Path) -> Result<()> {
    let root = root().canonicalize()?;
    let scratch = tempfile::tempdir()?;
    let pictures = match std::env::var_os("SEA_ORM_DO_BLESS") {
        Some(_) => root.join("docs/images"),
        None => scratch.path().to_owned(),
    };
    fs::create_dir_all(&pictures)?;
    let output = Command::new(root.join("node_modules/.bin/node"))
        .arg(root.join(FOLDER).join("main.mjs"))
        .args([case, server.address().context("workerd is not running")?, SECRET])
        .args([chromium, &*pictures])
        .output()
        .context("npm's node is missing: run cargo xtask setup")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// `$CHROMIUM`, or a Chromium in the path.
pub fn chromium() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("CHROMIUM") {
        return Some(program.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let programs = CHROMIUMS.iter().flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)));
    programs.into_iter().find(|program| program.is_file())
}
