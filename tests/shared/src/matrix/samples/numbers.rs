//! Booleans, integers, floats and decimals.

use std::str::FromStr;

/// From here on the runtime rounds integers.
const ROUNDED: i64 = 1 << 53;

pub fn booleans() -> Vec<bool> {
    vec![false, true]
}

pub fn int8() -> Vec<i8> {
    vec![i8::MIN, -1, 0, 1, 42, i8::MAX]
}

pub fn int16() -> Vec<i16> {
    vec![i16::MIN, -1, 0, 1, 42, i16::MAX]
}

pub fn int32() -> Vec<i32> {
    vec![i32::MIN, -1, 0, 1, 42, i32::MAX]
}

pub fn int64() -> Vec<i64> {
    let around = |middle: i64| [middle - 1, middle, middle + 1];
    [
        [i64::MIN, i64::MIN + 1, -ROUNDED - 2].as_slice(),
        &around(-ROUNDED),
        &around(0),
        &[42],
        &around(ROUNDED),
        &[ROUNDED + 2, i64::MAX - 1, i64::MAX],
    ]
    .concat()
}

pub fn uint8() -> Vec<u8> {
    vec![0, 1, 42, u8::MAX]
}

pub fn uint16() -> Vec<u16> {
    vec![0, 1, 42, u16::MAX]
}

pub fn uint32() -> Vec<u32> {
    vec![0, 1, 42, u32::MAX]
}

/// To the end of what SQLite stores.
pub fn uint64() -> Vec<u64> {
    let rounded = ROUNDED.unsigned_abs();
    vec![0, 1, 42, rounded - 1, rounded, rounded + 1, i64::MAX.unsigned_abs() - 1, i64::MAX.unsigned_abs()]
}

pub fn float32() -> Vec<f32> {
    let least = f32::from_bits(1);
    let integral = 16_777_216.0;
    vec![f32::MIN, -1.5, -f32::MIN_POSITIVE, -least, -0.0, 0.0, least, f32::MIN_POSITIVE, 0.1, 1.0, integral, f32::MAX]
}

pub fn float64() -> Vec<f64> {
    let least = f64::from_bits(1);
    let third = 1.0 / 3.0;
    let rounded = 9_007_199_254_740_992.0;
    let negative = [f64::MIN, -rounded, -1.5, -f64::MIN_POSITIVE, -least, -0.0];
    let positive =
        [0.0, least, f64::MIN_POSITIVE, f64::EPSILON, 0.1, 0.1 + 0.2, third, 1.0, 1.5, rounded - 1.0, rounded];
    [negative.as_slice(), &positive, &[rounded + 2.0, 1e18, 9_223_372_036_854_775_808.0, 1e300, f64::MAX]].concat()
}

pub fn infinities() -> Vec<f64> {
    vec![f64::NEG_INFINITY, f64::INFINITY]
}

/// SQLite stores -0.0 in a column of REAL affinity as the integer 0: <https://www.sqlite.org/datatype3.html>, "Storage
/// Classes", on how small floating point values are written to disk.
pub fn show_float32(value: &f32) -> String {
    format!("{:?}", value + 0.0)
}

pub fn show_float64(value: &f64) -> String {
    format!("{:?}", value + 0.0)
}

/// Those that a REAL holds, which is how SeaORM declares the columns of decimals.
pub fn decimals<T: FromStr>() -> Vec<T> {
    parse(&["-100000000000000000000", "-9007199254740992", "-1.5", "0", "0.375", "1", "1.50", "42", "9007199254740991"])
}

/// Those of which no binary fraction is the exact value.
pub fn fractions<T: FromStr>() -> Vec<T> {
    parse(&["-0.1", "0.000000000000001", "0.1", "1.1", "99.99", "123456789012.345"])
}

/// Digit by digit, in a column of text.
pub fn decimals_in_text<T: FromStr>() -> Vec<T> {
    parse(&[
        "-79228162514264337593543950335",
        "0",
        "0.0000000000000000000000000001",
        "0.1",
        "79228162514264337593543950335",
        "9007199254740993",
    ])
}

pub fn parse<T: FromStr>(texts: &[&str]) -> Vec<T> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}
