//! A value as plain JSON, for `into_json`: SeaORM's own conversion quotes dates twice and panics on bytes that are not
//! text.

use sea_orm::sea_query::{OptionEnum, sea_value_to_json_value};
use sea_orm::{JsonValue, Value};

use super::encode::Bound;
use super::types::bind;
use crate::storage::SqlValue;

/// Converts a value to plain JSON: numbers, booleans and text as such, JSON as itself, bytes as an array of numbers,
/// times as the text they are stored as, and a decimal as the text or number it is stored as.
///
/// # Errors
/// The reason, for a number that JSON cannot represent.
pub(crate) fn plain(value: Value, is_text: bool) -> Result<Value, String> {
    let json = match &value {
        Value::Float(Some(number)) => finite(f64::from(*number))?,
        Value::Double(Some(number)) => finite(*number)?,
        Value::Bytes(Some(bytes)) => bytes.as_slice().into(),
        Value::Enum(OptionEnum::Some(value)) => value.value.as_ref().into(),
        Value::Bool(_)
        | Value::TinyInt(_)
        | Value::SmallInt(_)
        | Value::Int(_)
        | Value::BigInt(_)
        | Value::TinyUnsigned(_)
        | Value::SmallUnsigned(_)
        | Value::Unsigned(_)
        | Value::BigUnsigned(_)
        | Value::String(_)
        | Value::Char(_)
        | Value::Json(_) => sea_value_to_json_value(&value),
        #[cfg(feature = "with-uuid")]
        Value::Uuid(Some(uuid)) => uuid.to_string().into(),
        _ => match bind(&value)? {
            Bound::Plain(SqlValue::Text(text)) => text.into(),
            Bound::Plain(SqlValue::Number(number)) => finite(number)?,
            Bound::Plain(SqlValue::Blob(bytes)) => bytes.into(),
            Bound::Plain(SqlValue::Null) => JsonValue::Null,
            Bound::Integer(integer) => integer.into(),
            Bound::Decimal { text, real: true } if !is_text => {
                finite(text.parse().map_err(|_| format!("{text} is not a number"))?)?
            }
            Bound::Decimal { text, .. } => text.into(),
        },
    };
    Ok(Value::Json(Some(Box::new(json))))
}

fn finite(number: f64) -> Result<JsonValue, String> {
    if number.is_finite() { Ok(number.into()) } else { Err(format!("{number} cannot be written in JSON")) }
}
