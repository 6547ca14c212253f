//! Encodes a SeaORM value for the runtime, so that it is stored exactly as SeaORM's own SQLite driver stores it.

#[cfg(feature = "with-chrono")]
pub(super) mod chrono;
#[cfg(any(feature = "with-rust_decimal", feature = "with-bigdecimal"))]
pub(super) mod decimal;
mod fits;
#[cfg(feature = "with-json")]
pub(super) mod json;
#[cfg(feature = "with-time")]
pub(super) mod time;

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

impl From<i64> for Bound {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<SqlValue> for Bound {
    fn from(value: SqlValue) -> Self {
        Self::Plain(value)
    }
}

pub(super) fn unsigned(value: u64) -> Result<i64, String> {
    i64::try_from(value).map_err(|_| format!("u64 {value} is above i64::MAX"))
}

pub(super) fn number(value: f64) -> Result<SqlValue, String> {
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
    use sea_orm::Value;
    use sea_orm::sea_query::OptionEnum;

    use super::*;
    use crate::value::decode::decode;
    use crate::value::types::bind;

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
