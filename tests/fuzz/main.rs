//! `cargo xtask fuzz`: random programs on our driver inside workerd, on its native storage, and on SeaORM's own SQLite
//! driver, the oracle.
//!
//! What differs and is not among the documented differences is shrunk and printed.

mod documented;
mod options;
#[path = "../harness/oracle/program.rs"]
#[allow(dead_code, reason = "shared with the suites")]
mod oracle_program;
mod report;
mod shrink;
mod sides;
#[path = "../harness/workerd.rs"]
#[allow(dead_code, reason = "shared with the suites")]
mod workerd;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use sea_orm_do_tests::fuzz::{Outcome, Program, program};

use documented::Documented;
use options::Options;
use report::{Difference, Report};
use sides::{Native, Oracle, Side, Worker};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool> {
    let options = Options::read()?;
    let mut oracle = Oracle::start()?;
    let mut ours: Vec<Box<dyn Side>> = vec![Box::new(Native)];
    if !options.native_only {
        ours.push(Box::new(Worker::start()?));
    }
    let started = Instant::now();
    let (theirs, of_ours) = digests(&mut oracle, &mut ours, &options)?;
    let mut report = Report::new(&options, started.elapsed());
    for (at, case) in options.cases().enumerate() {
        for (side, digests) in ours.iter_mut().zip(&of_ours) {
            if digests.get(at) != theirs.get(at) {
                let program = program(options.seed, case);
                let known = explain(&program, &mut **side, &mut oracle)?;
                match known {
                    Some(known) => report.documented(side.name(), case, known),
                    None if report.is_full() => report.more(),
                    None => {
                        let small = shrink::shrink(program, |program| {
                            explain(program, &mut **side, &mut oracle).is_ok_and(|known| known.is_none())
                        });
                        let (ours, theirs) = (side.outcome(&small)?, oracle.outcome(&small)?);
                        report.difference(Difference { side: side.name(), case, program: small, ours, theirs });
                    }
                }
            }
        }
    }
    report.print()
}

/// Each side in a thread of its own.
fn digests(oracle: &mut Oracle, ours: &mut [Box<dyn Side>], options: &Options) -> Result<(Vec<u64>, Vec<Vec<u64>>)> {
    let all = |side: &mut dyn Side| {
        let started = Instant::now();
        let mut digests = Vec::new();
        for batch in options.batches() {
            let found = side.digests(options.seed, batch.start, batch.end);
            let found = found.with_context(|| format!("{} in the cases {batch:?}", side.name()))?;
            ensure!(found.len() as u64 == batch.end - batch.start, "{} has not answered for all cases", side.name());
            digests.extend(found);
        }
        eprintln!("  {}: {:.1} s", side.name(), started.elapsed().as_secs_f32());
        Ok(digests)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = ours.iter_mut().map(|side| scope.spawn(|| all(&mut **side))).collect();
        let theirs = all(oracle)?;
        let ours = threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a side panicked"))?);
        Ok((theirs, ours.collect::<Result<_>>()?))
    })
}

/// Why a program may come to something else on a side; an equal outcome needs no reason beyond that.
fn explain(program: &Program, side: &mut dyn Side, oracle: &mut Oracle) -> Result<Option<Documented>> {
    let (ours, theirs): (Outcome, Outcome) = (side.outcome(program)?, oracle.outcome(program)?);
    Ok(documented::explain(program, &ours, &theirs))
}
