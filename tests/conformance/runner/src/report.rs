//! One line a test, then a table; or all of it as JSON.

use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

use super::harness::{Mode, Outcome};

#[derive(Serialize)]
#[serde(tag = "verdict", content = "why", rename_all = "lowercase")]
pub(super) enum Verdict {
    Passed,
    Failed(String),
    Excluded(String),
}

impl Verdict {
    pub(super) fn from_outcome(outcome: Outcome) -> Self {
        outcome.map_or_else(Self::Failed, |()| Self::Passed)
    }
}

#[derive(Serialize)]
struct Line {
    test: String,
    mode: Mode,
    #[serde(flatten)]
    verdict: Verdict,
}

#[derive(Serialize)]
struct Counts {
    mode: Mode,
    passed: usize,
    failed: usize,
    excluded: usize,
}

#[derive(Serialize)]
pub(super) struct Report {
    #[serde(skip)]
    json: bool,
    tests: Vec<Line>,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self { json, tests: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    pub(super) fn add(&mut self, test: &str, mode: Mode, verdict: Verdict) {
        if !self.json {
            let name = format!("{}::{test}", mode.name());
            match &verdict {
                Verdict::Passed => println!("{name} ... ok"),
                Verdict::Failed(why) => println!("{name} ... FAILED\n    {}", why.trim().replace('\n', "\n    ")),
                Verdict::Excluded(why) => println!("{name} ... excluded: {why}"),
            }
        }
        self.tests.push(Line { test: test.to_owned(), mode, verdict });
    }

    /// The table, and the exit code that goes with it.
    pub(super) fn print(&self) -> Result<ExitCode> {
        let counts = Mode::ALL.map(|mode| self.count(mode));
        if self.json {
            let value = serde_json::json!({ "counts": counts, "tests": self.tests });
            println!("{}", serde_json::to_string_pretty(&value)?);
        } else {
            println!("\n| handle | passed | failed | excluded | all |\n| --- | ---: | ---: | ---: | ---: |");
            for Counts { mode, passed, failed, excluded } in &counts {
                let all = passed + failed + excluded;
                println!("| {} | {passed} | {failed} | {excluded} | {all} |", mode.name());
            }
        }
        let failed = counts.iter().any(|counts| counts.failed > 0);
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn count(&self, mode: Mode) -> Counts {
        let count =
            |is: fn(&Verdict) -> bool| self.tests.iter().filter(|line| line.mode == mode && is(&line.verdict)).count();
        Counts {
            mode,
            passed: count(|verdict| matches!(verdict, Verdict::Passed)),
            failed: count(|verdict| matches!(verdict, Verdict::Failed(_))),
            excluded: count(|verdict| matches!(verdict, Verdict::Excluded(_))),
        }
    }
}
