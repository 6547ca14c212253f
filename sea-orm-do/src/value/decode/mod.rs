//! Decodes what the runtime returned into a value of the column's type: never a default, never a silent `None`.
//!
//! What SeaORM's own SQLite driver reads is read here with the same result. What neither can read exactly is an error.

#[cfg(feature = "with-chrono")]
pub(crate) mod chrono;
#[cfg(any(feature = "with-rust_decimal", feature = "with-bigdecimal"))]
pub(crate) mod decimal;
#[cfg(any(feature = "with-chrono", feature = "with-time"))]
mod instant;
pub(crate) mod number;
#[cfg(feature = "with-time")]
pub(crate) mod time;

use std::fmt::{self, Debug};

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use super::types::read;
use crate::storage::SqlValue;

/// A value that is not NULL, with as much as is known about the storage class of a number.
pub(crate) enum Cell {
    Integer(i64),
    Real(f64),
    /// An INTEGER or a REAL: the runtime returns both alike, and rounds an INTEGER of 2^53 or beyond.
    Number(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// Decodes a value into the given type.
///
/// # Errors
/// What the value is and why it does not fit; the caller knows the column.
pub(crate) fn decode(value: SqlValue, ty: &ArrayType) -> Result<Value, String> {
    match value {
        SqlValue::Null => read(None, ty),
        SqlValue::Number(number) => read(Some(Cell::Number(number)), ty),
        SqlValue::Text(text) => read(Some(Cell::Text(text)), ty),
        SqlValue::Blob(bytes) => read(Some(Cell::Blob(bytes)), ty),
    }
}

pub(super) fn text(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(text) => Some(text),
        Cell::Integer(_) | Cell::Real(_) | Cell::Number(_) | Cell::Blob(_) => None,
    }
}

pub(super) fn take_text(cell: &mut Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(std::mem::take(text)),
        Cell::Integer(_) | Cell::Real(_) | Cell::Number(_) | Cell::Blob(_) => None,
    }
}

/// The runtime replaces bytes of a text that are not UTF-8 by U+FFFD. They are lost here, but CAST(… AS BLOB) returns
/// them.
pub(super) fn take_bytes(cell: &mut Cell) -> Option<Vec<u8>> {
    match cell {
        Cell::Blob(bytes) => Some(std::mem::take(bytes)),
        Cell::Text(text) if !text.contains(char::REPLACEMENT_CHARACTER) => Some(std::mem::take(text).into_bytes()),
        Cell::Integer(_) | Cell::Real(_) | Cell::Number(_) | Cell::Text(_) => None,
    }
}

#[cfg(feature = "with-json")]
pub(super) fn json(cell: &Cell) -> Option<sea_orm::JsonValue> {
    text(cell)?.parse().ok()
}

/// Reads a UUID from its sixteen bytes, or from a text in any of its formats.
#[cfg(feature = "with-uuid")]
pub(super) fn uuid(cell: &Cell) -> Option<sea_orm::prelude::Uuid> {
    match cell {
        Cell::Blob(bytes) => sea_orm::prelude::Uuid::from_slice(bytes).ok(),
        Cell::Text(text) => text.parse().ok(),
        Cell::Integer(_) | Cell::Real(_) | Cell::Number(_) => None,
    }
}

pub(super) fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

pub(super) fn misfit(cell: &Cell, ty: &ArrayType) -> String {
    format!("{cell} does not fit {ty:?}")
}

/// For an error message, cut to a readable length.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 40;
        match self {
            Self::Integer(integer) => write!(f, "number {integer}"),
            Self::Real(number) | Self::Number(number) => match number.to_string() {
                digits if digits.len() <= SHOWN => write!(f, "number {digits}"),
                _ => write!(f, "number {number:e}"),
            },
            Self::Text(text) => match text.char_indices().nth(SHOWN) {
                Some((end, _)) => write!(f, "text '{}…'", &text[..end]),
                None => write!(f, "text '{text}'"),
            },
            Self::Blob(bytes) => write!(f, "a blob of {} bytes", bytes.len()),
        }
    }
}

