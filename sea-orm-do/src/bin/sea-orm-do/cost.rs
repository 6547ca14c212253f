//! `sea-orm-do cost`: runs a project's tests with a recorder on, and prints what their statements cost.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use sea_orm_do::{PlanStep, Scan};
use serde::{Deserialize, Serialize};

use crate::arguments;
use crate::folder::Folder;

/// US dollars for a million rows beyond what a plan includes, in November 2026:
/// <https://developers.cloudflare.com/durable-objects/platform/pricing/>.
const READ: f64 = 0.001;
const WRITTEN: f64 = 1.0;

/// A line of a record: the plan of a text, or what one run of it cost.
#[derive(Deserialize)]
struct Record {
    statement: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum What {
    Plan { plan: Vec<PlanStep>, scans: Vec<Scan> },
    Run { rows_read: u64, rows_written: u64, is_estimate: bool },
}

/// What a statement cost in all its runs.
#[derive(Default, Serialize)]
struct Cost {
    statement: String,
    times: u64,
    rows_read: u64,
    rows_written: u64,
    /// Whether SQLite's counters left some of the numbers open.
    is_estimate: bool,
    /// US dollars for a million runs, beyond what a plan includes.
    price_of_a_million: f64,
    plan: Vec<PlanStep>,
    scans: Vec<Scan>,
}

pub(crate) fn print(arguments: &arguments::Cost) -> Result<ExitCode> {
    let folder = Folder::new("cost")?;
    let mut cargo = arguments.project.cargo(&["test"]);
    cargo.args(&arguments.tests).env("SEA_ORM_DO_COST", &folder.0).stdin(Stdio::null());
    // What the tests print is not the table.
    cargo.stdout(std::io::stderr());
    let passed = cargo.status().context("cargo test")?.success();
    let costs = read(&folder)?;
    ensure!(
        !costs.is_empty(),
        "the tests ran no statement that was recorded: it needs tests on DoConnection::in_memory or open_file, and the \
         features `native` and `with-json` of sea-orm-do"
    );
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&costs)?);
    } else {
        show(&costs);
    }
    if !passed {
        eprintln!("some tests have failed");
    }
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The costs of all processes, those that read most first.
fn read(folder: &Folder) -> Result<Vec<Cost>> {
    let mut costs: BTreeMap<String, Cost> = BTreeMap::new();
    for entry in fs::read_dir(&folder.0)? {
        for line in BufReader::new(fs::File::open(entry?.path())?).lines() {
            let Record { statement, what } = serde_json::from_str(&line?).context("a record of the tests")?;
            let fresh = || Cost { statement: statement.clone(), ..Cost::default() };
            let cost = costs.entry(statement.clone()).or_insert_with(fresh);
            match what {
                What::Plan { plan, scans } => {
                    cost.plan = plan;
                    cost.scans = scans;
                }
                What::Run { rows_read, rows_written, is_estimate } => {
                    cost.times += 1;
                    cost.rows_read += rows_read;
                    cost.rows_written += rows_written;
                    cost.is_estimate |= is_estimate;
                }
            }
        }
    }
    let mut costs: Vec<_> = costs.into_values().filter(|cost| cost.times > 0).collect();
    for cost in &mut costs {
        cost.price_of_a_million = cost.each(cost.rows_read) * READ + cost.each(cost.rows_written) * WRITTEN;
    }
    costs.sort_by(|a, b| b.rows_read.cmp(&a.rows_read).then_with(|| a.statement.cmp(&b.statement)));
    Ok(costs)
}

impl Cost {
    /// The mean of a run.
    #[allow(clippy::cast_precision_loss, reason = "a mean of rows")]
    fn each(&self, rows: u64) -> f64 {
        rows as f64 / self.times as f64
    }
}

fn show(costs: &[Cost]) {
    say!(
        "{:>6}  {:>9} {:>7}  {:>9} {:>7}  {:>11}  statement",
        "runs",
        "read",
        "each",
        "written",
        "each",
        "$ a million"
    );
    for cost in costs {
        let about = if cost.is_estimate { "~" } else { "" };
        say!(
            "{:>6}  {:>9} {:>7.1}  {:>9} {:>7.1}  {:>11.4}  {}",
            cost.times,
            format!("{about}{}", cost.rows_read),
            cost.each(cost.rows_read),
            format!("{about}{}", cost.rows_written),
            cost.each(cost.rows_written),
            cost.price_of_a_million,
            cost.statement
        );
        for PlanStep { depth, detail } in &cost.plan {
            say!("{:62}{}{detail}", "", "  ".repeat(*depth));
        }
        for scan in &cost.scans {
            say!("{:62}reads {scan}", "");
            scan.indexes.iter().for_each(|index| say!("{:62}would help: {index}", ""));
        }
    }
    say!(
        "\n`~`: an estimate. The price is for a million runs, at ${READ} for a million rows read and ${WRITTEN} for a \
         million rows written, beyond what a plan includes; a statement that reads every row costs more with more rows."
    );
}
