//! What `into_json` gives on the same rows, and where the two drivers differ by design.

use anyhow::{Result, ensure};
use sea_orm_do_tests::matrix::report::Report;
use serde_json::Value;

/// SeaORM's own driver has no type that says JSON, and gives the text.
const DOCUMENTS: [&str; 3] = ["json", "json_struct", "json_list"];
/// It reads every REAL as an `f32` first (sea-orm-2.0.4/src/query/json.rs:171), which rounds and overflows to null.
const REALS: [&str; 5] = ["float64", "decimal", "decimal_fraction", "big_decimal", "big_decimal_fraction"];
/// It takes every blob of sixteen bytes for a UUID (query/json.rs:189).
const BYTES: &str = "bytes";
/// What JSON has no number for is an error of ours, and null of theirs.
const INFINITY: &str = "infinity";

/// The first difference that is not by design.
pub fn compare(ours: &Report, theirs: &Report) -> Result<()> {
    ensure!(ours.json.keys().eq(theirs.json.keys()), "not the same tables");
    for ((table, ours), theirs) in ours.json.iter().zip(theirs.json.values()) {
        let (ours, theirs) = match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => (ours, theirs),
            (Err(error), Ok(_)) if table == INFINITY && error.contains("cannot be written in JSON") => continue,
            (ours, theirs) => anyhow::bail!("{table}: {ours:?} instead of {theirs:?}"),
        };
        ensure!(ours.len() == theirs.len(), "{table}: {} rows instead of {}", ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(theirs) {
            ensure!(ours["id"] == theirs["id"], "{table}: {ours} instead of {theirs}");
            for column in ["value", "maybe"] {
                let (ours, theirs) = (&ours[column], &theirs[column]);
                ensure!(ours == theirs || by_design(table, ours, theirs), "{table}: {ours} instead of {theirs}");
            }
        }
    }
    Ok(())
}

fn by_design(table: &str, ours: &Value, theirs: &Value) -> bool {
    if DOCUMENTS.contains(&table) {
        return theirs.as_str().and_then(|text| serde_json::from_str(text).ok()).as_ref() == Some(ours);
    }
    if REALS.contains(&table) {
        #[allow(clippy::cast_possible_truncation, reason = "as the other driver does it")]
        let single = ours.as_f64().map(|number| number as f32).filter(|number| number.is_finite());
        #[allow(clippy::cast_possible_truncation, reason = "it was one")]
        return single == theirs.as_f64().map(|number| number as f32);
    }
    let bytes = ours.as_array().filter(|bytes| table == BYTES && bytes.len() == 16);
    let digits = bytes.map(|bytes| bytes.iter().map(|byte| format!("{:02x}", byte.as_u64().unwrap_or_default())));
    digits.map(String::from_iter) == theirs.as_str().map(|uuid| uuid.replace('-', ""))
}
