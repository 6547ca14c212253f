//! Encodes a SeaORM value for the runtime, so that it is stored exactly as SeaORM's own SQLite driver stores it.

#[cfg(feature = "with-chrono")]
mod chrono;
#[cfg(any(feature = "with-rust_decimal", feature = "with-bigdecimal"))]
mod decimal;
mod fits;
#[cfg(feature = "with-json")]
mod json;
#[cfg(feature = "with-time")]
mod time;

use sea_orm::Value;
use sea_orm::sea_query::{ArrayType, OptionEnum};

use super::decode::unsupported;
use crate::storage::SqlValue;

pub(crate) use self::fits::fitted;

/// A parameter, ready for the runtime.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bound {
    /// A value that the runtime binds unchanged.
    Plain(SqlValue),
    /// A value that must arrive as an INTEGER. The runtime binds every number as REAL, so the statement casts it.
    Integer(i64),
    /// A decimal as text. A column of REAL affinity turns it into a float, and SeaORM creates such columns for
    /// decimals.
    #[cfg_attr(not(any(feature = "with-rust_decimal", feature = "with-bigdecimal")), allow(dead_code))]
    Decimal {
        text: String,
        /// Whether the float reads back as the same decimal.
        real: bool,
    },
}

impl Bound {
    /// Turns a decimal into the number that it is to SQLite, unless its digits are needed: in a comparison, a text is
    /// greater than every number.
    pub(crate) fn number_unless(self, takes_text: bool, is_compared: bool) -> Self {
        match self {
            Self::Decimal { text, real } if !takes_text && (real || is_compared) => match text.parse() {
                Ok(number) => Self::Plain(SqlValue::Number(number)),
                Err(_) => Self::Decimal { text, real },
            },
            other => other,
        }
    }
}

/// The type of a parameter.
///
/// # Errors
/// The reason, for a value that SQLite or this build cannot hold; SeaORM's own `array_type` panics for some of them.
pub(crate) fn parameter_type(value: &Value) -> Result<ArrayType, String> {
    match value {
        Value::Bool(_)
        | Value::TinyInt(_)
        | Value::SmallInt(_)
        | Value::Int(_)
        | Value::BigInt(_)
        | Value::TinyUnsigned(_)
        | Value::SmallUnsigned(_)
        | Value::Unsigned(_)
        | Value::BigUnsigned(_)
        | Value::Float(_)
        | Value::Double(_)
        | Value::String(_)
        | Value::Char(_)
        | Value::Bytes(_) => Ok(value.array_type()),
        Value::Enum(_) => Ok(ArrayType::String),
        #[cfg(feature = "with-json")]
        Value::Json(_) => Ok(ArrayType::Json),
        #[cfg(feature = "with-chrono")]
        Value::ChronoDate(_)
        | Value::ChronoTime(_)
        | Value::ChronoDateTime(_)
        | Value::ChronoDateTimeUtc(_)
        | Value::ChronoDateTimeLocal(_)
        | Value::ChronoDateTimeWithTimeZone(_) => Ok(value.array_type()),
        #[cfg(feature = "with-time")]
        Value::TimeDate(_) | Value::TimeTime(_) | Value::TimeDateTime(_) | Value::TimeDateTimeWithTimeZone(_) => {
            Ok(value.array_type())
        }
        #[cfg(feature = "with-uuid")]
        Value::Uuid(_) => Ok(ArrayType::Uuid),
        #[cfg(feature = "with-rust_decimal")]
        Value::Decimal(_) => Ok(ArrayType::Decimal),
        #[cfg(feature = "with-bigdecimal")]
        Value::BigDecimal(_) => Ok(ArrayType::BigDecimal),
        // The features of the whole build decide which other variants exist, so this list cannot be closed here.
        #[allow(unreachable_patterns)]
        other => Err(unsupported(other)),
    }
}

/// Encodes a value as a parameter.
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
        Value::Json(v) => v.as_deref().map(json::document).transpose()?,
        #[cfg(feature = "with-chrono")]
        Value::ChronoDate(v) => v.as_ref().map(chrono::date).transpose()?,
        #[cfg(feature = "with-chrono")]
        Value::ChronoTime(v) => v.as_ref().map(chrono::time).transpose()?,
        #[cfg(feature = "with-chrono")]
        Value::ChronoDateTime(v) => v.as_ref().map(chrono::naive).transpose()?,
        #[cfg(feature = "with-chrono")]
        Value::ChronoDateTimeUtc(v) => v.as_ref().map(chrono::zoned).transpose()?,
        #[cfg(feature = "with-chrono")]
        Value::ChronoDateTimeLocal(v) => v.as_ref().map(chrono::zoned).transpose()?,
        #[cfg(feature = "with-chrono")]
        Value::ChronoDateTimeWithTimeZone(v) => v.as_ref().map(chrono::zoned).transpose()?,
        #[cfg(feature = "with-time")]
        Value::TimeDate(v) => v.map(time::date).transpose()?,
        #[cfg(feature = "with-time")]
        Value::TimeTime(v) => v.map(time::time).transpose()?,
        #[cfg(feature = "with-time")]
        Value::TimeDateTime(v) => v.map(time::naive).transpose()?,
        #[cfg(feature = "with-time")]
        Value::TimeDateTimeWithTimeZone(v) => v.map(time::zoned).transpose()?,
        #[cfg(feature = "with-uuid")]
        Value::Uuid(v) => v.map(|v| SqlValue::Blob(v.as_bytes().to_vec())),
        #[cfg(feature = "with-rust_decimal")]
        Value::Decimal(Some(v)) => return Ok(decimal::fixed(*v)),
        #[cfg(feature = "with-rust_decimal")]
        Value::Decimal(None) => None,
        #[cfg(feature = "with-bigdecimal")]
        Value::BigDecimal(Some(v)) => return decimal::big(v),
        #[cfg(feature = "with-bigdecimal")]
        Value::BigDecimal(None) => None,
        // The features of the whole build decide which other variants exist, so this list cannot be closed here.
        #[allow(unreachable_patterns)]
        other => return Err(unsupported(other)),
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

