//! Decimals, as text.

use super::Bound;
use crate::dialect::decode::decimal;

#[cfg(feature = "with-rust_decimal")]
pub(super) fn fixed(value: rust_decimal::Decimal) -> Bound {
    let text = value.to_string();
    let real = text.parse().ok().and_then(decimal::from_double) == Some(value);
    Bound::Decimal { text, real }
}

/// # Errors
/// For an exponent that reaches beyond what reads back.
#[cfg(feature = "with-bigdecimal")]
pub(super) fn big(value: &bigdecimal::BigDecimal) -> Result<Bound, String> {
    let text = value.to_string();
    if decimal::big_from_text(&text).as_ref() != Some(value) {
        return Err(format!("'{text}' would not read back as the same value"));
    }
    let real = text.parse().ok().and_then(decimal::big_from_double).as_ref() == Some(value);
    Ok(Bound::Decimal { text, real })
}
