//! From what the runtime returned to the value that the column's type asks for; never a default, never a `None`.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use crate::storage::SqlValue;

/// Integers from here on may have been rounded by the runtime.
const ROUNDED: f64 = 9_007_199_254_740_992.0;

/// Turns a value into the given type.
///
/// # Errors
/// What the value is and why it does not fit; the caller knows the column.
pub(crate) fn decode(value: SqlValue, ty: &ArrayType) -> Result<Value, String> {
    if value == SqlValue::Null {
        return null(ty);
    }
    match (ty, value) {
        (ArrayType::Bool, SqlValue::Number(0.0)) => Ok(false.into()),
        (ArrayType::Bool, SqlValue::Number(1.0)) => Ok(true.into()),
        (ArrayType::TinyInt, value) => Ok(integer::<i8>(value, ty)?.into()),
        (ArrayType::SmallInt, value) => Ok(integer::<i16>(value, ty)?.into()),
        (ArrayType::Int, value) => Ok(integer::<i32>(value, ty)?.into()),
        (ArrayType::BigInt, value) => Ok(integer::<i64>(value, ty)?.into()),
        (ArrayType::TinyUnsigned, value) => Ok(integer::<u8>(value, ty)?.into()),
        (ArrayType::SmallUnsigned, value) => Ok(integer::<u16>(value, ty)?.into()),
        (ArrayType::Unsigned, value) => Ok(integer::<u32>(value, ty)?.into()),
        (ArrayType::BigUnsigned, value) => Ok(integer::<u64>(value, ty)?.into()),
        (ArrayType::Float, SqlValue::Number(number)) => Ok(float(number)?.into()),
        (ArrayType::Double, SqlValue::Number(number)) => Ok(number.into()),
        (ArrayType::String, SqlValue::Text(text)) => Ok(text.into()),
        (ArrayType::Bytes, SqlValue::Blob(bytes)) => Ok(bytes.into()),
        (ArrayType::Char, SqlValue::Text(text)) => {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(char), None) => Ok(char.into()),
                _ => Err(misfit(&SqlValue::Text(text), ty)),
            }
        }
        #[cfg(feature = "with-json")]
        (ArrayType::Json, SqlValue::Text(text)) => match text.parse::<sea_orm::JsonValue>() {
            Ok(json) => Ok(json.into()),
            Err(_) => Err(misfit(&SqlValue::Text(text), ty)),
        },
        #[cfg(feature = "with-uuid")]
        (ArrayType::Uuid, SqlValue::Blob(bytes)) => match sea_orm::prelude::Uuid::from_slice(&bytes) {
            Ok(uuid) => Ok(uuid.into()),
            Err(_) => Err(misfit(&SqlValue::Blob(bytes), ty)),
        },
        #[cfg(feature = "with-chrono")]
        (_, SqlValue::Text(text)) if time::is(ty) => match time::parse(&text, ty) {
            Some(value) => Ok(value),
            None => Err(misfit(&SqlValue::Text(text), ty)),
        },
        (ty, value) => Err(misfit(&value, ty)),
    }
}

fn misfit(value: &SqlValue, ty: &ArrayType) -> String {
    format!("{} does not fit {ty:?}", describe(value))
}

/// A value for an error message, cut to a readable length.
fn describe(value: &SqlValue) -> String {
    const SHOWN: usize = 40;
    match value {
        SqlValue::Null => "NULL".to_owned(),
        SqlValue::Number(number) => format!("number {number}"),
        SqlValue::Text(text) if text.chars().count() > SHOWN => {
            format!("text '{}…'", text.chars().take(SHOWN).collect::<String>())
        }
        SqlValue::Text(text) => format!("text '{text}'"),
        SqlValue::Blob(bytes) => format!("a blob of {} bytes", bytes.len()),
    }
}

fn integer<T: TryFrom<i64>>(value: SqlValue, ty: &ArrayType) -> Result<T, String> {
    let SqlValue::Number(number) = value else { return Err(misfit(&value, ty)) };
    if number.abs() >= ROUNDED {
        return Err(format!("an integer of 2^53 or beyond, near {number}, cannot be read exactly yet"));
    }
    #[allow(clippy::cast_possible_truncation, reason = "compared again below")]
    let integer = number as i64;
    #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
    let whole = integer as f64 == number;
    match T::try_from(integer) {
        Ok(integer) if whole => Ok(integer),
        _ => Err(misfit(&value, ty)),
    }
}

fn float(number: f64) -> Result<f32, String> {
    #[allow(clippy::cast_possible_truncation, reason = "rounding is what f32 is; overflow is refused")]
    let float = number as f32;
    if float.is_infinite() && number.is_finite() {
        return Err(misfit(&SqlValue::Number(number), &ArrayType::Float));
    }
    Ok(float)
}

/// NULL, in the variant that SeaORM expects for the type.
fn null(ty: &ArrayType) -> Result<Value, String> {
    Ok(match ty {
        ArrayType::Bool => Value::Bool(None),
        ArrayType::TinyInt => Value::TinyInt(None),
        ArrayType::SmallInt => Value::SmallInt(None),
        ArrayType::Int => Value::Int(None),
        ArrayType::BigInt => Value::BigInt(None),
        ArrayType::TinyUnsigned => Value::TinyUnsigned(None),
        ArrayType::SmallUnsigned => Value::SmallUnsigned(None),
        ArrayType::Unsigned => Value::Unsigned(None),
        ArrayType::BigUnsigned => Value::BigUnsigned(None),
        ArrayType::Float => Value::Float(None),
        ArrayType::Double => Value::Double(None),
        ArrayType::String | ArrayType::Enum(_) => Value::String(None),
        ArrayType::Char => Value::Char(None),
        ArrayType::Bytes => Value::Bytes(None),
        #[cfg(feature = "with-json")]
        ArrayType::Json => Value::Json(None),
        #[cfg(feature = "with-uuid")]
        ArrayType::Uuid => Value::Uuid(None),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDate => Value::ChronoDate(None),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoTime => Value::ChronoTime(None),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDateTime => Value::ChronoDateTime(None),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDateTimeUtc => Value::ChronoDateTimeUtc(None),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDateTimeLocal => Value::ChronoDateTimeLocal(None),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDateTimeWithTimeZone => Value::ChronoDateTimeWithTimeZone(None),
        // SeaORM's features decide which other variants exist, so this list cannot be closed here.
        #[allow(unreachable_patterns)]
        other => return Err(format!("a column of type {other:?} is not supported yet")),
    })
}

