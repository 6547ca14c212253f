//! The oracle of equality is SeaORM's own SQLite driver, sqlx-sqlite, on the same data.

mod exchange;
mod json;
mod program;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use anyhow::{Result, anyhow, ensure};
use libtest_mimic::Trial;

use crate::workerd::Workerd;
use exchange::{Exchange, Place};
use program::ask;

/// Tables that it writes, but reads no row of, with what it says of them.
const UNREADABLE: [(&str, &str); 2] = [
    // sea-orm-2.0.4/src/executor/query.rs:708 reads decimals from floats only.
    ("decimal_text", "is not compatible with SQL type `TEXT`"),
    // query.rs:637
    ("uint64", "u64 unsupported by sqlx-sqlite"),
];

pub fn trials(workerd: &Workerd, dates: &[String]) -> Vec<Trial> {
    let mut trials = vec![
        trial("oracle::gives_back_what_the_matrix_writes".to_owned(), gives_back_what_the_matrix_writes),
        trial("oracle::loses_what_we_refuse".to_owned(), loses_what_we_refuse),
    ];
    let places = dates.iter().map(|date| (date.clone(), Place::Workerd(workerd.clone(), date.clone())));
    for (prefix, place) in places.chain([("native".to_owned(), Place::Native)]) {
        let exchange = Arc::new(Lazy { place, done: OnceLock::new() });
        trials.extend(COMPARISONS.map(|(name, compare)| {
            let exchange = exchange.clone();
            trial(format!("{prefix}::oracle::{name}"), move || compare(exchange.get()?))
        }));
    }
    trials
}

fn trial(name: String, run: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || run().map_err(|error| format!("{error:#}").into()))
}

/// Made when it is first asked for.
struct Lazy {
    place: Place,
    done: OnceLock<Result<Exchange, String>>,
}

impl Lazy {
    fn get(&self) -> Result<&Exchange> {
        let done = self.done.get_or_init(|| Exchange::run(&self.place).map_err(|error| format!("{error:#}")));
        done.as_ref().map_err(|error| anyhow!("{error}"))
    }
}

type Comparison = fn(&Exchange) -> Result<()>;

const COMPARISONS: [(&str, Comparison); 6] = [
    ("reads_what_we_wrote", |exchange| {
        let file = &exchange.our_file;
        same(&readable(&file.by_us.models), &readable(&file.by_them.models))
    }),
    ("we_read_what_it_wrote", |exchange| {
        let file = &exchange.their_file;
        same(&readable(&file.by_us.models), &readable(&file.by_them.models))
    }),
    ("we_read_the_same_in_both_files", |exchange| {
        same(&exchange.our_file.by_us.models, &exchange.their_file.by_us.models)
    }),
    ("stores_the_same_bytes", |exchange| same(&exchange.our_file.storage, &exchange.their_file.storage)),
    ("gives_the_same_json", |exchange| json::compare(&exchange.our_file.by_us, &exchange.our_file.by_them)),
    ("gives_expressions_the_same_values", |exchange| {
        same(&exchange.our_file.by_us.expressions, &exchange.our_file.by_them.expressions)
    }),
];

/// Without the tables that it reads no row of.
fn readable<T: Clone>(tables: &BTreeMap<String, T>) -> BTreeMap<String, T> {
    let unread = |table: &String| UNREADABLE.iter().any(|(name, _)| name == table && name != &"uint64");
    tables.iter().filter(|(table, _)| !unread(table)).map(|(table, rows)| (table.clone(), rows.clone())).collect()
}

fn same<T: Debug + PartialEq>(ours: &BTreeMap<String, T>, theirs: &BTreeMap<String, T>) -> Result<()> {
    ensure!(ours.keys().eq(theirs.keys()), "not the same entries");
    let pairs = ours.iter().zip(theirs.values()).filter(|((_, ours), theirs)| ours != theirs);
    let differences = pairs.map(|((name, ours), theirs)| format!("{name}: {ours:?} instead of {theirs:?}"));
    let differences: Vec<_> = differences.collect();
    ensure!(differences.is_empty(), "{}", differences.join("\n"));
    Ok(())
}

/// The matrix asks for nothing that SeaORM does not do by itself.
fn gives_back_what_the_matrix_writes() -> Result<()> {
    let checked: BTreeMap<String, Result<(), String>> = ask("check", None)?;
    for (table, outcome) in checked {
        let expected = UNREADABLE.iter().find(|(name, _)| *name == table).map(|(_, error)| *error);
        match (outcome, expected) {
            (Ok(()), None) => {}
            (Err(error), Some(expected)) if error.contains(expected) => {}
            (outcome, _) => anyhow::bail!("{table}: {outcome:?}"),
        }
    }
    Ok(())
}

/// An error of ours costs nobody a value that he would have had.
fn loses_what_we_refuse() -> Result<()> {
    let losses: Vec<(String, Result<String, String>)> = ask("refused", None)?;
    ensure!(!losses.is_empty(), "nothing is refused");
    for (what, outcome) in losses {
        let kept = outcome.is_ok_and(|read| what.ends_with(&format!(" {read}")));
        ensure!(!kept, "{what} is kept");
    }
    Ok(())
}
