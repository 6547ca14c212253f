//! A result column as a Rust type that is known by name.

use sea_orm::prelude::*;
use sea_orm::{QueryResult, TryGetable};

/// Reads column `it` of a row.
///
/// # Errors
/// Of the driver, and for a type that is not in the list.
pub fn read(row: &QueryResult, ty: &str) -> Result<Option<String>, DbErr> {
    match ty {
        "bool" => as_type::<bool>(row),
        "i8" => as_type::<i8>(row),
        "i16" => as_type::<i16>(row),
        "i32" => as_type::<i32>(row),
        "i64" => as_type::<i64>(row),
        "u8" => as_type::<u8>(row),
        "u16" => as_type::<u16>(row),
        "u32" => as_type::<u32>(row),
        "u64" => match as_type::<u64>(row) {
            // SeaORM's own driver reads none.
            Err(error) if error.to_string().contains("u64 unsupported by sqlx-sqlite") => as_type::<i64>(row),
            read => read,
        },
        "f32" => as_type::<f32>(row),
        "f64" => as_type::<f64>(row),
        "Decimal" => row.try_get::<Option<Decimal>>("", "it").map(|it| it.map(|it| it.normalize().to_string())),
        "String" => as_type::<String>(row),
        "Vec<u8>" => as_type::<Vec<u8>>(row),
        "Json" => as_type::<Json>(row),
        "Uuid" => as_type::<Uuid>(row),
        "ChronoDate" => as_type::<ChronoDate>(row),
        "ChronoTime" => as_type::<ChronoTime>(row),
        "ChronoDateTime" => as_type::<ChronoDateTime>(row),
        "ChronoDateTimeUtc" => as_type::<ChronoDateTimeUtc>(row),
        "ChronoDateTimeWithTimeZone" => as_type::<ChronoDateTimeWithTimeZone>(row),
        "TimeDate" => as_type::<TimeDate>(row),
        "TimeDateTimeWithTimeZone" => as_type::<TimeDateTimeWithTimeZone>(row),
        other => Err(DbErr::Custom(format!("no reader of {other}"))),
    }
}

fn as_type<T: TryGetable + std::fmt::Debug>(row: &QueryResult) -> Result<Option<String>, DbErr> {
    Ok(row.try_get::<Option<T>>("", "it")?.map(|it| format!("{it:?}")))
}
