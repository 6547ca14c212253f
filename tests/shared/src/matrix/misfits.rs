//! Values that do not fit the columns of a table, as SQL writes them past the driver.

/// What does not fit the columns of one table.
#[derive(Debug)]
pub struct Misfits {
    pub table: &'static str,
    /// With a part of the error's message that tells the value.
    pub refused_by_us: Pairs,
    /// What fits the type that SeaORM reads, but not what it makes of it: with a part of SeaORM's message.
    pub refused_by_sea_orm: Pairs,
}

type Pairs = &'static [(&'static str, &'static str)];

const fn of(table: &'static str, refused_by_us: Pairs) -> Misfits {
    Misfits { table, refused_by_us, refused_by_sea_orm: &[] }
}

const BLOB: (&str, &str) = ("x'00'", "a blob of 1 bytes");
const TEXT: (&str, &str) = ("'12abc'", "text '12abc'");
const FRACTION: (&str, &str) = ("1.5", "number 1.5");
const HUGE: (&str, &str) = ("1e300", "number 1e300");
const NEGATIVE: (&str, &str) = ("-1", "number -1");
const NO_DATE: (&str, &str) = ("'yesterday'", "text 'yesterday'");
const NO_DAY: (&str, &str) = ("'2023-02-29'", "text '2023-02-29'");
const NO_HOUR: (&str, &str) = ("'25:00:00'", "text '25:00:00'");
const NO_MOMENT: (&str, &str) = ("'2024-02-30 00:00:00'", "text '2024-02-30 00:00:00'");
const NUMBER_AS_TEXT: (&str, &str) = ("42", "text '42'");
const EMPTY: (&str, &str) = ("''", "text ''");
/// The runtime puts U+FFFD for bytes that are no UTF-8. In a column of text nobody can tell it from one that was written.
const NO_UTF8: (&str, &str) = ("CAST(x'61FF' AS TEXT)", "text 'a\u{FFFD}'");
const UUIDS: Pairs = &[
    BLOB,
    ("zeroblob(17)", "a blob of 17 bytes"),
    EMPTY,
    ("'67e55044-10b1-426f-9247'", "text '67e55044-10b1-426f-9247'"),
];
const DECIMALS: Pairs =
    &[TEXT, BLOB, HUGE, ("1e-30", "number 0.000000000000000000000000000001"), ("9e999", "number inf")];
const MOMENTS: Pairs = &[NO_DATE, NO_MOMENT, NUMBER_AS_TEXT, EMPTY, BLOB];
const WIDE: Pairs = &[TEXT, BLOB, FRACTION, HUGE, ("9223372036854775808", "number 9223372036854776000")];
/// Beyond both calendars.
const BEYOND: Pairs = &[("9223372036854775807", "Failed to convert i64 to timestamp")];

