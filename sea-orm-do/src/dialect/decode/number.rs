//! Booleans, integers and floats.

use super::Cell;

/// 0 and 1; any other number is not what a boolean column holds.
pub(super) fn boolean(cell: &Cell) -> Option<bool> {
    match double(cell) {
        Some(0.0) => Some(false),
        Some(1.0) => Some(true),
        Some(_) | None => None,
    }
}

/// An integer, from a REAL only if that is one.
///
/// # Errors
/// Where the runtime may have rounded it.
pub(super) fn integer<T: TryFrom<i64>>(cell: &Cell) -> Result<Option<T>, String> {
    const ROUNDED: f64 = 9_007_199_254_740_992.0;
    let integer = match cell {
        Cell::Integer(integer) => Some(*integer),
        Cell::Number(number) if number.abs() >= ROUNDED => {
            return Err(format!("an integer of 2^53 or beyond, near {number}, cannot be read exactly yet"));
        }
        Cell::Real(number) | Cell::Number(number) => whole(*number),
        Cell::Text(_) | Cell::Blob(_) => None,
    };
    Ok(integer.and_then(|integer| T::try_from(integer).ok()))
}

/// The `i64` that a float is equal to.
pub(super) fn whole(number: f64) -> Option<i64> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    let exact = number.fract() == 0.0 && (-BEYOND..BEYOND).contains(&number);
    #[allow(clippy::cast_possible_truncation, reason = "whole, and in the range of i64")]
    exact.then_some(number as i64)
}

pub(super) fn double(cell: &Cell) -> Option<f64> {
    match cell {
        #[allow(clippy::cast_precision_loss, reason = "the nearest float, as sqlite3_column_double gives it")]
        Cell::Integer(integer) => Some(*integer as f64),
        Cell::Real(number) | Cell::Number(number) => Some(*number),
        Cell::Text(_) | Cell::Blob(_) => None,
    }
}

/// The nearest `f32`; not an infinity in the place of a number.
pub(super) fn single(cell: &Cell) -> Option<f32> {
    let double = double(cell)?;
    #[allow(clippy::cast_possible_truncation, reason = "rounding is what f32 is; overflow is refused")]
    let single = double as f32;
    (single.is_finite() == double.is_finite()).then_some(single)
}
