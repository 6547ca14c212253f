//! The values of programs, as plain data.

use sea_orm::Value;
use sea_orm::prelude::{ChronoDate, ChronoDateTime, ChronoDateTimeUtc, ChronoTime, Decimal, Uuid};
use sea_orm::sea_query::ArrayType;
use serde::{Deserialize, Serialize};

/// What Rust type a column or an expression is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Bool,
    Tiny,
    Small,
    Int,
    Big,
    Float,
    Double,
    Text,
    Bytes,
    Date,
    Time,
    DateTime,
    Utc,
    Uuid,
    Json,
    Decimal,
    /// Of no type of its own: read as storage class and content.
    Any,
}

/// A value to be bound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scalar {
    Null(Kind),
    Bool(bool),
    Tiny(i8),
    Small(i16),
    Int(i32),
    Big(i64),
    Unsigned(u32),
    BigUnsigned(u64),
    Float(Real),
    Double(Real),
    Text(String),
    Bytes(Vec<u8>),
    /// Days after 1970-01-01.
    Date(i32),
    /// Seconds and nanoseconds.
    Time(u32, u32),
    DateTime(i64, u32),
    Utc(i64, u32),
    Uuid(u64, u64),
    Json(String),
    /// Ten-thousandths.
    Decimal(i64),
}

/// A float that keeps every bit on its way through JSON, infinities and the sign of zero included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Real(pub f64);

impl From<Real> for String {
    fn from(Real(number): Real) -> Self {
        format!("{number:?}")
    }
}

impl TryFrom<String> for Real {
    type Error = std::num::ParseFloatError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl Kind {
    /// The type that SeaORM reads.
    #[must_use]
    pub fn array_type(self) -> ArrayType {
        null(self).array_type()
    }
}

impl Scalar {
    /// As SeaORM binds it. What is out of its type's range, which only a shrunk program has, is NULL.
    #[must_use]
    pub fn value(&self) -> Value {
        match *self {
            Self::Null(kind) => null(kind),
            Self::Bool(value) => value.into(),
            Self::Tiny(value) => value.into(),
            Self::Small(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Big(value) => value.into(),
            Self::Unsigned(value) => value.into(),
            Self::BigUnsigned(value) => value.into(),
            #[allow(clippy::cast_possible_truncation, reason = "only floats of 32 bits are generated")]
            Self::Float(Real(value)) => (value as f32).into(),
            Self::Double(Real(value)) => value.into(),
            Self::Text(ref value) => value.as_str().into(),
            Self::Bytes(ref value) => value.clone().into(),
            Self::Date(days) => date(days).into(),
            Self::Time(seconds, nanos) => ChronoTime::from_num_seconds_from_midnight_opt(seconds, nanos).into(),
            Self::DateTime(seconds, nanos) => instant(seconds, nanos).map(|at| at.naive_utc()).into(),
            Self::Utc(seconds, nanos) => instant(seconds, nanos).into(),
            Self::Uuid(high, low) => Uuid::from_u64_pair(high, low).into(),
            Self::Json(ref text) => Value::Json(text.parse().ok().map(Box::new)),
            Self::Decimal(ten_thousandths) => Decimal::new(ten_thousandths, 4).into(),
        }
    }
}

fn date(days: i32) -> Option<ChronoDate> {
    ChronoDate::from_num_days_from_ce_opt(days.checked_add(719_163)?)
}

fn instant(seconds: i64, nanos: u32) -> Option<ChronoDateTimeUtc> {
    ChronoDateTimeUtc::from_timestamp(seconds, nanos)
}

/// A NULL of the type.
fn null(kind: Kind) -> Value {
    match kind {
        Kind::Bool => Value::Bool(None),
        Kind::Tiny => Value::TinyInt(None),
        Kind::Small => Value::SmallInt(None),
        Kind::Int => Value::Int(None),
        Kind::Big => Value::BigInt(None),
        Kind::Float => Value::Float(None),
        Kind::Double => Value::Double(None),
        Kind::Text | Kind::Any => Value::String(None),
        Kind::Bytes => Value::Bytes(None),
        Kind::Date => None::<ChronoDate>.into(),
        Kind::Time => None::<ChronoTime>.into(),
        Kind::DateTime => None::<ChronoDateTime>.into(),
        Kind::Utc => None::<ChronoDateTimeUtc>.into(),
        Kind::Uuid => None::<Uuid>.into(),
        Kind::Json => Value::Json(None),
        Kind::Decimal => None::<Decimal>.into(),
    }
}
