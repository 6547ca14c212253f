//! The oracle of equality is SeaORM's own SQLite driver, sqlx-sqlite, on the same data.

mod exchange;
mod json;
mod reading;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, anyhow, ensure};
use exchange::{Exchange, Place};
use libtest_mimic::Trial;
use sea_orm_do_harness::oracle::ask;
use sea_orm_do_harness::root;
use sea_orm_do_harness::workerd::Workerd;
use sea_orm_do_tests::matrix::Row;

/// Tables whose rows it writes, but does not give back, with what it says of them.
const EXCEPTIONS: [(&str, &str); 3] = [
    // It reads decimals from floats only: sea-orm-2.0.4/src/executor/query.rs:708.
    (TEXT, "is not compatible with SQL type `TEXT`"),
    // And every digit of the binary fraction, of which 0.1 has 55: query.rs:797. We read the shortest decimal of the float.
    (FRACTION, "instead of"),
    // query.rs:637. The oracle reads these rows as i64.
    ("uint64", "u64 unsupported by sqlx-sqlite"),
];
const TEXT: &str = "decimal_text";
const FRACTION: &str = "big_decimal_fraction";

pub fn trials(workerd: &Workerd, dates: &[String]) -> Vec<Trial> {
    let mut trials = vec![
        trial("oracle::gives_back_what_the_matrix_writes".to_owned(), gives_back_what_the_matrix_writes),
        trial("oracle::loses_what_we_refuse".to_owned(), loses_what_we_refuse),
        trial("oracle::reads_few_of_the_misfits".to_owned(), reads_few_of_the_misfits),
        trial("oracle::is_of_the_same_version".to_owned(), is_of_the_same_version),
        trial("oracle::the_shop_of_the_guides_comes_to_the_same".to_owned(), || ask("shop", None)),
        trial("oracle::the_guide_lists_what_is_read_otherwise".to_owned(), || reading::guide_shows_the_list(&root())),
    ];
    let places = dates.iter().map(|date| (date.clone(), Place::Workerd(workerd.clone(), date.clone())));
    for (prefix, place) in places.chain([("native".to_owned(), Place::Native)]) {
        let here = place.clone();
        trials.push(trial(format!("{prefix}::oracle::reads_what_it_reads"), move || reading::compare(&here)));
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
        same(&comparable(&file.by_us.models), &comparable(&file.by_them.models))
    }),
    ("we_read_what_it_wrote", |exchange| {
        let file = &exchange.their_file;
        same(&comparable(&file.by_us.models), &comparable(&file.by_them.models))
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

type Models = BTreeMap<String, Result<Vec<Row>, String>>;

/// Without the table that it does not read, and as floats where it reads other digits of them.
fn comparable(models: &Models) -> Models {
    let float = |digits: String| digits.parse::<f64>().map_or(digits, |number| number.to_string());
    let floats = |row: Row| Row { value: float(row.value), maybe: row.maybe.map(float), ..row };
    let models = models.iter().filter(|(table, _)| *table != TEXT);
    models
        .map(|(table, rows)| match rows.clone() {
            Ok(rows) if table == FRACTION => (table.clone(), Ok(rows.into_iter().map(floats).collect())),
            rows => (table.clone(), rows),
        })
        .collect()
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
        let expected = EXCEPTIONS.iter().find(|(name, _)| *name == table).map(|(_, error)| *error);
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

/// What it reads where we have an error: another value than the one that is stored.
const LENIENT: [(&str, &str, &str); 6] = [
    ("float32", "1e39", "inf"),
    ("float32", "1e300", "inf"),
    ("decimal", "1e-30", "0"),
    ("decimal_fraction", "1e-30", "0"),
    // The bytes of a text that is no UTF-8, which the runtime does not give.
    ("bytes", "CAST(x'61FF' AS TEXT)", "[97, 255]"),
    // The offset is read over.
    ("chrono_zoned", "'2024-02-29T04:05:06+99:00'", "2024-02-29T04:05:06+00:00 0"),
];

fn reads_few_of_the_misfits() -> Result<()> {
    let read: Vec<(String, String, Option<String>)> = ask("misfits", None)?;
    let read: Vec<_> = read.iter().map(|(table, value, read)| (&**table, &**value, read.as_deref())).collect();
    let expected = LENIENT.map(|(table, value, read)| (table, value, Some(read)));
    ensure!(read == expected, "{read:?}");
    Ok(())
}

/// The oracle has a lock file of its own.
fn is_of_the_same_version() -> Result<()> {
    let version = |lock: &str| -> Result<String> {
        let lock = std::fs::read_to_string(root().join(lock))?;
        let (_, after) = lock.split_once("name = \"sea-orm\"\nversion = ").context("no sea-orm in the lock file")?;
        Ok(after.lines().next().unwrap_or_default().to_owned())
    };
    let (ours, its) = (version("Cargo.lock")?, version("tests/oracle/Cargo.lock")?);
    ensure!(ours == its, "sea-orm is {ours} here and {its} there: run cargo update in tests/oracle");
    Ok(())
}
