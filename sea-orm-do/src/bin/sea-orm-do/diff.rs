//! `sea-orm-do diff`.

use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::source::read;

/// Exits as diff(1) does: with 0 if nothing differs, with 1 if something does.
pub(crate) fn print(before: &str, after: &str, token: Option<&str>, json: bool) -> Result<ExitCode> {
    ensure!((before, after) != ("-", "-"), "only one of the two schemas can come from standard input");
    let differences = read(before, token)?.diff(&read(after, token)?);
    if json {
        println!("{}", serde_json::to_string_pretty(&differences)?);
    } else {
        differences.iter().for_each(|difference| println!("{difference}"));
    }
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
