//! Numbers in a date-time column: <https://www.sqlite.org/datatype3.html#date_and_time_datatype>.

use super::{Cell, number};

/// SeaORM's SQLite driver reads an INTEGER as seconds since 1970, and a REAL as a Julian day.
pub(super) enum Instant {
    Seconds(i64),
    #[cfg_attr(not(feature = "with-chrono"), allow(dead_code, reason = "only chrono's types are read from one"))]
    JulianDay(f64),
}

/// The instant that a number denotes; `None` if the cell is no number.
///
/// # Errors
/// If the storage class would decide, but the runtime did not return it, or if the year is out of range.
pub(super) fn instant(cell: &Cell) -> Result<Option<Instant>, String> {
    /// No calendar reaches this many days, so a larger number cannot be a Julian day.
    const DAYS: f64 = 1e8;
    Ok(match cell {
        Cell::Integer(seconds) => Some(Instant::Seconds(plausible(*seconds)?)),
        Cell::Real(day) => Some(Instant::JulianDay(*day)),
        Cell::Number(number) => match number::whole(*number) {
            Some(_) if number.abs() < DAYS => {
                return Err(format!("number {number} could be seconds since 1970 or a Julian day"));
            }
            Some(seconds) => Some(Instant::Seconds(plausible(seconds)?)),
            None => Some(Instant::JulianDay(*number)),
        },
        Cell::Text(_) | Cell::Blob(_) => None,
    })
}

/// Checks that seconds are in the years 0000 to 9999, which SQLite's date functions support. Milliseconds read as
/// seconds are around the year 56,000.
///
/// # Errors
/// If they are not.
fn plausible(seconds: i64) -> Result<i64, String> {
    const YEARS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;
    if YEARS.contains(&seconds) {
        Ok(seconds)
    } else {
        Err(format!(
            "number {seconds}, as seconds since 1970, is not in the years 0000 to 9999: is it in milliseconds?"
        ))
    }
}
