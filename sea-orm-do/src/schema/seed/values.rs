//! The values that a seed gives.

use sea_orm::Value;
use sea_orm::sea_query::{ArrayType, ColumnType, StringLen};

use crate::types::expr_type::is_number;

/// A value of a type, which is another for each number of a row in a unique column.
pub(super) fn made(ty: &ArrayType, declared: Option<&ColumnType>, unique: Option<u32>, random: u64) -> Value {
    #[allow(clippy::cast_possible_truncation, reason = "less than the bound")]
    let below = |bound: u64| (random % bound) as u32;
    let number = |bound: u64| unique.unwrap_or_else(|| below(bound));
    match ty {
        ArrayType::Bool => (random % 2 == 1).into(),
        ArrayType::TinyInt | ArrayType::TinyUnsigned => Value::Int(Some((number(100) % 128).cast_signed())),
        ArrayType::Float | ArrayType::Double => Value::Double(Some(f64::from(number(10_000)) / 8.0)),
        ArrayType::Bytes => Value::Bytes(Some(unique.map_or(random, u64::from).to_be_bytes().to_vec())),
        ArrayType::Char => {
            Value::String(Some(char::from(b'a' + u8::try_from(number(26) % 26).unwrap_or_default()).into()))
        }
        #[cfg(feature = "with-uuid")]
        ArrayType::Uuid => {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&random.to_be_bytes());
            bytes[12..].copy_from_slice(&unique.unwrap_or_default().to_be_bytes());
            Value::Bytes(Some(bytes.to_vec()))
        }
        #[cfg(feature = "with-json")]
        ArrayType::Json => Value::String(Some(format!("{{\"number\":{}}}", number(1_000)))),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDate => Value::String(Some(date(number(3_650)))),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoTime => Value::String(Some(time(number(86_400)))),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDateTime => Value::String(Some(format!("{} {}", date(number(3_650)), time(below(86_400))))),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDateTimeUtc | ArrayType::ChronoDateTimeLocal | ArrayType::ChronoDateTimeWithTimeZone => {
            Value::String(Some(format!("{} {}+00:00", date(number(3_650)), time(below(86_400)))))
        }
        #[cfg(feature = "with-time")]
        ArrayType::TimeDate => Value::String(Some(date(number(3_650)))),
        #[cfg(feature = "with-time")]
        ArrayType::TimeTime => Value::String(Some(time(number(86_400)))),
        #[cfg(feature = "with-time")]
        ArrayType::TimeDateTime => Value::String(Some(format!("{} {}", date(number(3_650)), time(below(86_400))))),
        #[cfg(feature = "with-time")]
        ArrayType::TimeDateTimeWithTimeZone => {
            Value::String(Some(format!("{} {}+00:00", date(number(3_650)), time(below(86_400)))))
        }
        ty if is_number(ty) => Value::Int(Some(number(1_000).cast_signed())),
        _ => Value::String(Some(text(declared, unique, random))),
    }
}

/// A text that its column can hold: a variant of an enum, or some letters.
fn text(declared: Option<&ColumnType>, unique: Option<u32>, random: u64) -> String {
    const WORDS: [&str; 8] = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron"];
    let pick = |count: usize| usize::try_from(random % count.max(1) as u64).unwrap_or_default();
    let most = match declared {
        Some(ColumnType::Enum { variants, .. }) => {
            return variants.get(pick(variants.len())).map(ToString::to_string).unwrap_or_default();
        }
        Some(ColumnType::String(StringLen::N(most)) | ColumnType::Char(Some(most))) => usize::try_from(*most).ok(),
        _ => None,
    };
    let word = WORDS[pick(WORDS.len())];
    let text = match unique {
        Some(row) => format!("{row} {word}"),
        None => format!("{word} {}", random >> 32 & 0xff),
    };
    text.chars().take(most.unwrap_or(usize::MAX)).collect()
}

/// A day from 2020 on.
#[cfg(any(feature = "with-chrono", feature = "with-time"))]
fn date(days: u32) -> String {
    format!("{:04}-{:02}-{:02}", 2020 + days / 336, days / 28 % 12 + 1, days % 28 + 1)
}

#[cfg(any(feature = "with-chrono", feature = "with-time"))]
fn time(seconds: u32) -> String {
    let seconds = seconds % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

pub(super) fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// splitmix64: <https://prng.di.unimi.it/splitmix64.c>
pub(super) fn mixed(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}
