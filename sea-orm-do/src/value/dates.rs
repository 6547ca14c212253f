//! SQLite stores dates and times as text and compares them letter by letter: only texts in the same format compare as
//! times.
//!
//! <https://www.sqlite.org/datatype3.html#date_and_time_datatype>, <https://www.sqlite.org/lang_datefunc.html>

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use super::decode::decode;
use super::encode::Bound;
use super::types::{bind, parameter_type};
use crate::sql::ast::{Comparison, Expr, Literal, SelectItem, Statement};
use crate::sql::parser::parse;
use crate::storage::SqlValue;
use crate::types::expr_type::ColumnType;

/// The text format in which a date or time is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "with-chrono", feature = "with-time")),
    allow(dead_code, reason = "the forms of types that this build has not")
)]
pub(crate) enum DateFormat {
    Date,
    Time,
    /// The time crate's format, which always has a fraction of a second.
    TimeWithFraction,
    DateTime,
    DateTimeWithFraction,
    /// An instant, always at the offset `+00:00`.
    Utc,
    /// An instant with its own offset, which is part of the value: the same instant has several texts.
    Zoned,
}

/// What a date or time denotes, in any format.
#[derive(PartialEq, Eq)]
enum Kind {
    Date,
    Time,
    DateTime,
    Instant,
}

impl DateFormat {
    /// The format in which the values of a type are stored; `None` for a type that is no date or time.
    pub(crate) fn of(ty: &ArrayType) -> Option<Self> {
        match ty {
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoDate => Some(Self::Date),
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoTime => Some(Self::Time),
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoDateTime => Some(Self::DateTime),
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoDateTimeUtc => Some(Self::Utc),
            #[cfg(feature = "with-chrono")]
            ArrayType::ChronoDateTimeLocal | ArrayType::ChronoDateTimeWithTimeZone => Some(Self::Zoned),
            #[cfg(feature = "with-time")]
            ArrayType::TimeDate => Some(Self::Date),
            #[cfg(feature = "with-time")]
            ArrayType::TimeTime => Some(Self::TimeWithFraction),
            #[cfg(feature = "with-time")]
            ArrayType::TimeDateTime => Some(Self::DateTimeWithFraction),
            #[cfg(feature = "with-time")]
            ArrayType::TimeDateTimeWithTimeZone => Some(Self::Zoned),
            _ => None,
        }
    }

    /// The format of a column's default, if it is CURRENT_TIMESTAMP or the like, or a function call.
    pub(crate) fn of_default(default: &str) -> Option<Self> {
        let Statement::Select(select) = parse(&format!("SELECT {default}"))? else { return None };
        match select.terms.first()?.result_columns()?.first()? {
            SelectItem::Expr { expr: Expr::Literal(Literal::Now(function)), .. } => Self::of_function(function),
            SelectItem::Expr { expr: Expr::Call { function, .. }, .. } => Self::of_function(function),
            SelectItem::Expr { .. } | SelectItem::All(..) => None,
        }
    }

    /// The format of what an SQLite function returns.
    pub(crate) fn of_function(function: &str) -> Option<Self> {
        let functions = [("date", Self::Date), ("time", Self::Time), ("datetime", Self::DateTime)];
        functions.into_iter().find(|(name, _)| function.eq_ignore_ascii_case(name)).map(|(_, form)| form)
    }

    /// Whether two texts in these formats compare as times.
    pub(crate) fn compares_with(self, other: Self, comparison: Comparison) -> bool {
        self == other && (self != Self::Zoned || comparison == Comparison::Equality)
    }

    fn kind(self) -> Kind {
        match self {
            Self::Date => Kind::Date,
            Self::Time | Self::TimeWithFraction => Kind::Time,
            Self::DateTime | Self::DateTimeWithFraction => Kind::DateTime,
            Self::Utc | Self::Zoned => Kind::Instant,
        }
    }
}

