//! `cargo xtask bench`: the driver beside the bare storage and the JavaScript ORMs. See bench/README.md.

mod arena;
mod chart;
mod cold;
mod figures;
mod memory;
mod native;
mod profile;
mod report;
mod rounds;
mod scale;
mod size;
mod targets;
mod works;

use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;
use sea_orm_do_harness::bundle::Build;
use sea_orm_do_harness::workerd::Workerd;
use sea_orm_do_harness::workspace::Workspace;

use self::arena::Arena;
use self::report::{Line, Report};
use self::rounds::Effort;
use self::works::WORKS;

#[derive(Parser)]
#[command(name = "bench")]
struct Options {
    /// Do each piece of work a few times and check the result, on an unoptimised build
    #[arg(long)]
    quick: bool,
    /// Only the work with this in its name
    #[arg(long)]
    only: Option<String>,
    /// Rounds of each piece of work
    #[arg(long, default_value_t = 11)]
    rounds: usize,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// Measure only the sizes of workers, and print them as JSON
    #[arg(long)]
    sizes: bool,
    /// Show where the time of this work is spent, by V8's profiler, instead of how long it takes
    #[arg(long, value_name = "WORK")]
    profile: Option<String>,
}

fn main() -> ExitCode {
    let measured = Workspace::locate().and_then(|workspace| run_all(&workspace, &Options::parse()));
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// As often as `--quick` does each piece of work.
const QUICK: u32 = 3;

fn run_all(workspace: &Workspace, options: &Options) -> Result<()> {
    if let Some(work) = &options.profile {
        return profile::print(workspace, work);
    }
    if options.sizes {
        println!("{}", serde_json::to_string_pretty(&size::measure(workspace)?)?);
        return Ok(());
    }
    let build = if options.quick { Build::Quick } else { Build::Release };
    arena::build(workspace, build)?;
    let mut arena = Arena::open(workspace, &Workerd::find()?, build)?;
    rounds::prepare(&arena)?;
    let effort = if options.quick { Effort::Function(QUICK) } else { Effort::Rounds(options.rounds) };
    let mut report = Report { lines: measure(&arena, options, effort)?, ..Report::default() };
    if options.quick {
        println!("{} kinds of work, with the same outcome for every contestant", report.lines.len());
        return Ok(());
    }
    if options.only.is_none() {
        report.cold = cold::measure(&mut arena)?;
        (report.crowds, report.rates) = scale::measure(&mut arena)?;
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
