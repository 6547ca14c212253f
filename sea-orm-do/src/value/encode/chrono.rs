//! Encodes the types of chrono as text.
//!
//! chrono has values that the text formats cannot represent. Values in the years 0 to 9999, without a leap second and
//! at an offset of whole minutes, are known to read back. Any other value is read back here before it is stored.

use std::fmt::Display;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, SecondsFormat, TimeZone, Timelike};

use super::same;
use crate::storage::SqlValue;
use crate::value::decode::chrono as decode;

const YEAR: &str = "the text format has no such year";
const SECOND: &str = "a leap second comes after second 59";
const OFFSET: &str = "an offset has whole minutes, and a leap second comes after second 59";

pub(in crate::value) fn date(value: &NaiveDate) -> Result<SqlValue, String> {
    let text = value.format("%F").to_string();
    let reads_back = common_year(value) || decode::date(&text) == Some(*value);
    same(text, reads_back, YEAR)
}

pub(in crate::value) fn time(value: &NaiveTime) -> Result<SqlValue, String> {
    let text = value.format("%T%.f").to_string();
    let reads_back = common_second(value) || decode::time(&text) == Some(*value);
    same(text, reads_back, SECOND)
}

pub(in crate::value) fn naive(value: &NaiveDateTime) -> Result<SqlValue, String> {
    let text = value.format("%F %T%.f").to_string();
    let reads_back = common_year(value) && common_second(value)
        || decode::datetime(&text).is_some_and(|read| read.naive_utc() == *value);
    same(text, reads_back, SECOND)
}

pub(in crate::value) fn zoned<Tz: TimeZone<Offset: Display>>(value: &DateTime<Tz>) -> Result<SqlValue, String> {
    let offset = value.offset().fix();
    // The next line would panic for a local time beyond the calendar.
    if value.naive_utc().checked_add_offset(offset).is_none() {
        return Err(format!("'{}' at offset {offset} is beyond chrono's calendar", value.naive_utc()));
    }
    let text = value.to_rfc3339_opts(SecondsFormat::AutoSi, false);
    let whole_minutes = offset.local_minus_utc() % 60 == 0;
    let reads_back = common_year(value) && common_second(value) && whole_minutes
        || decode::datetime(&text).is_some_and(|read| read == *value && *read.offset() == offset);
    same(text, reads_back, OFFSET)
}

fn common_year(value: &impl Datelike) -> bool {
    (0..=9999).contains(&value.year())
}

/// chrono represents a leap second by nanoseconds of one billion or more.
fn common_second(value: &impl Timelike) -> bool {
    value.nanosecond() < 1_000_000_000
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, Local, Utc};
    use sea_orm::Value;

    use super::*;
    use crate::value::decode::decode;
    use crate::value::encode::Bound;
    use crate::value::types::bind;

    fn text(value: impl Into<Value>) -> Result<String, String> {
        match bind(&value.into())? {
            Bound::Plain(SqlValue::Text(text)) => Ok(text),
            other => Err(format!("{other:?}")),
        }
    }

    fn at(year: i32, nanosecond: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(year, 2, 3).and_then(|date| date.and_hms_nano_opt(4, 5, 59, nanosecond)).unwrap()
    }

    #[test]
    fn is_stored_in_the_forms_of_sqlx() {
        let at = at(2024, 6_000_000);
        assert_eq!(text(at.date()), Ok("2024-02-03".into()));
        assert_eq!(text(at.time()), Ok("04:05:59.006".into()));
        assert_eq!(text(NaiveTime::MIN), Ok("00:00:00".into()));
        assert_eq!(text(at), Ok("2024-02-03 04:05:59.006".into()));
        assert_eq!(text(at.and_utc()), Ok("2024-02-03T04:05:59.006+00:00".into()));
        let zone = FixedOffset::west_opt(19_800).unwrap();
        assert_eq!(text(zone.from_utc_datetime(&at)), Ok("2024-02-02T22:35:59.006-05:30".into()));
    }

    #[test]
    fn reads_back_as_it_was_over_the_whole_calendar() {
        for date in [
            NaiveDate::MIN,
            NaiveDate::MAX,
            at(-1, 0).date(),
            at(0, 0).date(),
            at(9999, 0).date(),
            at(10_000, 0).date(),
        ] {
            for time in [NaiveTime::MIN, at(0, 1).time(), at(0, 999_999_999).time(), at(0, 1_500_000_000).time()] {
                let at = date.and_time(time);
                let values: [Value; 6] = [
                    date.into(),
                    time.into(),
                    at.into(),
                    at.and_utc().into(),
                    at.and_utc().fixed_offset().into(),
                    at.and_utc().with_timezone(&Local).into(),
                ];
                for value in values {
                    let Ok(Bound::Plain(stored)) = bind(&value) else { panic!("{value:?} is refused") };
                    assert_eq!(decode(stored, &value.array_type()), Ok(value));
                }
            }
        }
    }

    #[test]
    fn refuses_a_leap_second_in_the_middle_of_a_minute() {
        let leap = NaiveTime::from_hms_opt(4, 5, 6).and_then(|time| time.with_nanosecond(1_500_000_000)).unwrap();
        let refused =
            Err("'04:05:07.500' would not read back as the same value: a leap second comes after second 59".into());
        assert_eq!(text(leap), refused);
        assert!(text(at(2024, 0).date().and_time(leap)).is_err());
        assert!(text(at(2024, 0).date().and_time(leap).and_utc()).is_err());
    }

    #[test]
    fn refuses_an_offset_with_seconds() {
        let zone = FixedOffset::east_opt(3_630).unwrap();
        assert!(text(zone.from_utc_datetime(&at(2024, 0))).is_err_and(|e| e.contains("whole minutes")));
    }

    #[test]
    fn refuses_a_local_time_beyond_the_calendar_instead_of_a_panic() {
        let zone = FixedOffset::east_opt(3_600).unwrap();
        assert!(text(DateTime::<Utc>::MAX_UTC.with_timezone(&zone)).is_err_and(|e| e.contains("calendar")));
        assert_eq!(bind(&Value::ChronoDateTimeWithTimeZone(None)), Ok(Bound::Plain(SqlValue::Null)));
    }
}
