//! `cargo xtask bench`: the driver beside the bare storage and the JavaScript ORMs. See bench/README.md.

mod arena;
mod chart;
mod cold;
mod figures;
mod memory;
mod profile;
mod report;
mod rounds;
mod size;
mod targets;
mod works;

use anyhow::{Result, ensure};
use sea_orm_do_harness::workerd::Workerd;

use self::arena::Arena;
use self::report::{Line, Report};
use self::rounds::Effort;
use self::works::WORKS;
use crate::bundle::Build;
use crate::workspace::Workspace;

pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) only: Option<String>,
    pub(crate) rounds: usize,
    pub(crate) json: bool,
    pub(crate) profile: Option<String>,
}

/// As often as `--quick` does each piece of work.
const QUICK: u32 = 3;

pub(crate) fn run_all(workspace: &Workspace, options: &Options) -> Result<()> {
    if let Some(work) = &options.profile {
        return profile::print(workspace, work);
    }
    arena::build(workspace, if options.quick { Build::Quick } else { Build::Release })?;
    let mut arena = Arena::open(workspace, &Workerd::find()?)?;
    rounds::prepare(&arena)?;
    let effort = if options.quick { Effort::Function(QUICK) } else { Effort::Rounds(options.rounds) };
    let mut report = Report { lines: measure(&arena, options, effort)?, ..Report::default() };
    if options.quick {
        println!("{} kinds of work, with the same outcome for every contestant", report.lines.len());
        return Ok(());
    }
    if options.only.is_none() {
        report.cold = cold::measure(&mut arena)?;
        report.growth = Some(memory::measure(&mut arena)?);
        report.sizes = Some(size::measure(workspace)?);
        report.publish(workspace)?;
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report.to_json())?);
    } else {
        println!("{}", report.to_markdown());
    }
    Ok(())
}

fn measure(arena: &Arena, options: &Options, effort: Effort) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for work in WORKS.iter().filter(|work| options.only.as_ref().is_none_or(|only| work.name.contains(only))) {
        eprintln!("› {}", work.title);
        lines.push(Line { work: *work, figures: rounds::measure(arena, work, effort)? });
    }
    ensure!(!lines.is_empty(), "no work has {} in its name", options.only.as_deref().unwrap_or_default());
    Ok(lines)
}
