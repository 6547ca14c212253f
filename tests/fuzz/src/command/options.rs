//! The command line.

use std::ops::Range;

use clap::Parser;

/// Programs of one request: long enough to be worth it, short enough to be waited for.
const BATCH: u64 = 100;

/// Run random programs on the driver, in workerd and on the host, and on SeaORM's own SQLite driver: all must agree
#[derive(Parser)]
#[command(name = "cargo xtask fuzz")]
pub struct Options {
    /// What all programs follow from
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many programs
    #[arg(long = "cases", default_value_t = 1_000)]
    pub count: u64,
    /// This one alone
    #[arg(long, conflicts_with = "count")]
    case: Option<u64>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Leave workerd out
    #[arg(long)]
    pub native_only: bool,
    /// Print the program of --case and its outcome on each side
    #[arg(long, requires = "case")]
    pub show: bool,
}

impl Options {
    pub fn cases(&self) -> Range<u64> {
        self.case.map_or(0..self.count, |case| case..case + 1)
    }

    pub fn batches(&self) -> impl Iterator<Item = Range<u64>> {
        let end = self.cases().end;
        let step = usize::try_from(BATCH).unwrap_or(usize::MAX);
        self.cases().step_by(step).map(move |from| from..(from + BATCH).min(end))
    }
}
