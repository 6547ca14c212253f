//! Dates and times of both crates, to the ends of their calendars.

use std::fmt::Debug;

use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use sea_orm::prelude::{ChronoUnixTimestamp, ChronoUnixTimestampMillis, TimeUnixTimestamp, TimeUnixTimestampMillis};
use time::macros::{date, datetime, time};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::numbers::parse;

pub fn chrono_dates() -> Vec<NaiveDate> {
    // '+' comes before '-', and both before the digits.
    let common = parse(&["0000-01-01", "1582-10-15", "1969-12-31", "1970-01-01", "2024-02-29", "9999-12-31"]);
    [parse(&["+10000-01-01"]), vec![NaiveDate::MAX], parse(&["-0001-12-31"]), vec![NaiveDate::MIN], common].concat()
}

/// The last is a leap second.
pub fn chrono_times() -> Vec<NaiveTime> {
    parse(&[
        "00:00:00",
        "00:00:00.000000001",
        "04:05:06",
        "04:05:06.007",
        "23:59:59",
        "23:59:59.999999999",
        "23:59:60",
        "23:59:60.500",
    ])
}

pub fn chrono_datetimes() -> Vec<NaiveDateTime> {
    let common = parse(&[
        "0000-01-01T00:00:00",
        "1969-07-20T20:17:40.123456789",
        "1970-01-01T00:00:00",
        "2016-12-31T23:59:60.500",
        "2024-02-29T04:05:06",
        "2024-02-29T04:05:06.007",
        "9999-12-31T23:59:59.999999999",
    ]);
    [vec![NaiveDateTime::MAX, NaiveDateTime::MIN], common].concat()
}

pub fn chrono_utc() -> Vec<DateTime<Utc>> {
    chrono_datetimes().into_iter().map(|at| at.and_utc()).collect()
}

/// Far from the ends, which another time zone would reach beyond.
pub fn chrono_local() -> Vec<DateTime<Local>> {
    let at = ["1969-07-20T20:17:40.123456789Z", "1970-01-02T00:00:00Z", "2024-02-28T04:05:06Z", "9999-12-01T00:00:00Z"];
    parse::<DateTime<Utc>>(&at).into_iter().map(DateTime::from).collect()
}

/// With the nanoseconds that `Debug` does not tell from those of the next second: a leap second has a billion more.
pub fn show_moment<T: Debug + Timelike>(value: &T) -> String {
    format!("{value:?} {}", value.nanosecond())
}

/// Whatever the time zone of the machine.
pub fn show_local(value: &DateTime<Local>) -> String {
    format!("{:?}", value.to_utc())
}

pub fn chrono_zoned() -> Vec<DateTime<FixedOffset>> {
    parse(&[
        "0000-01-01T00:00:00+00:00",
        "1969-07-20T20:17:40.123456789-05:00",
        "1970-01-01T00:00:00+00:00",
        "2016-12-31T23:59:60.500+00:00",
        "2024-02-29T04:05:06+00:00",
        "2024-02-29T04:05:06+05:30",
        "2024-02-29T04:05:06-05:30",
        "2024-02-29T04:05:06-23:59",
        "2024-02-29T04:05:06.007+23:59",
        "9999-12-31T23:59:59.999999999+00:00",
    ])
}

pub fn chrono_seconds() -> Vec<ChronoUnixTimestamp> {
    let least = DateTime::<Utc>::MIN_UTC.timestamp();
    let greatest = DateTime::<Utc>::MAX_UTC.timestamp();
    let at = [least, -1, 0, 1, 1_709_179_506, greatest].map(|seconds| DateTime::from_timestamp(seconds, 0));
    at.into_iter().flatten().map(ChronoUnixTimestamp).collect()
}

pub fn chrono_milliseconds() -> Vec<ChronoUnixTimestampMillis> {
    let at =
        [-62_167_219_200_001, -1, 0, 1, 1_709_179_506_007, 253_402_300_799_999].map(DateTime::from_timestamp_millis);
    at.into_iter().flatten().map(ChronoUnixTimestampMillis).collect()
}

pub fn time_dates() -> Vec<Date> {
    let common = [date!(0000 - 01 - 01), date!(1970 - 01 - 01), date!(2024 - 02 - 29), Date::MAX];
    [vec![date!(-0001 - 12 - 31), Date::MIN], common.into()].concat()
}

pub fn time_times() -> Vec<Time> {
    vec![Time::MIDNIGHT, time!(0:00:00.000_000_001), time!(4:05:06), time!(4:05:06.007), Time::MAX]
}

pub fn time_datetimes() -> Vec<PrimitiveDateTime> {
    vec![
        PrimitiveDateTime::MIN,
        datetime!(0000-01-01 0:00),
        datetime!(1969-07-20 20:17:40.123_456_789),
        datetime!(1970-01-01 0:00),
        datetime!(2024-02-29 4:05:06),
        datetime!(2024-02-29 4:05:06.007),
        PrimitiveDateTime::MAX,
    ]
}

pub fn time_zoned() -> Vec<OffsetDateTime> {
    vec![
        datetime!(0000-01-01 0:00 UTC),
        datetime!(1969-07-20 20:17:40.123_456_789 -5),
        datetime!(1970-01-01 0:00 UTC),
        // '+', '-', '.', 'Z' is the order of what follows the seconds.
        datetime!(2024-02-29 4:05:06 +5:30),
        datetime!(2024-02-29 4:05:06 -5:30),
        datetime!(2024-02-29 4:05:06.007 +23:59),
        datetime!(2024-02-29 4:05:06 UTC),
        datetime!(9999-12-31 23:59:59.999_999_999 UTC),
    ]
}

pub fn time_seconds() -> Vec<TimeUnixTimestamp> {
    let at = [-377_705_116_800, -1, 0, 1, 1_709_179_506, 253_402_300_799].map(OffsetDateTime::from_unix_timestamp);
    at.into_iter().flatten().map(TimeUnixTimestamp).collect()
}

pub fn time_milliseconds() -> Vec<TimeUnixTimestampMillis> {
    let at = [-62_167_219_200_001, -1, 0, 1, 1_709_179_506_007, 253_402_300_799_999];
    let at = at.map(|milliseconds| OffsetDateTime::from_unix_timestamp_nanos(milliseconds * 1_000_000));
    at.into_iter().flatten().map(TimeUnixTimestampMillis).collect()
}
