//! Cells that say themselves what they are, for columns with integers that the runtime would round.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use super::{Cell, decode, read};
use crate::storage::SqlValue;

/// Turns a value into the given type, where column `c` was selected as
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
    read(cell, ty)
}

fn untagged(text: &str) -> String {
    format!("{} was selected without its storage class", Cell::Text(text.to_owned()))
}
