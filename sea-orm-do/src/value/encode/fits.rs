//! Checks that a value fits its column: what SQLite would store or compare as something else is an error.
//!
//! <https://www.sqlite.org/datatype3.html#comparison_expressions>: a number, a text and a blob are never equal, even if
//! they look alike, and a column's affinity converts a value only if nothing is lost.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use super::{Bound, SqlValue};
use crate::sql::ast::Comparison;
use crate::storage::MAX_EXACT;
use crate::types::expr_type::{is_integer, is_number};
use crate::types::infer::ParamUse;
use crate::value::dates;
use crate::value::decode::decode;
use crate::value::types::bind;

/// How SQLite stores and compares the values of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Number,
    Text,
    Blob,
}

fn class(ty: &ArrayType) -> Class {
    match ty {
        ty if is_number(ty) => Class::Number,
        ArrayType::Bytes => Class::Blob,
        #[cfg(feature = "with-uuid")]
        ArrayType::Uuid => Class::Blob,
        // JSON, dates and times are text as well.
        _ => Class::Text,
    }
}

/// The class of a bound value; `None` for NULL, which fits every type.
fn class_of(bound: &Bound) -> Option<Class> {
    match bound {
        Bound::Plain(SqlValue::Null) => None,
        Bound::Plain(SqlValue::Number(_)) | Bound::Integer(_) | Bound::Decimal { .. } => Some(Class::Number),
        Bound::Plain(SqlValue::Text(_)) => Some(Class::Text),
        Bound::Plain(SqlValue::Blob(_)) => Some(Class::Blob),
    }
}

/// Encodes a value for its use in a statement.
///
/// # Errors
/// The reason, for a value that SQLite or this build cannot hold exactly, or would store or compare as something else;
/// the caller knows the parameter's position.
pub(crate) fn fitted(value: &Value, usage: &ParamUse, writes: bool) -> Result<Bound, String> {
    let bound = in_format_of_columns(value, usage)?;
    match (&bound, &usage.stored_as_number) {
        (Bound::Decimal { text, real: false }, Some(column)) => {
            Err(format!("decimal {text} would change in column `{column}`, which stores numbers"))
        }
        (Bound::Decimal { text, real: false }, None) if writes && !usage.takes_text && !usage.is_compared => {
            Err(format!("decimal {text} would change where SQLite calculates with it: store it in a column directly"))
        }
        (Bound::Plain(SqlValue::Text(text)), Some(column)) if becomes_number(value, text) => Err(format!(
            "text '{text}' would become a number in column `{column}`, which stores numbers: declare it as TEXT"
        )),
        _ => Ok(bound.number_unless(usage.takes_text, usage.is_compared)),
    }
}

/// Encodes a value in the format of the columns that it is stored in or compared with.
fn in_format_of_columns(value: &Value, usage: &ParamUse) -> Result<Bound, String> {
    let bound = bind(value)?;
    let mut formed = None;
    let stored = usage.stored_in.iter().map(|column| (column, None));
    let compared = usage.compared_with.iter().map(|(column, comparison)| (column, Some(*comparison)));
    for (column, comparison) in stored.chain(compared) {
        let in_form = dates::in_format_of(value, &bound, column)?;
        let sent = in_form.as_ref().unwrap_or(&bound);
        match comparison {
            None => is_stored(value, sent, &column.name, &column.ty)?,
            Some(comparison) => {
                compares(value, sent, &column.name, &column.ty)?;
                if usage.takes_text && comparison == Comparison::Order && matches!(sent, Bound::Decimal { .. }) {
                    let name = &column.name;
                    return Err(format!(
                        "a decimal is compared with column `{name}`, which stores its digits as text: compare \
                         CAST({name} AS REAL) with CAST(? AS REAL)"
                    ));
                }
                dates::compares(sent, column, comparison)?;
            }
        }
        if let Some(before) = formed.replace(in_form)
            && Some(&before) != formed.as_ref()
        {
            let name = &column.name;
            return Err(format!("it is given for column `{name}` and for a column with another date format"));
        }
    }
    Ok(formed.flatten().unwrap_or(bound))
}

