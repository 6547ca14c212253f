//! One line a test, then a table; or all of it as JSON.

use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

use super::harness::Outcome;

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
    #[serde(flatten)]
    verdict: Verdict,
}

#[derive(Serialize)]
struct Counts {
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

    pub(super) fn add(&mut self, test: &str, verdict: Verdict) {
        if !self.json {
            match &verdict {
                Verdict::Passed => println!("{test} ... ok"),
                Verdict::Failed(why) => println!("{test} ... FAILED\n    {}", why.trim().replace('\n', "\n    ")),
                Verdict::Excluded(why) => println!("{test} ... excluded: {why}"),
            }
        }
        self.tests.push(Line { test: test.to_owned(), verdict });
    }

    /// The table, and the exit code that goes with it.
    pub(super) fn print(&self) -> Result<ExitCode> {
        let count = |is: fn(&Verdict) -> bool| self.tests.iter().filter(|line| is(&line.verdict)).count();
        let counts = Counts {
            passed: count(|verdict| matches!(verdict, Verdict::Passed)),
            failed: count(|verdict| matches!(verdict, Verdict::Failed(_))),
            excluded: count(|verdict| matches!(verdict, Verdict::Excluded(_))),
        };
        if self.json {
            let value = serde_json::json!({ "counts": counts, "tests": self.tests });
            println!("{}", serde_json::to_string_pretty(&value)?);
        } else {
            println!("\n| passed | failed | excluded | all |\n| ---: | ---: | ---: | ---: |");
            println!("| {} | {} | {} | {} |", counts.passed, counts.failed, counts.excluded, self.tests.len());
        }
        Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
