//! A result column as a Rust type that is known by name.

use sea_orm::prelude::*;
use sea_orm::sea_query::{Nullable, ValueType};
use sea_orm::{FromQueryResult, Statement, TryGetable};
use sea_orm_do_typed::ReadAs;

use super::Values;
use crate::matrix::it::It;

/// How a query says what it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// At the call.
    Typed,
    /// Not at all.
    Plain,
}

/// Reads column `it` of all rows.
///
/// # Errors
/// Of the driver, and for a type that is not in the list.
pub async fn read<C: ConnectionTrait>(db: &C, select: Statement, ty: &str, way: Way) -> Result<Values, DbErr> {
    match ty {
        "bool" => as_type::<C, bool>(db, select, way).await,
        "i8" => as_type::<C, i8>(db, select, way).await,
        "i16" => as_type::<C, i16>(db, select, way).await,
        "i32" => as_type::<C, i32>(db, select, way).await,
        "i64" => as_type::<C, i64>(db, select, way).await,
        "u8" => as_type::<C, u8>(db, select, way).await,
        "u16" => as_type::<C, u16>(db, select, way).await,
        "u32" => as_type::<C, u32>(db, select, way).await,
        "u64" => match as_type::<C, u64>(db, select.clone(), way).await {
            // SeaORM's own driver reads none.
            Err(error) if error.to_string().contains("u64 unsupported by sqlx-sqlite") => {
                as_type::<C, i64>(db, select, way).await
            }
            read => read,
        },
        "f32" => as_type::<C, f32>(db, select, way).await,
        "f64" => as_type::<C, f64>(db, select, way).await,
        "Decimal" => {
            let rows = rows::<C, Decimal>(db, select, way).await?;
            Ok(rows.into_iter().map(|it| it.map(|it| it.normalize().to_string())).collect())
        }
        "String" => as_type::<C, String>(db, select, way).await,
        "Vec<u8>" => as_type::<C, Vec<u8>>(db, select, way).await,
        "Json" => as_type::<C, Json>(db, select, way).await,
        "Uuid" => as_type::<C, Uuid>(db, select, way).await,
        "ChronoDate" => as_type::<C, ChronoDate>(db, select, way).await,
        "ChronoTime" => as_type::<C, ChronoTime>(db, select, way).await,
        "ChronoDateTime" => as_type::<C, ChronoDateTime>(db, select, way).await,
        "ChronoDateTimeUtc" => as_type::<C, ChronoDateTimeUtc>(db, select, way).await,
        "ChronoDateTimeWithTimeZone" => as_type::<C, ChronoDateTimeWithTimeZone>(db, select, way).await,
        "TimeDate" => as_type::<C, TimeDate>(db, select, way).await,
        "TimeDateTimeWithTimeZone" => as_type::<C, TimeDateTimeWithTimeZone>(db, select, way).await,
        other => Err(DbErr::Custom(format!("no reader of {other}"))),
    }
}

async fn as_type<C, T>(db: &C, select: Statement, way: Way) -> Result<Values, DbErr>
where
    C: ConnectionTrait,
    T: TryGetable + ValueType + Nullable + std::fmt::Debug + 'static,
{
    let rows = rows::<C, T>(db, select, way).await?;
    Ok(rows.into_iter().map(|it| it.map(|it| format!("{it:?}"))).collect())
}

async fn rows<C, T>(db: &C, select: Statement, way: Way) -> Result<Vec<Option<T>>, DbErr>
where
    C: ConnectionTrait,
    T: TryGetable + ValueType + Nullable + 'static,
{
    let select = It::<T>::find_by_statement(select);
    let rows = match way {
        Way::Typed => select.all_as(db).await?,
        Way::Plain => select.all(db).await?,
    };
    Ok(rows.into_iter().map(|row| row.it).collect())
}
