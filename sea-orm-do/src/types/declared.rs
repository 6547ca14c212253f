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

/// What a declared type is known to mean. A type that is not listed is not guessed, although SQLite derives an affinity
/// from parts of any name: `POINT` and `INTEGER_OR_TEXT` have the affinity of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    TinyInt,
    SmallInt,
    Integer,
    Bool,
    Decimal,
    /// SQLite only has floats of eight bytes.
    Double,
    Json,
    Uuid,
    Date,
    Time,
    DateTime,
    Timestamp,
    TimestampWithTimeZone,
    Text,
    Blob,
}

impl Family {
    /// The names are those of <https://www.sqlite.org/datatype3.html#affinity_name_examples>, of SeaORM's migrations, and
    /// what other databases call the same types.
    pub(crate) fn of(declared: &str) -> Option<Self> {
        let declared = declared.to_ascii_lowercase();
        let (name, arguments) = declared.split_once('(').unwrap_or((&declared, ""));
        let words: Vec<_> = name.split_ascii_whitespace().collect();
        Some(match words.join(" ").as_str() {
            "tinyint" => Self::TinyInt,
            "smallint" => Self::SmallInt,
            "int" | "integer" | "bigint" | "mediumint" | "int2" | "int4" | "int8" | "big int" | "unsigned big int"
            | "int unsigned" | "integer unsigned" | "bigint unsigned" | "mediumint unsigned" | "smallint unsigned"
            | "tinyint unsigned" | "unsigned int" | "unsigned integer" | "unsigned bigint" => Self::Integer,
            "bool" | "boolean" => Self::Bool,
            // `real(16, 4)` is how SeaORM declares a decimal; `real` alone is a float.
            "real" if arguments.contains(',') => Self::Decimal,
            "decimal" | "numeric" | "real_decimal" | "real_money" | "money" => Self::Decimal,
            "real" | "float" | "float4" | "float8" | "double" | "double precision" => Self::Double,
            "json" | "jsonb" | "json_text" | "jsonb_text" => Self::Json,
            "uuid" | "uuid_text" => Self::Uuid,
            "date" | "date_text" => Self::Date,
            "time" | "time_text" => Self::Time,
            "datetime" | "datetime_text" => Self::DateTime,
            "timestamp" | "timestamp_text" => Self::Timestamp,
            "timestamp_with_timezone_text" => Self::TimestampWithTimeZone,
            "char" | "varchar" | "character" | "character varying" | "varying character" | "nchar"
            | "native character" | "nvarchar" | "bpchar" | "text" | "tinytext" | "mediumtext" | "longtext"
            | "ntext" | "citext" | "clob" | "enum_text" => Self::Text,
            "blob" | "tinyblob" | "mediumblob" | "longblob" | "binary" | "varbinary" | "varbinary_blob" => Self::Blob,
            _ => return None,
        })
    }
}

/// The Rust type that `sea-orm-do generate entity` writes for a column of this declared type; `None` if there is no
/// such type, or if the features of this build lack it.
pub(crate) fn rust_type(declared: &str) -> Option<ArrayType> {
    Some(match Family::of(declared)? {
        Family::TinyInt => ArrayType::TinyInt,
        Family::SmallInt => ArrayType::SmallInt,
        Family::Integer => ArrayType::BigInt,
        Family::Bool => ArrayType::Bool,
        #[cfg(feature = "with-rust_decimal")]
        Family::Decimal => ArrayType::Decimal,
        // A `real(16, 4)` holds floats.
        #[cfg(not(feature = "with-rust_decimal"))]
        Family::Decimal if Affinity::of(declared) == Affinity::Real => ArrayType::Double,
        Family::Double => ArrayType::Double,
        #[cfg(feature = "with-json")]
        Family::Json => ArrayType::Json,
        #[cfg(feature = "with-uuid")]
        Family::Uuid => ArrayType::Uuid,
        #[cfg(feature = "with-chrono")]
        Family::Date => ArrayType::ChronoDate,
        #[cfg(feature = "with-chrono")]
        Family::Time => ArrayType::ChronoTime,
        #[cfg(feature = "with-chrono")]
        Family::DateTime => ArrayType::ChronoDateTime,
        #[cfg(feature = "with-chrono")]
        Family::Timestamp => ArrayType::ChronoDateTimeUtc,
        #[cfg(feature = "with-chrono")]
        Family::TimestampWithTimeZone => ArrayType::ChronoDateTimeWithTimeZone,
        Family::Text => ArrayType::String,
        Family::Blob => ArrayType::Bytes,
        #[allow(unreachable_patterns, reason = "with all features, every family has a type")]
        _ => return None,
    })
}
