//! A schema is the same, read inside workerd and on the host from the file that workerd leaves.

use std::cell::RefCell;

use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use sea_orm_do::introspect::{Schema, introspect_file};
use sea_orm_do_harness::workerd::Workerd;

use crate::suites::{told, worker};

const CASE: &str = "introspection::tells_the_same_as_the_host";

pub fn trials(workerd: &Workerd, dates: &[String]) -> Vec<Trial> {
    let trial = |date: &String| {
        let (workerd, date) = (workerd.clone(), date.clone());
        Trial::test(format!("{date}::introspection::is_the_same_on_the_host"), move || {
            compare(&workerd, &date).map_err(|error| format!("{error:#}").into())
        })
    };
    dates.iter().map(trial).collect()
}

fn compare(workerd: &Workerd, date: &str) -> Result<()> {
    let case = sea_orm_do_tests::all().into_iter().find(|case| case.name == CASE).context(CASE)?;
    let mut server = workerd.start(&worker(date, None))?;
    let inside: Schema = serde_json::from_str(&told(&server, &case, 0)?)?;
    let outside = RefCell::new(None);
    server.change_files("Sqlite", |file| {
        outside.replace(Some(introspect_file(file)?));
        Ok(())
    })?;
    let outside = outside.into_inner().context("workerd has left no file")?;
    let differences: Vec<_> = inside.diff(&outside).iter().map(ToString::to_string).collect();
    ensure!(differences.is_empty() && inside == outside, "{}", differences.join("\n"));
    ensure!(inside.tables.len() > 20, "only {} tables", inside.tables.len());
    Ok(())
}
