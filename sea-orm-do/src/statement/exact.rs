//! Exact reading of integers beyond 2^53, which the runtime rounds: when a statement needs it, how its columns are then
//! encoded in SQL, and how they are decoded.
//!
//! A tagged column contains `'i'` and the digits for an integer, `'t'` and the text for a text, and every other value
//! unchanged. So nothing is rounded, and no value can be mistaken for another. [`decode_tagged`] decodes it. A dump reads
//! [`bytes`], because it also keeps texts that are not UTF-8.

use std::collections::HashSet;

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use crate::sql::quote::quoted;
use crate::storage::{FIRST_ROUNDED, ResultSet, SqlValue};
use crate::types::expr_type::{Type, is_instant, is_wide};
use crate::value::decode::{Cell, decode};
#[cfg(feature = "stream")]
use crate::value::encode::Bound;
use crate::value::types::read;

/// Wraps an expression so that its value comes back tagged.
pub(crate) fn expression(expression: &str) -> String {
    format!(
        "CASE typeof({expression}) WHEN 'integer' THEN 'i'||({expression}) WHEN 'text' THEN 't'||({expression}) ELSE {expression} END"
    )
}

/// Wraps a SELECT in one that tags the columns whose numbers may be inexact, and keeps the column names. The inner
/// SELECT stays unchanged, so its ORDER BY sorts numbers, not their digits.
pub(crate) fn select(sql: &str, names: &[String], types: &[Type], is_random: bool) -> String {
    let inner: Vec<_> = (0..names.len()).map(|at| format!("c{at}")).collect();
    let columns = names.iter().zip(types).zip(&inner).map(|((name, ty), inner)| {
        let column = if is_tagged(ty) { expression(inner) } else { inner.clone() };
        format!("{column} AS {}", quoted(name))
    });
    let columns: Vec<_> = columns.collect();
    // Tagging writes an expression more than once, but a random one must be evaluated once.
    let once = if is_random { "MATERIALIZED " } else { "" };
    let (inner, columns) = (inner.join(","), columns.join(","));
    format!("WITH \"sea-orm-do\"({inner}) AS {once}({sql}) SELECT {columns} FROM \"sea-orm-do\"")
}

/// Wraps a SELECT in one that has the same columns, but returns no rows.
pub(crate) fn names(sql: &str) -> String {
    format!("SELECT * FROM ({sql}\n) LIMIT 0")
}

/// The columns that [`select`] tags.
pub(crate) fn positions(types: &[Type]) -> HashSet<usize> {
    types.iter().enumerate().filter(|(_, ty)| is_tagged(ty)).map(|(at, _)| at).collect()
}

fn is_tagged(ty: &Type) -> bool {
    is_wide(ty) || is_instant(ty)
}

/// Whether a result must be read again with tags: one of its numbers may have been rounded, or is an instant.
pub(crate) fn needs_tags(set: &ResultSet, types: &[Type]) -> bool {
    let doubtful = |(value, ty): (&SqlValue, &Type)| match value {
        SqlValue::Number(number) => (is_wide(ty) && number.abs() >= FIRST_ROUNDED) || is_instant(ty),
        _ => false,
    };
    types.iter().any(|ty| is_wide(ty) || is_instant(ty))
        && set.rows.iter().any(|row| row.iter().zip(types).any(doubtful))
}

/// Decodes a value into the given type, where column `c` was selected as
/// `CASE typeof(c) WHEN 'integer' THEN 'i'||c WHEN 'text' THEN 't'||c ELSE c END`.
///
/// # Errors
/// As [`decode`]; and for a text without a tag.
pub(crate) fn decode_tagged(value: SqlValue, ty: &ArrayType) -> Result<Value, String> {
    let cell = match value {
        SqlValue::Text(mut text) => match text.split_at_checked(1) {
            Some(("i", digits)) => Cell::Integer(digits.parse().map_err(|_| untagged(&text))?),
            Some(("t", _)) => {
                text.remove(0);
                Cell::Text(text)
            }
            Some(_) | None => return Err(untagged(&text)),
        },
        SqlValue::Number(number) => Cell::Real(number),
        value @ (SqlValue::Null | SqlValue::Blob(_)) => return decode(value, ty),
    };
    read(Some(cell), ty)
}

/// Wraps a column so that its value comes back exactly, and a text with its bytes even if they are not UTF-8: an
/// integer as text, a text as a blob of `t` and its bytes, a blob as a blob of `b` and its bytes.
#[cfg(feature = "stream")]
pub(crate) fn bytes(column: &str) -> String {
    format!(
        "CASE typeof({column}) WHEN 'integer' THEN CAST({column} AS TEXT) WHEN 'text' THEN CAST('t'||{column} AS BLOB) \
         WHEN 'blob' THEN CAST('b'||{column} AS BLOB) ELSE {column} END"
    )
}

/// A value as it is stored.
#[cfg(feature = "stream")]
pub(crate) enum StoredValue {
    Text(Vec<u8>),
    Other(Bound),
}