/// # Errors
/// Why a value cannot be compared with a column of this type.
fn compares(value: &Value, bound: &Bound, column: &str, ty: &ArrayType) -> Result<(), String> {
    match class_of(bound) {
        Some(of_value) if of_value != class(ty) => Err(format!(
            "{} is compared with column `{column}`, which is {ty:?}: SQLite never finds them equal. Give a value of \
             the column's type, or write CAST(? AS ..)",
            variant(value)
        )),
        _ => Ok(()),
    }
}

/// # Errors
/// Why a value cannot be stored in a column of this type.
fn is_stored(value: &Value, bound: &Bound, column: &str, ty: &ArrayType) -> Result<(), String> {
    let Some(of_value) = class_of(bound) else { return Ok(()) };
    let fits = of_value == class(ty)
        && match bound {
            Bound::Integer(integer) => is_number_of(*integer, ty),
            Bound::Plain(value @ SqlValue::Number(_)) => decode(value.clone(), ty).is_ok(),
            // Whether a column that stores numbers keeps it exactly is checked in `fitted`.
            Bound::Decimal { text, .. } => {
                let is_fractional = *ty != ArrayType::Bool && !is_integer(ty);
                text.parse::<i64>().map_or(is_fractional, |whole| is_number_of(whole, ty))
            }
            Bound::Plain(SqlValue::Text(text)) => is_text_of(value, text, ty),
            Bound::Plain(SqlValue::Blob(bytes)) => {
                class(ty) == Class::Blob && (*ty == ArrayType::Bytes || bytes.len() == 16)
            }
            Bound::Plain(SqlValue::Null) => true,
        };
    if fits { Ok(()) } else { Err(format!("{} does not fit column `{column}`, which is {ty:?}", variant(value))) }
}

fn is_number_of(integer: i64, ty: &ArrayType) -> bool {
    match ty {
        ArrayType::Bool => (0..=1).contains(&integer),
        ArrayType::TinyInt => i8::try_from(integer).is_ok(),
        ArrayType::SmallInt => i16::try_from(integer).is_ok(),
        ArrayType::Int => i32::try_from(integer).is_ok(),
        ArrayType::TinyUnsigned => u8::try_from(integer).is_ok(),
        ArrayType::SmallUnsigned => u16::try_from(integer).is_ok(),
        ArrayType::Unsigned => u32::try_from(integer).is_ok(),
        ArrayType::BigUnsigned => integer >= 0,
        // Beyond that, a float does not represent every integer.
        ArrayType::Float | ArrayType::Double => integer.unsigned_abs() <= MAX_EXACT,
        _ => true,
    }
}

/// Whether a column of numeric affinity turns a text into a number: the text must be one number, with nothing but
/// spaces around it. <https://www.sqlite.org/datatype3.html#type_affinity>
fn becomes_number(value: &Value, text: &str) -> bool {
    // A number is also valid JSON, and reads back as JSON.
    #[cfg(feature = "with-json")]
    if let Value::Json(_) = value {
        return false;
    }
    let _ = value;
    let text = text.trim_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    // The other texts that Rust reads as a float are words, such as `inf`.
    text.starts_with(|first: char| first.is_ascii_digit() || first == '.') && text.parse::<f64>().is_ok()
}

/// Whether a text has the format of the column's type. JSON does not fit a `String`.
fn is_text_of(value: &Value, text: &str, ty: &ArrayType) -> bool {
    #[cfg(feature = "with-json")]
    if let Value::Json(_) = value {
        return *ty == ArrayType::Json;
    }
    // A value of any other type was written in the format of that type, and a text of every value fits a text.
    if !matches!(value, Value::String(_)) || matches!(ty, ArrayType::String | ArrayType::Enum(_)) {
        return true;
    }
    decode(SqlValue::Text(text.to_owned()), ty).is_ok()
}

