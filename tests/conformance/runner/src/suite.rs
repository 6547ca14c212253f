//! From cargo's copy of sea-orm to a workspace in target/conformance: a crate for each file of the suite, and the worker
//! and the program of the host that run them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use sea_orm_do_harness::workspace::Workspace;

use super::exclusions::Exclusions;

/// The workspace.
pub(super) const WORKSPACE: &str = "target/conformance";
/// Where the worker is built.
pub(super) const WORKER: &str = "target/conformance/worker";
const TEMPLATE: &str = "tests/conformance/template";
const ATTRIBUTE: &str = "#[sea_orm_macros::test]";

/// The cfgs of the suite that are on. They are names only: SeaORM itself is built without sqlx.
const FEATURES: [&str; 13] = [
    "macros",
    "postgres-array",
    "rbac",
    "runtime-tokio",
    "serde",
    "sqlite-use-returning-for-3_35",
    "sqlx-sqlite",
    "stream",
    "with-bigdecimal",
    "with-chrono",
    "with-json",
    "with-rust_decimal",
    "with-time",
];

/// All that is changed in the suite: file, text, replacement. In wasm, `std::env::var` knows no variable.
const EDITS: [(&str, &str, &str); 1] =
    [("common/setup/mod.rs", r#"std::env::var("DATABASE_URL")"#, r#"dotenv::var("DATABASE_URL")"#)];

/// The entities that hold the name of their table, which no entity can be asked for: file, and the expressions that make
/// them as the file does.
const NAMED_AT_RUN_TIME: [(&str, [&str; 2]); 1] = [(
    "dyn_table_name_tests",
    [
        "dyn_table_name_tests::dyn_table_name::Entity { table_name: 1 }",
        "dyn_table_name_tests::dyn_table_name::Entity { table_name: 2 }",
    ],
)];

/// Writes the workspace; files that are as they should be are left alone, so that cargo does not build them again.
/// The names of the crates that the worker links: those that `filter` names, or all.
pub(super) fn generate(workspace: &Workspace, exclusions: &Exclusions, filter: Option<&str>) -> Result<Vec<String>> {
    let target = workspace.root().join("target/conformance");
    let upstream = workspace.folder_of("sea-orm")?.join("tests");
    for (file, old, _) in EDITS {
        let text = fs::read_to_string(upstream.join(file)).with_context(|| format!("the suite's {file}"))?;
        ensure!(text.contains(old), "the suite's {file} has no {old} to replace");
    }
    copy(&upstream, &target.join("upstream"), &|path, text| {
        let edits = EDITS.iter().filter(|(file, ..)| path.ends_with(file));
        edits.fold(text, |text, (_, old, new)| text.replace(old, new))
    })?;
    let files = files(&upstream, exclusions)?;
    let names = files.iter().map(|(name, _)| name.clone());
    let linked: Vec<_> = match filter.and_then(|filter| filter.split("::").next()) {
        Some(asked) if files.iter().any(|(name, _)| name.contains(asked)) => {
            names.filter(|name| name.contains(asked)).collect()
        }
        _ => names.collect(),
    };

    let profiles = workspace.manifest()?.get("profile").cloned().context("the workspace has no profiles")?;
    let profiles = toml::to_string(&toml::Table::from_iter([("profile".to_owned(), profiles)]))?;
    // The suite itself is big and runs once: building it is what takes the time.
    let unoptimised: String =
        files.iter().map(|(name, _)| format!("[profile.wasm-dev.package.{name}]\nopt-level = 0\n")).collect();
    let profiles = profiles + "\n" + &unoptimised;
    let dependencies: String =
        linked.iter().map(|name| format!("{name} = {{ path = \"../suite/{name}\" }}\n")).collect();
    copy(&workspace.root().join(TEMPLATE), &target, &|path, text| {
        let more = if path.ends_with("worker/Cargo.toml") || path.ends_with("remote/Cargo.toml") {
            &dependencies
        } else if path.ends_with("template/Cargo.toml") {
            &profiles
        } else {
            ""
        };
        text + more
    })?;
    for program in ["worker", "remote"] {
        write(&target.join(program).join("src/suite.rs"), &links(&linked))?;
    }
    // Cargo adds what the suite alone needs to its copy of our lock, so that is made anew only when ours has changed.
    let lock = fs::read_to_string(workspace.root().join("Cargo.lock"))?;
    if write(&target.join("Cargo.lock.ours"), &lock)? {
        write(&target.join("Cargo.lock"), &lock)?;
    }

    let template = fs::read_to_string(target.join("suite.toml"))?;
    for (name, path) in &files {
        let is_on = |feature: &&&str| exclusions.is_built_with(name, feature);
        let on: Vec<_> = FEATURES.iter().filter(is_on).map(|feature| format!("{feature:?}")).collect();
        let declared: String = FEATURES.iter().map(|feature| format!("{feature} = []\n")).collect();
        let manifest = template
            .replace("{name}", name)
            .replace("{path}", &format!("../../upstream/{path}"))
            .replace("{features}", &on.join(", "))
            .replace("{declared}", &declared);
        write(&target.join("suite").join(name).join("Cargo.toml"), &manifest)?;
    }
    remove_others(&target.join("suite"), &files)?;
    Ok(linked)
}

/// The source that links files of the suite.
fn links(linked: &[String]) -> String {
    let mentions: String = linked.iter().map(|name| format!("extern crate {name} as _;\n")).collect();
    let named = NAMED_AT_RUN_TIME.iter().filter(|(file, _)| linked.iter().any(|name| name == file));
    let registered: String =
        named.flat_map(|(_, entities)| entities).map(|entity| format!(".register_entity({entity})")).collect();
    format!(
        "//! Links the suite.\n\n{mentions}\n/// Registers the entities that hold the name of their table.\n\
         pub fn named_at_run_time(connection: sea_orm::conformance::Connection) -> sea_orm::conformance::Connection {{\n    \
         connection{registered}\n}}\n"
    )
}

/// The files with tests for SQLite that are run by the suite's own macro: name of the crate, and path.
fn files(upstream: &Path, exclusions: &Exclusions) -> Result<BTreeSet<(String, String)>> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(upstream)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).context("a file name that is not text")?;
        if path.join("main.rs").is_file() {
            files.insert((name.to_owned(), format!("{name}/main.rs")));
        } else if path.is_file() && fs::read_to_string(&path)?.contains(ATTRIBUTE) {
            files.insert((name.to_owned(), format!("{name}.rs")));
        }
    }
    files.retain(|(name, _)| !exclusions.other_databases.contains(name));
    if files.is_empty() {
        bail!("{} has no file with {ATTRIBUTE}", upstream.display());
    }
    Ok(files)
}

/// Copies the text files of a folder, each through `edit`.
fn copy(from: &Path, to: &Path, edit: &dyn Fn(&Path, String) -> String) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let path = entry?.path();
        let to = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &to, edit)?;
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "toml") {
            write(&to, &edit(&path, fs::read_to_string(&path)?))?;
        }
    }
    Ok(())
}

/// Whether there was something to write.
fn write(path: &Path, text: &str) -> Result<bool> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| path.display().to_string())?;
    Ok(true)
}

/// Removes the crates of files that an earlier version of the suite had.
fn remove_others(folder: &Path, files: &BTreeSet<(String, String)>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !files.iter().any(|(name, _)| entry.file_name() == name.as_str()) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
