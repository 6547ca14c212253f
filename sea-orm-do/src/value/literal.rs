//! SQL literals that SQLite reads back as exactly the same value, for values beyond the runtime's 100 parameters.

use super::encode::Bound;
use crate::storage::{MAX_EXACT, SqlValue};

/// Writes a value as SQL.
pub(crate) fn literal(value: &Bound) -> String {
    match value {
        Bound::Integer(integer @ 0..) => integer.to_string(),
        // https://www.sqlite.org/lang_expr.html#literal_values_constants_: a minus before 2^63 is read as one number.
        Bound::Integer(integer) => format!("({integer})"),
        Bound::Decimal { text: decimal, .. } => text(decimal),
        Bound::Plain(SqlValue::Null) => "NULL".to_owned(),
        Bound::Plain(SqlValue::Number(number)) => real(*number),
        Bound::Plain(SqlValue::Text(value)) => text(value),
        Bound::Plain(SqlValue::Blob(bytes)) => blob(bytes),
    }
}

/// The cost of writing a value as a literal. The runtime's parameters are left for the values with the highest cost.
pub(crate) fn cost(value: &Bound) -> usize {
    match value {
        Bound::Integer(_) => 0,
        Bound::Plain(SqlValue::Null) => 1,
        Bound::Plain(SqlValue::Text(text)) | Bound::Decimal { text, .. } => 1 + text.len(),
        Bound::Plain(SqlValue::Blob(bytes)) => 1 + 2 * bytes.len(),
        Bound::Plain(SqlValue::Number(_)) => 100,
    }
}

/// A text whose bytes need not be UTF-8, which SQLite allows.
#[cfg(feature = "stream")]
pub(crate) fn text_of_bytes(bytes: &[u8]) -> String {
    // The `+` removes the affinity of the cast.
    std::str::from_utf8(bytes).map_or_else(|_| format!("+CAST({} AS TEXT)", blob(bytes)), text)
}

/// SQL text ends at a NUL, and the sqlite3 shell drops a CR before the end of a line, so a text that contains one of
/// them is written as its bytes.
pub(crate) fn text(value: &str) -> String {
    if value.contains(['\0', '\r']) {
        format!("+CAST({} AS TEXT)", blob(value.as_bytes()))
    } else {
        format!("'{}'", value.replace('\'', "''"))
    }
}

pub(crate) fn blob(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut literal = String::with_capacity(2 * bytes.len() + 3);
    literal.push_str("X'");
    for byte in bytes {
        literal.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    literal.push('\'');
    literal
}

/// SQLite sometimes reads decimal digits into a float with an error in the last bit. So a float is written as digits
/// only where every version of SQLite reads them exactly. Otherwise it is written as a quotient of two integers if that
/// is exact, or else as its integer mantissa, multiplied or divided by powers of two in exact steps.
fn real(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "9e999" } else { "(-9e999)" }.to_owned();
    }
    let short = short(value.abs()).unwrap_or_else(|| by_powers_of_two(value.abs()));
    // After another minus, the parentheses keep it from starting a comment.
    if value.is_sign_negative() { format!("(-{short})") } else { short }
}

/// A few digits, if they represent the value exactly.
fn short(value: f64) -> Option<String> {
    let text = format!("{value:?}");
    let (whole, fraction) = text.split_once('.').filter(|(_, fraction)| !fraction.contains('e'))?;
    let fraction = fraction.trim_end_matches('0');
    // The digits as an integer, and the power of ten that it is divided by. Both are floats, and SQLite divides floats
    // by IEEE 754, so the result is the float that is nearest to the decimal.
    let digits: u64 = format!("{whole}{fraction}").parse().ok().filter(|digits| *digits <= MAX_EXACT)?;
    let places = u32::try_from(fraction.len()).ok().filter(|places| *places <= 15)?;
    // With up to four places, no decimal is so close to the middle of two floats that 64 bits could not decide between
    // them. A sum of powers of two is read exactly.
    let is_read_exactly = match places {
        0 => true,
        1..=4 => digits < 10_u64.pow(15),
        _ => digits < 10_u64.pow(15) && digits.is_multiple_of(5_u64.pow(places)),
    };
    Some(if is_read_exactly { text } else { format!("({digits}.0/{}.0)", 10_u64.pow(places)) })
}

