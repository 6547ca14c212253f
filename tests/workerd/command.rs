//! The command `sea-orm-do` on what workerd serves and leaves on disk.

use std::fs;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use libtest_mimic::Trial;
use sea_orm_do::introspect::Schema;
use sea_orm_do_harness::checked_in::compare;
use sea_orm_do_harness::command::{built, fails, path, succeeds};
use sea_orm_do_harness::root;
use sea_orm_do_harness::workerd::{Server, Worker, Workerd};

const READ: &str = "open sesame";
const WRITE: &str = "open everything";
const SECRETS: &[(&str, &str)] = &[("DATABASE_TOKEN", READ), ("DATABASE_WRITE_TOKEN", WRITE)];
/// How the entities of the example are made; README.md shows it.
const ENTITIES: [&str; 6] =
    ["--lib", "--with-serde", "serialize", "--big-integer-type", "i32", "--register-feature=sea-orm-do"];

type Test = fn(&Workerd, &str) -> Result<()>;

const TESTS: [(&str, Test); 4] = [
    ("asks_and_changes_an_object", asks_and_changes_an_object),
    ("writes_the_entities_of_the_example", writes_the_entities_of_the_example),
    ("reads_a_schema_over_http", reads_a_schema_over_http),
    ("is_told_nothing_without_the_secret", is_told_nothing_without_the_secret),
];

pub fn trials(workerd: &Workerd, date: &str) -> Vec<Trial> {
    let trial = |(name, test): (&str, Test)| {
        let (workerd, date) = (workerd.clone(), date.to_owned());
        Trial::test(format!("command::{name}"), move || {
            test(&workerd, &date).map_err(|error| format!("{error:#}").into())
        })
    };
    TESTS.into_iter().map(trial).collect()
}

/// The example with a workspace in it.
fn example(workerd: &Workerd, date: &str, texts: &'static [(&'static str, &'static str)]) -> Result<Server> {
    let objects = &[("WORKSPACES", "Workspace", true)];
    let worker = Worker { member: "examples/crud-worker", objects, date: date.to_owned(), prelude: None, texts };
    let server = workerd.start(&worker)?;
    let answer = server.request("GET", "/w/demo/projects").send()?;
    ensure!(answer.status == 200, "{}", answer.body);
    Ok(server)
}

fn writes_the_entities_of_the_example(workerd: &Workerd, date: &str) -> Result<()> {
    let mut server = example(workerd, date, &[])?;
    // In the workspace, so that rustfmt finds its settings.
    let folder = tempfile::Builder::new().prefix("entities-").tempdir_in(root().join("target"))?;
    server.change_files("Workspace", |file| {
        let to = path(folder.path())?;
        succeeds(&[&["generate", "entity", "--file", path(file)?, "-o", to][..], &ENTITIES].concat())?;
        Ok(())
    })?;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.path())? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| anyhow!("{name:?}"))?;
        files.push((name, fs::read_to_string(entry.path())?));
    }
    compare("entities/src", &files)
}

/// What the command prints with this secret.
fn asked(server: &Server, secret: &str, arguments: &[&str]) -> Result<Output> {
    let url = format!("http://{}/w/demo/database", server.address().context("workerd is not running")?);
    let mut command = Command::new(built()?);
    command.args(arguments).args(["--url", &url, "--token-env", "SECRET"]).env("SECRET", secret).stdin(Stdio::null());
    Ok(command.output()?)
}

fn prints(server: &Server, secret: &str, arguments: &[&str]) -> Result<String> {
    let output = asked(server, secret, arguments)?;
    ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

fn complains(server: &Server, secret: &str, arguments: &[&str], complaint: &str) -> Result<()> {
    let output = asked(server, secret, arguments)?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(2) && said.contains(complaint), "{arguments:?}: {said}");
    Ok(())
}

