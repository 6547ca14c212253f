//! What somebody else has written into the database, read as what it is not.

use sea_orm::sea_query::ArrayType;

use super::past::Raw;
use super::{Act, Input};

pub(super) fn inputs() -> Vec<Input> {
    use ArrayType::{
        BigInt, BigUnsigned, Bool, Bytes, Char, ChronoDate, ChronoDateTimeUtc, Double, Float, Int, Json, String,
        TimeDate, TinyInt, Uuid,
    };
    let text = |text: &str| Raw::Text(text.to_owned());
    let read = |name, raw, ty, ends| Input::new(name, Act::Read(raw, ty), ends);
    vec![
        read("JSON that is cut off", text("{\"a\": [1"), Json, "?"),
        read("JSON that is empty", text(""), Json, "?"),
        read("JSON with single quotes", text("{'a': 1}"), Json, "?"),
        read("JSON with a lone surrogate", text("\"\\ud800\""), Json, "?"),
        read("JSON with NaN", text("[NaN]"), Json, "?"),
        read("JSON too deep", text(&format!("{}{}", "[".repeat(5000), "]".repeat(5000))), Json, "?"),
        read("JSON as a blob", Raw::Blob(b"{}".to_vec()), Json, "?"),
        read("JSON as a number", Raw::Number(7.0), Json, "?"),
        read("a date that is none", text("2023-02-29"), ChronoDate, "?"),
        read("a date of month 13", text("2023-13-01"), ChronoDate, "?"),
        read("a date before year 0", text("-0001-12-31"), ChronoDate, "?"),
        read("a date after 9999", text("+10000-01-01"), ChronoDate, "?"),
        read("a date far beyond", text("+999999999-01-01"), ChronoDate, "?"),
        read("a date of time before year 0", text("-0001-12-31"), TimeDate, "?"),
        read("a moment of hour 25", text("2023-01-01T25:00:00Z"), ChronoDateTimeUtc, "?"),
        read("a moment with a zone of 99 hours", text("2023-01-01T00:00:00+99:00"), ChronoDateTimeUtc, "?"),
        read("a moment that is a huge number", Raw::Number(1e300), ChronoDateTimeUtc, "?"),
        read("text in an integer", text("12abc"), Int, "?"),
        read("a number beyond an i32", Raw::Number(3e9), Int, "?"),
        read("a fraction in an integer", Raw::Number(1.5), BigInt, "?"),
        read("infinity in an integer", Raw::Number(f64::INFINITY), BigInt, "?"),
        read("a float at 2^63", Raw::Number(9_223_372_036_854_775_808.0), BigInt, "?"),
        read("a negative number in a u64", Raw::Number(-1.0), BigUnsigned, "?"),
        read("a number beyond an i8", Raw::Number(128.0), TinyInt, "?"),
        read("two in a boolean", Raw::Number(2.0), Bool, "?"),
        read("text in a boolean", text("true"), Bool, "?"),
        read("a number beyond an f32", Raw::Number(1e39), Float, "?"),
        read("text in a float", text("1.5"), Double, "?"),
        read("a blob in a text", Raw::Blob(vec![0xFF]), String, "?"),
        read("two characters in a char", text("ab"), Char, "?"),
        read("a text in a blob", text("ab"), Bytes, "?"),
        read("17 bytes in a UUID", Raw::Blob(vec![0; 17]), Uuid, "?"),
        read("a text in a UUID", text("67e55044-10b1-426f-9247-bb680e5fe0c8"), Uuid, "?"),
        read("a text of 3 MB", text(&"x".repeat(3_000_000)), String, "?"),
        read("a blob of 3 MB", Raw::Blob(vec![7; 3_000_000]), Bytes, "?"),
        read("NULL in an integer", Raw::Null, Int, "?"),
    ]
}
