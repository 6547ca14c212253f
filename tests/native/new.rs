//! `sea-orm-do new`: what it writes, and what it refuses. `cargo xtask project` builds it and runs it.

use std::fs;

use anyhow::{Result, ensure};
use sea_orm_do_harness::command::{fails_in, path, run_in};
use sea_orm_do_harness::root;

use crate::Test;

pub const TESTS: [(&str, Test); 4] = [
    ("new::finds_names_that_rust_allows", finds_names_that_rust_allows),
    ("new::writes_a_project_of_this_version", writes_a_project_of_this_version),
    ("new::depends_on_a_checkout", depends_on_a_checkout),
    ("new::refuses_what_is_there_and_what_is_no_name", refuses_what_is_there_and_what_is_no_name),
];

fn writes_a_project_of_this_version() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let output = run_in(folder.path(), &["new", "my-shop2"])?;
    ensure!(output.status.success(), "{output:?}");
    let project = folder.path().join("my-shop2");
    let manifest: toml::Table = fs::read_to_string(project.join("Cargo.toml"))?.parse()?;
    ensure!(manifest["package"]["name"].as_str() == Some("my-shop2"), "{manifest}");
    ensure!(manifest["lib"]["name"].as_str() == Some("my_shop2"), "{manifest}");
    for table in ["dependencies", "dev-dependencies"] {
        let version = manifest[table]["sea-orm-do"]["version"].as_str();
        ensure!(version == Some(env!("CARGO_PKG_VERSION")), "{version:?}");
    }
    let wrangler: toml::Table = fs::read_to_string(project.join("wrangler.toml"))?.parse()?;
    ensure!(wrangler["name"].as_str() == Some("my-shop2"), "{wrangler}");
    ensure!(wrangler["exports"]["MyShop2"]["storage"].as_str() == Some("sqlite"), "{wrangler}");
    let binding = &wrangler["durable_objects"]["bindings"][0];
    ensure!(
        binding["name"].as_str() == Some("MY_SHOP2") && binding["class_name"].as_str() == Some("MyShop2"),
        "{binding}"
    );
    // The example has the same lines.
    let worker = fs::read_to_string(project.join("worker.js"))?.replace("MyShop2", "Workspace");
    ensure!(worker == fs::read_to_string(root().join("examples/crud-worker/worker.js"))?, "{worker}");
    // The workspace's own versions: those that `cargo xtask project` has tried.
    let ours: toml::Table = fs::read_to_string(root().join("Cargo.toml"))?.parse()?;
    let worker = &ours["workspace"]["dependencies"]["worker"];
    ensure!(manifest["target"]["cfg(target_arch = \"wasm32\")"]["dependencies"]["worker"] == *worker, "{worker}");
    let command = wrangler["build"]["command"].as_str().unwrap_or_default();
    ensure!(command.contains(&format!("worker-build@{} ", worker.as_str().unwrap_or_default())), "{command}");
    let readme = fs::read_to_string(project.join("README.md"))?;
    ensure!(readme.starts_with("# my-shop2\n"), "{readme}");
    ensure!(fs::read_to_string(project.join(".gitignore"))?.contains("/target"), "target is not ignored");
    Ok(())
}

fn finds_names_that_rust_allows() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (name, library, class) in [
        ("match", "match_worker", "Match"),
        ("test", "test_worker", "Test"),
        ("self", "self_worker", "SelfObject"),
        ("state", "state", "StateObject"),
        ("durable-object", "durable_object", "DurableObjectObject"),
        ("string", "string", "StringObject"),
        ("a2-b", "a2_b", "A2B"),
    ] {
        let output = run_in(folder.path(), &["new", name])?;
        ensure!(output.status.success(), "{output:?}");
        let project = folder.path().join(name);
        let manifest: toml::Table = fs::read_to_string(project.join("Cargo.toml"))?.parse()?;
        ensure!(manifest["lib"]["name"].as_str() == Some(library), "{manifest}");
        let object = fs::read_to_string(project.join("src/object.rs"))?;
        ensure!(object.contains(&format!("pub struct {class} {{")), "{name}: {object}");
        let tests = fs::read_to_string(project.join("tests/stock.rs"))?;
        ensure!(tests.contains(&format!("use {library}::stock::")), "{name}: {tests}");
    }
    Ok(())
}

fn depends_on_a_checkout() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let driver = root().join("sea-orm-do").canonicalize()?;
    for (name, checkout) in [("whole", root().canonicalize()?), ("crate-alone", driver.clone())] {
        let output = run_in(folder.path(), &["new", name, "--path", path(&checkout)?])?;
        ensure!(output.status.success(), "{output:?}");
        let manifest: toml::Table = fs::read_to_string(folder.path().join(name).join("Cargo.toml"))?.parse()?;
        ensure!(manifest["dependencies"]["sea-orm-do"]["path"].as_str() == driver.to_str(), "{manifest}");
    }
    fails_in(folder.path(), &["new", "other", "--path", "nowhere"], "there is no folder nowhere")?;
    fails_in(folder.path(), &["new", "other", "--path", "."], ". is no checkout of sea-orm-do: it has no Cargo.toml")?;
    let none = "is no checkout of sea-orm-do: it has the packages ";
    let lonely = folder.path().join("lonely");
    fs::create_dir_all(lonely.join("src"))?;
    fs::write(lonely.join("src/lib.rs"), "")?;
    fs::write(lonely.join("Cargo.toml"), "[package]\nname = \"lonely\"\n[workspace]\n")?;
    fails_in(folder.path(), &["new", "other", "--path", "lonely"], &format!("{none}lonely"))?;
    fs::write(lonely.join("Cargo.toml"), "nonsense")?;
    fails_in(folder.path(), &["new", "other", "--path", "lonely"], "cargo cannot read lonely")?;
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
    fails_in(at, &["new", "worker"], "it is the name of a crate that the project depends on")?;
    ensure!(fs::read_dir(at)?.count() == 2, "something was written all the same");
    Ok(())
}