/// A bound date or time in the format of its column; `None` if it has that format already, or is no date or time.
///
/// # Errors
/// Why it cannot have that format: a date is no instant, and neither is a time without an offset.
pub(crate) fn in_format_of(value: &Value, bound: &Bound, column: &ColumnType) -> Result<Option<Bound>, String> {
    let ColumnType { name, ty, .. } = column;
    let (Some(form), Bound::Plain(SqlValue::Text(text))) = (DateFormat::of(ty), bound) else { return Ok(None) };
    let of_value = parameter_type(value)?;
    if of_value == *ty {
        return Ok(None);
    }
    let refused =
        || format!("{of_value:?} '{text}' is given for column `{name}`, which is {ty:?}: give a value of that type");
    if DateFormat::of(&of_value).is_some_and(|of_value| of_value.kind() != form.kind()) {
        return Err(refused());
    }
    match decode(SqlValue::Text(text.clone()), ty) {
        Ok(same) => bind(&same).map(Some),
        // It may be a part of a date.
        Err(_) if of_value == ArrayType::String => Ok(None),
        Err(_) => Err(refused()),
    }
}

/// # Errors
/// Why SQLite does not compare a bound date or time with a column as times.
pub(crate) fn compares(bound: &Bound, column: &ColumnType, comparison: Comparison) -> Result<(), String> {
    let ColumnType { name, ty, has_other_default } = column;
    let (Some(form), Bound::Plain(SqlValue::Text(text))) = (DateFormat::of(ty), bound) else { return Ok(()) };
    if *has_other_default {
        return Err(format!(
            "column `{name}` is {ty:?}, and its default has another text format, which does not compare with this one: \
             compare julianday({name}) with julianday(?)"
        ));
    }
    // Equal values have equal texts.
    if comparison == Comparison::Equality {
        return Ok(());
    }
    if form == DateFormat::Zoned {
        return Err(format!(
            "column `{name}` is {ty:?}, whose texts have different offsets and do not compare as instants: make it a \
             DateTimeUtc, or compare julianday({name}) with julianday(?)"
        ));
    }
    // Any other year has a sign and more digits in the text.
    if text.starts_with(['+', '-']) {
        return Err(format!("'{text}' is compared with column `{name}`: only the years 0000 to 9999 compare as times"));
    }
    Ok(())
}

#[cfg(all(test, feature = "with-chrono", feature = "with-time"))]
mod tests {
    use sea_orm::prelude::{Date, DateTime, DateTimeUtc, DateTimeWithTimeZone, Time, TimeTime};

    use super::*;

    fn column(ty: ArrayType) -> ColumnType {
        ColumnType { name: "at".to_owned(), ty, has_other_default: false }
    }

    fn formed(value: impl Into<Value>, ty: ArrayType) -> Result<Option<String>, String> {
        let value = value.into();
        let formed = in_format_of(&value, &bind(&value)?, &column(ty))?;
        Ok(formed.map(|bound| match bound {
            Bound::Plain(SqlValue::Text(text)) => text,
            other => format!("{other:?}"),
        }))
    }

    #[test]
    fn what_says_the_same_is_brought_to_the_form_of_the_column() {
        let zoned: DateTimeWithTimeZone = "2026-03-02T00:00:00+02:00".parse().unwrap();
        let utc: DateTimeUtc = zoned.into();
        let time: Time = "09:30:15".parse().unwrap();
        let other = TimeTime::from_hms(9, 30, 15).unwrap();
        for (value, ty, expected) in [
            (Value::from(zoned), ArrayType::ChronoDateTimeUtc, Some("2026-03-01T22:00:00+00:00")),
            (utc.into(), ArrayType::ChronoDateTimeUtc, None),
            (utc.into(), ArrayType::ChronoDateTimeWithTimeZone, Some("2026-03-01T22:00:00+00:00")),
            (time.into(), ArrayType::TimeTime, Some("09:30:15.0")),
            (other.into(), ArrayType::ChronoTime, Some("09:30:15")),
            ("2026-03-01T22:00:00Z".into(), ArrayType::ChronoDateTimeUtc, Some("2026-03-01T22:00:00+00:00")),
            ("2026-03".into(), ArrayType::ChronoDateTimeUtc, None),
            ("2026-03".into(), ArrayType::String, None),
            (Value::ChronoDate(None), ArrayType::ChronoDateTimeUtc, None),
        ] {
            assert_eq!(formed(value.clone(), ty), Ok(expected.map(str::to_owned)), "{value:?}");
        }
    }

