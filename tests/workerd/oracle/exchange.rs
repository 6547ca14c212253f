//! Files that change hands: our driver's to SeaORM's own, and the other way round.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sea_orm_do_harness::oracle::ask;
use sea_orm_do_harness::workerd::Workerd;
use sea_orm_do_tests::case::Case;
use sea_orm_do_tests::host::run_step;
use sea_orm_do_tests::matrix::report::{Report, Storage};

use crate::suites::{told, worker};

/// The case that writes every table and tells what it reads; its second step only reads.
const CASE: &str = "matrix::every_table_in_one_file";

/// Where our driver runs.
#[derive(Clone, Debug)]
pub enum Place {
    Workerd(Workerd, String),
    Native,
}

/// What was read in the two files, by both drivers.
#[derive(Debug)]
pub struct Exchange {
    pub our_file: Readings,
    pub their_file: Readings,
}

/// What was read in one file.
#[derive(Debug)]
pub struct Readings {
    pub by_us: Report,
    pub by_them: Report,
    pub storage: Storage,
}

impl Exchange {
    pub fn run(place: &Place) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (ours, theirs) = (folder.path().join("ours.sqlite"), folder.path().join("theirs.sqlite"));
        let () = ask("write", Some(&theirs))?;
        let their_file = folder.path().join("copy.sqlite");
        fs::copy(&theirs, &their_file)?;
        let [first, second] = match place {
            Place::Workerd(workerd, date) => in_workerd(workerd, date, &ours, &theirs)?,
            Place::Native => natively(&ours, &theirs)?,
        };
        Ok(Self { our_file: Readings::of(first, &ours)?, their_file: Readings::of(second, &their_file)? })
    }
}

impl Readings {
    fn of(by_us: Report, file: &Path) -> Result<Self> {
        Ok(Self { by_us, by_them: ask("report", Some(file))?, storage: ask("storage", Some(file))? })
    }
}

fn case() -> Result<Case> {
    sea_orm_do_tests::all().into_iter().find(|case| case.name == CASE).context(CASE)
}

fn natively(ours: &Path, theirs: &Path) -> Result<[Report; 2]> {
    let case = case()?;
    let run = |step: usize, file: &Path| {
        let step = case.steps.get(step).context("no such step")?;
        Ok::<_, anyhow::Error>(serde_json::from_str(&run_step(step, file.to_owned())?)?)
    };
    Ok([run(0, ours)?, run(1, theirs)?])
}

fn in_workerd(workerd: &Workerd, date: &str, ours: &Path, theirs: &Path) -> Result<[Report; 2]> {
    let case = case()?;
    let mut server = workerd.start(&worker(date, None))?;
    let first = serde_json::from_str(&told(&server, &case, 0)?)?;
    server.change_files("Sqlite", |file| {
        move_database(file, ours)?;
        move_database(theirs, file)
    })?;
    Ok([first, serde_json::from_str(&told(&server, &case, 1)?)?])
}

/// With what is not yet in the file itself: <https://www.sqlite.org/wal.html>.
fn move_database(from: &Path, to: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let with_suffix = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        if with_suffix(from).exists() {
            fs::rename(with_suffix(from), with_suffix(to)).or_else(|_| {
                fs::copy(with_suffix(from), with_suffix(to)).and_then(|_| fs::remove_file(with_suffix(from)))
            })?;
        }
    }
    Ok(())
}
