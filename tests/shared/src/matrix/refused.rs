//! Values that would come back as others, all in one place: each must be an error when it is written.
//!
//! SeaORM's own SQLite driver loses every one of them, which `tests/oracle` shows.

use std::marker::PhantomData;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::json;
use time::UtcOffset;
use time::macros::datetime;

use super::kind::{Cells, Kind, Row};
use super::kinds;
use super::samples::numbers::parse;
use super::table::{Of, Table};

/// A value of one type that is refused.
#[async_trait(?Send)]
pub trait Refused<C> {
    fn table(&self) -> Box<dyn Table<C>>;

    /// The value, as a row would show it.
    fn shown(&self) -> String;

    /// A part of the error's message.
    fn why(&self) -> &'static str;

    /// Writes it into the table.
    async fn write(&self, db: &C, way: Way) -> Result<Option<Row>, DbErr>;
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Value,
    Maybe,
    WithoutReturning,
    /// Behind a row that could be written.
    Last,
}

pub const WAYS: [Way; 4] = [Way::Value, Way::Maybe, Way::WithoutReturning, Way::Last];

struct Refusal<K: Kind> {
    value: K::Type,
    why: &'static str,
}

#[async_trait(?Send)]
impl<K: Kind, C: ConnectionTrait> Refused<C> for Refusal<K> {
    fn table(&self) -> Box<dyn Table<C>> {
        Box::new(Of::<K>(PhantomData))
    }

    fn shown(&self) -> String {
        K::show(&self.value)
    }

    fn why(&self) -> &'static str {
        self.why
    }

    async fn write(&self, db: &C, way: Way) -> Result<Option<Row>, DbErr> {
        let good = K::samples().swap_remove(0);
        let bad = self.value.clone();
        let last = match way {
            Way::Maybe => Cells { id: 1, value: good.clone(), maybe: Some(bad) },
            Way::Value | Way::WithoutReturning | Way::Last => Cells { id: 1, value: bad, maybe: None },
        };
        let first = (way == Way::Last).then_some(Cells { id: 2, value: good, maybe: None });
        let insert = K::insert_many(first.into_iter().chain([last]).map(K::active));
        if way == Way::WithoutReturning {
            return insert.exec_without_returning(db).await.map(|_| None);
        }
        let written = insert.exec_with_returning(db).await?;
        Ok(written.into_iter().last().map(|model| Row::of::<K>(&K::cells(model))))
    }
}

fn all<K: Kind, C: ConnectionTrait>(
    why: &'static str,
    values: impl IntoIterator<Item = K::Type>,
) -> impl Iterator<Item = Box<dyn Refused<C>>> {
    values.into_iter().map(move |value| Box::new(Refusal::<K> { value, why }) as Box<dyn Refused<C>>)
}

/// Every such value.
#[must_use]
pub fn refused<C: ConnectionTrait>() -> Vec<Box<dyn Refused<C>>> {
    const REAL: &str = "would change in column";
    let beyond = i64::MAX.unsigned_abs() + 1;
    let decimals = ["0.1234567890123456789", "9007199254740993", "99999999999999.99", "79228162514264337593543950335"];
    let big_decimals = ["0.1000000000000000055511151231257827", "9007199254740993", "1E-400", "1E+400"];
    all::<kinds::uint64::Entity, C>("above i64::MAX", [beyond, u64::MAX])
        .chain(all::<kinds::float32::Entity, C>("NaN", [f32::NAN, -f32::NAN]))
        .chain(all::<kinds::float64::Entity, C>("NaN", [f64::NAN, -f64::NAN]))
        .chain(all::<kinds::decimal_real::Entity, C>(REAL, parse(&decimals)))
        .chain(all::<kinds::big_decimal_real::Entity, C>(REAL, parse(&big_decimals)))
        .chain(documents())
        .chain(calendar())
        .collect()
}

/// What serde_json writes, but does not read.
fn documents<C: ConnectionTrait>() -> impl Iterator<Item = Box<dyn Refused<C>>> {
    let deep = (0..128).fold(json!(null), |inner, _| json!([inner]));
    all::<kinds::json::Entity, C>("127 levels", [deep])
}

/// What the text forms of dates and times do not have.
fn calendar<C: ConnectionTrait>() -> impl Iterator<Item = Box<dyn Refused<C>>> {
    const LEAP: &str = "leap second";
    const MINUTES: &str = "whole minutes";
    // chrono makes no leap second before second 59, but a time can be changed into one.
    let leap = NaiveTime::from_hms_opt(4, 5, 6).and_then(|time| time.with_nanosecond(1_500_000_000));
    let moment: Option<NaiveDateTime> =
        leap.and_then(|leap| Some(NaiveDate::from_ymd_opt(2024, 2, 29)?.and_time(leap)));
    let odd = FixedOffset::east_opt(3_630).and_then(|zone| zone.timestamp_opt(0, 0).single());
    let hour = FixedOffset::east_opt(3_600).map(|zone| DateTime::<Utc>::MAX_UTC.with_timezone(&zone));
    let odd_time = UtcOffset::from_hms(1, 2, 3).map(|zone| datetime!(2024-02-29 4:05).assume_offset(zone));
    all::<kinds::chrono_time::Entity, C>(LEAP, leap)
        .chain(all::<kinds::chrono_datetime::Entity, C>(LEAP, moment))
        .chain(all::<kinds::chrono_utc::Entity, C>(LEAP, moment.map(|at| at.and_utc())))
        .chain(all::<kinds::chrono_zoned::Entity, C>(MINUTES, odd))
        .chain(all::<kinds::chrono_zoned::Entity, C>("beyond chrono's calendar", hour))
        .chain(all::<kinds::time_zoned::Entity, C>("years 0 to 9999", [datetime!(-0001-12-31 23:59:59 UTC)]))
        .chain(all::<kinds::time_zoned::Entity, C>(MINUTES, odd_time))
}
