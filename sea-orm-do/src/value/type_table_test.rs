//! The tables of docs/types.md, generated from the code. `SEA_ORM_DO_BLESS=1 cargo test` writes them again.

use std::fmt::Write as _;

use sea_orm::prelude::{
    BigDecimal, Date, DateTime, DateTimeLocal, DateTimeWithTimeZone, Decimal, Json, Time, TimeDate, TimeDateTime,
    TimeDateTimeWithTimeZone, TimeTime, Uuid,
};
use sea_orm::sea_query::ValueType;
use sea_orm::{JsonValue, Value};

use super::decode::decode;
use super::encode::Bound;
use super::types::bind;
use crate::storage::SqlValue;
use crate::types::functions::RULES;

/// A row of the table of types.
fn row<T: ValueType + Into<Value> + Clone>(rust: &str, sample: T) -> String {
    let ty = T::array_type();
    let (class, stored, read) = match bind(&sample.clone().into()).unwrap() {
        Bound::Integer(integer) => ("INTEGER", integer.to_string(), decode(SqlValue::Text(integer.to_string()), &ty)),
        Bound::Decimal { text, .. } => ("REAL or TEXT", text.clone(), decode(SqlValue::Text(text), &ty)),
        Bound::Plain(SqlValue::Number(number)) => ("REAL", number.to_string(), decode(SqlValue::Number(number), &ty)),
        Bound::Plain(SqlValue::Text(text)) => ("TEXT", format!("'{text}'"), decode(SqlValue::Text(text), &ty)),
        Bound::Plain(SqlValue::Blob(bytes)) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            ("BLOB", format!("X'{digits}'"), decode(SqlValue::Blob(bytes), &ty))
        }
        Bound::Plain(SqlValue::Null) => unreachable!("no sample is NULL"),
    };
    // The runtime returns an integer as a number; the sample uses its exact digits instead.
    assert!(class == "INTEGER" || read == Ok(sample.into()), "{rust} does not read back");
    let declared = if class == "REAL or TEXT" { "REAL or TEXT, by the column" } else { class };
    format!("| {rust} | `{ty:?}` | {declared} | `{stored}` |\n")
}

fn types() -> String {
    let date: Date = "2026-11-23".parse().unwrap();
    let time: Time = "09:30:15.25".parse().unwrap();
    let naive: DateTime = date.and_time(time);
    let utc = naive.and_utc();
    let zoned: DateTimeWithTimeZone = "2026-11-23T09:30:15.25+02:00".parse().unwrap();
    let local: DateTimeLocal = utc.into();
    let other_date = TimeDate::from_calendar_date(2026, time::Month::November, 23).unwrap();
    let other_time = TimeTime::from_hms_milli(9, 30, 15, 250).unwrap();
    let json: Json = JsonValue::from(vec![1, 2]);
    let mut table = String::from("| Rust | SeaORM's name | stored as | for instance |\n| --- | --- | --- | --- |\n");
    table += &row("`bool`", true);
    table += &row("`i8`", -8_i8);
    table += &row("`i16`", -16_i16);
    table += &row("`i32`", -32_i32);
    table += &row("`i64`", i64::MIN);
    table += &row("`u8`", 8_u8);
    table += &row("`u16`", 16_u16);
    table += &row("`u32`", 32_u32);
    table += &row("`u64` up to `i64::MAX`", i64::MAX.cast_unsigned());
    table += &row("`f32`", 0.5_f32);
    table += &row("`f64`", 0.1);
    table += &row("`String`, enums", "text".to_owned());
    table += &row("`char`", 'c');
    table += &row("`Vec<u8>`", vec![0_u8, 255]);
    table += &row("`Json`, `FromJsonQueryResult`", json);
    table += &row("`Uuid`", Uuid::from_u128(1));
    table += &row("`Decimal`", Decimal::new(1050, 2));
    table += &row("`BigDecimal`", BigDecimal::new(1050.into(), 2));
    table += &row("chrono `NaiveDate`", date);
    table += &row("chrono `NaiveTime`", time);
    table += &row("chrono `NaiveDateTime`", naive);
    table += &row("chrono `DateTime<Utc>`", utc);
    table += &row("chrono `DateTime<FixedOffset>`", zoned);
    // Its text depends on where the test runs.
    assert!(row("chrono `DateTime<Local>`", local).contains("TEXT"));
    table += &row("time `Date`", other_date);
    table += &row("time `Time`", other_time);
    let other_naive = TimeDateTime::new(other_date, other_time);
    table += &row("time `PrimitiveDateTime`", other_naive);
    let other_zoned: TimeDateTimeWithTimeZone = other_naive.assume_utc();
    table += &row("time `OffsetDateTime`", other_zoned);
    table
}

fn functions() -> String {
    let mut table = String::from("| functions | type |\n| --- | --- |\n");
    for (names, rule) in RULES {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        writeln!(table, "| {} | {} |", names.join(" "), rule.description()).unwrap();
    }
    table
}

#[test]
fn the_guide_shows_the_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/types.md");
    let mut guide = std::fs::read_to_string(path).unwrap();
    let before = guide.clone();
    for (name, table) in [("types", types()), ("functions", functions())] {
        let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let from = guide.find(&start).unwrap_or_else(|| panic!("the guide has no {start}")) + start.len();
        let to = from + guide[from..].find(&end).unwrap();
        guide.replace_range(from..to, &table);
    }
    if std::env::var_os("SEA_ORM_DO_BLESS").is_some() {
        std::fs::write(path, guide).unwrap();
    } else {
        assert_eq!(before, guide, "run it with SEA_ORM_DO_BLESS=1 to write the tables anew");
    }
}
