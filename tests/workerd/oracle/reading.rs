//! Each Rust type from each storage class: what SeaORM's own driver reads is read, but for what the list says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use anyhow::{Result, anyhow, ensure};
use sea_orm_do_harness::oracle::ask;
use sea_orm_do_tests::host::run_step;
use sea_orm_do_tests::matrix::reading::Cells;
use sea_orm_do_tests::matrix::reading::list::{DIFFERENCES, Difference, Kind};

use super::exchange::Place;
use crate::suites::{told, worker};

const CASE: &str = "reading::every_type_from_every_value";

/// Of the cells that SeaORM's own driver reads.
const AT_LEAST: f64 = 0.95;

fn theirs() -> Result<&'static Cells> {
    static CELLS: OnceLock<Result<Cells, String>> = OnceLock::new();
    let cells = CELLS.get_or_init(|| ask("reading", None).map_err(|error| format!("{error:#}")));
    cells.as_ref().map_err(|error| anyhow!("{error}"))
}

fn ours(place: &Place) -> Result<Cells> {
    let cases = sea_orm_do_tests::all();
    let case = cases.iter().find(|case| case.name == CASE).ok_or_else(|| anyhow!("no case {CASE}"))?;
    let folder = tempfile::tempdir()?;
    let told = match place {
        Place::Native => run_step(&case.steps[0], folder.path().join("reading.sqlite"))?,
        Place::Workerd(workerd, date) => {
            let server = workerd.start(&worker(date, None))?;
            told(&server, case, 0)?
        }
    };
    Ok(serde_json::from_str(&told)?)
}

/// The difference that explains a cell.
fn listed(cell: &str, kind: Kind) -> Option<usize> {
    let mut parts = cell.split(" | ");
    let (ty, value) = (parts.next()?, parts.next()?);
    let is_of = |difference: &Difference| {
        let is_shown = difference.values.is_empty() || difference.values.contains(&value);
        difference.kind == kind && difference.types.contains(&ty) && is_shown
    };
    DIFFERENCES.iter().position(is_of)
}

fn kind(ours: &Result<String, String>, theirs: &Result<String, String>) -> Option<Kind> {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => (ours != theirs).then_some(Kind::Other),
        (Err(_), Err(_)) => None,
        (Ok(_), Err(_)) => Some(Kind::Extension),
        (Err(_), Ok(_)) => Some(Kind::Refusal),
    }
}

pub fn compare(place: &Place) -> Result<()> {
    let (ours, theirs) = (ours(place)?, theirs()?);
    let (mut read, mut same, mut shown) = (0_u32, 0_u32, BTreeSet::new());
    let mut unexplained = BTreeMap::new();
    for (cell, ours) in &ours {
        let theirs = theirs.get(cell).ok_or_else(|| anyhow!("the oracle has no cell {cell}"))?;
        read += u32::from(theirs.is_ok());
        same += u32::from(theirs.is_ok() && ours == theirs);
        if let Some(kind) = kind(ours, theirs) {
            match listed(cell, kind) {
                Some(at) => drop(shown.insert(at)),
                None => drop(unexplained.insert(cell, format!("{ours:?} instead of {theirs:?}"))),
            }
        }
    }
    let some: Vec<_> = unexplained.iter().take(40).map(|(cell, difference)| format!("{cell}: {difference}")).collect();
    ensure!(unexplained.is_empty(), "{} cells are not in the list\n{}", unexplained.len(), some.join("\n"));
    let share = f64::from(same) / f64::from(read);
    ensure!(share >= AT_LEAST, "{same} of the {read} cells that SeaORM's own driver reads are read");
    println!("{} cells, {read} of them read by SeaORM's own driver, {same} of these the same here", ours.len());
    if matches!(place, Place::Native) {
        let idle = DIFFERENCES.iter().enumerate().filter(|(at, _)| !shown.contains(at));
        let idle: Vec<_> = idle.map(|(_, difference)| difference.what).collect();
        ensure!(idle.is_empty(), "the list has what no cell shows: {idle:?}");
    }
    Ok(())
}

/// The table of docs/types.md.
pub fn table() -> String {
    let mut table =
        String::from("| types | what is stored | SeaORM's own driver | here |\n| --- | --- | --- | --- |\n");
    for Difference { types, what, native, here, .. } in DIFFERENCES {
        let types: Vec<_> = types.iter().map(|ty| format!("`{ty}`")).collect();
        table += &format!("| {} | {what} | {native} | {here} |\n", types.join(" "));
    }
    table
}

/// # Errors
/// When the guide shows another table.
pub fn guide_shows_the_list(root: &Path) -> Result<()> {
    let path = root.join("docs/types.md");
    let guide = std::fs::read_to_string(&path)?;
    let (start, end) = ("<!-- differences -->\n", "<!-- /differences -->");
    let from = guide.find(start).ok_or_else(|| anyhow!("docs/types.md has no {start}"))? + start.len();
    let to = guide[from..].find(end).ok_or_else(|| anyhow!("docs/types.md has no {end}"))? + from;
    let table = table();
    if std::env::var_os("SEA_ORM_DO_BLESS").is_some() {
        std::fs::write(path, format!("{}{table}{}", &guide[..from], &guide[to..]))?;
    } else {
        ensure!(guide[from..to] == table, "docs/types.md: run it with SEA_ORM_DO_BLESS=1 to write the table anew");
    }
    Ok(())
}
