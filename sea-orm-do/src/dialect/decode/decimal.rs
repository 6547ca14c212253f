//! Decimals: from a number by the conversion that SeaORM's own SQLite driver uses, from text digit by digit.

use super::{Cell, number};

#[cfg(feature = "with-rust_decimal")]
pub(super) fn cell(cell: &Cell) -> Option<rust_decimal::Decimal> {
    match super::text(cell) {
        Some(text) => from_text(text),
        None => from_double(number::double(cell)?),
    }
}

/// Not `parse`, which rounds what has too many digits.
#[cfg(feature = "with-rust_decimal")]
fn from_text(text: &str) -> Option<rust_decimal::Decimal> {
    rust_decimal::Decimal::from_str_exact(without_underscore(text)?).ok()
}

/// Rounded to the 15 to 16 digits that a float is good for.
#[cfg(feature = "with-rust_decimal")]
pub(in crate::dialect) fn from_double(number: f64) -> Option<rust_decimal::Decimal> {
    // A number too small for a decimal must not become zero.
    rust_decimal::Decimal::try_from(number).ok().filter(|decimal| !decimal.is_zero() || number == 0.0)
}

#[cfg(feature = "with-bigdecimal")]
pub(super) fn big_cell(cell: &Cell) -> Option<bigdecimal::BigDecimal> {
    match super::text(cell) {
        Some(text) => big_from_text(text),
        None => big_from_double(number::double(cell)?),
    }
}

#[cfg(feature = "with-bigdecimal")]
pub(in crate::dialect) fn big_from_text(text: &str) -> Option<bigdecimal::BigDecimal> {
    without_underscore(text)?.parse().ok()
}

/// All digits of the binary fraction: 0.1 has 55.
#[cfg(feature = "with-bigdecimal")]
pub(in crate::dialect) fn big_from_double(number: f64) -> Option<bigdecimal::BigDecimal> {
    bigdecimal::BigDecimal::try_from(number).ok()
}

/// Both crates read over the underscores of Rust's literals; SQLite takes no such text for a number.
fn without_underscore(text: &str) -> Option<&str> {
    (!text.contains('_')).then_some(text)
}
