//! Encodes decimals as text.

use super::Bound;
use crate::value::decode::decimal;

#[cfg(feature = "with-rust_decimal")]
pub(in crate::value) fn fixed(value: rust_decimal::Decimal) -> Bound {
    let text = value.to_string();
    let real = text.parse().ok().and_then(decimal::from_double) == Some(value);
    Bound::Decimal { text, real }
}

/// # Errors
/// For an exponent that is too large to read back.
#[cfg(feature = "with-bigdecimal")]
pub(in crate::value) fn big(value: &bigdecimal::BigDecimal) -> Result<Bound, String> {
    let text = value.to_string();
    if decimal::big_from_text(&text).as_ref() != Some(value) {
        return Err(format!("'{text}' would not read back as the same value"));
    }
    let real = text.parse().ok().and_then(decimal::big_from_double).as_ref() == Some(value);
    Ok(Bound::Decimal { text, real })
}

#[cfg(all(test, feature = "with-rust_decimal"))]
mod tests {
    use rust_decimal::Decimal;
    use sea_orm::Value;

    use crate::storage::SqlValue;
    use crate::value::decode::decode;
    use crate::value::encode::Bound;
    use crate::value::types::bind;

    fn real(text: &str) -> Option<bool> {
        let value: Value = Decimal::from_str_exact(text).ok()?.into();
        let Ok(Bound::Decimal { text: stored, real }) = bind(&value) else { return None };
        assert_eq!(stored, text);
        let back = decode(SqlValue::Text(stored), &value.array_type());
        assert_eq!(back, Ok(value));
        Some(real)
    }

    #[test]
    fn keeps_every_digit_and_tells_which_survive_a_real_column() {
        for kept in ["0", "-1", "0.1", "1.50", "123456789012.345", "9007199254740992", "1000000000000000000000"] {
            assert_eq!(real(kept), Some(true), "{kept}");
        }
        for changed in
            ["9007199254740993", "0.1234567890123456789", "79228162514264337593543950335", "99999999999999.99"]
        {
            assert_eq!(real(changed), Some(false), "{changed}");
        }
    }

    #[test]
    fn null_is_null() {
        assert_eq!(bind(&Value::Decimal(None)), Ok(Bound::Plain(SqlValue::Null)));
    }
}

#[cfg(all(test, feature = "with-bigdecimal"))]
mod big_tests {
    use sea_orm::Value;

    use crate::storage::SqlValue;
    use crate::value::decode::decode;
    use crate::value::encode::Bound;
    use crate::value::types::bind;

    fn value(text: &str) -> Value {
        Value::BigDecimal(text.parse().ok().map(Box::new))
    }

    fn real(text: &str) -> Option<bool> {
        let value = value(text);
        let Ok(Bound::Decimal { text: stored, real }) = bind(&value) else { return None };
        assert_eq!(decode(SqlValue::Text(stored), &value.array_type()), Ok(value));
        Some(real)
    }

    #[test]
    fn keeps_every_digit_and_tells_which_survive_a_real_column() {
        for kept in ["0", "-1", "0.5", "1.50", "3.141", "0.1", "123456789.125", "1e20"] {
            assert_eq!(real(kept), Some(true), "{kept}");
        }
        for changed in ["9007199254740993", "1E-400", "1e400", "0.1000000000000000055511151231257827"] {
            assert_eq!(real(changed), Some(false), "{changed}");
        }
    }

    #[test]
    fn an_exponent_costs_no_memory() {
        assert_eq!(real("1e1000000000"), Some(false));
        assert_eq!(real("1e-1000000000"), Some(false));
    }

    #[test]
    fn null_is_null() {
        assert_eq!(bind(&Value::BigDecimal(None)), Ok(Bound::Plain(SqlValue::Null)));
    }
}
