//! JSON, as text.

use sea_orm::JsonValue;

use crate::storage::SqlValue;

/// # Errors
/// For a document that serde_json writes, but does not read, or reads as another.
pub(super) fn document(value: &JsonValue) -> Result<SqlValue, String> {
    /// <https://docs.rs/serde_json/latest/serde_json/struct.Deserializer.html#method.disable_recursion_limit>
    const LEVELS: usize = 127;
    check(value, LEVELS)?;
    Ok(SqlValue::Text(value.to_string()))
}

fn check(value: &JsonValue, levels: usize) -> Result<(), String> {
    let inside = || levels.checked_sub(1).ok_or("a JSON document of more than 127 levels, which would not read back");
    match value {
        JsonValue::Array(values) => {
            let levels = inside()?;
            values.iter().try_for_each(|value| check(value, levels))
        }
        JsonValue::Object(members) => {
            let levels = inside()?;
            members.values().try_for_each(|value| check(value, levels))
        }
        // Without this feature, serde_json misreads every tenth float of 16 or more digits by a unit in the last place.
        JsonValue::Number(number) if number.is_f64() && !reads_back(value) => Err(format!(
            "a JSON document with {number}, which would read back as another number: turn on feature float_roundtrip of \
             serde_json"
        )),
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => Ok(()),
    }
}

fn reads_back(value: &JsonValue) -> bool {
    value.to_string().parse::<JsonValue>().is_ok_and(|read| read == *value)
}
