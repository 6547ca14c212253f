//! `cargo xtask sea-orm-cli`: the entities that SeaORM's own command writes for the file of a Durable Object decode through
//! our driver. It builds sea-orm-cli first, which takes minutes, so it is not among the tests.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::process::{output, run};
use sea_orm_do_harness::setup;
use sea_orm_do_harness::workerd::{Server, Worker, Workerd};
use sea_orm_do_harness::workspace::Workspace;
use serde_json::{Value, json};

/// Beside SQLite it would bring two other databases and TLS.
const FEATURES: &str = "codegen,sqlx-sqlite,runtime-tokio";

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let version = workspace.version_of("sea-orm-codegen")?;
    let command = setup::installed("sea-orm-cli", &version, Some(FEATURES))?;
    let program = workspace.root().join("target/sea-orm-cli");
    let database = program.join("object.sqlite");
    if program.exists() {
        fs::remove_dir_all(&program)?;
    }
    fs::create_dir_all(program.join("src/entities"))?;
    leave_a_database(workspace, &database)?;

    let mut generate = workspace.command(&command)?;
    generate.args(["generate", "entity", "--entity-format", "dense", "--with-serde", "serialize"]);
    generate.arg("--database-url").arg(format!("sqlite://{}", database.display()));
    generate.arg("--output-dir").arg(program.join("src/entities"));
    run("writing entities with sea-orm-cli", &mut generate)?;
    for entry in fs::read_dir(program.join("src/entities"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        ensure!(!name.contains("cf_"), "sea-orm-cli has written {name} for a table of the runtime");
    }
    let read = read(workspace, &program, &database)?;
    ensure!(read == expected(), "the entities read\n{read}\ninstead of\n{}", expected());
    eprintln!("the entities of sea-orm-cli {version} decode through the driver");
    Ok(())
}

/// Leaves the file of a workspace of the example, with a project, a task and a tag in it.
fn leave_a_database(workspace: &Workspace, to: &Path) -> Result<()> {
    bundle::example(workspace, Build::Quick)?;
    let workerd = Workerd::find()?;
    let objects = &[("WORKSPACES", "Workspace", true)];
    let (date, prelude, texts) = (workerd.newest_date()?, None, &[][..]);
    let mut server = workerd.start(&Worker { member: "examples/crud-worker", objects, date, prelude, texts })?;
    post(&server, "projects", &json!({ "name": "Apollo" }))?;
    let task = json!({
        "project_id": 1, "title": "Build a rocket", "due_on": "2026-12-31", "estimate_hours": 7.5, "tags": ["steel"]
    });
    post(&server, "tasks", &task)?;
    server.change_files("Workspace", |file| {
        // What is not yet in the file itself: https://www.sqlite.org/wal.html.
        for suffix in ["", "-wal"] {
            let from = format!("{}{suffix}", file.display());
            if Path::new(&from).exists() {
                fs::copy(from, format!("{}{suffix}", to.display()))?;
            }
        }
        Ok(())
    })?;
    // As the runtime makes it for an object that also uses `ctx.storage.put`, which the example does not.
    let table = "CREATE TABLE _cf_KV (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID";
    let script = "const [, file, sql] = process.argv; new (require('node:sqlite').DatabaseSync)(file).exec(sql)";
    let mut node = workspace.command("node")?;
    run("adding a table of the runtime", node.args(["-e", script]).arg(to).arg(table))
}

fn post(server: &Server, what: &str, body: &Value) -> Result<()> {
    let request = server.request("POST", &format!("/w/demo/{what}")).body("application/json", &body.to_string());
    let answer = request.send()?;
    ensure!(answer.status == 201, "{} {}", answer.status, answer.body);
    Ok(())
}

/// Builds tests/sea-orm-cli/main.rs on the entities, with the versions of the workspace, and runs it.
fn read(workspace: &Workspace, program: &Path, database: &Path) -> Result<Value> {
    let root = workspace.root();
    fs::copy(root.join("tests/sea-orm-cli/main.rs"), program.join("src/main.rs"))?;
    fs::copy(root.join("Cargo.lock"), program.join("Cargo.lock"))?;
    let manifest = format!(
        r#"[package]
name = "sea-orm-cli-check"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
futures-util = {{ version = "0.3", default-features = false }}
sea-orm = {{ version = "2.0", default-features = false, features = ["macros", "with-chrono", "with-json"] }}
sea-orm-do = {{ path = "{}", features = ["native"] }}
serde = "1.0"
serde_json = "1.0"
"#,
        root.join("sea-orm-do").display()
    );
    fs::write(program.join("Cargo.toml"), manifest)?;
    let mut build = workspace.cargo()?;
    build.args(["build", "--quiet", "--offline", "--target-dir"]).arg(root.join("target")).current_dir(program);
    run("building a program on the entities", &mut build)?;
    let program = root.join("target/debug/sea-orm-cli-check").with_extension(std::env::consts::EXE_EXTENSION);
    Ok(without_times(serde_json::from_str(&output(workspace.command(program)?.arg(database))?)?))
}

fn without_times(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_times(item.take())),
        Value::Object(fields) => {
            fields.remove("created_at");
            fields.values_mut().for_each(|field| *field = without_times(field.take()));
        }
        _ => {}
    }
    value
}

fn expected() -> Value {
    let task = json!({
        "id": 1, "project_id": 1, "title": "Build a rocket", "done": false, "due_on": "2026-12-31", "estimate_hours": 7.5
    });
    let project = json!({ "id": 1, "name": "Apollo", "description": null });
    json!({ "tasks": [[task, project]], "tags": [[task, [{ "id": 1, "name": "steel" }]]] })
}
