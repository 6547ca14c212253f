//! The types of the time crate, as text.
//!
//! The years 0 to 9999 are known to read back; the rest is read back here before it is stored.

use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::same;
use crate::dialect::decode::time as decode;
use crate::storage::SqlValue;

const FORM: &str = "the text form has years of four digits";

pub(super) fn date(value: Date) -> Result<SqlValue, String> {
    let text = value.format(decode::DATE).map_err(|_| formless(value, FORM))?;
    let reads_back = common_year(value.year()) || decode::date(&text) == Some(value);
    same(text, reads_back, FORM)
}

pub(super) fn time(value: Time) -> Result<SqlValue, String> {
    value.format(decode::TIME).map(SqlValue::Text).map_err(|_| formless(value, FORM))
}

pub(super) fn naive(value: PrimitiveDateTime) -> Result<SqlValue, String> {
    let text = value.format(decode::DATETIME).map_err(|_| formless(value, FORM))?;
    let reads_back = common_year(value.year()) || decode::naive(&text) == Some(value);
    same(text, reads_back, FORM)
}

pub(super) fn zoned(value: OffsetDateTime) -> Result<SqlValue, String> {
    const RFC3339: &str = "RFC 3339 has the years 0 to 9999, and offsets of whole minutes";
    value.format(&Rfc3339).map(SqlValue::Text).map_err(|_| formless(value, RFC3339))
}

fn common_year(year: i32) -> bool {
    (0..=9999).contains(&year)
}

fn formless(value: impl std::fmt::Display, why: &str) -> String {
    format!("'{value}' has no text form: {why}")
}
