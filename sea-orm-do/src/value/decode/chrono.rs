//! Decodes the types of chrono, from every format that sqlx-sqlite reads.

use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime};

use super::Cell;
use super::instant::{Instant, instant};

pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%F").ok()
}

/// An offset is ignored: a time without a date has none.
pub(crate) fn time(text: &str) -> Option<NaiveTime> {
    first(&["%T%.f", "%R", "%RZ", "%T%.fZ", "%R%:z", "%T%.f%:z"], |form| NaiveTime::parse_from_str(text, form).ok())
}

/// The text formats of <https://www.sqlite.org/lang_datefunc.html>; without an offset the time is UTC.
pub(crate) fn datetime(text: &str) -> Option<DateTime<FixedOffset>> {
    const ZONED: [&str; 4] = ["%F %T%.f%:z", "%F %R%:z", "%FT%T%.f%:z", "%FT%R%:z"];
    const NAIVE: [&str; 8] = ["%F %T%.f", "%F %R", "%F %T%.fZ", "%F %RZ", "%FT%T%.f", "%FT%R", "%FT%T%.fZ", "%FT%RZ"];
    let naive = || first(&NAIVE, |form| NaiveDateTime::parse_from_str(text, form).ok());
    DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(|| first(&ZONED, |form| DateTime::parse_from_str(text, form).ok()))
        .or_else(|| Some(naive()?.and_utc().fixed_offset()))
}

fn first<T>(forms: &[&str], parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    forms.iter().find_map(|form| parse(form))
}

/// A date-time from text, from seconds since 1970 or from a Julian day.
pub(in crate::value) fn cell(cell: &Cell) -> Result<Option<DateTime<FixedOffset>>, String> {
    if let Some(text) = super::text(cell) {
        return Ok(datetime(text));
    }
    Ok(instant(cell)?.and_then(|instant| match instant {
        Instant::Seconds(seconds) => Some(DateTime::from_timestamp(seconds, 0)?.fixed_offset()),
        Instant::JulianDay(day) => julian(day),
    }))
}

/// A Julian day begins at noon. The fraction is exact to about 40 microseconds, the resolution of a float of this size.
fn julian(day: f64) -> Option<DateTime<FixedOffset>> {
    const DAY_OF_1970: f64 = 2_440_587.5;
    const SECONDS: std::ops::RangeInclusive<f64> = -1e13..=1e13;
    let timestamp = (day - DAY_OF_1970) * 86_400.0;
    if !SECONDS.contains(&timestamp) {
        return None;
    }
    let seconds = timestamp.floor();
    #[allow(clippy::cast_possible_truncation, reason = "in range, and whole")]
    let whole = seconds as i64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= fraction < 1")]
    let nanoseconds = ((timestamp - seconds) * 1e9) as u32;
    Some(DateTime::from_timestamp(whole, nanoseconds)?.fixed_offset())
}

/// The time that a clock at its offset shows. `naive_local` would panic at the ends of the calendar.
pub(in crate::value) fn naive_cell(cell: &Cell) -> Result<Option<NaiveDateTime>, String> {
    Ok(self::cell(cell)?.and_then(|at| at.naive_utc().checked_add_offset(*at.offset())))
}

pub(in crate::value) fn local_cell(cell: &Cell) -> Result<Option<DateTime<Local>>, String> {
    Ok(self::cell(cell)?.map(|at| at.with_timezone(&Local)))
}

#[cfg(test)]
mod tests {
    use sea_orm::Value;
    use sea_orm::sea_query::ArrayType;

    use super::*;
    use crate::storage::SqlValue;
    use crate::value::decode::decode;

    fn text(text: &str, ty: ArrayType) -> Result<Value, String> {
        decode(SqlValue::Text(text.into()), &ty)
    }

