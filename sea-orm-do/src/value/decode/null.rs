//! NULL has a type in SeaORM: it reads a NULL of another variant than it asked for as an error.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use super::unsupported;

/// NULL, in the variant that SeaORM expects for the type.
pub(super) fn null(ty: &ArrayType) -> Result<Value, String> {
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
        // SeaORM reads an enum of the database's own as text.
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
        #[cfg(feature = "with-time")]
        ArrayType::TimeDate => Value::TimeDate(None),
        #[cfg(feature = "with-time")]
        ArrayType::TimeTime => Value::TimeTime(None),
        #[cfg(feature = "with-time")]
        ArrayType::TimeDateTime => Value::TimeDateTime(None),
        #[cfg(feature = "with-time")]
        ArrayType::TimeDateTimeWithTimeZone => Value::TimeDateTimeWithTimeZone(None),
        #[cfg(feature = "with-rust_decimal")]
        ArrayType::Decimal => Value::Decimal(None),
        #[cfg(feature = "with-bigdecimal")]
        ArrayType::BigDecimal => Value::BigDecimal(None),
        // The features of the whole build decide which other types exist, so this list cannot be closed here.
        #[allow(unreachable_patterns)]
        other => return Err(unsupported(other)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_of_the_type_of_the_column() {
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
            let null = null(&ty);
            assert_eq!(null.as_ref().map(Value::array_type), Ok(ty));
            assert_eq!(null.clone().map(|null| null.as_null()), null);
        }
    }

    #[test]
    fn of_an_enum_is_text() {
        assert_eq!(null(&ArrayType::Enum(Box::new("mood".into()))), Ok(Value::String(None)));
    }
}
