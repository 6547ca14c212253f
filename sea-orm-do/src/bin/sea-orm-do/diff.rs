//! `sea-orm-do diff`.

use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::source::read;

/// Ends as diff(1) does: 0 when nothing differs, 1 when something does.
pub(crate) fn print(before: &str, after: &str, token: Option<&str>, json: bool) -> Result<ExitCode> {
    ensure!((before, after) != ("-", "-"), "there is only one standard input: one of the two must be another place");
    let differences = read(before, token)?.diff(&read(after, token)?);
    if json {
        println!("{}", serde_json::to_string_pretty(&differences)?);
    } else {
        differences.iter().for_each(|difference| println!("{difference}"));
    }
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
