//! Values beyond what SQLite, the runtime or the calendars hold.

use sea_orm::Value;
use sea_orm::prelude::{BigDecimal, Decimal, Json, Uuid};
use sea_orm::sea_query::ArrayType;

use super::{Input, execute, store};

pub(super) fn inputs() -> Vec<Input> {
    let deep = |levels: usize| (0..levels).fold(Json::Null, |inner, _| Json::Array(vec![inner]));
    vec![
        store("least i64", i64::MIN, "integer -9223372036854775808"),
        store("most i64", i64::MAX, "integer 9223372036854775807"),
        store("2^53 + 1", (1_i64 << 53) + 1, "integer 9007199254740993"),
        store("-2^53 - 1", -(1_i64 << 53) - 1, "integer -9007199254740993"),
        store("u64 of i64::MAX", i64::MAX.unsigned_abs(), "integer 9223372036854775807"),
        store(
            "u64 above i64::MAX",
            i64::MAX.unsigned_abs() + 1,
            "Type Error: parameter 1: u64 9223372036854775808 is above i64::MAX",
        ),
        store("most u64", u64::MAX, "Type Error: parameter 1: u64 18446744073709551615 is above i64::MAX"),
        store("true", true, "integer 1"),
        store("NaN", f64::NAN, "Type Error: parameter 1: NaN, which SQLite would store as NULL"),
        store("NaN of an f32", f32::NAN, "Type Error: parameter 1: NaN, which SQLite would store as NULL"),
        store("infinity", f64::INFINITY, "real inf"),
        store("minus infinity", f64::NEG_INFINITY, "real -inf"),
        store("minus zero", -0.0_f64, "real -0.0"),
        store("least float", 5e-324_f64, "real 5e-324"),
        store("most float", f64::MAX, "real 1.7976931348623157e308"),
        store("a whole float", 1.0_f64, "real 1.0"),
        store("2^53 + 2 as a float", 9_007_199_254_740_994.0_f64, "real 9007199254740994.0"),
        store("NULL of an integer", Value::Int(None), "null NULL"),
        store("empty text", "", "text "),
        store("empty blob", Vec::<u8>::new(), "blob []"),
        store("a NUL", "\0", "text \\0"),
        store("a text with a NUL", "a\0b", "text a\\0b"),
        store("a text that ends in NULs", "a\0\0", "text a\\0\\0"),
        store("the character NUL", '\0', "text \\0"),
        store("the last character", '\u{10FFFF}', "text \\u{10ffff}"),
        store(
            "noncharacters and marks",
            "\u{FEFF}\u{FFFE}\u{FFFF}e\u{301}\u{202E}\u{0}",
            "text \\u{feff}\\u{fffe}\\u{ffff}e\u{301}\\u{202e}\\0",
        ),
        store("replacement characters", "\u{FFFD}\u{FFFD}", "text ��"),
        store("a text of digits", "0012", "text 0012"),
        store("a text that looks tagged", "i7", "text i7"),
        store("quotes", "'\"`[]''\"\"", "text \\'\\\"`[]\\'\\'\\\"\\\""),
        store("a statement", "'); DROP TABLE sentinel; --", "text \\'); DROP TABLE sentinel; --"),
        store("parameters", "? ?1 :a @a $a #1", "text ? ?1 :a @a $a #1"),
        store("a blob that is no text", vec![0xFF_u8, 0, 0xC3, 0x28], "blob [FF, 00, C3, 28]"),
        store("JSON null", Json::Null, "text null"),
        store(
            "JSON of 127 levels",
            deep(127),
            "text [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[null]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        ),
        store(
            "JSON of 128 levels",
            deep(128),
            "Type Error: parameter 1: a JSON document of more than 127 levels, which would not read back",
        ),
        store(
            "JSON of 1,000 levels",
            deep(1000),
            "Type Error: parameter 1: a JSON document of more than 127 levels, which would not read back",
        ),
        store(
            "JSON with a NUL in its key",
            Json::from_iter([("a\0'\"", "b")]),
            "text {\\\"a\\\\u0000\\'\\\\\\\"\\\":\\\"b\\\"}",
        ),
        store("JSON of the most u64", Json::from(u64::MAX), "text 18446744073709551615"),
        store("nil UUID", Uuid::nil(), "blob [00, 00, 00, 00, 00, 00, 00, 00, 00, 00, 00, 00, 00, 00, 00, 00]"),
        store("a decimal of 29 digits", decimal("79228162514264337593543950335"), "text 79228162514264337593543950335"),
        store("a small decimal", decimal("-0.0000000000000000000000000001"), "text -0.0000000000000000000000000001"),
        store("a big decimal", big("1E+400"), "text 1e+400"),
        store(
            "an array",
            Value::Array(ArrayType::Int, Some(Box::new(vec![1.into()]))),
            "Type Error: parameter 1: SQLite has no type Array",
        ),
        store("a date before year 0", date("-0001-12-31"), "text -0001-12-31"),
        store("the first date", chrono::NaiveDate::MIN, "text -262143-01-01"),
        store("the last date", chrono::NaiveDate::MAX, "text +262142-12-31"),
        store("a date after 9999", date("+10000-01-01"), "text +10000-01-01"),
        store("a moment before year 0", chrono::NaiveDateTime::MIN, "text -262143-01-01 00:00:00"),
        store("a moment after 9999", chrono::NaiveDateTime::MAX, "text +262142-12-31 23:59:59.999999999"),
        store(
            "a UTC moment before year 0",
            chrono::DateTime::<chrono::Utc>::MIN_UTC,
            "text -262143-01-01T00:00:00+00:00",
        ),
        store(
            "a UTC moment after 9999",
            chrono::DateTime::<chrono::Utc>::MAX_UTC,
            "text +262142-12-31T23:59:59.999999999+00:00",
        ),
        store("a date of time before year 0", time::macros::date!(-0001 - 12 - 31), "text -0001-12-31"),
        store("a date of time at the end", time::Date::MAX, "text 9999-12-31"),
        store(
            "an offset moment of time before year 0",
            time::macros::datetime!(-0001-12-31 23:59:59 UTC),
            "Type Error: parameter 1: '-0001-12-31 23:59:59.0 +00:00:00' cannot be written as text: RFC 3339 has the years 0 to 9999, and offsets of whole minutes",
        ),
        store("a leap second", "23:59:60".parse::<chrono::NaiveTime>().ok(), "text 23:59:60"),
        store(
            "a leap second in the wrong minute",
            leap(),
            "Type Error: parameter 1: '04:05:07.500' would not read back as the same value: a leap second comes after second 59",
        ),
        execute(
            "a decimal into numbers",
            "INSERT INTO sentinel (id) VALUES (?)",
            [decimal("9007199254740993").into()],
            "Type Error: parameter 1: decimal 9007199254740993 would change in column `id`, which stores numbers",
        ),
        execute(
            "text into numbers",
            "INSERT INTO sentinel (id) VALUES (?)",
            ["two".into()],
            "Execution Error: datatype mismatch: SQLITE_MISMATCH",
        ),
        execute(
            "a float into the rowid",
            "INSERT INTO sentinel (id) VALUES (?)",
            [1.5.into()],
            "Execution Error: datatype mismatch: SQLITE_MISMATCH",
        ),
        execute(
            "a float beyond the rowid",
            "INSERT INTO sentinel (id) VALUES (?)",
            [1e300.into()],
            "Execution Error: datatype mismatch: SQLITE_MISMATCH",
        ),
        execute(
            "a key that is taken",
            "INSERT INTO sentinel (id) VALUES (?)",
            [1.into()],
            "Execution Error: UNIQUE constraint failed: sentinel.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)",
        ),
        execute(
            "a check that fails",
            "INSERT INTO sentinel (id, text) VALUES (3, ?)",
            ["".into()],
            "Execution Error: CHECK constraint failed: text <> '': SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)",
        ),
        execute(
            "NULL where there is none",
            "INSERT INTO setting VALUES (?, ?, ?)",
            [Value::String(None), "".into(), 1.into()],
            "Execution Error: NOT NULL constraint failed: setting.key: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_NOTNULL)",
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

/// A second that chrono has, and that no text says.
fn leap() -> Option<chrono::NaiveTime> {
    use chrono::Timelike;
    chrono::NaiveTime::from_hms_opt(4, 5, 6)?.with_nanosecond(1_500_000_000)
}
