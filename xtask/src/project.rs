//! `cargo xtask project`: what `sea-orm-do new` writes is a worker whose tests pass, and that does what it says.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
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
        if name == "shop" {
            drafts_for_the_driver(workspace, &root.join(project))?;
        }
        bundle::worker(workspace, project, Build::Quick)?;
        serve(root, project, objects)?;
    }
    beside_a_server(workspace)?;
    drafts_for_sea_orm(workspace)
}

/// `sea-orm-do migrate` in the folder of a project.
fn migrate(workspace: &Workspace, project: &Path, arguments: &[&str]) -> Result<Command> {
    let mut command = workspace.command(workspace.root().join("target/debug/sea-orm-do"))?;
    command.arg("migrate").args(arguments).current_dir(project).stdin(Stdio::null());
    Ok(command)
}

/// Fails unless `sea-orm-do migrate check` ends with this code.
fn checks(workspace: &Workspace, project: &Path, arguments: &[&str], code: i32) -> Result<()> {
    let output = migrate(workspace, project, &[&["check"], arguments].concat())?.output()?;
    let printed = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    ensure!(output.status.code() == Some(code), "migrate check ended with {}, not {code}: {printed}", output.status);
    Ok(())
}

fn edit(file: &Path, from: &str, to: &str) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    ensure!(text.contains(from), "{} has no {from:?}", file.display());
    Ok(fs::write(file, text.replace(from, to))?)
}

/// A change of the template's entity becomes a migration, with which its tests pass.
fn drafts_for_the_driver(workspace: &Workspace, project: &Path) -> Result<()> {
    checks(workspace, project, &[], 0)?;
    let columns =
        "pub pieces: i32,\n    pub colour: Option<String>,\n    #[sea_orm(default_value = 1)]\n    pub shelf: i32,";
    edit(&project.join("src/item.rs"), "pub pieces: i32,", columns)?;
    checks(workspace, project, &[], 1)?;
    run("drafting a migration", &mut migrate(workspace, project, &["draft", "add_colour"])?)?;
    checks(workspace, project, &[], 0)?;
    let mut test = workspace.cargo()?;
    test.args(["test", "--quiet", "--offline"]).current_dir(project);
    run("running its tests with it", &mut test)?;
    tries(workspace, project)?;
    knows_its_costs(workspace, project)
}

/// What the statements of its tests cost: the transaction of the template reads and writes items.
fn knows_its_costs(workspace: &Workspace, project: &Path) -> Result<()> {
    let mut command = workspace.command(workspace.root().join("target/debug/sea-orm-do"))?;
    command.args(["cost", "--json"]).current_dir(project).env("CARGO_NET_OFFLINE", "true");
    let output = command.output()?;
    ensure!(output.status.success(), "cost ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    let costs: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let costs = costs.as_array().context("cost prints no list")?;
    let of = |text: &str| costs.iter().find(|cost| cost["statement"].as_str().is_some_and(|it| it.starts_with(text)));
    let update = of("UPDATE \"item\"").with_context(|| format!("no UPDATE is among {costs:?}"))?;
    let is_search = update["scans"] == serde_json::json!([]) && update["rows_written"].as_u64() > Some(0);
    ensure!(is_search && update["price_of_a_million"].as_f64() >= Some(1.0), "an update costs {update}");
    Ok(())
}

/// What the migrations would do to a database, here an empty file, which stays as it is.
fn tries(workspace: &Workspace, project: &Path) -> Result<()> {
    let file = project.join("empty.sqlite");
    fs::write(&file, "")?;
    let path = file.to_str().context("the folder is not UTF-8")?;
    for (command, printed) in [
        ("status", "pending m0001_create_item\n"),
        ("up", "applied m0001_create_item\n"),
        ("up", "table `item`: no table before, 0 rows after\n"),
    ] {
        let output = migrate(workspace, project, &[command, "--file", path])?.output()?;
        let answer = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success() && answer.contains(printed), "migrate {command} answers {answer:?}");
    }
    ensure!(fs::metadata(&file)?.len() == 0, "migrate up has changed the file itself");
    Ok(())
}

/// The same on SeaORM's own driver: the first migration, and one that creates the table again.
fn drafts_for_sea_orm(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root().join(FOLDER).join("native");
    for file in ["Cargo.toml", "src/lib.rs", "src/migrations.rs", "examples/migrate.rs"] {
        let (from, to) = (workspace.root().join("tests/with-server/native").join(file), folder.join(file));
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::copy(from, to).context(file)?;
    }
    edit(&folder.join("Cargo.toml"), "publish = false", "publish = false\n\n[workspace]")?;
    fs::copy(workspace.root().join("tests/with-server/Cargo.lock"), folder.join("Cargo.lock"))?;
    checks(workspace, &folder, &[], 1)?;
    run("drafting a migration for SeaORM's own driver", &mut migrate(workspace, &folder, &["draft", "first"])?)?;
    checks(workspace, &folder, &[], 0)?;
    edit(&folder.join("src/lib.rs"), "pub done: bool,", "pub done: Option<bool>,\n        pub weight: f64,")?;
    let value = ["--value", "task.weight=length(title)"];
    checks(workspace, &folder, &value, 1)?;
    let draft = [&["draft", "weigh"], &value[..]].concat();
    run("drafting one that creates a table again", &mut migrate(workspace, &folder, &draft)?)?;
    checks(workspace, &folder, &[], 0)
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
