//! The command `sea-orm-do` on what workerd serves and leaves on disk.

use std::fs;

use anyhow::{Context, Result, anyhow, ensure};
use libtest_mimic::Trial;
use sea_orm_do::introspect::Schema;
use sea_orm_do_harness::checked_in::compare;
use sea_orm_do_harness::command::{fails, path, succeeds};
use sea_orm_do_harness::root;
use sea_orm_do_harness::workerd::{Server, Worker, Workerd};

const TOKEN: &str = "a secret";
/// How the entities of the example are made; README.md shows it.
const ENTITIES: [&str; 6] =
    ["--lib", "--with-serde", "serialize", "--big-integer-type", "i32", "--register-feature=sea-orm-do"];

type Test = fn(&Workerd, &str) -> Result<()>;

const TESTS: [(&str, Test); 3] = [
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

fn reads_a_schema_over_http(workerd: &Workerd, date: &str) -> Result<()> {
    let mut server = example(workerd, date, &[("SCHEMA_TOKEN", TOKEN)])?;
    let url = format!("http://{}/w/demo/schema", server.address().context("workerd is not running")?);
    let served = succeeds(&["schema", "--json", "--url", &url, "--token", TOKEN])?;
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

fn is_told_nothing_without_the_secret(workerd: &Workerd, date: &str) -> Result<()> {
    let server = example(workerd, date, &[("SCHEMA_TOKEN", TOKEN)])?;
    let url = |server: &Server| format!("http://{}/w/demo/schema", server.address().unwrap_or_default());
    for arguments in [&["--token", "another secret"][..], &["--token", ""], &[]] {
        fails(&[&["schema", "--url", &url(&server)][..], arguments].concat(), "401 Unauthorized")?;
    }
    let without = example(workerd, date, &[])?;
    fails(&["schema", "--url", &url(&without), "--token", ""], "404 Not Found")
}
