//! Booleans, integers and floats.

use super::Cell;
use crate::storage::FIRST_ROUNDED;

/// Every whole number but 0 is true, as in SeaORM's own SQLite driver.
pub(in crate::value) fn boolean(cell: &Cell) -> Option<bool> {
    double(cell).filter(|number| number.fract() == 0.0).map(|number| number != 0.0)
}

/// An integer. A REAL is one only if it is whole and too small to have been rounded: SQLite turns integer arithmetic
/// that overflows into a REAL.
///
/// # Errors
/// If the runtime may have rounded it.
pub(in crate::value) fn integer<T: TryFrom<i64>>(cell: &Cell) -> Result<Option<T>, String> {
    let integer = match cell {
        Cell::Integer(integer) => Some(*integer),
        // Narrower types end before that, so the number does not fit them either way.
        Cell::Number(number) if number.abs() >= FIRST_ROUNDED && size_of::<T>() == size_of::<i64>() => {
            return Err(format!("an integer of 2^53 or beyond, near {number:e}, cannot be read exactly here"));
        }
        Cell::Real(number) | Cell::Number(number) => whole(*number),
        Cell::Text(_) | Cell::Blob(_) => None,
    };
    Ok(integer.and_then(|integer| T::try_from(integer).ok()))
}

/// The integer that a float represents, if it is whole and not rounded.
pub(crate) fn whole(number: f64) -> Option<i64> {
    let exact = number.fract() == 0.0 && number.abs() < FIRST_ROUNDED;
    #[allow(clippy::cast_possible_truncation, reason = "whole, and in the range of i64")]
    exact.then_some(number as i64)
}

pub(in crate::value) fn double(cell: &Cell) -> Option<f64> {
    match cell {
        #[allow(clippy::cast_precision_loss, reason = "the nearest float, as sqlite3_column_double gives it")]
        Cell::Integer(integer) => Some(*integer as f64),
        Cell::Real(number) | Cell::Number(number) => Some(*number),
        Cell::Text(_) | Cell::Blob(_) => None,
    }
}

/// The nearest `f32`, but never infinity for a finite number.
pub(in crate::value) fn single(cell: &Cell) -> Option<f32> {
    let double = double(cell)?;
    #[allow(clippy::cast_possible_truncation, reason = "rounding is what f32 is; overflow is refused")]
    let single = double as f32;
    (single.is_finite() == double.is_finite()).then_some(single)
}

#[cfg(test)]
mod tests {
    use sea_orm::Value;
    use sea_orm::sea_query::ArrayType;

    use crate::storage::SqlValue;
    use crate::value::decode::decode;

    fn number(number: f64, ty: ArrayType) -> Result<Value, String> {
        decode(SqlValue::Number(number), &ty)
    }

    #[test]
    fn reads_a_boolean_from_whole_numbers() {
        assert_eq!(number(0.0, ArrayType::Bool), Ok(false.into()));
        assert_eq!(number(1.0, ArrayType::Bool), Ok(true.into()));
        assert_eq!(number(-1.0, ArrayType::Bool), Ok(true.into()));
        for other in [0.5, f64::INFINITY, f64::NAN] {
            assert_eq!(number(other, ArrayType::Bool), Err(format!("number {other} does not fit Bool")));
        }
        assert!(decode(SqlValue::Text("true".into()), &ArrayType::Bool).is_err());
    }

    #[test]
    fn reads_integers_to_the_ends_of_their_types_and_no_further() {
        let ends: [(f64, f64, ArrayType, Value, Value); 6] = [
            (-128.0, 127.0, ArrayType::TinyInt, i8::MIN.into(), i8::MAX.into()),
            (-32_768.0, 32_767.0, ArrayType::SmallInt, i16::MIN.into(), i16::MAX.into()),
            (-2_147_483_648.0, 2_147_483_647.0, ArrayType::Int, i32::MIN.into(), i32::MAX.into()),
            (0.0, 255.0, ArrayType::TinyUnsigned, u8::MIN.into(), u8::MAX.into()),
            (0.0, 65_535.0, ArrayType::SmallUnsigned, u16::MIN.into(), u16::MAX.into()),
            (0.0, 4_294_967_295.0, ArrayType::Unsigned, u32::MIN.into(), u32::MAX.into()),
        ];
        for (least, greatest, ty, min, max) in ends {
            assert_eq!(number(least, ty.clone()), Ok(min));
            assert_eq!(number(greatest, ty.clone()), Ok(max));
            assert!(number(least - 1.0, ty.clone()).is_err_and(|e| e.ends_with(&format!("does not fit {ty:?}"))));
            assert!(number(greatest + 1.0, ty.clone()).is_err_and(|e| e.ends_with(&format!("does not fit {ty:?}"))));
        }
        assert!(number(-1.0, ArrayType::BigUnsigned).is_err());
    }

    #[test]
    fn refuses_integers_that_may_have_been_rounded() {
        let rounded = 9_007_199_254_740_992.0;
        assert_eq!(number(rounded - 1.0, ArrayType::BigInt), Ok(((1_i64 << 53) - 1).into()));
        assert_eq!(number(rounded - 1.0, ArrayType::BigUnsigned), Ok(((1_u64 << 53) - 1).into()));
        for number_ in [rounded, -rounded, 1e300, f64::INFINITY] {
            assert!(number(number_, ArrayType::BigInt).is_err_and(|e| e.contains("2^53")));
        }
    }

    #[test]
    fn refuses_fractions_text_and_bytes_as_integers() {
        assert_eq!(number(1.5, ArrayType::BigInt), Err("number 1.5 does not fit BigInt".into()));
        assert_eq!(decode(SqlValue::Text("7".into()), &ArrayType::Int), Err("text '7' does not fit Int".into()));
        assert!(decode(SqlValue::Blob(vec![7]), &ArrayType::Int).is_err());
    }

    #[test]
    fn reads_floats_from_any_number_and_from_nothing_else() {
        for float in [0.0, -0.5, 1e300, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(number(float, ArrayType::Double), Ok(float.into()));
        }
        assert_eq!(number(1e15, ArrayType::Double), Ok(1e15.into()));
        assert!(matches!(number(-0.0, ArrayType::Double), Ok(Value::Double(Some(zero))) if zero.is_sign_negative()));
        assert!(decode(SqlValue::Text("1.5".into()), &ArrayType::Double).is_err());
    }

    #[test]
    fn reads_an_f32_as_it_was_written_and_refuses_overflow() {
        for float in [0.1, f32::MIN, f32::MAX, f32::MIN_POSITIVE, f32::INFINITY] {
            assert_eq!(number(f64::from(float), ArrayType::Float), Ok(float.into()));
        }
        assert_eq!(number(0.1, ArrayType::Float), Ok(0.1_f32.into()));
        assert_eq!(number(-1e39, ArrayType::Float).map_err(|e| e.ends_with("does not fit Float")), Err(true));
    }
}
