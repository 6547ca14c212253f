//! Values with all the corners of their types.

use super::Generator;
use crate::programs::schema::Column;
use crate::programs::value::{Kind, Real, Scalar};

const TEXTS: [&str; 28] = [
    "",
    "a",
    "A",
    "b",
    "aa",
    "z",
    "é",
    "É",
    "ünï \u{1F600}",
    "it's",
    "quo\"te",
    "x\0y",
    "10",
    "010",
    "1.0",
    "1e3",
    "%",
    "_",
    "NULL",
    "a b",
    "-- no comment",
    ";",
    "back\\slash",
    "\r\n",
    "?",
    "$1",
    "\u{FEFF}bom",
    "-9223372036854775808",
];

const INTEGERS: [i64; 17] = [
    i64::MIN,
    i64::MIN + 1,
    i64::MAX,
    i64::MAX - 1,
    9_007_199_254_740_991,
    9_007_199_254_740_992,
    9_007_199_254_740_993,
    -9_007_199_254_740_992,
    -9_007_199_254_740_993,
    1_152_921_504_606_846_977,
    2_147_483_648,
    -2_147_483_649,
    4_294_967_296,
    1_000_000,
    -1,
    127,
    -128,
];

const FLOATS: [f64; 22] = [
    0.0,
    -0.0,
    0.1,
    -0.1,
    0.5,
    1.5,
    -2.25,
    1.0,
    3.0,
    1e15,
    1e16,
    1e21,
    1e308,
    -1e308,
    5e-324,
    2.2250738585072014e-308,
    1e-300,
    9_007_199_254_740_993.0,
    9.223372036854776e18,
    123456789.125,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

const SINGLES: [f32; 8] = [0.0, 0.5, -1.25, 0.1, f32::MAX, f32::MIN_POSITIVE, 16_777_216.0, -3.0];

const DOCUMENTS: [&str; 9] = [
    "null",
    "true",
    "0",
    "\"text\"",
    "[]",
    "[1,2,[3]]",
    "{\"a\":1}",
    "{\"a\":{\"b\":[true,null,\"it's\"]}}",
    "9007199254740993",
];

impl Generator {
    /// A value for a column.
    pub(super) fn cell(&mut self, column: &Column, loose: bool) -> Scalar {
        if column.is_rowid() {
            return self.rowid();
        }
        if loose && self.random.chance(25) {
            return self.any();
        }
        let percent = if column.not_null { 2 } else { 12 };
        if self.random.chance(percent) {
            return Scalar::Null(column.kind);
        }
        self.scalar(column.kind)
    }

    /// SeaORM's own driver panics at a negative last rowid, and behind the greatest SQLite takes one by lot.
    fn rowid(&mut self) -> Scalar {
        match self.random.below(40) {
            0 | 1 => Scalar::Big(9_007_199_254_740_993),
            2 => Scalar::Null(Kind::Big),
            _ => Scalar::Big(i64::try_from(self.random.below(20)).unwrap_or_default()),
        }
    }

    /// A value of whatever type. Its floats are those that every SQLite writes as the same text: since 3.53 it writes 17
    /// digits, before that 15.
    pub(super) fn any(&mut self) -> Scalar {
        let kind =
            *self.random.pick(&[Kind::Big, Kind::Double, Kind::Text, Kind::Bytes, Kind::Bool, Kind::Int, Kind::Date]);
        match kind {
            kind if self.random.chance(8) => Scalar::Null(kind),
            Kind::Double => Scalar::Double(Real(*self.random.pick(&[0.5, 1.5, -2.25, 3.0]))),
            kind => self.scalar(kind),
        }
    }

    pub(super) fn scalar(&mut self, kind: Kind) -> Scalar {
        match kind {
            Kind::Bool => Scalar::Bool(self.random.chance(50)),
            Kind::Tiny => Scalar::Tiny(*self.random.pick(&[0, 1, 2, -1, i8::MAX, i8::MIN])),
            Kind::Small => Scalar::Small(*self.random.pick(&[0, 1, 2, -1, i16::MAX, i16::MIN])),
            Kind::Int => Scalar::Int(*self.random.pick(&[0, 1, 2, 3, -1, i32::MAX, i32::MIN])),
            Kind::Big => self.integer(),
            Kind::Float => Scalar::Float(Real(f64::from(*self.random.pick(&SINGLES)))),
            Kind::Double => Scalar::Double(Real(*self.random.pick(&FLOATS))),
            Kind::Text => Scalar::Text(self.text()),
            Kind::Bytes => Scalar::Bytes(self.bytes()),
            Kind::Date => Scalar::Date(*self.random.pick(&[0, 1, 19_782, -1, -719_000, 2_932_000])),
            Kind::Time => Scalar::Time(
                *self.random.pick(&[0, 1, 3_661, 86_399]),
                *self.random.pick(&[0, 250_000_000, 1_000, 999_999_999]),
            ),
            Kind::DateTime => {
                let (seconds, nanos) = self.instant();
                Scalar::DateTime(seconds, nanos)
            }
            Kind::Utc => {
                let (seconds, nanos) = self.instant();
                Scalar::Utc(seconds, nanos)
            }
            Kind::Uuid => Scalar::Uuid(self.random.next() % 3, self.random.next() % 2),
            Kind::Json => Scalar::Json((*self.random.pick(&DOCUMENTS)).to_owned()),
            Kind::Decimal => {
                Scalar::Decimal(*self.random.pick(&[0, 1, 15_000, 105_000, -333_333, 1_234_567_890, 10_000]))
            }
            Kind::Any => self.any(),
        }
    }

    fn instant(&mut self) -> (i64, u32) {
        let seconds = *self.random.pick(&[0, 1_709_179_445, -1, -60_000_000_000, 4_102_444_800]);
        (seconds, *self.random.pick(&[0, 500_000_000, 123_456_000, 123_456_789]))
    }

    fn integer(&mut self) -> Scalar {
        if self.random.chance(20) {
            return Scalar::Big(*self.random.pick(&INTEGERS));
        }
        let small = self.random.below(20);
        match self.random.below(20) {
            0 => Scalar::Unsigned(u32::try_from(small).unwrap_or_default()),
            1 => Scalar::BigUnsigned(small as u64),
            2 => Scalar::BigUnsigned(i64::MAX.unsigned_abs()),
            3 => Scalar::Int(i32::try_from(small).unwrap_or_default()),
            _ => Scalar::Big(i64::try_from(small).unwrap_or_default()),
        }
    }

    pub(super) fn text(&mut self) -> String {
        match self.random.below(60) {
            0 => "x".repeat(self.random.between(100, 5_000)),
            1 => "é\u{1F600}".repeat(self.random.between(10, 300)),
            2..6 => self.random.below(30).to_string(),
            _ => (*self.random.pick(&TEXTS)).to_owned(),
        }
    }

    fn bytes(&mut self) -> Vec<u8> {
        match self.random.below(20) {
            0 => vec![0xA5; self.random.between(500, 20_000)],
            1 => (0..=255).collect(),
            2..5 => Vec::new(),
            5..8 => b"a".to_vec(),
            _ => (0..self.random.between(1, 4)).map(|_| self.random.next().to_le_bytes()[0] % 4).collect(),
        }
    }
}
