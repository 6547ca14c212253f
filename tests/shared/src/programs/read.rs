//! Rows as text that tells every value from every other.

use std::fmt::Debug;

use sea_orm::prelude::{ChronoDate, ChronoDateTime, ChronoDateTimeUtc, ChronoTime, Decimal, Json, Uuid};
use sea_orm::{DbErr, QueryResult, TryGetable};
use sea_orm_do_typed::Columns;

use super::program::Output;
use super::value::Kind;

/// How the columns of a row are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Name,
    Position,
}

/// Whether the order of rows counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    Told,
    Any,
}

/// What is read of a row, as the derive says it of a struct or a tuple.
pub fn columns(outputs: &[Output], by: By) -> Columns {
    let mut columns = Columns::default();
    for Output { name, kind, .. } in outputs {
        let parts: &[(&str, Kind)] = match kind {
            Kind::Any => &[("_class", Kind::Text), ("_content", Kind::Text), ("_float", Kind::Double)],
            kind => &[("", *kind)],
        };
        for (suffix, kind) in parts {
            match by {
                By::Name => columns.name(format!("{name}{suffix}"), Ok(kind.array_type()), false),
                By::Position => columns.position(Ok(kind.array_type())),
            }
        }
    }
    columns
}

/// # Errors
/// The first value that is not of its column's kind.
pub fn rows(rows: &[QueryResult], outputs: &[Output], by: By, order: Sequence) -> Result<String, DbErr> {
    let mut rows: Vec<_> = rows.iter().map(|row| self::row(row, outputs, by)).collect::<Result<_, _>>()?;
    if order == Sequence::Any {
        rows.sort_unstable();
    }
    Ok(format!("{} rows {}", rows.len(), rows.join(" ")))
}

fn row(row: &QueryResult, outputs: &[Output], by: By) -> Result<String, DbErr> {
    let mut position = 0;
    let mut cells = Vec::new();
    for Output { name, kind, .. } in outputs {
        let mut next = |suffix: &str, kind: Kind| {
            let at = position;
            position += 1;
            cell(row, &format!("{name}{suffix}"), at, kind, by)
        };
        if *kind == Kind::Any {
            let (class, content, float) =
                (next("_class", Kind::Text)?, next("_content", Kind::Text)?, next("_float", Kind::Double)?);
            cells.push(format!("{class}:{content}:{float}"));
        } else {
            cells.push(next("", *kind)?);
        }
    }
    Ok(format!("[{}]", cells.join(", ")))
}

fn cell(row: &QueryResult, name: &str, at: usize, kind: Kind, by: By) -> Result<String, DbErr> {
    match kind {
        Kind::Bool => get::<bool>(row, name, at, by),
        Kind::Tiny => get::<i8>(row, name, at, by),
        Kind::Small => get::<i16>(row, name, at, by),
        Kind::Int => get::<i32>(row, name, at, by),
        Kind::Big => get::<i64>(row, name, at, by),
        Kind::Float => get::<f32>(row, name, at, by),
        Kind::Double => get::<f64>(row, name, at, by),
        Kind::Text | Kind::Any => get::<String>(row, name, at, by),
        Kind::Bytes => get::<Vec<u8>>(row, name, at, by),
        Kind::Date => get::<ChronoDate>(row, name, at, by),
        Kind::Time => get::<ChronoTime>(row, name, at, by),
        Kind::DateTime => get::<ChronoDateTime>(row, name, at, by),
        Kind::Utc => get::<ChronoDateTimeUtc>(row, name, at, by),
        Kind::Uuid => get::<Uuid>(row, name, at, by),
        Kind::Json => get::<Json>(row, name, at, by),
        Kind::Decimal => get::<Decimal>(row, name, at, by),
    }
}

fn get<T: TryGetable + Debug>(row: &QueryResult, name: &str, at: usize, by: By) -> Result<String, DbErr> {
    let value: Option<T> = match by {
        By::Name => row.try_get("", name)?,
        By::Position => row.try_get_by_index(at)?,
    };
    Ok(value.map_or_else(|| "NULL".to_owned(), |value| format!("{value:?}")))
}