fn reads_a_schema_over_http(workerd: &Workerd, date: &str) -> Result<()> {
    let mut server = example(workerd, date, SECRETS)?;
    let served = prints(&server, READ, &["schema", "--json"])?;
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("schema.json");
    fs::write(&copy, &served)?;
    server.change_files("Workspace", |file| {
        succeeds(&["diff", path(file)?, path(&copy)?])?;
        Ok(())
    })?;
    ensure!(serde_json::from_str::<Schema>(&served)?.table("task").is_some(), "{served}");
    Ok(())
}

fn asks_and_changes_an_object(workerd: &Workerd, date: &str) -> Result<()> {
    let server = example(workerd, date, SECRETS)?;
    let insert =
        "INSERT INTO project (name, description, created_at) VALUES ('Apollo', '', '2026-01-01 00:00:00+00:00')";
    complains(&server, WRITE, &["query", insert], "add --write to allow it")?;
    complains(&server, READ, &["query", insert, "--write"], "this access is read-only")?;
    ensure!(prints(&server, READ, &["query", "SELECT name FROM project", "--csv"])? == "name\n");
    prints(&server, WRITE, &["query", insert, "--write"])?;
    let rows = prints(&server, READ, &["query", "SELECT id, name, 9007199254740993 AS big FROM project", "--json"])?;
    ensure!(rows == "[\n  {\"id\": 1, \"name\": \"Apollo\", \"big\": 9007199254740993}\n]\n", "{rows}");
    let table = prints(&server, READ, &["query", "SELECT name FROM project"])?;
    ensure!(table.contains("│ Apollo │"), "{table}");
    let size = prints(&server, READ, &["size", "--rows", "--json"])?;
    let size: serde_json::Value = serde_json::from_str(&size)?;
    ensure!(size["rows"]["project"] == 1 && size["bytes"].as_u64() > Some(4096), "{size}");
    let plan = prints(&server, READ, &["explain", "SELECT * FROM project WHERE description = ?"])?;
    ensure!(plan.contains("SCAN project"), "{plan}");
    let migrations = prints(&server, READ, &["migrate", "status"])?;
    ensure!(!migrations.is_empty() && migrations.lines().all(|line| line.starts_with("applied ")), "{migrations}");
    complains(&server, READ, &["migrate", "up", "--write"], "this access is read-only")?;
    ensure!(prints(&server, WRITE, &["migrate", "up", "--write"])? == "nothing to apply\n");

    let folder = tempfile::tempdir()?;
    let script = folder.path().join("script.sql");
    prints(&server, READ, &["export", "-o", path(&script)?])?;
    ensure!(fs::read_dir(folder.path())?.count() == 1, "there are other files");
    let copy = folder.path().join("copy.sqlite");
    fs::write(&copy, "")?;
    succeeds(&["import", path(&script)?, "--file", path(&copy)?, "--write"])?;
    ensure!(succeeds(&["query", "SELECT name FROM project", "--csv", "--file", path(&copy)?])? == "name\nApollo\n");
    // Into an object that has these tables, nothing of it gets.
    complains(&server, WRITE, &["import", path(&script)?, "--write"], "already exists")?;
    fs::write(&script, "INSERT INTO tag (name) VALUES ('steel'); INSERT INTO tag (name) VALUES ('fire');")?;
    prints(&server, WRITE, &["import", path(&script)?, "--write"])?;
    ensure!(prints(&server, READ, &["query", "SELECT count(*) AS n FROM tag", "--csv"])? == "n\n2\n");
    Ok(())
}

fn is_told_nothing_without_the_secret(workerd: &Workerd, date: &str) -> Result<()> {
    let server = example(workerd, date, SECRETS)?;
    for secret in ["another secret", "", "open sesam"] {
        complains(&server, secret, &["schema"], "401")?;
    }
    let without = example(workerd, date, &[])?;
    complains(&without, READ, &["schema"], "404")?;
    let url = format!("http://{}/w/demo/database", server.address().context("workerd is not running")?);
    fails(&["schema", "--url", &url, "--token-env", "NO_SUCH_VARIABLE"], "NO_SUCH_VARIABLE: no such variable")
}
