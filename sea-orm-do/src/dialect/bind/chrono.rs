//! The types of chrono, as text.
//!
//! chrono's values reach further than the text forms do. The years 0 to 9999, without leap seconds, at an offset of
//! whole minutes, are known to read back; the rest is read back here before it is stored.

use std::fmt::Display;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, SecondsFormat, TimeZone, Timelike};

use super::same;
use crate::dialect::decode::chrono as decode;
use crate::storage::SqlValue;

const YEAR: &str = "the text forms have no such year";
const SECOND: &str = "a leap second comes after second 59";
const OFFSET: &str = "an offset has whole minutes, and a leap second comes after second 59";

pub(super) fn date(value: &NaiveDate) -> Result<SqlValue, String> {
    let text = value.format("%F").to_string();
    let reads_back = common_year(value) || decode::date(&text) == Some(*value);
    same(text, reads_back, YEAR)
}

pub(super) fn time(value: &NaiveTime) -> Result<SqlValue, String> {
    let text = value.format("%T%.f").to_string();
    let reads_back = common_second(value) || decode::time(&text) == Some(*value);
    same(text, reads_back, SECOND)
}

pub(super) fn naive(value: &NaiveDateTime) -> Result<SqlValue, String> {
    let text = value.format("%F %T%.f").to_string();
    let reads_back = common_year(value) && common_second(value)
        || decode::datetime(&text).is_some_and(|read| read.naive_utc() == *value);
    same(text, reads_back, SECOND)
}

pub(super) fn zoned<Tz: TimeZone<Offset: Display>>(value: &DateTime<Tz>) -> Result<SqlValue, String> {
    let offset = value.offset().fix();
    // A local time beyond the calendar would panic in the next line.
    if value.naive_utc().checked_add_offset(offset).is_none() {
        return Err(format!("'{}' at offset {offset} is beyond chrono's calendar", value.naive_utc()));
    }
    let text = value.to_rfc3339_opts(SecondsFormat::AutoSi, false);
    let whole_minutes = offset.local_minus_utc() % 60 == 0;
    let reads_back = common_year(value) && common_second(value) && whole_minutes
        || decode::datetime(&text).is_some_and(|read| read == *value && *read.offset() == offset);
    same(text, reads_back, OFFSET)
}

fn common_year(value: &impl Datelike) -> bool {
    (0..=9999).contains(&value.year())
}

/// chrono keeps a leap second as the nanoseconds from one billion on.
fn common_second(value: &impl Timelike) -> bool {
    value.nanosecond() < 1_000_000_000
}
