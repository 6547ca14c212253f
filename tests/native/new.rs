//! `sea-orm-do new`: what it writes, and what it refuses. `cargo xtask project` builds it and runs it.

use std::fs;

use anyhow::{Result, ensure};
use sea_orm_do_harness::command::{fails_in, run_in};
use sea_orm_do_harness::root;

use crate::Test;

pub const TESTS: [(&str, Test); 3] = [
    ("new::writes_a_project_of_this_version", writes_a_project_of_this_version),
    ("new::depends_on_a_checkout", depends_on_a_checkout),
    ("new::refuses_what_is_there_and_what_is_no_name", refuses_what_is_there_and_what_is_no_name),
];

fn writes_a_project_of_this_version() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let output = run_in(folder.path(), &["new", "my-bank2"])?;
    ensure!(output.status.success(), "{output:?}");
    let project = folder.path().join("my-bank2");
    let manifest: toml::Table = fs::read_to_string(project.join("Cargo.toml"))?.parse()?;
    ensure!(manifest["package"]["name"].as_str() == Some("my-bank2"), "{manifest}");
    for table in ["dependencies", "dev-dependencies"] {
        let version = manifest[table]["sea-orm-do"]["version"].as_str();
        ensure!(version == Some(env!("CARGO_PKG_VERSION")), "{version:?}");
    }
    let wrangler: toml::Table = fs::read_to_string(project.join("wrangler.toml"))?.parse()?;
    ensure!(wrangler["name"].as_str() == Some("my-bank2"), "{wrangler}");
    // The workspace's own versions: those that `cargo xtask project` has tried.
    let ours: toml::Table = fs::read_to_string(root().join("Cargo.toml"))?.parse()?;
    let worker = &ours["workspace"]["dependencies"]["worker"];
    ensure!(manifest["target"]["cfg(target_arch = \"wasm32\")"]["dependencies"]["worker"] == *worker, "{worker}");
    let command = wrangler["build"]["command"].as_str().unwrap_or_default();
    ensure!(command.contains(&format!("worker-build@{} ", worker.as_str().unwrap_or_default())), "{command}");
    let readme = fs::read_to_string(project.join("README.md"))?;
    ensure!(readme.starts_with("# my-bank2\n"), "{readme}");
    ensure!(fs::read_to_string(project.join(".gitignore"))?.contains("/target"), "target is not ignored");
    Ok(())
}

fn depends_on_a_checkout() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let checkout = root().join("sea-orm-do").canonicalize()?;
    let checkout = checkout.to_str().unwrap_or_default();
    let output = run_in(folder.path(), &["new", "bank", "--path", checkout])?;
    ensure!(output.status.success(), "{output:?}");
    let manifest: toml::Table = fs::read_to_string(folder.path().join("bank/Cargo.toml"))?.parse()?;
    ensure!(manifest["dependencies"]["sea-orm-do"]["path"].as_str() == Some(checkout), "{manifest}");
    fails_in(folder.path(), &["new", "other", "--path", "nowhere"], "there is no folder nowhere")?;
    fails_in(folder.path(), &["new", "other", "--path", "."], ". has no Cargo.toml")?;
    ensure!(!folder.path().join("other").exists(), "a folder was made all the same");
    Ok(())
}

fn refuses_what_is_there_and_what_is_no_name() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    fs::create_dir(at.join("there"))?;
    fs::write(at.join("file"), "kept")?;
    fails_in(at, &["new", "there"], "there exists already: nothing was written")?;
    fails_in(at, &["new", "file"], "file exists already: nothing was written")?;
    ensure!(fs::read_dir(at.join("there"))?.count() == 0 && fs::read_to_string(at.join("file"))? == "kept", "changed");
    let long = "a".repeat(64);
    for name in ["", "../up", "a/b", "Bank", "2nd", "my_bank", "bank-", "bänk", "a b", ".", &long] {
        fails_in(at, &["new", name], "cannot be the name: it takes 1 to 63 lowercase letters, digits and hyphens")?;
    }
    fails_in(at, &["new", "fn"], "it is a keyword of Rust")?;
    fails_in(at, &["new", "test"], "it is the name of a crate of Rust itself")?;
    fails_in(at, &["new", "worker"], "it is the name of a crate that the project depends on")?;
    ensure!(fs::read_dir(at)?.count() == 2, "something was written all the same");
    Ok(())
}
