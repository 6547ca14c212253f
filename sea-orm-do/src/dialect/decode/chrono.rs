//! The types of chrono, read from every form that sqlx-sqlite reads them from.

use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime};

use super::Cell;
use super::instant::{Instant, instant};

pub(in crate::dialect) fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%F").ok()
}

/// An offset is read over: a time without a date has none.
pub(in crate::dialect) fn time(text: &str) -> Option<NaiveTime> {
    first(&["%T%.f", "%R", "%RZ", "%T%.fZ", "%R%:z", "%T%.f%:z"], |form| NaiveTime::parse_from_str(text, form).ok())
}

/// The text forms of <https://www.sqlite.org/lang_datefunc.html>; without an offset the time is UTC.
pub(in crate::dialect) fn datetime(text: &str) -> Option<DateTime<FixedOffset>> {
    const ZONED: [&str; 4] = ["%F %T%.f%:z", "%F %R%:z", "%FT%T%.f%:z", "%FT%R%:z"];
    const NAIVE: [&str; 8] = ["%F %T%.f", "%F %R", "%F %T%.fZ", "%F %RZ", "%FT%T%.f", "%FT%R", "%FT%T%.fZ", "%FT%RZ"];
    let naive = || first(&NAIVE, |form| NaiveDateTime::parse_from_str(text, form).ok());
    DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(|| first(&ZONED, |form| DateTime::parse_from_str(text, form).ok()))
        .or_else(|| Some(naive()?.and_utc().fixed_offset()))
}

fn first<T>(forms: &[&str], parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    forms.iter().find_map(|form| parse(form))
}

/// A date-time from text, from seconds since 1970 or from a Julian day.
pub(super) fn cell(cell: &Cell) -> Result<Option<DateTime<FixedOffset>>, String> {
    if let Some(text) = super::text(cell) {
        return Ok(datetime(text));
    }
    Ok(instant(cell)?.and_then(|instant| match instant {
        Instant::Seconds(seconds) => Some(DateTime::from_timestamp(seconds, 0)?.fixed_offset()),
        Instant::JulianDay(day) => julian(day),
    }))
}

/// A day counts from noon; the fraction is good for some 40 microseconds, which is what a float of this size can tell.
fn julian(day: f64) -> Option<DateTime<FixedOffset>> {
    const DAY_OF_1970: f64 = 2_440_587.5;
    const SECONDS: std::ops::RangeInclusive<f64> = -1e13..=1e13;
    let timestamp = (day - DAY_OF_1970) * 86_400.0;
    if !SECONDS.contains(&timestamp) {
        return None;
    }
    let seconds = timestamp.floor();
    #[allow(clippy::cast_possible_truncation, reason = "in range, and whole")]
    let whole = seconds as i64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= fraction < 1")]
    let nanoseconds = ((timestamp - seconds) * 1e9) as u32;
    Some(DateTime::from_timestamp(whole, nanoseconds)?.fixed_offset())
}

/// The time that a clock at its offset shows; not `naive_local`, which panics at the ends of the calendar.
pub(super) fn local_to_itself(at: DateTime<FixedOffset>) -> Option<NaiveDateTime> {
    at.naive_utc().checked_add_offset(*at.offset())
}

pub(super) fn local_to_the_host(at: DateTime<FixedOffset>) -> DateTime<Local> {
    at.with_timezone(&Local)
}