fn by_powers_of_two(value: f64) -> String {
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52) & 0x7ff);
    let (mut mantissa, mut power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent.cast_signed() - 1075) };
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    power += i64::from(zeros);
    let mut literal = format!("({mantissa}.0");
    let operator = if power < 0 { '/' } else { '*' };
    let mut left = power.unsigned_abs();
    while left > 0 {
        // 2^52 and below are integers that decimal digits represent exactly.
        let step = left.min(52);
        literal.push_str(&format!("{operator}{}.0", 1_u64 << step));
        left -= step;
    }
    literal.push(')');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What SQLite would compute, step by step.
    fn evaluate(literal: &str) -> f64 {
        let (sign, literal) = literal.strip_prefix("(-").map_or((1.0, literal), |rest| (-1.0, rest));
        let inner = literal.trim_matches(['(', ')']);
        let (first, rest) = inner.split_at(inner.find(['*', '/']).unwrap_or(inner.len()));
        let mut value: f64 = first.parse().unwrap();
        let mut rest = rest;
        while let Some(operator) = rest.chars().next() {
            let end = rest[1..].find(['*', '/']).map_or(rest.len(), |at| at + 1);
            let operand: f64 = rest[1..end].parse().unwrap();
            value = if operator == '*' { value * operand } else { value / operand };
            rest = &rest[end..];
        }
        sign * value
    }

    #[test]
    fn writes_floats_to_the_last_bit() {
        for value in [
            0.1,
            -0.1,
            0.0,
            -0.0,
            1.0,
            19.99,
            -0.000_123,
            123_456.789_012_345,
            1e300,
            -1e-300,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            0.1 + 0.2,
            1.0 / 3.0,
            2.225_073_858_507_201e-308,
            9_007_199_254_740_993.0,
            1e23,
        ] {
            assert_eq!(evaluate(&real(value)).to_bits(), value.to_bits(), "{value}: {}", real(value));
        }
    }

    #[test]
    fn writes_few_digits_where_they_are_exact() {
        for (value, literal) in [
            (0.0, "0.0"),
            (-0.0, "(-0.0)"),
            (1.0, "1.0"),
            (19.99, "19.99"),
            (-19.99, "(-19.99)"),
            (0.5, "0.5"),
            (0.03125, "0.03125"),
            (52.520_008, "(52520008.0/1000000.0)"),
            (0.1 + 0.2, "(1351079888211149.0/4503599627370496.0)"),
            (1e14, "100000000000000.0"),
            (9_007_199_254_740_992.0, "9007199254740992.0"),
        ] {
            assert_eq!(real(value), literal);
        }
    }

    #[test]
    fn writes_text_that_stays_text() {
        assert_eq!(text("it's ?"), "'it''s ?'");
        assert_eq!(text("a\0'"), "+CAST(X'610027' AS TEXT)");
        assert_eq!(text("a\r\n"), "+CAST(X'610D0A' AS TEXT)");
        assert_eq!(text(""), "''");
        #[cfg(feature = "stream")]
        assert_eq!(text_of_bytes(&[0xff]), "+CAST(X'FF' AS TEXT)");
    }

    #[test]
    fn begins_no_comment_behind_a_minus() {
        for value in [-0.0, f64::NEG_INFINITY, -1.5, -5e-324] {
            assert!(real(value).starts_with('('), "{value}");
        }
    }

    #[test]
    fn writes_the_least_integer() {
        assert_eq!(literal(&Bound::Integer(i64::MIN)), "(-9223372036854775808)");
    }
}