/// Why a type cannot be read: SQLite has no such type, or its feature is off.
pub(crate) fn unsupported_type(ty: &ArrayType) -> Option<String> {
    read(None, ty).err()
}

/// Why the driver does not support a variant of `Value` or `ArrayType`, from the name that `Debug` prints first.
pub(crate) fn unsupported(variant: &impl Debug) -> String {
    let printed = format!("{variant:?}");
    let name = printed.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let feature = match name {
        "Json" => "with-json",
        "Uuid" => "with-uuid",
        "Decimal" => "with-rust_decimal",
        "BigDecimal" => "with-bigdecimal",
        "TimeDate" | "TimeTime" | "TimeDateTime" | "TimeDateTimeWithTimeZone" => "with-time",
        name if name.starts_with("Chrono") => "with-chrono",
        // Arrays, vectors, ranges, network addresses and Jiff's types.
        name => return format!("SQLite has no type {name}"),
    };
    format!("type {name} needs feature {feature} of sea-orm-do")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_of_the_type_of_the_column() {
        let types = [
            ArrayType::Bool,
            ArrayType::TinyInt,
            ArrayType::SmallInt,
            ArrayType::Int,
            ArrayType::BigInt,
            ArrayType::TinyUnsigned,
            ArrayType::SmallUnsigned,
            ArrayType::Unsigned,
            ArrayType::BigUnsigned,
            ArrayType::Float,
            ArrayType::Double,
            ArrayType::String,
            ArrayType::Char,
            ArrayType::Bytes,
            #[cfg(feature = "with-json")]
            ArrayType::Json,
            #[cfg(feature = "with-uuid")]
            ArrayType::Uuid,
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoDate,
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoTime,
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoDateTime,
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoDateTimeUtc,
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoDateTimeLocal,
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoDateTimeWithTimeZone,
            #[cfg(feature = "with-time")]
            ArrayType::TimeDate,
            #[cfg(feature = "with-time")]
            ArrayType::TimeTime,
            #[cfg(feature = "with-time")]
            ArrayType::TimeDateTime,
            #[cfg(feature = "with-time")]
            ArrayType::TimeDateTimeWithTimeZone,
            #[cfg(feature = "with-rust_decimal")]
            ArrayType::Decimal,
            #[cfg(feature = "with-bigdecimal")]
            ArrayType::BigDecimal,
        ];
        for ty in types {
            let null = decode(SqlValue::Null, &ty);
            assert_eq!(null.as_ref().map(Value::array_type), Ok(ty));
            assert_eq!(null.clone().map(|null| null.as_null()), null);
        }
    }

    #[test]
    fn null_of_an_enum_is_text() {
        assert_eq!(decode(SqlValue::Null, &ArrayType::Enum(Box::new("mood".into()))), Ok(Value::String(None)));
    }

    fn text(text: &str, ty: ArrayType) -> Result<Value, String> {
        decode(SqlValue::Text(text.into()), &ty)
    }

    fn blob(bytes: &[u8], ty: ArrayType) -> Result<Value, String> {
        decode(SqlValue::Blob(bytes.into()), &ty)
    }

    #[test]
    fn reads_text_as_it_is() {
        for it in ["", "a", "it's\0 ünï", "1", "\u{FFFD}"] {
            assert_eq!(text(it, ArrayType::String), Ok(it.into()));
            assert_eq!(text(it, ArrayType::Enum(Box::new("mood".into()))), Ok(it.into()));
        }
    }

    #[test]
    fn refuses_bytes_and_numbers_as_text() {
        assert_eq!(blob(b"a", ArrayType::String), Err("a blob of 1 bytes does not fit String".into()));
        assert_eq!(decode(SqlValue::Number(3.0), &ArrayType::String), Err("number 3 does not fit String".into()));
    }

    #[test]
    fn reads_exactly_one_character() {
        assert_eq!(text("é", ArrayType::Char), Ok('é'.into()));
        assert_eq!(text("\0", ArrayType::Char), Ok('\0'.into()));
        assert_eq!(text("", ArrayType::Char), Err("text '' does not fit Char".into()));
        assert_eq!(text("ab", ArrayType::Char), Err("text 'ab' does not fit Char".into()));
    }

    #[test]
    fn reads_bytes_from_a_blob_and_those_of_a_text() {
        assert_eq!(blob(&[], ArrayType::Bytes), Ok(Vec::<u8>::new().into()));
        assert_eq!(blob(&[0, 255], ArrayType::Bytes), Ok(vec![0_u8, 255].into()));
        assert_eq!(text("é", ArrayType::Bytes), Ok("é".as_bytes().to_vec().into()));
        assert!(decode(SqlValue::Number(1.0), &ArrayType::Bytes).is_err());
    }

    #[test]
    fn refuses_bytes_of_a_text_that_the_runtime_may_have_repaired() {
        assert_eq!(text("a\u{FFFD}", ArrayType::Bytes), Err("text 'a\u{FFFD}' does not fit Bytes".into()));
    }

    #[cfg(feature = "with-json")]
    #[test]
    fn reads_json_from_text_only() {
        assert_eq!(text("null", ArrayType::Json), Ok(sea_orm::JsonValue::Null.into()));
        assert_eq!(text("18446744073709551615", ArrayType::Json), Ok(sea_orm::JsonValue::from(u64::MAX).into()));
        assert_eq!(text("", ArrayType::Json), Err("text '' does not fit Json".into()));
        assert_eq!(text("{a:1}", ArrayType::Json), Err("text '{a:1}' does not fit Json".into()));
        assert!(blob(b"1", ArrayType::Json).is_err());
        assert!(decode(SqlValue::Number(1.0), &ArrayType::Json).is_err());
    }

    #[cfg(feature = "with-uuid")]
    #[test]
    fn reads_a_uuid_from_sixteen_bytes_or_its_text() {
        use sea_orm::prelude::Uuid;
        assert_eq!(blob(&[7; 16], ArrayType::Uuid), Ok(Uuid::from_bytes([7; 16]).into()));
        assert_eq!(blob(&[7; 15], ArrayType::Uuid), Err("a blob of 15 bytes does not fit Uuid".into()));
        assert!(blob(&[], ArrayType::Uuid).is_err());
        let written: Uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().unwrap();
        assert_eq!(text("67e5504410b1426f9247bb680e5fe0c8", ArrayType::Uuid), Ok(written.into()));
        assert!(text("67e55044-10b1-426f-9247", ArrayType::Uuid).is_err());
        // sqlx-sqlite would read the letters as the bytes of a UUID.
        assert!(text("sixteen letters!", ArrayType::Uuid).is_err());
    }

    #[test]
    fn cuts_a_long_value_in_an_error() {
        let shown = format!("text '{}…' does not fit Int", "é".repeat(40));
        assert_eq!(text(&"é".repeat(41), ArrayType::Int), Err(shown));
        assert_eq!(text(&"é".repeat(40), ArrayType::Int), Err(format!("text '{}' does not fit Int", "é".repeat(40))));
        assert_eq!(decode(SqlValue::Number(1e300), &ArrayType::Float), Err("number 1e300 does not fit Float".into()));
    }

    #[test]
    fn says_which_types_sqlite_has_not_and_which_feature_is_off() {
        #[derive(Debug)]
        #[allow(dead_code)]
        enum Variant {
            Vector(Option<u8>),
            TimeDate(Option<u8>),
        }
        assert_eq!(unsupported(&Variant::Vector(None)), "SQLite has no type Vector");
        assert_eq!(unsupported(&Variant::TimeDate(Some(1))), "type TimeDate needs feature with-time of sea-orm-do");
    }
}
