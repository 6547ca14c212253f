//! `cargo xtask project`: what `sea-orm-do new` writes is a worker whose tests pass, and that does what it says.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::process::run;
use sea_orm_do_harness::workerd::{Worker, Workerd};
use sea_orm_do_harness::workspace::Workspace;

use crate::smoke;

const FOLDER: &str = "target/project";
const NAME: &str = "bank";
const PROJECT: &str = "target/project/bank";

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let root = workspace.root();
    let (folder, project) = (root.join(FOLDER), root.join(PROJECT));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join(".cargo"))?;

    let mut build = workspace.cargo()?;
    build.args(["build", "--quiet", "--locked", "--features", "sea-orm-do/cli", "--bin", "sea-orm-do"]);
    run("building the command", &mut build)?;
    let mut new = workspace.command(root.join("target/debug/sea-orm-do"))?;
    new.args(["new", NAME, "--path"]).arg(root.join("sea-orm-do")).current_dir(&folder);
    run("writing a project", &mut new)?;

    // Most of what it depends on is built already: with these versions, with these profiles, in this folder.
    fs::copy(root.join("Cargo.lock"), project.join("Cargo.lock"))?;
    let profiles = workspace.manifest()?.get("profile").cloned().context("the workspace has no profiles")?;
    let profiles = toml::to_string(&toml::Table::from_iter([("profile".to_owned(), profiles)]))?;
    fs::write(folder.join(".cargo/config.toml"), format!("{profiles}\n[build]\ntarget-dir = \"..\"\n"))?;

    let mut test = workspace.cargo()?;
    test.args(["test", "--quiet", "--offline"]).current_dir(&project);
    run("running its tests", &mut test)?;
    bundle::worker(workspace, PROJECT, Build::Quick)?;
    serve(root)
}

/// What the guide and the project's own README show is what the worker answers.
fn serve(root: &Path) -> Result<()> {
    let workerd = Workerd::find()?;
    let objects = &[("BANKS", "Bank", true)];
    let date = workerd.newest_date()?;
    let server = workerd.start(&Worker { member: PROJECT, objects, date, prelude: None, texts: &[] })?;
    let base = format!("http://{}", server.address().context("workerd is not running")?);
    smoke::check(&root.join(PROJECT).join("README.md"), &base)?;
    smoke::check(&root.join("docs/quick-start.md"), &base)
}
