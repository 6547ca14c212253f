//! The SeaORM type of a column, from its declared type.

use sea_orm::sea_query::{ColumnType, StringLen};
use sea_schema::sqlite::def::parse_type;

use crate::types::declared::Family;

/// The type that SeaORM's own generator finds, unless it would guess. If the generator does not know the declared type,
/// the type that the driver reads it as; `None` if the driver does not know it.
pub(super) fn column_type(declared: &str) -> Option<ColumnType> {
    let family = Family::of(declared)?;
    match parse_type(declared.to_owned()) {
        Ok(ColumnType::Custom(_)) | Err(_) => {}
        Ok(known) => return Some(known),
    }
    let declared = declared.to_ascii_lowercase();
    let (name, arguments) = declared.split_once('(').unwrap_or((&declared, ""));
    let numbers: Vec<u32> = arguments.trim_end_matches(')').split(',').map_while(|n| n.trim().parse().ok()).collect();
    Some(match family {
        Family::TinyInt => ColumnType::TinyInteger,
        Family::SmallInt => ColumnType::SmallInteger,
        Family::Integer => ColumnType::BigInteger,
        Family::Bool => ColumnType::Boolean,
        Family::Decimal => ColumnType::Decimal(numbers.first().map(|p| (*p, numbers.get(1).copied().unwrap_or(0)))),
        Family::Double => ColumnType::Double,
        Family::Json if name.starts_with("jsonb") => ColumnType::JsonBinary,
        Family::Json => ColumnType::Json,
        Family::Uuid => ColumnType::Uuid,
        Family::Date => ColumnType::Date,
        Family::Time => ColumnType::Time,
        Family::DateTime => ColumnType::DateTime,
        Family::Timestamp => ColumnType::Timestamp,
        Family::TimestampWithTimeZone => ColumnType::TimestampWithTimeZone,
        Family::Text => ColumnType::Text,
        Family::Blob => ColumnType::VarBinary(numbers.first().map_or(StringLen::None, |length| StringLen::N(*length))),
    })
}

#[cfg(all(test, feature = "with-chrono", feature = "with-json", feature = "with-rust_decimal", feature = "with-uuid"))]
mod tests {
    use sea_orm::sea_query::{ArrayType, ColumnDef};
    use sea_orm_codegen::{Column, ColumnOption};

    use super::*;
    use crate::types::declared::rust_type;

    /// What the generator writes for the type that the driver returns.
    fn names(ty: &ArrayType) -> &'static str {
        match ty {
            ArrayType::Bool => "bool",
            ArrayType::TinyInt => "i8",
            ArrayType::SmallInt => "i16",
            ArrayType::BigInt => "i64",
            ArrayType::Double => "f64",
            ArrayType::String => "String",
            ArrayType::Bytes => "Vec<u8>",
            ArrayType::Json => "Json",
            ArrayType::Uuid => "Uuid",
            ArrayType::Decimal => "Decimal",
            ArrayType::ChronoDate => "Date",
            ArrayType::ChronoTime => "Time",
            ArrayType::ChronoDateTime => "DateTime",
            ArrayType::ChronoDateTimeUtc => "DateTimeUtc",
            ArrayType::ChronoDateTimeWithTimeZone => "DateTimeWithTimeZone",
            other => panic!("no declared type is {other:?}"),
        }
    }

    #[test]
    fn types_a_column_as_the_driver_reads_it() {
        let declared = [
            "char",
            "char(3)",
            "varchar",
            "varchar(255)",
            "text",
            "tinyint",
            "smallint",
            "integer",
            "INTEGER",
            "bigint",
            "int",
            "INT8",
            "UNSIGNED BIG INT",
            "MEDIUMINT",
            "float",
            "double",
            "DOUBLE PRECISION",
            "REAL",
            "real(16, 4)",
            "real_decimal",
            "real_money",
            "real_money(10, 2)",
            "money",
            "decimal",
            "DECIMAL(10,5)",
            "NUMERIC",
            "NUMERIC(10,2)",
            "datetime_text",
            "timestamp_text",
            "timestamp",
            "timestamp_with_timezone_text",
            "time_text",
            "date_text",
            "DATE",
            "TIME",
            "DATETIME",
            "blob",
            "BLOB",
            "blob(16)",
            "varbinary_blob",
            "varbinary_blob(8)",
            "BINARY(4)",
            "boolean",
            "BOOL",
            "json_text",
            "jsonb_text",
            "JSON",
            "uuid_text",
            "UUID",
            "enum_text",
            "NVARCHAR(100)",
            "NATIVE CHARACTER(70)",
            "CLOB",
            "TINYINT(1)",
            "int  unsigned",
            "Character Varying(9)",
            "float8",
        ];
        for declared in declared {
            let ty = column_type(declared).unwrap_or_else(|| panic!("{declared} has no type"));
            let mut definition = ColumnDef::new_with_type("c", ty);
            let column = Column::from(&*definition.not_null());
            let written = column.get_rs_type(&ColumnOption::default()).to_string().replace(' ', "");
            // `widen_floats` does this to the file.
            let written = written.replace("f32", "f64");
            assert_eq!(rust_type(declared).map(|ty| names(&ty)), Some(written.as_str()), "{declared}");
        }
    }

    #[test]
    fn has_no_type_for_what_the_driver_reads_by_its_values() {
        for declared in
            ["", "ANY", "geometry", "\"quoted\"", "INTEGER_OR_TEXT", "POINT", "SERIAL", "textual", "context"]
        {
            assert_eq!((column_type(declared), rust_type(declared)), (None, None), "{declared}");
        }
    }
}
