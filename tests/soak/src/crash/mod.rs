//! `cargo xtask crash`: workerd is killed at random moments, and what it had acknowledged must be there. See docs/trust.md.

mod kind;
mod report;
mod round;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use sea_orm_do_harness::workspace::Workspace;
use sea_orm_do_shared::bank::Sabotage;

use self::kind::Kind;
use self::report::Report;
use self::round::Arena;
use crate::bank;

#[derive(clap::Args)]
pub(crate) struct Options {
    #[arg(long, default_value_t = 300)]
    rounds: u32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// What the bank does wrong in turn, and the kind of round that must bring it to light.
const SABOTAGES: [(Sabotage, Kind); 4] = [
    (Sabotage::Early, Kind::Writes),
    (Sabotage::Split, Kind::Writes),
    (Sabotage::Pieces, Kind::Batches),
    (Sabotage::Traces, Kind::Migrations),
];
/// In so many rounds.
const ROUNDS_TO_NOTICE: u32 = 40;

pub(crate) fn run_all(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    bank::build(workspace)?;
    let mut report = Report::new(options.seed);
    for (sabotage, kind) in SABOTAGES {
        report.noticed.push(notice(sabotage, kind, options.seed)?);
    }
    eprintln!("› {} rounds", options.rounds);
    let started = Instant::now();
    let mut arena = Arena::open(options.seed, None)?;
    let mut told = Instant::now();
    for number in 0..options.rounds {
        report.add(number, arena.round(number, Kind::of(number))?);
        if report.is_bad() {
            break;
        }
        if told.elapsed() > Duration::from_secs(10) {
            told = Instant::now();
            eprintln!("  {} of {} rounds, {} writes answered", number + 1, options.rounds, report.answered);
        }
    }
    if !report.is_bad() {
        report.files = arena.check_files()?;
        report.check_reach(arena.stages.len());
    }
    report.seconds = started.elapsed().as_secs_f64();
    report.print(options.json)
}

/// Shows that the rounds notice a bank that does wrong.
fn notice(sabotage: Sabotage, kind: Kind, seed: u64) -> Result<report::Noticed> {
    eprintln!("› a bank that does wrong: {sabotage:?}");
    let mut arena = Arena::open(seed, Some(sabotage))?;
    for number in 0..ROUNDS_TO_NOTICE {
        if let Some(how) = arena.round(number, kind)?.wrong.into_iter().next() {
            eprintln!("  noticed in round {}: {how}", number + 1);
            return Ok(report::Noticed { sabotage, rounds: number + 1, how });
        }
    }
    bail!("{ROUNDS_TO_NOTICE} rounds did not notice a bank that does wrong: {sabotage:?}")
}
