//! Encodes the types of the time crate as text.
//!
//! The years 0 to 9999 are known to read back. Any other year is read back here before it is stored.

use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::same;
use crate::storage::SqlValue;
use crate::value::decode::time as decode;

const FORM: &str = "the text format has years of four digits";

pub(in crate::value) fn date(value: Date) -> Result<SqlValue, String> {
    let text = value.format(decode::DATE).map_err(|_| without_format(value, FORM))?;
    let reads_back = common_year(value.year()) || decode::date(&text) == Some(value);
    same(text, reads_back, FORM)
}

pub(in crate::value) fn time(value: Time) -> Result<SqlValue, String> {
    value.format(decode::TIME).map(SqlValue::Text).map_err(|_| without_format(value, FORM))
}

pub(in crate::value) fn naive(value: PrimitiveDateTime) -> Result<SqlValue, String> {
    let text = value.format(decode::DATETIME).map_err(|_| without_format(value, FORM))?;
    let reads_back = common_year(value.year()) || decode::naive(&text) == Some(value);
    same(text, reads_back, FORM)
}

pub(in crate::value) fn zoned(value: OffsetDateTime) -> Result<SqlValue, String> {
    const RFC3339: &str = "RFC 3339 has the years 0 to 9999, and offsets of whole minutes";
    value.format(&Rfc3339).map(SqlValue::Text).map_err(|_| without_format(value, RFC3339))
}

fn common_year(year: i32) -> bool {
    (0..=9999).contains(&year)
}

fn without_format(value: impl std::fmt::Display, why: &str) -> String {
    format!("'{value}' cannot be written as text: {why}")
}

#[cfg(test)]
mod tests {
    use sea_orm::Value;
    use time::UtcOffset;
    use time::macros::{date, datetime, time};

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

    #[test]
    fn is_stored_in_the_forms_of_sqlx() {
        assert_eq!(text(date!(2024 - 02 - 03)), Ok("2024-02-03".into()));
        assert_eq!(text(time!(4:05:06.007)), Ok("04:05:06.007".into()));
        assert_eq!(text(Time::MIDNIGHT), Ok("00:00:00.0".into()));
        assert_eq!(text(datetime!(2024-02-03 4:05:06)), Ok("2024-02-03 04:05:06.0".into()));
        assert_eq!(text(datetime!(2024-02-03 4:05:06 UTC)), Ok("2024-02-03T04:05:06Z".into()));
        assert_eq!(text(datetime!(2024-02-03 4:05:06.007 -5:30)), Ok("2024-02-03T04:05:06.007-05:30".into()));
    }

    #[test]
    fn reads_back_as_it_was_to_the_ends() {
        let values: [Value; 9] = [
            Date::MIN.into(),
            Date::MAX.into(),
            date!(-0001 - 01 - 01).into(),
            Time::MIDNIGHT.into(),
            time!(23:59:59.999_999_999).into(),
            PrimitiveDateTime::MIN.into(),
            PrimitiveDateTime::MAX.into(),
            datetime!(0000-01-01 0:00 UTC).into(),
            datetime!(9999-12-31 23:59:59.999_999_999 UTC).into(),
        ];
        for value in values {
            let Ok(Bound::Plain(stored)) = bind(&value) else { panic!("{value:?} is refused") };
            assert_eq!(decode(stored, &value.array_type()), Ok(value));
        }
        assert_eq!(bind(&Value::TimeDate(None)), Ok(Bound::Plain(SqlValue::Null)));
    }

    #[test]
    fn refuses_what_rfc_3339_cannot_hold_and_sqlx_stores_as_null() {
        let early = datetime!(-0001-01-01 0:00 UTC);
        assert!(
            text(early).is_err_and(|e| e.starts_with("'-0001-01-01 0:00:00.0 +00:00:00'") && e.contains("RFC 3339"))
        );
        let odd = datetime!(2024-02-03 4:05).assume_offset(UtcOffset::from_hms(1, 2, 3).unwrap());
        assert!(text(odd).is_err_and(|e| e.contains("whole minutes")));
    }
}