    #[test]
    fn a_date_is_no_instant_and_a_time_without_an_offset_is_none() {
        let date: Date = "2026-03-01".parse().unwrap();
        let naive: DateTime = date.and_time(Time::MIN);
        for (value, ty) in [
            (Value::from(date), ArrayType::ChronoDateTimeUtc),
            (naive.into(), ArrayType::ChronoDateTimeUtc),
            (naive.into(), ArrayType::ChronoDate),
            (naive.and_utc().into(), ArrayType::ChronoDateTime),
            (date.into(), ArrayType::ChronoDateTime),
            (Time::MIN.into(), ArrayType::ChronoDateTime),
        ] {
            let refused = formed(value.clone(), ty.clone());
            assert!(refused.is_err_and(|why| why.contains("column `at`")), "{value:?} for {ty:?}");
        }
    }

    #[test]
    fn texts_with_offsets_of_their_own_do_not_compare() {
        let zoned = bind(&"2026-03-02T00:00:00+02:00".parse::<DateTimeWithTimeZone>().unwrap().into()).unwrap();
        let refused = compares(&zoned, &column(ArrayType::ChronoDateTimeWithTimeZone), Comparison::Order);
        assert!(refused.is_err_and(|why| why.contains("julianday(at)")));
        let same = compares(&zoned, &column(ArrayType::ChronoDateTimeWithTimeZone), Comparison::Equality);
        assert_eq!(same, Ok(()));
        assert_eq!(compares(&zoned, &column(ArrayType::ChronoDateTimeUtc), Comparison::Order), Ok(()));
        let null = Bound::Plain(SqlValue::Null);
        assert_eq!(compares(&null, &column(ArrayType::ChronoDateTimeLocal), Comparison::Order), Ok(()));
        let far = bind(&Date::MAX.into()).unwrap();
        let refused = compares(&far, &column(ArrayType::ChronoDate), Comparison::Order);
        assert!(refused.is_err_and(|why| why.contains("0000 to 9999")));
        assert_eq!(compares(&far, &column(ArrayType::ChronoDate), Comparison::Equality), Ok(()));
    }

    #[test]
    fn defaults_have_forms() {
        for (default, form) in [
            ("CURRENT_TIMESTAMP", Some(DateFormat::DateTime)),
            ("current_date", Some(DateFormat::Date)),
            ("time('now')", Some(DateFormat::Time)),
            ("strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now')", None),
            ("'2026-03-01'", None),
            ("'CURRENT_TIMESTAMP'", None),
            ("NULL", None),
            ("", None),
        ] {
            assert_eq!(DateFormat::of_default(default), form, "{default}");
        }
    }

    #[test]
    fn functions_have_forms() {
        assert_eq!(DateFormat::of_function("DATETIME"), Some(DateFormat::DateTime));
        assert_eq!(DateFormat::of_function("strftime"), None);
        let compares = |one: DateFormat, other, comparison| one.compares_with(other, comparison);
        assert!(compares(DateFormat::DateTime, DateFormat::DateTime, Comparison::Order));
        assert!(!compares(DateFormat::Utc, DateFormat::DateTime, Comparison::Equality));
        assert!(!compares(DateFormat::Zoned, DateFormat::Zoned, Comparison::Order));
        assert!(compares(DateFormat::Zoned, DateFormat::Zoned, Comparison::Equality));
    }
}
