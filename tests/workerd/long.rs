//! What takes long or is measured from outside, on one date.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use sea_orm_do_harness::workerd::{Server, Workerd};
use sea_orm_do_tests::case::Case;
use sea_orm_do_tests::host::run_step;

use crate::suites::{told, worker};

pub fn trials(workerd: &Workerd, date: &str) -> Vec<Trial> {
    let trial = |name: &'static str, run: fn(&mut Server, &Case) -> Result<()>| {
        let (workerd, worker) = (workerd.clone(), worker(date, None));
        Trial::test(format!("{date}::{name}"), move || {
            let start = || -> Result<()> {
                let case =
                    sea_orm_do_tests::long().into_iter().find(|case| case.name == name).context("no such case")?;
                run(&mut workerd.start(&worker)?, &case)
            };
            start().map_err(|error| format!("{error:#}").into())
        })
    };
    vec![
        trial("long::a_million_rows", streams_in_flat_memory),
        trial("long::a_transaction_of_31_seconds", is_reset_after_30_seconds),
        trial("long::a_panic_next_door", is_undone_after_a_panic_next_door),
        trial("long::statements_of_every_kind", are_as_on_the_host),
        // `cargo xtask origins` runs it.
        trial("long::statements_by_the_thousand", are_as_on_the_host).with_ignored_flag(true),
    ]
}

/// A stream of a million rows takes no more memory than one of 20,000.
fn streams_in_flat_memory(server: &mut Server, case: &Case) -> Result<()> {
    const PAGE_OF_WASM: u64 = 64 * 1024;
    const MIB: u64 = 1024 * 1024;
    told(server, case, 0)?;
    server.restart()?;
    told(server, case, 1)?;
    let before = server.peak_memory()?;
    let pages = told(server, case, 2)?;
    let growth = server.peak_memory()?.saturating_sub(before);
    let pages: Vec<u64> = pages.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let [first, last] = pages[..] else { anyhow::bail!("{pages:?}") };
    let wasm = (last - first) * PAGE_OF_WASM;
    eprintln!("a million rows: wasm memory grew by {} KiB, workerd's by {} KiB", wasm / 1024, growth / 1024);
    ensure!(wasm < 8 * MIB, "the wasm memory grew by {} MiB", wasm / MIB);
    ensure!(growth < 32 * MIB, "workerd grew by {} MiB", growth / MIB);
    Ok(())
}

/// Names, counts and values of random statements are those of the host.
fn are_as_on_the_host(server: &mut Server, case: &Case) -> Result<()> {
    // The SQLite of workerd is newer than that of the host. It finds columns of outer queries in ORDER BY and GROUP BY, takes
    // there for the number of a column what it has worked out to be a constant, and drops an ORDER BY without effect.
    const OF_ITS_VERSION: [&str; 4] =
        ["no such column", "ambiguous column", "term out of range", "misuse of aggregate"];
    // A scalar subquery over a UNION without ORDER BY, and a column that is not grouped by: any row will do, and each
    // version takes another. The third writes a float of 17 digits into a column of texts, where the host's writes 15.
    const OTHER_VALUES: [u64; 3] = [1_761, 2_122, 20_470];
    let inside = told(server, case, 0)?;
    let folder = tempfile::tempdir()?;
    let host = run_step(&case.steps[0], folder.path().join("statements.sqlite"))?;
    let by_seed = |told: &str| -> BTreeMap<u64, String> {
        let lines = told.lines().filter_map(|line| line.split_once(' '));
        lines.filter_map(|(seed, outcome)| Some((seed.parse().ok()?, outcome.to_owned()))).collect()
    };
    let (inside, host) = (by_seed(&inside), by_seed(&host));
    let both: Vec<_> = inside.iter().filter_map(|(seed, inside)| Some((seed, inside, host.get(seed)?))).collect();
    let count = |fails: bool| both.iter().filter(|(_, inside, _)| inside.starts_with('!') == fails).count();
    eprintln!("{} statements with rows and {} with an error inside workerd", count(false), count(true));
    let differing =
        both.iter().filter(|(seed, inside, host)| match (inside.strip_prefix('!'), host.strip_prefix('!')) {
            (None, None) => inside != host && !OTHER_VALUES.contains(*seed),
            (Some(error), None) | (None, Some(error)) => !OF_ITS_VERSION.iter().any(|reason| error.contains(reason)),
            (Some(_), Some(_)) => false,
        });
    let differing: Vec<_> = differing.take(10).collect();
    ensure!(differing.is_empty(), "seed, and rows with digest inside workerd and on the host: {differing:?}");
    Ok(())
}

fn is_reset_after_30_seconds(server: &mut Server, case: &Case) -> Result<()> {
    let error = told(server, case, 0).err().context("it was not reset")?;
    let error = format!("{error:#}");
    ensure!(error.contains("blockConcurrencyWhile"), "{error}");
    told(server, case, 1)?;
    Ok(())
}

/// What is held open in one object is undone when another one panics, which ends the wasm instance of both. Nobody is left
/// in the first to end it, so it is the runtime that resets the object after its 30 seconds.
fn is_undone_after_a_panic_next_door(server: &mut Server, case: &Case) -> Result<()> {
    let holding = server.request("POST", &format!("/run?case={}&step=0", case.name));
    // Not joined: its request is never answered.
    std::thread::spawn(move || drop(holding.send()));
    std::thread::sleep(Duration::from_secs(2));
    let panic = told(server, case, 1).err().context("it did not panic")?;
    ensure!(format!("{panic:#}").contains("next door"), "{panic:#}");
    let begun = Instant::now();
    // A request that waits for the object fails when that is reset.
    while let Err(error) = told(server, case, 2) {
        ensure!(begun.elapsed() < Duration::from_secs(40), "{error:#}");
    }
    Ok(())
}
