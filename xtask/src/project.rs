//! `cargo xtask project`: what `sea-orm-do new` writes is a worker whose tests pass, and that does what it says.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::process::run;
use sea_orm_do_harness::setup::WASM_TARGET;
use sea_orm_do_harness::workerd::{Worker, Workerd};
use sea_orm_do_harness::workspace::Workspace;

use crate::smoke;

const FOLDER: &str = "target/project";

/// Binding, class, and whether the class is backed by SQLite.
type Objects = &'static [(&'static str, &'static str, bool)];

/// Projects, each with its folder and its objects. The second name is a keyword of Rust, and the template uses the third for
/// something else.
const PROJECTS: [(&str, &str, Objects); 3] = [
    ("shop", "target/project/shop", &[("SHOP", "Shop", true)]),
    ("match", "target/project/match", &[("MATCH", "Match", true)]),
    ("state", "target/project/state", &[("STATE_OBJECT", "StateObject", true)]),
];

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let root = workspace.root();
    let folder = root.join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join(".cargo"))?;

    let mut build = workspace.cargo()?;
    build.args(["build", "--quiet", "--locked", "--features", "sea-orm-do/cli", "--bin", "sea-orm-do"]);
    run("building the command", &mut build)?;
    // Most of what they depend on is built already: with these versions, with these profiles, in this folder.
    let profiles = workspace.manifest()?.get("profile").cloned().context("the workspace has no profiles")?;
    let profiles = toml::to_string(&toml::Table::from_iter([("profile".to_owned(), profiles)]))?;
    fs::write(folder.join(".cargo/config.toml"), format!("{profiles}\n[build]\ntarget-dir = \"..\"\n"))?;

    for (name, project, objects) in PROJECTS {
        let mut new = workspace.command(root.join("target/debug/sea-orm-do"))?;
        new.args(["new", name, "--path"]).arg(root).current_dir(&folder);
        run(&format!("writing the project {name}"), &mut new)?;
        fs::copy(root.join("Cargo.lock"), root.join(project).join("Cargo.lock"))?;
        let mut test = workspace.cargo()?;
        test.args(["test", "--quiet", "--offline"]).current_dir(root.join(project));
        run("running its tests", &mut test)?;
        bundle::worker(workspace, project, Build::Quick)?;
        serve(root, project, objects)?;
    }
    beside_a_server(workspace)
}

/// A native server and a worker that share entities compile, one by one.
fn beside_a_server(workspace: &Workspace) -> Result<()> {
    for (package, target) in [("server", &[][..]), ("worker-on-entities", &["--target", WASM_TARGET])] {
        let mut check = workspace.cargo()?;
        check.args(["check", "--quiet", "--locked", "--package", package, "--target-dir"]);
        check.arg(workspace.root().join(FOLDER).join("with-server")).args(target);
        check.current_dir(workspace.root().join("tests/with-server"));
        run(&format!("checking the {package} of tests/with-server"), &mut check)?;
    }
    Ok(())
}

/// What the guide and the project's own README show is what the worker answers.
fn serve(root: &Path, project: &'static str, objects: Objects) -> Result<()> {
    let workerd = Workerd::find()?;
    let date = workerd.newest_date()?;
    let server = workerd.start(&Worker { member: project, objects, date, prelude: None, texts: &[] })?;
    let base = format!("http://{}", server.address().context("workerd is not running")?);
    smoke::check(&root.join(project).join("README.md"), &base)?;
    smoke::check(&root.join("docs/quick-start.md"), &base)
}
