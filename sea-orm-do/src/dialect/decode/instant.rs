//! Numbers in a date-time column: <https://www.sqlite.org/datatype3.html#date_and_time_datatype>.

use super::{Cell, number};

/// SeaORM's SQLite driver takes an INTEGER for seconds since 1970 and a REAL for a Julian day.
pub(super) enum Instant {
    Seconds(i64),
    JulianDay(f64),
}

/// What a number stands for; `None` if the cell is none.
///
/// # Errors
/// Where the storage class decides, and the runtime did not tell it.
pub(super) fn instant(cell: &Cell) -> Result<Option<Instant>, String> {
    /// The days of the years -4713 to 9999, beyond which SQLite computes no Julian day.
    const JULIAN_DAYS: std::ops::Range<f64> = 0.0..5_373_484.5;
    Ok(match cell {
        Cell::Integer(seconds) => Some(Instant::Seconds(*seconds)),
        Cell::Real(day) => Some(Instant::JulianDay(*day)),
        Cell::Number(number) => match number::whole(*number) {
            Some(_) if JULIAN_DAYS.contains(number) => {
                return Err(format!(
                    "number {number} is either seconds since 1970 or a Julian day, which cannot be told yet"
                ));
            }
            Some(seconds) => Some(Instant::Seconds(seconds)),
            None => Some(Instant::JulianDay(*number)),
        },
        Cell::Text(_) | Cell::Blob(_) => None,
    })
}
