//! Text, bytes, documents and UUIDs.

use sea_orm::prelude::{Json, TextUuid, Uuid};
use serde_json::json;

/// Of the floats that serde_json reads wrong by a bit unless its feature `float_roundtrip` is on, which sea-orm-do turns on.
pub const MISREAD: f64 = 0.999_846_988_219_542_9;

pub fn strings() -> Vec<String> {
    let long = "long ".repeat(2_000);
    let mut samples = [
        "",
        " ",
        "\0",
        "in the \0 middle",
        "0",
        "42",
        "9007199254740993",
        "NULL",
        "null",
        "'; DROP TABLE string; -- \" ? ?1 :a @b $c",
        "two\r\nlines\t",
        "ünï ☃ 𝄞 e\u{301}",
        "\u{FEFF}mark",
        "\u{FFFD}",
        "\u{10FFFF}",
        "i42",
        "t",
        long.as_str(),
    ];
    samples.sort_unstable();
    samples.map(str::to_owned).into()
}

pub fn bytes() -> Vec<Vec<u8>> {
    let every = (0..=u8::MAX).collect();
    let mut samples = vec![vec![], vec![0], every, b"text".to_vec(), b"sixteen letters!".to_vec(), vec![0xFF; 3]];
    samples.sort_unstable();
    samples
}

pub fn documents() -> Vec<Json> {
    let mut samples = vec![
        Json::Null,
        json!(true),
        json!(0),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(9_007_199_254_740_993_i64),
        json!(-0.5),
        json!(-0.0),
        json!([MISREAD]),
        json!(1.0),
        json!(1e300),
        json!(""),
        json!("it's \"quoted\" \0 ☃ 𝄞 \u{2028}"),
        json!([]),
        json!({}),
        json!({"b": [1, null, {"c": {}}], "a": 0.1, "": "empty"}),
        (0..100).fold(Json::Null, |inner, _| json!([inner])),
    ];
    samples.sort_by_key(Json::to_string);
    samples
}

pub fn uuids() -> Vec<Uuid> {
    vec![Uuid::nil(), Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8), Uuid::max()]
}

pub fn uuids_as<T: From<Uuid>>() -> Vec<T> {
    uuids().into_iter().map(T::from).collect()
}

pub fn text_uuids() -> Vec<TextUuid> {
    uuids().into_iter().map(TextUuid).collect()
}
