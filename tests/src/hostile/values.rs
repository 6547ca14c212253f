//! Values beyond what SQLite, the runtime or the calendars hold.

use sea_orm::Value;
use sea_orm::prelude::{BigDecimal, Decimal, Json, Uuid};
use sea_orm::sea_query::{ArrayType, Enum, OptionEnum};

use super::{Input, execute, store};

pub(super) fn inputs() -> Vec<Input> {
    let deep = |levels: usize| (0..levels).fold(Json::Null, |inner, _| Json::Array(vec![inner]));
    vec![
        store("least i64", i64::MIN, "?"),
        store("most i64", i64::MAX, "?"),
        store("2^53 + 1", (1_i64 << 53) + 1, "?"),
        store("-2^53 - 1", -(1_i64 << 53) - 1, "?"),
        store("u64 of i64::MAX", i64::MAX.unsigned_abs(), "?"),
        store("u64 above i64::MAX", i64::MAX.unsigned_abs() + 1, "?"),
        store("most u64", u64::MAX, "?"),
        store("true", true, "?"),
        store("NaN", f64::NAN, "?"),
        store("NaN of an f32", f32::NAN, "?"),
        store("infinity", f64::INFINITY, "?"),
        store("minus infinity", f64::NEG_INFINITY, "?"),
        store("minus zero", -0.0_f64, "?"),
        store("least float", 5e-324_f64, "?"),
        store("most float", f64::MAX, "?"),
        store("a whole float", 1.0_f64, "?"),
        store("2^53 + 2 as a float", 9_007_199_254_740_994.0_f64, "?"),
        store("NULL of an integer", Value::Int(None), "?"),
        store("empty text", "", "?"),
        store("empty blob", Vec::<u8>::new(), "?"),
        store("a NUL", "\0", "?"),
        store("a text with a NUL", "a\0b", "?"),
        store("a text that ends in NULs", "a\0\0", "?"),
        store("the character NUL", '\0', "?"),
        store("the last character", '\u{10FFFF}', "?"),
        store("noncharacters and marks", "\u{FEFF}\u{FFFE}\u{FFFF}e\u{301}\u{202E}\u{0}", "?"),
        store("replacement characters", "\u{FFFD}\u{FFFD}", "?"),
        store("a text of digits", "0012", "?"),
        store("a text that looks tagged", "i7", "?"),
        store("quotes", "'\"`[]''\"\"", "?"),
        store("a statement", "'); DROP TABLE sentinel; --", "?"),
        store("parameters", "? ?1 :a @a $a #1", "?"),
        store("a blob that is no text", vec![0xFF_u8, 0, 0xC3, 0x28], "?"),
        store("JSON null", Json::Null, "?"),
        store("JSON of 127 levels", deep(127), "?"),
        store("JSON of 128 levels", deep(128), "?"),
        store("JSON of 1,000 levels", deep(1000), "?"),
        store("JSON with a NUL in its key", Json::from_iter([("a\0'\"", "b")]), "?"),
        store("JSON of the most u64", Json::from(u64::MAX), "?"),
        store("nil UUID", Uuid::nil(), "?"),
        store("a decimal of 29 digits", decimal("79228162514264337593543950335"), "?"),
        store("a small decimal", decimal("-0.0000000000000000000000000001"), "?"),
        store("a big decimal", big("1E+400"), "?"),
        store("an enum with quotes", quoted_enum(), "?"),
        store("an array", Value::Array(ArrayType::Int, Some(Box::new(vec![1.into()]))), "?"),
        store("a date before year 0", date("-0001-12-31"), "ChronoDate(Some(-0001-12-31))"),
        store("the first date", chrono::NaiveDate::MIN, "?"),
        store("the last date", chrono::NaiveDate::MAX, "?"),
        store("a date after 9999", date("+10000-01-01"), "ChronoDate(Some(+10000-01-01))"),
        store("a moment before year 0", chrono::NaiveDateTime::MIN, "?"),
        store("a moment after 9999", chrono::NaiveDateTime::MAX, "?"),
        store("a UTC moment before year 0", chrono::DateTime::<chrono::Utc>::MIN_UTC, "?"),
        store("a UTC moment after 9999", chrono::DateTime::<chrono::Utc>::MAX_UTC, "?"),
        store("a date of time before year 0", time::macros::date!(-0001 - 12 - 31), "TimeDate(Some(-0001-12-31))"),
        store("a date of time at the end", time::Date::MAX, "?"),
        store("an offset moment of time before year 0", time::macros::datetime!(-0001-12-31 23:59:59 UTC), "?"),
        store("a leap second", "23:59:60".parse::<chrono::NaiveTime>().ok(), "?"),
        store("a leap second in the wrong minute", leap(), "?"),
        execute(
            "a decimal into numbers",
            "INSERT INTO sentinel (id) VALUES (?)",
            [decimal("9007199254740993").into()],
            "?",
        ),
        execute("text into numbers", "INSERT INTO sentinel (id) VALUES (?)", ["two".into()], "?"),
        execute("a float into the rowid", "INSERT INTO sentinel (id) VALUES (?)", [1.5.into()], "?"),
        execute("a float beyond the rowid", "INSERT INTO sentinel (id) VALUES (?)", [1e300.into()], "?"),
        execute("a key that is taken", "INSERT INTO sentinel (id) VALUES (?)", [1.into()], "?"),
        execute("a check that fails", "INSERT INTO sentinel (id, text) VALUES (3, ?)", ["".into()], "?"),
        execute(
            "NULL where there is none",
            "INSERT INTO setting VALUES (?, ?, ?)",
            [Value::String(None), "".into(), 1.into()],
            "?",
        ),
    ]
}

fn decimal(digits: &str) -> Option<Decimal> {
    digits.parse().ok()
}

fn big(digits: &str) -> Option<BigDecimal> {
    digits.parse().ok()
}

fn date(text: &str) -> Option<chrono::NaiveDate> {
    text.parse().ok()
}

/// A second that chrono lets be longer than a minute has, but that no text says.
fn leap() -> Option<chrono::NaiveTime> {
    use chrono::Timelike;
    chrono::NaiveTime::from_hms_opt(4, 5, 6)?.with_nanosecond(1_500_000_000)
}

fn quoted_enum() -> Value {
    let value = Enum { type_name: "mood'\"".into(), value: "gl'ad\"; --".into() };
    Value::Enum(OptionEnum::Some(Box::new(value)))
}
