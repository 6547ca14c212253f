//! Where reading differs from SeaORM's own SQLite driver: the table of docs/types.md.

/// A difference, with the cells of the matrix that show it.
#[derive(Debug)]
pub struct Difference {
    pub kind: Kind,
    /// The Rust types.
    pub types: &'static [&'static str],
    /// The values that show it, as SQL writes them; empty for all.
    pub values: &'static [&'static str],
    /// What is stored.
    pub what: &'static str,
    pub native: &'static str,
    pub here: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An error there, a value here.
    Extension,
    /// A value there, an error here.
    Refusal,
    /// Another value.
    Other,
}

const INTEGERS: &[&str] = &["bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32"];
const MOMENTS: &[&str] =
    &["ChronoDateTime", "ChronoDateTimeUtc", "ChronoDateTimeWithTimeZone", "TimeDateTime", "TimeDateTimeWithTimeZone"];

pub const DIFFERENCES: &[Difference] = &[
    Difference {
        kind: Kind::Extension,
        types: INTEGERS,
        values: &[],
        what: "a REAL that is a whole number",
        native: "error",
        here: "the integer, since the runtime returns INTEGER and REAL alike",
    },
    Difference {
        kind: Kind::Extension,
        types: &["u64"],
        values: &[],
        what: "an integer from 0 to `i64::MAX`, or NULL",
        native: "error",
        here: "the integer",
    },
    Difference {
        kind: Kind::Extension,
        types: &["f32", "f64"],
        values: &[],
        what: "an INTEGER",
        native: "error",
        here: "the nearest float",
    },
    Difference {
        kind: Kind::Extension,
        types: &["Decimal", "BigDecimal"],
        values: &[],
        what: "an INTEGER, or the digits of a number as text",
        native: "error",
        here: "the number, exactly",
    },
    Difference {
        kind: Kind::Extension,
        types: &["Uuid"],
        values: &[],
        what: "a UUID as text, in any of its forms",
        native: "error",
        here: "the UUID",
    },
    Difference {
        kind: Kind::Extension,
        types: &["String"],
        values: &["CAST(x'61ff' AS TEXT)"],
        what: "a text that is not UTF-8",
        native: "error",
        here: "the text as the runtime returns it, with U+FFFD for what is not",
    },
    Difference {
        kind: Kind::Refusal,
        types: MOMENTS,
        values: &["1709246273880"],
        what: "an INTEGER that is no time in the years 0000 to 9999: milliseconds, for instance",
        native: "a time in a far year",
        here: "error",
    },
    Difference {
        kind: Kind::Refusal,
        types: &["ChronoDateTimeUtc", "ChronoDateTimeWithTimeZone", "ChronoDateTime"],
        values: &["'2024-02-29T04:05:06+99:00'"],
        what: "a text with an offset that no place has",
        native: "the time, without the offset",
        here: "error",
    },
    Difference {
        kind: Kind::Refusal,
        types: &["Decimal"],
        values: &["1e-30"],
        what: "a REAL too small for a `Decimal`",
        native: "0",
        here: "error",
    },
    Difference {
        kind: Kind::Refusal,
        types: &["f32"],
        values: &["1e39"],
        what: "a REAL too large for an `f32`",
        native: "infinity",
        here: "error",
    },
    Difference {
        kind: Kind::Refusal,
        types: &["Uuid"],
        values: &["'sixteen letters!'", "'2026-11-27 23:59'", "9007199254740993"],
        what: "any other text of sixteen bytes",
        native: "these bytes",
        here: "error",
    },
    Difference {
        kind: Kind::Refusal,
        types: &["Vec<u8>"],
        values: &["CAST(x'61ff' AS TEXT)"],
        what: "a text that is not UTF-8, whose bytes the runtime does not return",
        native: "its bytes",
        here: "error",
    },
    Difference {
        kind: Kind::Other,
        types: &["ChronoDateTime", "ChronoDateTimeUtc", "ChronoDateTimeWithTimeZone"],
        values: &["19.99"],
        what: "a REAL that is a Julian day before 1970",
        native: "its fraction of a second counted forwards",
        here: "the time that SQLite's `datetime()` gives",
    },
    Difference {
        kind: Kind::Other,
        types: &["BigDecimal"],
        values: &["1e-30", "1e39", "19.99", "9223372036854775807", "9007199254740993"],
        what: "a REAL",
        native: "all digits of its binary fraction",
        here: "the shortest decimal that is this REAL",
    },
];
