//! What tests and developer commands share: they build Workers, run workerd, the oracle and the command `sea-orm-do`, and read
//! Markdown.

pub mod bundle;
pub mod checked_in;
pub mod command;
pub mod console;
pub mod markdown;
pub mod oracle;
pub mod process;
pub mod setup;
pub mod workerd;
pub mod workspace;

use std::path::{Path, PathBuf};

/// The date on which Durable Objects with SQLite appeared, and three since; the suites add the newest that workerd knows.
pub const DATES: [&str; 4] = ["2024-09-23", "2025-04-01", "2025-08-01", "2026-04-06"];

/// The folder in which cargo builds.
#[must_use]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let member = Path::new(env!("CARGO_MANIFEST_DIR"));
    member.ancestors().find(|folder| folder.join("wrangler.toml").exists()).unwrap_or(member).into()
}