#[cfg(feature = "with-chrono")]
mod time {
    use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, Utc};
    use sea_orm::Value;
    use sea_orm::sea_query::ArrayType;

    pub(super) fn is(ty: &ArrayType) -> bool {
        matches!(
            ty,
            ArrayType::ChronoDate
                | ArrayType::ChronoTime
                | ArrayType::ChronoDateTime
                | ArrayType::ChronoDateTimeUtc
                | ArrayType::ChronoDateTimeLocal
                | ArrayType::ChronoDateTimeWithTimeZone
        )
    }

    pub(super) fn parse(text: &str, ty: &ArrayType) -> Option<Value> {
        Some(match ty {
            ArrayType::ChronoDate => NaiveDate::parse_from_str(text, "%F").ok()?.into(),
            ArrayType::ChronoTime => first(&["%T%.f", "%R"], |f| NaiveTime::parse_from_str(text, f).ok())?.into(),
            ArrayType::ChronoDateTime => datetime(text)?.naive_local().into(),
            ArrayType::ChronoDateTimeUtc => datetime(text)?.with_timezone(&Utc).into(),
            ArrayType::ChronoDateTimeLocal => datetime(text)?.with_timezone(&Local).into(),
            ArrayType::ChronoDateTimeWithTimeZone => datetime(text)?.into(),
            _ => return None,
        })
    }

    /// The text forms of <https://www.sqlite.org/lang_datefunc.html>; without an offset the time is UTC.
    fn datetime(text: &str) -> Option<DateTime<FixedOffset>> {
        const ZONED: [&str; 4] = ["%F %T%.f%:z", "%F %R%:z", "%FT%T%.f%:z", "%FT%R%:z"];
        const NAIVE: [&str; 8] =
            ["%F %T%.f", "%F %R", "%F %T%.fZ", "%F %RZ", "%FT%T%.f", "%FT%R", "%FT%T%.fZ", "%FT%RZ"];
        DateTime::parse_from_rfc3339(text)
            .ok()
            .or_else(|| first(&ZONED, |format| DateTime::parse_from_str(text, format).ok()))
            .or_else(|| Some(first(&NAIVE, |f| NaiveDateTime::parse_from_str(text, f).ok())?.and_utc().fixed_offset()))
    }

    fn first<T>(formats: &[&str], parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        formats.iter().find_map(|format| parse(format))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: f64, ty: ArrayType) -> Result<Value, String> {
        decode(SqlValue::Number(number), &ty)
    }

    #[test]
    fn reads_whole_numbers_as_either_kind() {
        assert_eq!(number(1.0, ArrayType::Int), Ok(1_i32.into()));
        assert_eq!(number(1.0, ArrayType::Double), Ok(1_f64.into()));
        assert_eq!(number(-128.0, ArrayType::TinyInt), Ok((-128_i8).into()));
    }

    #[test]
    fn refuses_what_does_not_fit() {
        for (value, ty) in [
            (SqlValue::Number(3e9), ArrayType::Int),
            (SqlValue::Number(1.5), ArrayType::BigInt),
            (SqlValue::Number(-1.0), ArrayType::Unsigned),
            (SqlValue::Number(2.0), ArrayType::Bool),
            (SqlValue::Number(1e300), ArrayType::Float),
            (SqlValue::Text("true".into()), ArrayType::Bool),
            (SqlValue::Text("7".into()), ArrayType::Int),
            (SqlValue::Text("ab".into()), ArrayType::Char),
            (SqlValue::Blob(vec![0; 3]), ArrayType::String),
        ] {
            let refused = decode(value.clone(), &ty);
            assert_eq!(refused, Err(misfit(&value, &ty)));
        }
    }

    #[test]
    fn refuses_integers_that_may_have_been_rounded() {
        assert_eq!(number(ROUNDED - 1.0, ArrayType::BigInt), Ok(((1_i64 << 53) - 1).into()));
        assert!(number(ROUNDED, ArrayType::BigInt).is_err_and(|e| e.contains("2^53")));
        assert!(number(-ROUNDED, ArrayType::BigInt).is_err_and(|e| e.contains("2^53")));
    }

    #[test]
    fn reads_null_in_the_variant_of_the_column() {
        assert_eq!(decode(SqlValue::Null, &ArrayType::Bool), Ok(Value::Bool(None)));
        assert_eq!(decode(SqlValue::Null, &ArrayType::String), Ok(Value::String(None)));
    }

    #[cfg(feature = "with-chrono")]
    #[test]
    fn reads_a_date_and_refuses_a_day_that_does_not_exist() {
        let date = |text: &str| decode(SqlValue::Text(text.into()), &ArrayType::ChronoDate);
        assert!(matches!(date("2026-02-28"), Ok(Value::ChronoDate(Some(_)))));
        assert!(date("2026-02-30").is_err_and(|e| e.contains("2026-02-30")));
    }
}
