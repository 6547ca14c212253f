//! Declared types: the affinity they give a column, and the Rust type that SeaORM's entity generator derives from them.

use sea_orm::sea_query::ArrayType;

/// <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affinity {
    Integer,
    Real,
    Numeric,
    Text,
    /// The affinity of BLOB, and of ANY in a STRICT table: values are stored unchanged.
    None,
}

impl Affinity {
    pub(crate) fn of(declared: &str) -> Self {
        let declared = declared.to_ascii_uppercase();
        let has = |part: &str| declared.contains(part);
        if has("INT") {
            Self::Integer
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Self::Text
        } else if has("BLOB") || declared.is_empty() || declared == "ANY" {
            Self::None
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            Self::Real
        } else {
            Self::Numeric
        }
    }

    /// Whether a whole REAL is stored as the INTEGER of the same value, or as the same REAL as that INTEGER would be.
    pub(crate) fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Real | Self::Numeric)
    }
}

/// The Rust type that `sea-orm-do generate entity` writes for a column of this declared type; `None` if there is no
/// such type.
pub(crate) fn rust_type(declared: &str) -> Option<ArrayType> {
    let declared = declared.to_ascii_lowercase();
    let name = declared.split('(').next().unwrap_or_default();
    Some(match name.trim() {
        "tinyint" => ArrayType::TinyInt,
        "smallint" => ArrayType::SmallInt,
        "bool" | "boolean" => ArrayType::Bool,
        // `real(16, 4)` is how SeaORM declares a decimal; `real` alone is a float.
        #[cfg(feature = "with-rust_decimal")]
        "real" if declared.contains(',') => ArrayType::Decimal,
        #[cfg(feature = "with-rust_decimal")]
        "decimal" | "numeric" | "real_decimal" | "real_money" | "money" => ArrayType::Decimal,
        // SQLite only has floats of eight bytes.
        "real" | "float" | "double" | "double precision" => ArrayType::Double,
        name if name.contains("int") => ArrayType::BigInt,
        #[cfg(feature = "with-json")]
        name if name.starts_with("json") => ArrayType::Json,
        #[cfg(feature = "with-uuid")]
        "uuid_text" | "uuid" => ArrayType::Uuid,
        #[cfg(feature = "with-chrono")]
        name if chrono_type(name).is_some() => chrono_type(name)?,
        name if name.contains("char") || name.contains("text") || name.contains("clob") => ArrayType::String,
        name if name.contains("blob") || name.contains("binary") => ArrayType::Bytes,
        _ => return None,
    })
}

#[cfg(feature = "with-chrono")]
fn chrono_type(name: &str) -> Option<ArrayType> {
    Some(match name {
        "date" | "date_text" => ArrayType::ChronoDate,
        "time" | "time_text" => ArrayType::ChronoTime,
        "datetime" | "datetime_text" => ArrayType::ChronoDateTime,
        "timestamp" | "timestamp_text" => ArrayType::ChronoDateTimeUtc,
        "timestamp_with_timezone_text" => ArrayType::ChronoDateTimeWithTimeZone,
        _ => return None,
    })
}