pub const MISFITS: &[Misfits] = &[
    of("boolean", &[("0.5", "number 0.5"), ("'true'", "text 'true'"), BLOB]),
    of("int8", &[("128", "number 128"), ("-129", "number -129"), TEXT, FRACTION, HUGE, BLOB]),
    of("int16", &[("32768", "number 32768"), ("-32769", "number -32769"), TEXT, FRACTION, BLOB]),
    of("int32", &[("3000000000", "number 3000000000"), ("-2147483649", "number -2147483649"), TEXT, FRACTION, BLOB]),
    of("int64", WIDE),
    of("uint8", &[NEGATIVE, ("256", "number 256"), TEXT, FRACTION, BLOB]),
    of("uint16", &[NEGATIVE, ("65536", "number 65536"), TEXT, FRACTION, BLOB]),
    of("uint32", &[NEGATIVE, ("4294967296", "number 4294967296"), TEXT, FRACTION, BLOB]),
    of("uint64", &[NEGATIVE, ("-9223372036854775808", "number -9223372036854775808"), TEXT, FRACTION, BLOB]),
    of("float32", &[TEXT, BLOB, ("1e39", "number 1"), HUGE]),
    of("float64", &[TEXT, BLOB, EMPTY]),
    of("infinity", &[TEXT, BLOB]),
    of("decimal", DECIMALS),
    of("decimal_fraction", DECIMALS),
    of(
        "decimal_text",
        &[TEXT, BLOB, EMPTY, ("'79228162514264337593543950336'", "text '79228162514264337593543950336'")],
    ),
    of("big_decimal", &[TEXT, BLOB, ("-9e999", "number -inf")]),
    of("big_decimal_fraction", &[TEXT, BLOB, EMPTY]),
    of("string", &[BLOB]),
    of("bytes", &[("42", "number 42"), FRACTION, NO_UTF8]),
    of("json", &[("'{'", "text '{'"), EMPTY, ("'abc'", "text 'abc'"), ("x'7b7d'", "a blob of 2 bytes")]),
    Misfits {
        table: "json_struct",
        refused_by_us: &[("'{'", "text '{'"), EMPTY, BLOB],
        refused_by_sea_orm: &[("'{}'", "missing field"), ("'[]'", "invalid"), ("'7'", "invalid type")],
    },
    Misfits {
        table: "json_list",
        refused_by_us: &[("'['", "text '['"), BLOB],
        refused_by_sea_orm: &[("'{}'", "invalid type"), ("'[1]'", "invalid type")],
    },
    of("uuid", UUIDS),
    of("uuid_braced", UUIDS),
    of("uuid_hyphenated", UUIDS),
    of("uuid_simple", UUIDS),
    of("uuid_urn", UUIDS),
    Misfits {
        table: "uuid_text",
        refused_by_us: &[BLOB],
        refused_by_sea_orm: &[
            ("'67e55044'", "Failed to parse string as UUID"),
            ("''", "Failed to parse string as UUID"),
        ],
    },
    of(
        "chrono_date",
        &[NO_DATE, NO_DAY, ("'2024-02-29 00:00:00'", "text '2024-02-29 00:00:00'"), NUMBER_AS_TEXT, BLOB],
    ),
    of("chrono_time", &[NO_HOUR, ("'04'", "text '04'"), EMPTY, NUMBER_AS_TEXT, BLOB]),
    of("chrono_datetime", MOMENTS),
    of("chrono_utc", MOMENTS),
    of("chrono_local", MOMENTS),
    of(
        "chrono_zoned",
        &[NO_DATE, ("'2024-02-29T04:05:06+99:00'", "text '2024-02-29T04:05:06+99:00'"), NO_MOMENT, BLOB],
    ),
    Misfits { table: "chrono_seconds", refused_by_us: WIDE, refused_by_sea_orm: BEYOND },
    Misfits { table: "chrono_milliseconds", refused_by_us: WIDE, refused_by_sea_orm: BEYOND },
    of("time_date", &[NO_DATE, NO_DAY, NUMBER_AS_TEXT, BLOB]),
    of("time_time", &[NO_HOUR, EMPTY, ("'04:05:06Z'", "text '04:05:06Z'"), BLOB]),
    of("time_datetime", MOMENTS),
    of("time_zoned", MOMENTS),
    Misfits { table: "time_seconds", refused_by_us: WIDE, refused_by_sea_orm: BEYOND },
    Misfits { table: "time_milliseconds", refused_by_us: WIDE, refused_by_sea_orm: BEYOND },
    Misfits {
        table: "enum_of_text",
        refused_by_us: &[BLOB],
        refused_by_sea_orm: &[("'M'", "unexpected value for Size enum: M"), ("''", "unexpected value for Size enum")],
    },
    Misfits {
        table: "enum_of_integers",
        refused_by_us: &[TEXT, FRACTION, ("3000000000", "number 3000000000")],
        refused_by_sea_orm: &[("7", "unexpected value for Level enum: 7")],
    },
    Misfits {
        table: "enum_of_the_database",
        refused_by_us: &[BLOB],
        refused_by_sea_orm: &[("'GreenTea'", "unexpected value for Tea enum: GreenTea")],
    },
    of("newtype_of_an_integer", WIDE),
    of("newtype_of_text", &[BLOB]),
    Misfits {
        table: "newtype_stored_as_text",
        refused_by_us: &[BLOB],
        refused_by_sea_orm: &[("'one.two'", ""), ("''", "")],
    },
];
