//! `cargo xtask bench`: the driver beside the bare storage and the JavaScript ORMs. See bench/README.md.

mod arena;
mod figures;
mod report;
mod rounds;
mod works;

use anyhow::{Result, bail};

use self::arena::Arena;
use self::report::Report;
use self::rounds::Effort;
use self::works::WORKS;
use crate::workspace::Workspace;

pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) only: Option<String>,
    pub(crate) rounds: usize,
    pub(crate) json: bool,
}

/// Rows of a transaction and of a page come in hundreds, so a few of each piece of work are enough to see it work.
const QUICK: u32 = 3;

pub(crate) fn run_all(workspace: &Workspace, options: &Options) -> Result<()> {
    arena::build(workspace, !options.quick)?;
    let arena = Arena::open(workspace)?;
    rounds::prepare(&arena)?;
    let is_chosen = |name: &str| options.only.as_ref().is_none_or(|only| name.contains(only));
    let effort = if options.quick { Effort::Function(QUICK) } else { Effort::Rounds(options.rounds) };
    let mut report = Report::new(options.json);
    for work in WORKS.iter().filter(|work| is_chosen(work.name)) {
        report.add(work, rounds::measure(&arena, work, effort)?);
    }
    if report.is_empty() {
        bail!("no work has {} in its name", options.only.as_deref().unwrap_or_default());
    }
    report.print()
}
