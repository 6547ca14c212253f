//! Decimals: from a number by the conversion that SeaORM's own SQLite driver uses, from text digit by digit.

use super::{Cell, number};

#[cfg(feature = "with-rust_decimal")]
pub(in crate::value) fn cell(cell: &Cell) -> Option<rust_decimal::Decimal> {
    match cell {
        Cell::Integer(integer) => Some((*integer).into()),
        Cell::Text(text) => from_text(text),
        Cell::Real(_) | Cell::Number(_) | Cell::Blob(_) => from_double(number::double(cell)?),
    }
}

/// Not by `parse`, which rounds a number with too many digits.
#[cfg(feature = "with-rust_decimal")]
fn from_text(text: &str) -> Option<rust_decimal::Decimal> {
    rust_decimal::Decimal::from_str_exact(without_underscore(text)?).ok()
}

/// Rounded to the 15 to 16 digits that a float represents exactly.
#[cfg(feature = "with-rust_decimal")]
pub(crate) fn from_double(number: f64) -> Option<rust_decimal::Decimal> {
    // A number too small for a decimal must not become zero.
    rust_decimal::Decimal::try_from(number).ok().filter(|decimal| !decimal.is_zero() || number == 0.0)
}

#[cfg(feature = "with-bigdecimal")]
pub(in crate::value) fn big_cell(cell: &Cell) -> Option<bigdecimal::BigDecimal> {
    match cell {
        Cell::Integer(integer) => Some((*integer).into()),
        Cell::Text(text) => big_from_text(text),
        Cell::Real(_) | Cell::Number(_) | Cell::Blob(_) => big_from_double(number::double(cell)?),
    }
}

#[cfg(feature = "with-bigdecimal")]
pub(crate) fn big_from_text(text: &str) -> Option<bigdecimal::BigDecimal> {
    without_underscore(text)?.parse().ok()
}

/// The shortest decimal that is read as this float, so that 3.141 reads back as 3.141. SeaORM's own driver reads all
/// digits of the binary fraction instead, and 0.1 has 55.
#[cfg(feature = "with-bigdecimal")]
pub(crate) fn big_from_double(number: f64) -> Option<bigdecimal::BigDecimal> {
    if !number.is_finite() {
        return None;
    }
    format!("{number:e}").parse().ok()
}

/// Both crates accept the underscores of Rust's literals, but SQLite does not read such a text as a number.
fn without_underscore(text: &str) -> Option<&str> {
    (!text.contains('_')).then_some(text)
}

#[cfg(all(test, feature = "with-rust_decimal"))]
mod tests {
    use rust_decimal::Decimal;
    use sea_orm::Value;
    use sea_orm::sea_query::ArrayType;

    use crate::storage::SqlValue;
    use crate::value::decode::decode;

    fn text(text: &str) -> Result<Value, String> {
        decode(SqlValue::Text(text.into()), &ArrayType::Decimal)
    }

    fn number(number: f64) -> Result<Value, String> {
        decode(SqlValue::Number(number), &ArrayType::Decimal)
    }

    #[test]
    fn reads_every_digit_of_a_text() {
        let (greatest, least) = ("79228162514264337593543950335", "-0.0000000000000000000000000001");
        assert_eq!(text(greatest), Ok(Decimal::MAX.into()));
        assert_eq!(text(least), Ok(Decimal::from_i128_with_scale(-1, 28).into()));
        assert!(matches!(text("1.50"), Ok(Value::Decimal(Some(decimal))) if decimal.scale() == 2));
    }

    #[test]
    fn refuses_text_with_more_digits_than_a_decimal_has() {
        let long = "0.00000000000000000000000000001";
        assert_eq!(text(long), Err(format!("text '{long}' does not fit Decimal")));
        for refused in ["79228162514264337593543950336", "", "abc", "1_000", "NaN", "1e3"] {
            assert!(text(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn reads_a_number_to_the_digits_that_a_float_is_good_for() {
        assert_eq!(number(0.1), Ok(Decimal::new(1, 1).into()));
        assert_eq!(number(0.1 + 0.2), Ok(Decimal::new(3, 1).into()));
        assert_eq!(number(-7.0), Ok(Decimal::from(-7).into()));
        assert_eq!(number(0.0), Ok(Decimal::ZERO.into()));
    }

    #[test]
    fn refuses_numbers_beyond_a_decimal_on_either_side() {
        for refused in [1e29, f64::NEG_INFINITY, 1e-30, 5e-324] {
            assert!(number(refused).is_err_and(|e| e.ends_with("does not fit Decimal")), "{refused}");
        }
        assert!(decode(SqlValue::Blob(b"1".to_vec()), &ArrayType::Decimal).is_err());
    }
}

#[cfg(all(test, feature = "with-bigdecimal"))]
mod big_tests {
    use bigdecimal::BigDecimal;
    use sea_orm::Value;
    use sea_orm::sea_query::ArrayType;

    use crate::storage::SqlValue;
    use crate::value::decode::decode;

    fn read(value: SqlValue) -> Result<BigDecimal, String> {
        match decode(value, &ArrayType::BigDecimal)? {
            Value::BigDecimal(Some(decimal)) => Ok(*decimal),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn reads_every_digit_of_a_text() {
        for digits in ["0", "-1.50", "1E-400", "0.1", "123456789012345678901234567890.123456789012345678901234567890"] {
            assert_eq!(read(SqlValue::Text(digits.into())).ok(), digits.parse().ok());
        }
        for refused in ["", "abc", "1_000", "NaN"] {
            assert!(read(SqlValue::Text(refused.into())).is_err(), "{refused}");
        }
    }

    #[test]
    fn reads_the_shortest_decimal_of_a_float() {
        assert_eq!(read(SqlValue::Number(0.375)).ok(), "0.375".parse().ok());
        let tenth = read(SqlValue::Number(0.1)).map(|decimal| decimal.to_string());
        assert_eq!(tenth, Ok("0.1".into()));
        assert_eq!(read(SqlValue::Number(f64::INFINITY)), Err("number inf does not fit BigDecimal".into()));
    }
}
