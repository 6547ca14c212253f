//! `cargo xtask fuzz`: random programs on our driver inside workerd, on its native storage, and on SeaORM's own SQLite
//! driver, the oracle.
//!
//! What differs and is not among the documented differences is shrunk and printed.

mod documented;
mod options;
mod report;
mod shrink;
mod sides;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use documented::Documented;
use options::Options;
use report::{Difference, Report};
use sea_orm_do_shared::programs::program::Step;
use sea_orm_do_shared::programs::schema::Table;
use sea_orm_do_shared::programs::{Outcome, Program, program};
use sides::{Native, Oracle, Side, Worker};

pub fn main() -> ExitCode {
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
    let options = Options::parse();
    let mut oracle = Oracle::start()?;
    let mut ours: Vec<Box<dyn Side>> = vec![Box::new(Native)];
    if !options.native_only {
        ours.push(Box::new(Worker::start()?));
    }
    if options.show {
        return show(&program(options.seed, options.cases().start), &mut oracle, &mut ours);
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
                        let small = shrink(program, &mut **side, &mut oracle)?;
                        let (ours, theirs) = (side.outcome(&small)?, oracle.outcome(&small)?);
                        report.difference(Difference { side: side.name(), case, program: small, ours, theirs });
                    }
                }
            }
        }
    }
    report.print()
}

/// Prints a program and what it comes to on each side.
fn show(program: &Program, oracle: &mut Oracle, ours: &mut [Box<dyn Side>]) -> Result<bool> {
    println!("{program}");
    for side in [oracle as &mut dyn Side].into_iter().chain(ours.iter_mut().map(|side| &mut **side as &mut dyn Side)) {
        println!("{}:\n  {}", side.name(), side.outcome(program)?.0.join("\n").replace('\n', "\n  "));
    }
    Ok(true)
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

/// A small program that still differs, without mistakes that the program has not.
fn shrink(program: Program, side: &mut dyn Side, oracle: &mut Oracle) -> Result<Program> {
    let mistakes = |outcome: &Outcome| {
        let is_in = |mistake: &&'static str| outcome.0.iter().any(|line| line.contains(*mistake));
        MISTAKES.into_iter().filter(is_in).collect::<Vec<_>>()
    };
    let before = [side.outcome(&program)?, oracle.outcome(&program)?].map(|outcome| mistakes(&outcome));
    let columns = columns_of_models(&program);
    Ok(shrink::shrink(program, |program| {
        let is_sound = columns_of_models(program).iter().all(|table| columns.contains(table)) && keeps_keys(program);
        if !is_sound {
            return false;
        }
        let (Ok(ours), Ok(theirs)) = (side.outcome(program), oracle.outcome(program)) else { return false };
        let now = [&ours, &theirs].map(mistakes);
        let none_is_new =
            now.iter().zip(&before).all(|(now, before)| now.iter().all(|mistake| before.contains(mistake)));
        none_is_new && documented::explain(program, &ours, &theirs).is_none()
    }))
}

/// An entity reads all of its columns.
fn columns_of_models(program: &Program) -> Vec<(String, Vec<String>)> {
    let tables = program.tables.iter().filter(|table| ["item", "tag", "link"].contains(&table.name.as_str()));
    let names = |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect();
    tables.map(|table| (table.name.clone(), names(table))).collect()
}

/// Whether deferred foreign keys are left to transactions: outside of one, the runtime has nobody to tell.
fn keeps_keys(program: &Program) -> bool {
    let mut keys = program.tables.iter().flat_map(|table| &table.foreign_keys);
    let is_inside = |step: &Step| matches!(step, Step::Transaction(_) | Step::Select(_) | Step::Schema(_));
    keys.all(|key| !key.actions.contains("DEFERRED")) || program.steps.iter().all(is_inside)
}

/// What a shrunk program must not begin to do.
const MISTAKES: [&str; 10] = [
    // An output that is not what it is read as.
    "error: misfit",
    "no such ",
    "has no column",
    "syntax error",
    "incomplete input",
    "length mismatch",
    "foreign key mismatch",
    "keeps no transaction open",
    "must have at least",
    "no column ",
];

/// Why a program may come to something else on a side; an equal outcome needs no reason beyond that.
fn explain(program: &Program, side: &mut dyn Side, oracle: &mut Oracle) -> Result<Option<Documented>> {
    let (ours, theirs): (Outcome, Outcome) = (side.outcome(program)?, oracle.outcome(program)?);
    Ok(documented::explain(program, &ours, &theirs))
}
