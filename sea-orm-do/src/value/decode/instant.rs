//! Numbers in a date-time column: <https://www.sqlite.org/datatype3.html#date_and_time_datatype>.

use super::{Cell, number};

/// SeaORM's SQLite driver takes an INTEGER for seconds since 1970 and a REAL for a Julian day.
pub(super) enum Instant {
    Seconds(i64),
    #[cfg_attr(not(feature = "with-chrono"), allow(dead_code, reason = "only chrono's types are read from one"))]
    JulianDay(f64),
}

/// What a number stands for; `None` if the cell is none.
///
/// # Errors
/// Where the storage class decides, and the runtime did not tell it.
pub(super) fn instant(cell: &Cell) -> Result<Option<Instant>, String> {
    /// No calendar reaches further: more days than these cannot be a Julian day.
    const DAYS: f64 = 1e8;
    Ok(match cell {
        Cell::Integer(seconds) => Some(Instant::Seconds(plausible(*seconds)?)),
        Cell::Real(day) => Some(Instant::JulianDay(*day)),
        Cell::Number(number) => match number::whole(*number) {
            Some(_) if number.abs() < DAYS => {
                return Err(format!("number {number}, seconds since 1970 or a Julian day, cannot be told apart yet"));
            }
            Some(seconds) => Some(Instant::Seconds(plausible(seconds)?)),
            None => Some(Instant::JulianDay(*number)),
        },
        Cell::Text(_) | Cell::Blob(_) => None,
    })
}

/// The years 0000 to 9999, which are those that SQLite's date functions know. Milliseconds in the place of seconds come to
/// the year 56,000.
///
/// # Errors
/// For a number beyond.
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
