//! What a run came to.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use sea_orm_do_shared::programs::{Outcome, Program};
use serde_json::json;

use super::documented::Documented;
use super::options::Options;

/// Differences that are shrunk and shown; more would be of the same causes.
const SHOWN: usize = 10;

pub struct Report<'a> {
    options: &'a Options,
    time: Duration,
    documented: BTreeMap<(&'static str, Documented), Vec<u64>>,
    differences: Vec<Difference>,
    more: usize,
}

pub struct Difference {
    pub side: &'static str,
    pub case: u64,
    pub program: Program,
    pub ours: Outcome,
    pub theirs: Outcome,
}

impl<'a> Report<'a> {
    pub fn new(options: &'a Options, time: Duration) -> Self {
        Self { options, time, documented: BTreeMap::new(), differences: Vec::new(), more: 0 }
    }

    pub fn documented(&mut self, side: &'static str, case: u64, why: Documented) {
        self.documented.entry((side, why)).or_default().push(case);
    }

    pub fn difference(&mut self, difference: Difference) {
        if !self.options.json {
            println!("{}", self.text(&difference));
        }
        self.differences.push(difference);
    }

    pub fn is_full(&self) -> bool {
        self.differences.len() >= SHOWN
    }

    pub fn more(&mut self) {
        self.more += 1;
    }

    fn command(&self, case: u64) -> String {
        format!("cargo xtask fuzz --seed {} --case {case}", self.options.seed)
    }

    fn text(&self, Difference { side, case, program, ours, theirs }: &Difference) -> String {
        let lines = ours.0.iter().zip(&theirs.0).filter(|(ours, theirs)| ours != theirs);
        let lines: Vec<_> = lines.map(|(ours, theirs)| format!("  {side}: {ours}\n  oracle: {theirs}")).collect();
        let counts = if ours.0.len() == theirs.0.len() {
            String::new()
        } else {
            format!("\n  {side} in full: {ours:?}\n  oracle in full: {theirs:?}")
        };
        format!("case {case} differs ({}):\n{program}{}{counts}\n", self.command(*case), lines.join("\n"))
    }

    /// Whether every difference is a documented one.
    pub fn print(&self) -> Result<bool> {
        let Options { seed, count, .. } = self.options;
        let differences = self.differences.len() + self.more;
        if self.options.json {
            let documented: Vec<_> = self
                .documented
                .iter()
                .map(|((side, why), cases)| json!({"side": side, "reason": why.reason(), "cases": cases}))
                .collect();
            let shown: Vec<_> = self
                .differences
                .iter()
                .map(|difference| {
                    json!({
                        "side": difference.side,
                        "case": difference.case,
                        "program": difference.program,
                        "text": self.text(difference),
                        "command": self.command(difference.case),
                    })
                })
                .collect();
            let all = json!({
                "seed": seed,
                "programs": count,
                "seconds": self.time.as_secs_f64(),
                "documented": documented,
                "differences": differences,
                "shown": shown,
            });
            println!("{}", serde_json::to_string_pretty(&all)?);
        } else {
            println!("seed {seed}: {count} programs in {:.1} s, {differences} differences", self.time.as_secs_f64());
            for ((side, why), cases) in &self.documented {
                let some: Vec<_> = cases.iter().take(3).map(ToString::to_string).collect();
                println!("  {side}: {} documented: {} (such as {})", cases.len(), why.reason(), some.join(", "));
            }
        }
        Ok(differences == 0)
    }
}