/// The type of a value as SeaORM names it, and the value if it is short.
fn variant(value: &Value) -> String {
    let printed = format!("{value:?}");
    let name = printed.split('(').next().unwrap_or_default();
    if printed.len() <= 60 { printed.replacen("(Some(", " ", 1).replacen("))", "", 1) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(value: Value, ty: ArrayType) -> Result<(), String> {
        is_stored(&value, &bind(&value).unwrap(), "c", &ty)
    }

    fn compared(value: Value, ty: ArrayType) -> Result<(), String> {
        compares(&value, &bind(&value).unwrap(), "c", &ty)
    }

    #[test]
    fn integers_of_any_width_that_hold_the_value_pass() {
        for ty in [ArrayType::TinyInt, ArrayType::Int, ArrayType::BigUnsigned, ArrayType::Double, ArrayType::Bool] {
            assert_eq!(stored(1_i64.into(), ty.clone()), Ok(()), "{ty:?}");
            assert_eq!(compared(5_000_000_000_i64.into(), ty), Ok(()));
        }
        assert!(
            stored(300.into(), ArrayType::TinyInt).is_err_and(|why| why.contains("Int 300 does not fit column `c`"))
        );
        assert!(stored((-1).into(), ArrayType::Unsigned).is_err());
        assert!(stored(2.into(), ArrayType::Bool).is_err());
        assert!(stored(1.5.into(), ArrayType::Int).is_err());
        assert_eq!(stored(2.0.into(), ArrayType::Int), Ok(()));
        assert_eq!(compared(1.5.into(), ArrayType::Int), Ok(()));
    }

    #[test]
    fn a_text_that_is_a_number_becomes_one() {
        for number in ["00501", " 5 ", "-1.5e3", "+.5", "5.", "1E-400", "9223372036854775808"] {
            assert!(becomes_number(&number.into(), number), "{number:?}");
        }
        for text in ["", "abc", "5a", "0x10", "inf", "NaN", "- 5", "1e", ".", "1_000", "2026-03-01", "\u{a0}5"] {
            assert!(!becomes_number(&text.into(), text), "{text:?}");
        }
        #[cfg(feature = "with-json")]
        assert!(!becomes_number(&serde_json::json!(5).into(), "5"));
    }

    #[test]
    fn text_is_no_number_and_no_blob() {
        assert!(
            compared("7".into(), ArrayType::Int).is_err_and(|why| why.contains("String \"7\"") && why.contains("`c`"))
        );
        assert!(stored("7".into(), ArrayType::Int).is_err());
        assert!(compared(7.into(), ArrayType::String).is_err());
        assert!(compared(vec![1_u8].into(), ArrayType::String).is_err());
        assert!(compared("a".into(), ArrayType::Bytes).is_err());
        assert_eq!(compared("a".into(), ArrayType::String), Ok(()));
        assert_eq!(stored(Value::String(None), ArrayType::Int), Ok(()));
    }

    #[cfg(all(feature = "with-chrono", feature = "with-json", feature = "with-uuid"))]
    #[test]
    fn a_text_must_be_of_the_form_of_its_column() {
        let json: Value = serde_json::json!({"a": 1}).into();
        assert!(stored(json.clone(), ArrayType::String).is_err_and(|why| why.contains("Json")));
        assert_eq!(stored(json, ArrayType::Json), Ok(()));
        assert_eq!(stored("2024-02-29".into(), ArrayType::ChronoDate), Ok(()));
        assert!(stored("tomorrow".into(), ArrayType::ChronoDate).is_err());
        assert!(stored("{".into(), ArrayType::Json).is_err());
        let uuid = sea_orm::prelude::Uuid::nil();
        assert_eq!(stored(uuid.into(), ArrayType::Uuid), Ok(()));
        assert!(stored(uuid.to_string().into(), ArrayType::Uuid).is_err());
        assert!(compared(uuid.to_string().into(), ArrayType::Uuid).is_err());
    }
}