/// Decodes a value that was selected as [`bytes`]; `None` for one that this never returns.
#[cfg(feature = "stream")]
pub(crate) fn decode_bytes(value: SqlValue) -> Option<StoredValue> {
    Some(StoredValue::Other(match value {
        SqlValue::Text(digits) => Bound::Integer(digits.parse().ok()?),
        SqlValue::Blob(mut bytes) => match bytes.first()? {
            b't' => return Some(StoredValue::Text(bytes.split_off(1))),
            b'b' => SqlValue::Blob(bytes.split_off(1)).into(),
            _ => return None,
        },
        value @ (SqlValue::Null | SqlValue::Number(_)) => value.into(),
    }))
}

fn untagged(text: &str) -> String {
    format!("{} was selected without its storage class", Cell::Text(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, ty: ArrayType) -> Result<Value, String> {
        decode_tagged(SqlValue::Text(text.into()), &ty)
    }

    fn real(number: f64, ty: ArrayType) -> Result<Value, String> {
        decode_tagged(SqlValue::Number(number), &ty)
    }

    #[test]
    fn reads_integers_over_all_of_i64() {
        for integer in [0, -1, (1 << 53) + 1, i64::MIN, i64::MAX] {
            assert_eq!(text(&format!("i{integer}"), ArrayType::BigInt), Ok(integer.into()));
        }
        assert_eq!(text("i9223372036854775807", ArrayType::BigUnsigned), Ok(9_223_372_036_854_775_807_u64.into()));
        assert_eq!(text("i-1", ArrayType::BigUnsigned), Err("number -1 does not fit BigUnsigned".into()));
        assert_eq!(text("i128", ArrayType::TinyInt), Err("number 128 does not fit TinyInt".into()));
    }

    #[test]
    fn reads_integers_as_what_else_they_fit() {
        assert_eq!(text("i1", ArrayType::Bool), Ok(true.into()));
        assert_eq!(text("i2", ArrayType::Bool), Ok(true.into()));
        assert_eq!(text("i9007199254740993", ArrayType::Double), Ok(9_007_199_254_740_992.0.into()));
        assert_eq!(text("i16777217", ArrayType::Float), Ok(16_777_216_f32.into()));
        assert_eq!(text("i1", ArrayType::String), Err("number 1 does not fit String".into()));
        assert_eq!(text("i1", ArrayType::Bytes), Err("number 1 does not fit Bytes".into()));
    }

    #[test]
    fn reads_text_behind_its_tag() {
        assert_eq!(text("t", ArrayType::String), Ok("".into()));
        assert_eq!(text("ti1", ArrayType::String), Ok("i1".into()));
        assert_eq!(text("té", ArrayType::Char), Ok('é'.into()));
        assert_eq!(text("t1", ArrayType::Int), Err("text '1' does not fit Int".into()));
    }

    #[test]
    fn refuses_text_without_a_tag() {
        for untagged in ["", "1", "x1", "i", "i1.5", "i9223372036854775808", "é"] {
            assert!(text(untagged, ArrayType::String).is_err_and(|e| e.contains("storage class")), "{untagged}");
        }
    }

    #[test]
    fn reads_a_real_as_an_integer_only_where_it_is_one() {
        assert_eq!(real(-9_007_199_254_740_991.0, ArrayType::BigInt), Ok((1 - (1_i64 << 53)).into()));
        assert_eq!(real(1e15, ArrayType::BigInt), Ok(1_000_000_000_000_000_i64.into()));
        for beyond in [9_007_199_254_740_992.0, -9_223_372_036_854_775_808.0, 1e300, f64::INFINITY, f64::NAN, 0.5] {
            assert!(real(beyond, ArrayType::BigInt).is_err_and(|e| e.ends_with("does not fit BigInt")), "{beyond}");
        }
    }

    #[test]
    fn reads_the_rest_without_a_tag() {
        assert_eq!(decode_tagged(SqlValue::Null, &ArrayType::Int), Ok(Value::Int(None)));
        assert_eq!(decode_tagged(SqlValue::Blob(b"i1".to_vec()), &ArrayType::Bytes), Ok(b"i1".to_vec().into()));
        assert_eq!(real(0.5, ArrayType::Double), Ok(0.5.into()));
    }

    #[cfg(feature = "with-chrono")]
    #[test]
    fn reads_an_integer_as_seconds_and_a_real_as_a_julian_day() {
        use chrono::DateTime;
        assert_eq!(text("i2440588", ArrayType::ChronoDateTimeUtc), Ok(DateTime::from_timestamp(2_440_588, 0).into()));
        assert_eq!(real(2_440_588.0, ArrayType::ChronoDateTimeUtc), Ok(DateTime::from_timestamp(43_200, 0).into()));
    }

    #[cfg(feature = "with-rust_decimal")]
    #[test]
    fn reads_an_integer_as_the_decimal_of_its_float() {
        use rust_decimal::Decimal;
        assert_eq!(text("i-7", ArrayType::Decimal), Ok(Decimal::from(-7).into()));
    }
}