/// Refuses a text that would not read back as the same value; `why` is the reason for its type.
#[cfg(any(feature = "with-chrono", feature = "with-time"))]
fn same(text: String, reads_back: bool, why: &str) -> Result<SqlValue, String> {
    if reads_back {
        Ok(SqlValue::Text(text))
    } else {
        Err(format!("'{text}' would not read back as the same value: {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::decode::decode;

    #[test]
    fn integers_and_booleans_become_integers() {
        assert_eq!(bind(&true.into()), Ok(Bound::Integer(1)));
        assert_eq!(bind(&false.into()), Ok(Bound::Integer(0)));
        assert_eq!(bind(&i8::MIN.into()), Ok(Bound::Integer(-128)));
        assert_eq!(bind(&u32::MAX.into()), Ok(Bound::Integer(4_294_967_295)));
        assert_eq!(bind(&i64::MIN.into()), Ok(Bound::Integer(i64::MIN)));
        assert_eq!(bind(&(i64::MAX as u64).into()), Ok(Bound::Integer(i64::MAX)));
        assert_eq!(bind(&Value::Int(None)), Ok(Bound::Plain(SqlValue::Null)));
    }

    #[test]
    fn refuses_u64_above_i64_max() {
        assert_eq!(bind(&(1_u64 << 63).into()), Err("u64 9223372036854775808 is above i64::MAX".to_owned()));
    }

    #[test]
    fn refuses_nan_and_keeps_the_infinities_and_the_sign_of_zero() {
        assert!(bind(&f64::NAN.into()).is_err());
        assert!(bind(&f32::NAN.into()).is_err());
        assert_eq!(bind(&f64::INFINITY.into()), Ok(Bound::Plain(SqlValue::Number(f64::INFINITY))));
        let Ok(Bound::Plain(SqlValue::Number(zero))) = bind(&(-0.0).into()) else { panic!("a number") };
        assert!(zero.is_sign_negative());
        assert_eq!(bind(&Value::Double(None)), Ok(Bound::Plain(SqlValue::Null)));
    }

    #[test]
    fn an_f32_becomes_the_same_number() {
        assert_eq!(bind(&0.1_f32.into()), Ok(Bound::Plain(SqlValue::Number(f64::from(0.1_f32)))));
    }

    #[test]
    fn what_is_not_a_number_reads_back_as_it_was() {
        let values: [Value; 8] = [
            "".into(),
            "it's \0 ünï".into(),
            '\0'.into(),
            '\u{10FFFF}'.into(),
            Vec::<u8>::new().into(),
            vec![0_u8, 255].into(),
            0.1_f32.into(),
            f64::MIN.into(),
        ];
        for value in values {
            let Ok(Bound::Plain(stored)) = bind(&value) else { panic!("{value:?} is not bound as it is") };
            assert_eq!(decode(stored, &value.array_type()), Ok(value));
        }
    }

    #[test]
    fn an_enum_becomes_its_text() {
        use sea_orm::sea_query::Enum;
        let mood = Enum { type_name: "mood".into(), value: "glad".into() };
        let stored = bind(&Value::Enum(OptionEnum::Some(Box::new(mood))));
        assert_eq!(stored, Ok(Bound::Plain(SqlValue::Text("glad".into()))));
        assert_eq!(bind(&Value::Enum(OptionEnum::None("mood".into()))), Ok(Bound::Plain(SqlValue::Null)));
    }

    #[cfg(feature = "with-uuid")]
    #[test]
    fn a_uuid_becomes_its_sixteen_bytes() {
        let uuid = sea_orm::prelude::Uuid::from_bytes([7; 16]);
        assert_eq!(bind(&uuid.into()), Ok(Bound::Plain(SqlValue::Blob(vec![7; 16]))));
        assert_eq!(bind(&Value::Uuid(None)), Ok(Bound::Plain(SqlValue::Null)));
    }
}
