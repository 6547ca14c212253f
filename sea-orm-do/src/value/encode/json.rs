//! Encodes JSON as text.

use sea_orm::JsonValue;

use crate::storage::SqlValue;

/// # Errors
/// For a document that serde_json writes but cannot read, or reads as a different one.
pub(in crate::value) fn document(value: &JsonValue) -> Result<SqlValue, String> {
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
            "a JSON document with {number}, which would read back as another number: turn on feature float_roundtrip \
             of serde_json"
        )),
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => Ok(()),
    }
}

fn reads_back(value: &JsonValue) -> bool {
    value.to_string().parse::<JsonValue>().is_ok_and(|read| read == *value)
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::ArrayType;

    use super::*;
    use crate::value::decode::decode;

    fn nested(levels: usize) -> JsonValue {
        (0..levels).fold(JsonValue::Null, |inner, _| vec![inner].into())
    }

    #[test]
    fn reads_back_as_it_was() {
        let values: [JsonValue; 8] = [
            JsonValue::Null,
            true.into(),
            u64::MAX.into(),
            i64::MIN.into(),
            0.1.into(),
            "\u{0} \" \u{2028}".into(),
            nested(127),
            [("b", 1), ("a", 2)].into_iter().collect(),
        ];
        for value in values {
            let stored = document(&value);
            assert_eq!(stored.and_then(|stored| decode(stored, &ArrayType::Json)), Ok(value.into()));
        }
    }

    #[test]
    fn is_text_without_spaces() {
        let value: JsonValue = [("a", vec![1.5, 2.0])].into_iter().collect();
        assert_eq!(document(&value), Ok(SqlValue::Text(r#"{"a":[1.5,2.0]}"#.into())));
    }

    #[test]
    fn refuses_what_is_nested_too_deep_to_be_read() {
        assert!(document(&nested(128)).is_err_and(|e| e.contains("127 levels")));
    }

    #[test]
    fn a_float_reads_back_or_is_refused() {
        let value = JsonValue::from(0.999_846_988_219_542_9);
        match document(&value) {
            Ok(stored) => assert_eq!(decode(stored, &ArrayType::Json), Ok(value.into())),
            Err(why) => assert!(why.contains("float_roundtrip")),
        }
    }
}
