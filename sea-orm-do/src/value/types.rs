//! The types that SQLite can hold for SeaORM: one row each, with its code in the protocol of a remote connection, and
//! the encoder and the decoder of its values.

use sea_orm::Value;
use sea_orm::sea_query::{ArrayType, Nullable, OptionEnum};

use super::decode::{self, Cell, misfit, number, unsupported};
use super::encode::{self, Bound};
use crate::storage::SqlValue;

/// Generates the functions below from the rows of the table.
macro_rules! types {
    ($($(#[$feature:meta])? $name:ident = $code:literal: $encode:expr, $decode:expr;)*) => {
        /// The type of a parameter.
        ///
        /// # Errors
        /// The reason, for a value that SQLite or this build cannot hold; SeaORM's own `array_type` panics for some of
        /// them.
        pub(crate) fn parameter_type(value: &Value) -> Result<ArrayType, String> {
            match value {
                $($(#[$feature])? Value::$name(_) => Ok(ArrayType::$name),)*
                Value::Enum(_) => Ok(ArrayType::String),
                // The features of the whole build decide which other variants exist, so no list here can be closed.
                #[allow(unreachable_patterns)]
                other => Err(unsupported(other)),
            }
        }

        /// The code of a type in the protocol of a remote connection; `None` for one that SQLite or this build cannot
        /// hold.
        #[cfg(feature = "remote")]
        pub(crate) fn code(ty: &ArrayType) -> Option<u8> {
            match ty {
                $($(#[$feature])? ArrayType::$name => Some($code),)*
                // SeaORM reads a database enum as text.
                ArrayType::Enum(_) => code(&ArrayType::String),
                #[allow(unreachable_patterns)]
                _ => None,
            }
        }

        /// The type with this code; `None` if this build has none.
        #[cfg(feature = "remote")]
        pub(crate) fn of_code(code: u8) -> Option<ArrayType> {
            match code {
                $($(#[$feature])? $code => Some(ArrayType::$name),)*
                _ => None,
            }
        }

        /// Encodes a value as a parameter.
        ///
        /// # Errors
        /// The reason, for a value that SQLite or this build cannot hold exactly; the caller knows the parameter's
        /// position.
        pub(crate) fn bind(value: &Value) -> Result<Bound, String> {
            match value {
                $($(#[$feature])? Value::$name(value) => encoded(value.as_ref(), $encode),)*
                Value::Enum(OptionEnum::Some(value)) => Ok(SqlValue::Text(value.value.clone().into_owned()).into()),
                Value::Enum(OptionEnum::None(_)) => Ok(SqlValue::Null.into()),
                #[allow(unreachable_patterns)]
                other => Err(unsupported(other)),
            }
        }

        /// Decodes a cell into the given type; `None` is NULL, which has a type in SeaORM as well.
        ///
        /// # Errors
        /// What the value is and why it does not fit; the caller knows the column.
        pub(crate) fn read(cell: Option<Cell>, ty: &ArrayType) -> Result<Value, String> {
            match ty {
                $($(#[$feature])? ArrayType::$name => decoded(cell, ty, $decode),)*
                // SeaORM reads a database enum as text.
                ArrayType::Enum(_) => decoded(cell, ty, |cell| Ok(decode::take_text(cell))),
                #[allow(unreachable_patterns)]
                other => Err(unsupported(other)),
            }
        }
    };
}

types! {
    Bool = 1: |value| Ok(i64::from(*value)), |cell| Ok(number::boolean(cell));
    TinyInt = 2: |value| Ok(i64::from(*value)), |cell| number::integer::<i8>(cell);
    SmallInt = 3: |value| Ok(i64::from(*value)), |cell| number::integer::<i16>(cell);
    Int = 4: |value| Ok(i64::from(*value)), |cell| number::integer::<i32>(cell);
    BigInt = 5: |value| Ok(*value), |cell| number::integer::<i64>(cell);
    TinyUnsigned = 6: |value| Ok(i64::from(*value)), |cell| number::integer::<u8>(cell);
    SmallUnsigned = 7: |value| Ok(i64::from(*value)), |cell| number::integer::<u16>(cell);
    Unsigned = 8: |value| Ok(i64::from(*value)), |cell| number::integer::<u32>(cell);
    BigUnsigned = 9: |value| encode::unsigned(*value), |cell| number::integer::<u64>(cell);
    Float = 10: |value| encode::number(f64::from(*value)), |cell| Ok(number::single(cell));
    Double = 11: |value| encode::number(*value), |cell| Ok(number::double(cell));
    String = 12: |value| Ok(SqlValue::Text(value.clone())), |cell| Ok(decode::take_text(cell));
    Char = 13: |value| Ok(SqlValue::Text(value.to_string())), |cell| Ok(decode::text(cell).and_then(decode::only_char));
    Bytes = 14: |value| Ok(SqlValue::Blob(value.clone())), |cell| Ok(decode::take_bytes(cell));
    #[cfg(feature = "with-json")]
    Json = 15: |value| encode::json::document(value), |cell| Ok(decode::json(cell));
    #[cfg(feature = "with-uuid")]
    Uuid = 16: |value| Ok(SqlValue::Blob(value.as_bytes().to_vec())), |cell| Ok(decode::uuid(cell));
    #[cfg(feature = "with-chrono")]
    ChronoDate = 17: encode::chrono::date, |cell| Ok(decode::text(cell).and_then(decode::chrono::date));
    #[cfg(feature = "with-chrono")]
    ChronoTime = 18: encode::chrono::time, |cell| Ok(decode::text(cell).and_then(decode::chrono::time));
    #[cfg(feature = "with-chrono")]
    ChronoDateTime = 19: encode::chrono::naive, |cell| decode::chrono::naive_cell(cell);
    #[cfg(feature = "with-chrono")]
    ChronoDateTimeUtc = 20: encode::chrono::zoned, |cell| Ok(decode::chrono::cell(cell)?.map(|at| at.to_utc()));
    #[cfg(feature = "with-chrono")]
    ChronoDateTimeLocal = 21: encode::chrono::zoned, |cell| decode::chrono::local_cell(cell);
    #[cfg(feature = "with-chrono")]
    ChronoDateTimeWithTimeZone = 22: encode::chrono::zoned, |cell| decode::chrono::cell(cell);
    #[cfg(feature = "with-time")]
    TimeDate = 23: |value| encode::time::date(*value), |cell| Ok(decode::text(cell).and_then(decode::time::date));
    #[cfg(feature = "with-time")]
    TimeTime = 24: |value| encode::time::time(*value), |cell| Ok(decode::text(cell).and_then(decode::time::time));
    #[cfg(feature = "with-time")]
    TimeDateTime = 25: |value| encode::time::naive(*value), |cell| decode::time::naive_cell(cell);
    #[cfg(feature = "with-time")]
    TimeDateTimeWithTimeZone = 26: |value| encode::time::zoned(*value), |cell| decode::time::cell(cell);
    #[cfg(feature = "with-rust_decimal")]
    Decimal = 27: |value| Ok(encode::decimal::fixed(*value)), |cell| Ok(decode::decimal::cell(cell));
    #[cfg(feature = "with-bigdecimal")]
    BigDecimal = 28: |value| encode::decimal::big(value), |cell| Ok(decode::decimal::big_cell(cell));
}

/// NULL, or the encoded value.
fn encoded<T, B: Into<Bound>>(
    value: Option<&T>,
    encode: impl FnOnce(&T) -> Result<B, String>,
) -> Result<Bound, String> {
    value.map_or(Ok(SqlValue::Null.into()), |value| encode(value).map(Into::into))
}

/// NULL, or the value of a cell as this type; an error if the cell does not fit it.
fn decoded<T: Into<Value> + Nullable>(
    cell: Option<Cell>,
    ty: &ArrayType,
    decode: impl FnOnce(&mut Cell) -> Result<Option<T>, String>,
) -> Result<Value, String> {
    let Some(mut cell) = cell else { return Ok(T::null()) };
    decode(&mut cell)?.map(Into::into).ok_or_else(|| misfit(&cell, ty))
}