    fn utc(year: i32, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> Option<Value> {
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(date.and_hms_opt(hour, minute, second)?.and_utc().into())
    }

    #[test]
    fn reads_a_date_and_refuses_a_day_that_does_not_exist() {
        assert_eq!(text("2024-02-29", ArrayType::ChronoDate), Ok(NaiveDate::from_ymd_opt(2024, 2, 29).into()));
        for refused in ["2023-02-29", "2023-13-01", "", "2023-01-01 00:00:00", "now"] {
            assert_eq!(text(refused, ArrayType::ChronoDate), Err(format!("text '{refused}' does not fit ChronoDate")));
        }
    }

    #[test]
    fn reads_a_time_in_every_form_of_sqlite() {
        let time = NaiveTime::from_hms_milli_opt(4, 5, 6, 789);
        for form in ["04:05:06.789", "04:05:06.789Z", "04:05:06.789+01:00"] {
            assert_eq!(text(form, ArrayType::ChronoTime), Ok(time.into()), "{form}");
        }
        for form in ["04:05", "04:05:00", "04:05Z", "04:05-01:00"] {
            assert_eq!(text(form, ArrayType::ChronoTime), Ok(NaiveTime::from_hms_opt(4, 5, 0).into()), "{form}");
        }
        for refused in ["24:00", "04", "2024-01-01", "04:05:06.f", ""] {
            assert!(text(refused, ArrayType::ChronoTime).is_err(), "{refused}");
        }
    }

    #[test]
    fn reads_a_date_time_in_every_form_of_sqlite() {
        let Some(at) = utc(2024, 2, 29, 4, 5, 0) else { panic!("a date that exists") };
        for separator in [" ", "T"] {
            for clock in ["04:05", "04:05:00", "04:05:00.000"] {
                for zone in ["", "Z", "+00:00"] {
                    let form = format!("2024-02-29{separator}{clock}{zone}");
                    assert_eq!(text(&form, ArrayType::ChronoDateTimeUtc), Ok(at.clone()), "{form}");
                }
            }
        }
    }

    #[test]
    fn keeps_the_offset_where_the_type_has_one_and_counts_it_where_it_has_none() {
        let form = "2024-02-29T04:05:00+05:30";
        let zoned = text(form, ArrayType::ChronoDateTimeWithTimeZone);
        assert!(
            matches!(zoned, Ok(Value::ChronoDateTimeWithTimeZone(Some(at))) if at.offset().local_minus_utc() == 19_800)
        );
        assert_eq!(text(form, ArrayType::ChronoDateTimeUtc).ok(), utc(2024, 2, 28, 22, 35, 0));
        let local = NaiveDate::from_ymd_opt(2024, 2, 29).and_then(|date| date.and_hms_opt(4, 5, 0));
        assert_eq!(text(form, ArrayType::ChronoDateTime), Ok(local.into()));
        let Ok(Value::ChronoDateTimeLocal(Some(at))) = text(form, ArrayType::ChronoDateTimeLocal) else {
            panic!("a date-time of the host");
        };
        assert_eq!(Some(at.to_utc().into()), utc(2024, 2, 28, 22, 35, 0));
    }

    #[test]
    fn refuses_an_offset_that_sqlx_reads_over() {
        assert!(text("2024-02-29 04:05+25:00", ArrayType::ChronoDateTime).is_err());
    }

    #[test]
    fn refuses_a_local_time_beyond_the_calendar_instead_of_a_panic() {
        let end = "+262142-12-31T23:59:59";
        assert!(text(&format!("{end}+00:00"), ArrayType::ChronoDateTime).is_ok());
        assert!(text(&format!("{end}-01:00"), ArrayType::ChronoDateTime).is_err());
    }

    #[test]
    fn reads_large_whole_numbers_as_seconds_since_1970() {
        let read = |number| decode(SqlValue::Number(number), &ArrayType::ChronoDateTimeUtc);
        assert_eq!(read(1_709_179_500.0).ok(), utc(2024, 2, 29, 4, 5, 0));
        assert_eq!(read(-2_208_988_800.0).ok(), utc(1900, 1, 1, 0, 0, 0));
        assert!(read(1e15).is_err_and(|e| e.contains("years 0000 to 9999")));
        assert!(read(1_709_246_273_880.0).is_err_and(|e| e.contains("1709246273880") && e.contains("milliseconds")));
        assert!(read(f64::INFINITY).is_err_and(|e| e.ends_with("does not fit ChronoDateTimeUtc")));
    }

    #[test]
    fn reads_fractions_as_julian_days_before_1970_too() {
        let read = |number| decode(SqlValue::Number(number), &ArrayType::ChronoDateTimeUtc);
        assert_eq!(read(2_460_369.75).ok(), utc(2024, 2, 29, 6, 0, 0));
        assert_eq!(read(2_440_587.25).ok(), utc(1969, 12, 31, 18, 0, 0));
        // sqlx-sqlite adds the half second here, instead of subtracting it.
        let Ok(Value::ChronoDateTimeUtc(Some(at))) = read(2_440_587.5 - 1.5 / 86_400.0) else { panic!("a Julian day") };
        assert!((at.timestamp_millis() + 1_500).abs() <= 1, "{at}");
    }

    #[test]
    fn refuses_whole_numbers_that_may_be_either() {
        for either in [0.0, 2_440_588.0, -99_999_999.0] {
            let refused = decode(SqlValue::Number(either), &ArrayType::ChronoDateTime);
            assert!(refused.is_err_and(|e| e.contains("Julian day")), "{either}");
        }
    }

    #[test]
    fn refuses_numbers_as_dates_or_times() {
        assert!(decode(SqlValue::Number(1_709_179_500.0), &ArrayType::ChronoDate).is_err());
        assert!(decode(SqlValue::Number(0.5), &ArrayType::ChronoTime).is_err());
        assert!(decode(SqlValue::Blob(b"2024-02-29".to_vec()), &ArrayType::ChronoDate).is_err());
    }
}
