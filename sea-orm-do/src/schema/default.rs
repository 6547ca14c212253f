//! Default values: whether two are the same, and whether ALTER TABLE can give one to existing rows.

use crate::sql::cursor::within_brackets;
use crate::sql::lexer::{Token, TokenKind, words};

/// The tokens of a default, without outer brackets.
pub(crate) struct DefaultValue<'a>(Vec<Token<'a>>);

impl<'a> DefaultValue<'a> {
    pub(crate) fn new(sql: &'a str) -> Self {
        Self::of(&words(sql).collect::<Vec<_>>())
    }

    /// Takes tokens without white space.
    pub(super) fn of(mut tokens: &[Token<'a>]) -> Self {
        while let Some(inner) = within_brackets(tokens) {
            tokens = inner;
        }
        Self(tokens.to_vec())
    }

    /// Ignores the case of keywords and functions, but not of texts and quoted names.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(one, other)| is_same_token(*one, *other))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.0[..], [token] if token.is_word("NULL"))
    }

    /// Whether ALTER TABLE accepts it as a constant: a literal or a name.
    pub(crate) fn is_constant(&self) -> bool {
        match &self.0[..] {
            [token] if token.kind == TokenKind::Word => {
                !["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"].iter().any(|word| token.is_word(word))
            }
            [token] => {
                matches!(token.kind, TokenKind::Text | TokenKind::Blob | TokenKind::Number | TokenKind::QuotedName)
            }
            [sign, number] => (sign.is_symbol("-") || sign.is_symbol("+")) && number.kind == TokenKind::Number,
            _ => false,
        }
    }
}

fn is_same_token(one: Token<'_>, other: Token<'_>) -> bool {
    let (a, b) = (number_of(one), number_of(other));
    match one.kind {
        TokenKind::Text | TokenKind::QuotedName => a == b,
        _ => a.eq_ignore_ascii_case(b),
    }
}

/// TRUE and FALSE are [the numbers 1 and 0](https://www.sqlite.org/datatype3.html#boolean_datatype).
fn number_of(token: Token<'_>) -> &str {
    if token.is_word("TRUE") {
        "1"
    } else if token.is_word("FALSE") {
        "0"
    } else {
        token.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_same(one: &str, other: &str) -> bool {
        DefaultValue::new(one).is_same(&DefaultValue::new(other))
    }

    #[test]
    fn tells_texts_apart_by_case_and_nothing_else() {
        assert!(is_same("Current_Timestamp", "CURRENT_TIMESTAMP"));
        assert!(is_same("LOWER( 'A' )", "lower('A')"));
        assert!(!is_same("lower('A')", "lower('a')"));
        assert!(!is_same("'Draft'", "'draft'"));
        assert!(!is_same("\"Draft\"", "\"draft\""));
        assert!(is_same("X'ab'", "x'AB'"));
    }

    #[test]
    fn takes_true_for_one() {
        assert!(is_same("TRUE", "1") && is_same("0", "false"));
        assert!(!is_same("TRUE", "0") && !is_same("'true'", "1") && !is_same("\"true\"", "1"));
    }

    #[test]
    fn takes_off_brackets_around_the_whole() {
        assert!(is_same("((7))", "7"));
        assert!(is_same("((1) + (2))", "(1) + (2)"));
        assert!(!is_same("(1) + (2)", "1) + (2"));
        assert!(!is_same("'(a)'", "'a'"));
    }

    #[test]
    fn knows_the_constants_of_alter_table() {
        for constant in ["7", "-7", "(7)", "'a'", "x'00'", "TRUE", "NULL", "\"name\"", "1.5e3"] {
            assert!(DefaultValue::new(constant).is_constant(), "{constant}");
        }
        for expression in ["CURRENT_TIMESTAMP", "(current_date)", "1 + 1", "random()", ""] {
            assert!(!DefaultValue::new(expression).is_constant(), "{expression}");
        }
    }
}
