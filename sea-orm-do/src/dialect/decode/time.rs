//! The types of the time crate, read from every form that sqlx-sqlite reads them from, and its text forms.

use time::format_description::StaticFormatDescription;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::Cell;
use super::instant::{Instant, instant};

pub(in crate::dialect) const DATE: StaticFormatDescription = format_description!("[year]-[month]-[day]");
pub(in crate::dialect) const TIME: StaticFormatDescription =
    format_description!("[hour]:[minute]:[second].[subsecond]");
pub(in crate::dialect) const DATETIME: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond]");

pub(in crate::dialect) fn date(text: &str) -> Option<Date> {
    Date::parse(text, DATE).ok()
}

pub(in crate::dialect) fn time(text: &str) -> Option<Time> {
    const SECONDS: StaticFormatDescription = format_description!("[hour]:[minute]:[second]");
    const MINUTES: StaticFormatDescription = format_description!("[hour]:[minute]");
    [TIME, SECONDS, MINUTES].into_iter().find_map(|form| Time::parse(text, form).ok())
}

pub(in crate::dialect) fn naive(text: &str) -> Option<PrimitiveDateTime> {
    const SPACE: StaticFormatDescription = format_description!(
        version = 2,
        "[year]-[month]-[day] [hour]:[minute][optional [:]][optional [[second]]][optional [.]][optional [[subsecond]]]\
         [optional [Z]]"
    );
    const T: StaticFormatDescription = format_description!(
        version = 2,
        "[year]-[month]-[day]T[hour]:[minute][optional [:]][optional [[second]]][optional [.]][optional [[subsecond]]]\
         [optional [Z]]"
    );
    [DATETIME, SPACE, T].into_iter().find_map(|form| PrimitiveDateTime::parse(text, form).ok())
}

/// Without an offset the time is UTC.
pub(in crate::dialect) fn datetime(text: &str) -> Option<OffsetDateTime> {
    const ZONED: StaticFormatDescription = format_description!(
        version = 2,
        "[year]-[month]-[day][optional [ ]][optional [T]][hour]:[minute][optional [:]][optional [[second]]]\
         [optional [.]][optional [[subsecond]]][optional [[offset_hour sign:mandatory]]][optional [:]]\
         [optional [[offset_minute]]]"
    );
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(text, ZONED))
        .ok()
        .or_else(|| naive(text).map(PrimitiveDateTime::assume_utc))
}

/// A date-time from text or from seconds since 1970.
pub(super) fn cell(cell: &Cell) -> Result<Option<OffsetDateTime>, String> {
    match super::text(cell) {
        Some(text) => Ok(datetime(text)),
        None => seconds(cell),
    }
}

/// The same without an offset, and from no text that has one.
pub(super) fn naive_cell(cell: &Cell) -> Result<Option<PrimitiveDateTime>, String> {
    match super::text(cell) {
        Some(text) => Ok(naive(text)),
        None => Ok(seconds(cell)?.map(|at| PrimitiveDateTime::new(at.date(), at.time()))),
    }
}

fn seconds(cell: &Cell) -> Result<Option<OffsetDateTime>, String> {
    Ok(instant(cell)?.and_then(|instant| match instant {
        Instant::Seconds(seconds) => OffsetDateTime::from_unix_timestamp(seconds).ok(),
        // sqlx-sqlite reads Julian days into the types of chrono only.
        Instant::JulianDay(_) => None,
    }))
}
