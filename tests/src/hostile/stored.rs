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
        read(
            "JSON that is cut off",
            text("{\"a\": [1"),
            Json,
            "Type Error: column `it`: text '{\"a\": [1' does not fit Json",
        ),
        read("JSON that is empty", text(""), Json, "Type Error: column `it`: text '' does not fit Json"),
        read(
            "JSON with single quotes",
            text("{'a': 1}"),
            Json,
            "Type Error: column `it`: text '{'a': 1}' does not fit Json",
        ),
        read(
            "JSON with a lone surrogate",
            text("\"\\ud800\""),
            Json,
            "Type Error: column `it`: text '\"\\ud800\"' does not fit Json",
        ),
        read("JSON with NaN", text("[NaN]"), Json, "Type Error: column `it`: text '[NaN]' does not fit Json"),
        read(
            "JSON too deep",
            text(&format!("{}{}", "[".repeat(5000), "]".repeat(5000))),
            Json,
            "Type Error: column `it`: text '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…' does not fit Json",
        ),
        read(
            "JSON as a blob",
            Raw::Blob(b"{}".to_vec()),
            Json,
            "Type Error: column `it`: a blob of 2 bytes does not fit Json",
        ),
        read("JSON as a number", Raw::Number(7.0), Json, "Type Error: column `it`: number 7 does not fit Json"),
        read(
            "a date that is none",
            text("2023-02-29"),
            ChronoDate,
            "Type Error: column `it`: text '2023-02-29' does not fit ChronoDate",
        ),
        read(
            "a date of month 13",
            text("2023-13-01"),
            ChronoDate,
            "Type Error: column `it`: text '2023-13-01' does not fit ChronoDate",
        ),
        read("a date before year 0, past the driver", text("-0001-12-31"), ChronoDate, "ChronoDate(Some(-0001-12-31))"),
        read("a date after 9999, past the driver", text("+10000-01-01"), ChronoDate, "ChronoDate(Some(+10000-01-01))"),
        read(
            "a date far beyond",
            text("+999999999-01-01"),
            ChronoDate,
            "Type Error: column `it`: text '+999999999-01-01' does not fit ChronoDate",
        ),
        read(
            "a date of time before year 0, past the driver",
            text("-0001-12-31"),
            TimeDate,
            "TimeDate(Some(-0001-12-31))",
        ),
        read(
            "a moment of hour 25",
            text("2023-01-01T25:00:00Z"),
            ChronoDateTimeUtc,
            "Type Error: column `it`: text '2023-01-01T25:00:00Z' does not fit ChronoDateTimeUtc",
        ),
        read(
            "a moment with a zone of 99 hours",
            text("2023-01-01T00:00:00+99:00"),
            ChronoDateTimeUtc,
            "Type Error: column `it`: text '2023-01-01T00:00:00+99:00' does not fit ChronoDateTimeUtc",
        ),
        read(
            "a moment that is a huge number",
            Raw::Number(1e300),
            ChronoDateTimeUtc,
            "Type Error: column `it`: number 1e300 does not fit ChronoDateTimeUtc",
        ),
        read("text in an integer", text("12abc"), Int, "Type Error: column `it`: text '12abc' does not fit Int"),
        read(
            "a number beyond an i32",
            Raw::Number(3e9),
            Int,
            "Type Error: column `it`: number 3000000000 does not fit Int",
        ),
        read(
            "a fraction in an integer",
            Raw::Number(1.5),
            BigInt,
            "Type Error: column `it`: number 1.5 does not fit BigInt",
        ),
        read(
            "infinity in an integer",
            Raw::Number(f64::INFINITY),
            BigInt,
            "Type Error: column `it`: number inf does not fit BigInt",
        ),
        read(
            "a float at 2^63",
            Raw::Number(9_223_372_036_854_775_808.0),
            BigInt,
            "Type Error: column `it`: number 9223372036854776000 does not fit BigInt",
        ),
        read(
            "a negative number in a u64",
            Raw::Number(-1.0),
            BigUnsigned,
            "Type Error: column `it`: number -1 does not fit BigUnsigned",
        ),
        read(
            "a number beyond an i8",
            Raw::Number(128.0),
            TinyInt,
            "Type Error: column `it`: number 128 does not fit TinyInt",
        ),
        read("two in a boolean", Raw::Number(2.0), Bool, "Bool(Some(true))"),
        read("text in a boolean", text("true"), Bool, "Type Error: column `it`: text 'true' does not fit Bool"),
        read(
            "a number beyond an f32",
            Raw::Number(1e39),
            Float,
            "Type Error: column `it`: number 1000000000000000000000000000000000000000 does not fit Float",
        ),
        read("text in a float", text("1.5"), Double, "Type Error: column `it`: text '1.5' does not fit Double"),
        read(
            "a blob in a text",
            Raw::Blob(vec![0xFF]),
            String,
            "Type Error: column `it`: a blob of 1 bytes does not fit String",
        ),
        read("two characters in a char", text("ab"), Char, "Type Error: column `it`: text 'ab' does not fit Char"),
        read("a text in a blob", text("ab"), Bytes, "[61, 62]"),
        read(
            "17 bytes in a UUID",
            Raw::Blob(vec![0; 17]),
            Uuid,
            "Type Error: column `it`: a blob of 17 bytes does not fit Uuid",
        ),
        read(
            "a text in a UUID",
            text("67e55044-10b1-426f-9247-bb680e5fe0c8"),
            Uuid,
            "Uuid(Some(67e55044-10b1-426f-9247-bb680e5fe0c8))",
        ),
        // The runtime takes more than is documented, and what stands there can be read.
        read("a text of 3 MB", text(&"x".repeat(3_000_000)), String, "'x' 3000000 times"),
        read("a blob of 3 MB", Raw::Blob(vec![7; 3_000_000]), Bytes, "of 3000000 bytes, all Some(7)"),
        read("NULL in an integer", Raw::Null, Int, "Int(None)"),
    ]
}
