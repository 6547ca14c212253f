//! `cargo xtask conformance`: SeaORM's own suite inside workerd. See tests/conformance/README.md.

mod exclusions;
mod harness;
mod report;
mod suite;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::workspace::Workspace;

use self::exclusions::Exclusions;
use self::harness::{Harness, Listed, Mode};
use self::report::{Report, Verdict};

#[derive(Parser)]
#[command(name = "conformance")]
struct Options {
    /// Only the tests with this in their names
    filter: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Options { filter, json } = Options::parse();
    let run = Workspace::locate().and_then(|workspace| run_all(&workspace, filter.as_deref(), json));
    run.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// Builds the suite and runs the tests whose names contain `filter`; a filter that begins with the name of a file builds
/// that file alone.
fn run_all(workspace: &Workspace, filter: Option<&str>, json: bool) -> Result<ExitCode> {
    let exclusions = Exclusions::read(workspace)?;
    let files = suite::generate(workspace, &exclusions, filter)?;
    bundle::worker(workspace, suite::WORKER, Build::Quick)?;

    let mut harness = Harness::start()?;
    let tests = harness.tests()?;
    exclusions.check_against(&tests, &files)?;
    let chosen = |name: &str| filter.is_none_or(|filter| name.contains(filter));
    let mut report = Report::new(json);
    for mode in Mode::ALL {
        let chosen_tests: Vec<_> = tests.iter().filter(|test| chosen(&test.name)).collect();
        let mut remote = match mode {
            Mode::Remote => harness.run_remotely(workspace, &chosen_tests)?,
            Mode::Default | Mode::Inferred | Mode::Async => BTreeMap::new(),
        };
        let mut outcome = |test: &Listed| match mode {
            Mode::Remote => remote.remove(&test.name).with_context(|| format!("the host has no test {}", test.name)),
            Mode::Default | Mode::Inferred | Mode::Async => harness.run(test, mode),
        };
        for test in chosen_tests {
            let verdict = match exclusions.of(&test.name, mode) {
                None if test.ignored => Verdict::Excluded("the suite itself ignores it".to_owned()),
                None => Verdict::from_outcome(outcome(test)?),
                Some(exclusion) => exclusion.judge(outcome(test)?),
            };
            report.add(&test.name, mode, verdict);
        }
        for (name, exclusion) in exclusions.unbuilt().filter(|(name, _)| chosen(name)) {
            report.add(name, mode, Verdict::Excluded(exclusion.reason.clone()));
        }
    }
    if report.is_empty() {
        bail!("no test has {} in its name", filter.unwrap_or_default());
    }
    report.print()
}
