//! Decodes the types of the time crate, from every format that sqlx-sqlite reads; and the formats in which they are
//! stored.

use time::format_description::StaticFormatDescription;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::Cell;
use super::instant::{Instant, instant};

pub(crate) const DATE: StaticFormatDescription = format_description!("[year]-[month]-[day]");
pub(crate) const TIME: StaticFormatDescription = format_description!("[hour]:[minute]:[second].[subsecond]");
pub(crate) const DATETIME: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond]");

pub(crate) fn date(text: &str) -> Option<Date> {
    Date::parse(text, DATE).ok()
}

pub(crate) fn time(text: &str) -> Option<Time> {
    const SECONDS: StaticFormatDescription = format_description!("[hour]:[minute]:[second]");
    const MINUTES: StaticFormatDescription = format_description!("[hour]:[minute]");
    [TIME, SECONDS, MINUTES].into_iter().find_map(|form| Time::parse(text, form).ok())
}

pub(crate) fn naive(text: &str) -> Option<PrimitiveDateTime> {
    const SPACE: StaticFormatDescription = format_description!(
        version = 2,
        "[year]-[month]-[day] [hour]:[minute][optional [:]][optional [[second]]][optional [.]][optional [[subsecond]]]\
         [optional [Z]]"
    );
    const T: StaticFormatDescription = format_description!(
        version = 2,
        "[year]-[month]-[day]T[hour]:[minute][optional [:]][optional [[second]]][optional [.]][optional [[subsecond]]]\
         [optional [Z]]"
    );
    [DATETIME, SPACE, T].into_iter().find_map(|form| PrimitiveDateTime::parse(text, form).ok())
}

/// Without an offset the time is UTC.
pub(crate) fn datetime(text: &str) -> Option<OffsetDateTime> {
    const ZONED: StaticFormatDescription = format_description!(
        version = 2,
        "[year]-[month]-[day][optional [ ]][optional [T]][hour]:[minute][optional [:]][optional [[second]]]\
         [optional [.]][optional [[subsecond]]][optional [[offset_hour sign:mandatory]]][optional [:]]\
         [optional [[offset_minute]]]"
    );
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(text, ZONED))
        .ok()
        .or_else(|| naive(text).map(PrimitiveDateTime::assume_utc))
}

/// A date-time from text or from seconds since 1970.
pub(in crate::value) fn cell(cell: &Cell) -> Result<Option<OffsetDateTime>, String> {
    match super::text(cell) {
        Some(text) => Ok(datetime(text)),
        None => seconds(cell),
    }
}

/// The same without an offset; a text that has one does not fit.
pub(in crate::value) fn naive_cell(cell: &Cell) -> Result<Option<PrimitiveDateTime>, String> {
    match super::text(cell) {
        Some(text) => Ok(naive(text)),
        None => Ok(seconds(cell)?.map(|at| PrimitiveDateTime::new(at.date(), at.time()))),
    }
}

fn seconds(cell: &Cell) -> Result<Option<OffsetDateTime>, String> {
    Ok(instant(cell)?.and_then(|instant| match instant {
        Instant::Seconds(seconds) => OffsetDateTime::from_unix_timestamp(seconds).ok(),
        // sqlx-sqlite reads Julian days into the types of chrono only.
        Instant::JulianDay(_) => None,
    }))
}

#[cfg(test)]
mod tests {
    use sea_orm::Value;
    use sea_orm::sea_query::ArrayType;
    use time::macros::{date, datetime, time};

    use crate::statement::exact::decode_tagged;
    use crate::storage::SqlValue;
    use crate::value::decode::decode;

    fn text(text: &str, ty: ArrayType) -> Result<Value, String> {
        decode(SqlValue::Text(text.into()), &ty)
    }

    #[test]
    fn reads_a_date_and_refuses_a_day_that_does_not_exist() {
        assert_eq!(text("2024-02-29", ArrayType::TimeDate), Ok(date!(2024 - 02 - 29).into()));
        for refused in ["2023-02-29", "", "2023-01-01 00:00:00", "now"] {
            assert_eq!(text(refused, ArrayType::TimeDate), Err(format!("text '{refused}' does not fit TimeDate")));
        }
    }

    #[test]
    fn reads_a_time_with_and_without_its_smaller_parts() {
        assert_eq!(text("04:05:06.789", ArrayType::TimeTime), Ok(time!(04:05:06.789).into()));
        assert_eq!(text("04:05:06", ArrayType::TimeTime), Ok(time!(04:05:06).into()));
        assert_eq!(text("04:05", ArrayType::TimeTime), Ok(time!(04:05).into()));
        for refused in ["24:00", "04", "04:05Z", ""] {
            assert!(text(refused, ArrayType::TimeTime).is_err(), "{refused}");
        }
    }

    #[test]
    fn reads_a_date_time_in_every_form_of_sqlite() {
        for separator in [" ", "T"] {
            for clock in ["04:05", "04:05:00", "04:05:00.000"] {
                let form = format!("2024-02-29{separator}{clock}");
                assert_eq!(text(&form, ArrayType::TimeDateTime), Ok(datetime!(2024-02-29 4:05).into()), "{form}");
                for zone in ["", "Z", "+00:00"] {
                    let zoned = format!("{form}{zone}");
                    let read = text(&zoned, ArrayType::TimeDateTimeWithTimeZone);
                    assert_eq!(read, Ok(datetime!(2024-02-29 4:05 UTC).into()), "{zoned}");
                }
            }
        }
    }

    #[test]
    fn keeps_an_offset_and_refuses_one_where_the_type_has_none() {
        let form = "2024-02-29T04:05:00-05:30";
        assert!(matches!(
            text(form, ArrayType::TimeDateTimeWithTimeZone),
            Ok(Value::TimeDateTimeWithTimeZone(Some(at))) if at == datetime!(2024-02-29 4:05 -5:30) && at.offset().whole_minutes() == -330
        ));
        assert!(text(form, ArrayType::TimeDateTime).is_err());
    }

    #[test]
    fn reads_seconds_since_1970_and_no_julian_days() {
        let tagged = |value: SqlValue| decode_tagged(value, &ArrayType::TimeDateTime);
        assert_eq!(tagged(SqlValue::Text("i60".into())), Ok(datetime!(1970-01-01 0:01).into()));
        assert!(tagged(SqlValue::Text(format!("i{}", i64::MAX))).is_err_and(|e| e.contains("years 0000 to 9999")));
        assert!(tagged(SqlValue::Number(2_460_369.75)).is_err_and(|e| e.contains("does not fit")));
        let read = |number| decode(SqlValue::Number(number), &ArrayType::TimeDateTimeWithTimeZone);
        assert_eq!(read(1_709_179_500.0), Ok(datetime!(2024-02-29 4:05 UTC).into()));
        assert!(read(60.0).is_err_and(|e| e.contains("Julian day")));
    }
}
