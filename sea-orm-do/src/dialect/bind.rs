//! From a SeaORM value to what the runtime is given, stored exactly as SeaORM's own SQLite driver stores it.

use sea_orm::Value;
use sea_orm::sea_query::OptionEnum;

use crate::storage::SqlValue;

/// A parameter, ready for the runtime.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bound {
    /// What the runtime binds as it is.
    Plain(SqlValue),
    /// What must arrive as SQLite's INTEGER. The runtime binds every number as REAL, so the statement casts it.
    Integer(i64),
}

/// Turns a value into a parameter.
///
/// # Errors
/// The reason, for a value that SQLite or this build cannot hold exactly; the caller knows the parameter's position.
pub(crate) fn bind(value: &Value) -> Result<Bound, String> {
    let plain = match value {
        Value::Bool(v) => return Ok(integer(v.map(i64::from))),
        Value::TinyInt(v) => return Ok(integer(v.map(i64::from))),
        Value::SmallInt(v) => return Ok(integer(v.map(i64::from))),
        Value::Int(v) => return Ok(integer(v.map(i64::from))),
        Value::BigInt(v) => return Ok(integer(*v)),
        Value::TinyUnsigned(v) => return Ok(integer(v.map(i64::from))),
        Value::SmallUnsigned(v) => return Ok(integer(v.map(i64::from))),
        Value::Unsigned(v) => return Ok(integer(v.map(i64::from))),
        Value::BigUnsigned(v) => {
            let v = v.map(|v| i64::try_from(v).map_err(|_| format!("u64 {v} is above i64::MAX"))).transpose()?;
            return Ok(integer(v));
        }
        Value::Float(v) => v.map(|v| number(f64::from(v))).transpose()?,
        Value::Double(v) => v.map(number).transpose()?,
        Value::String(v) => v.clone().map(SqlValue::Text),
        Value::Enum(OptionEnum::Some(v)) => Some(SqlValue::Text(v.value.clone().into_owned())),
        Value::Enum(OptionEnum::None(_)) => None,
        Value::Char(v) => v.map(|v| SqlValue::Text(v.to_string())),
        Value::Bytes(v) => v.clone().map(SqlValue::Blob),
        #[cfg(feature = "with-json")]
        Value::Json(v) => v.as_ref().map(|v| SqlValue::Text(v.to_string())),
        #[cfg(feature = "with-chrono")]
        Value::ChronoDate(v) => v.map(|v| text(&v.format("%F"))),
        #[cfg(feature = "with-chrono")]
        Value::ChronoTime(v) => v.map(|v| text(&v.format("%T%.f"))),
        #[cfg(feature = "with-chrono")]
        Value::ChronoDateTime(v) => v.map(|v| text(&v.format("%F %T%.f"))),
        #[cfg(feature = "with-chrono")]
        Value::ChronoDateTimeUtc(v) => v.map(|v| rfc3339(&v)),
        #[cfg(feature = "with-chrono")]
        Value::ChronoDateTimeLocal(v) => v.map(|v| rfc3339(&v)),
        #[cfg(feature = "with-chrono")]
        Value::ChronoDateTimeWithTimeZone(v) => v.map(|v| rfc3339(&v)),
        #[cfg(feature = "with-uuid")]
        Value::Uuid(v) => v.map(|v| SqlValue::Blob(v.as_bytes().to_vec())),
        // SeaORM's features decide which other variants exist, so this list cannot be closed here.
        #[allow(unreachable_patterns)]
        other => return Err(format!("a value of type {:?} is not supported yet", other.array_type())),
    };
    Ok(Bound::Plain(plain.unwrap_or(SqlValue::Null)))
}

fn integer(value: Option<i64>) -> Bound {
    value.map_or(Bound::Plain(SqlValue::Null), Bound::Integer)
}

fn number(value: f64) -> Result<SqlValue, String> {
    if value.is_nan() {
        return Err("NaN, which SQLite would store as NULL".to_owned());
    }
    Ok(SqlValue::Number(value))
}

#[cfg(feature = "with-chrono")]
fn text(value: &impl std::fmt::Display) -> SqlValue {
    SqlValue::Text(value.to_string())
}

#[cfg(feature = "with-chrono")]
fn rfc3339<Tz: chrono::TimeZone>(value: &chrono::DateTime<Tz>) -> SqlValue
where
    Tz::Offset: std::fmt::Display,
{
    SqlValue::Text(value.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_booleans_become_integers() {
        assert_eq!(bind(&true.into()), Ok(Bound::Integer(1)));
        assert_eq!(bind(&i64::MIN.into()), Ok(Bound::Integer(i64::MIN)));
        assert_eq!(bind(&(i64::MAX as u64).into()), Ok(Bound::Integer(i64::MAX)));
        assert_eq!(bind(&Value::Int(None)), Ok(Bound::Plain(SqlValue::Null)));
    }

    #[test]
    fn refuses_u64_above_i64_max() {
        assert_eq!(bind(&(1_u64 << 63).into()), Err("u64 9223372036854775808 is above i64::MAX".to_owned()));
    }

    #[test]
    fn refuses_nan_and_keeps_the_infinities() {
        assert!(bind(&f64::NAN.into()).is_err());
        assert!(bind(&f32::NAN.into()).is_err());
        assert_eq!(bind(&f64::INFINITY.into()), Ok(Bound::Plain(SqlValue::Number(f64::INFINITY))));
    }
}
