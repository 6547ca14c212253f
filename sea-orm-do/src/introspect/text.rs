//! The text of declarations, with normalized spaces.

use crate::sql::lexer::{Token, TokenKind, words};
use crate::sql::parser::is_reserved;

/// Whether a token is a word that is never a name, a word of a join, or GENERATED, which is not a name at the end of a
/// type.
pub(super) fn is_keyword(token: &Token<'_>) -> bool {
    const MORE: [&str; 9] = ["CROSS", "FULL", "GENERATED", "INDEXED", "INNER", "LEFT", "NATURAL", "OUTER", "RIGHT"];
    token.kind == TokenKind::Word && (is_reserved(token.text) || MORE.iter().any(|word| token.is_word(word)))
}

/// Joins tokens into a text with normalized spaces and without comments, since a comment would swallow the text that is
/// appended after it. Collations are in capitals, since SQLite ignores their case.
pub(super) fn joined(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if is_separate(&tokens[..at], token) {
            text.push(' ');
        }
        let is_collation = at > 0 && tokens[at - 1].is_word("COLLATE") && token.kind == TokenKind::Word;
        text.push_str(&if is_collation { token.text.to_ascii_uppercase() } else { token.text.to_owned() });
    }
    text
}

/// Whether to write a space before a token.
fn is_separate(before: &[Token<'_>], token: &Token<'_>) -> bool {
    let is_one = |token: &Token<'_>, symbols: &[&str]| symbols.iter().any(|symbol| token.is_symbol(symbol));
    let is_name =
        |token: &Token<'_>| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) && !is_keyword(token);
    let is_value = |token: &Token<'_>| {
        is_name(token) || token.is_symbol(")") || !matches!(token.kind, TokenKind::Word | TokenKind::Symbol)
    };
    match before {
        [] => false,
        [.., last] if is_one(last, &["(", "."]) || is_one(token, &[")", ",", "."]) => false,
        // The bracket of a function, or of the numbers after a type.
        [.., last] if token.is_symbol("(") && is_name(last) => false,
        // Two minus signs would begin a comment.
        [.., last] if last.is_symbol("-") && token.is_symbol("-") => true,
        [.., sign] if sign.is_symbol("~") => false,
        // No space after a unary sign.
        [left @ .., sign] if is_one(sign, &["+", "-"]) => left.last().is_some_and(is_value),
        _ => true,
    }
}

/// A text without its comments and with normalized spaces.
pub(crate) fn tidied(sql: &str) -> String {
    joined(&words(sql).collect::<Vec<_>>())
}

/// Splits tokens at the commas that are not in brackets.
pub(super) fn split_at_commas<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0_usize;
    let is_comma = |token: &Token<'_>| {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.is_symbol(",")
    };
    tokens.split(is_comma).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_comments_out_of_an_expression() {
        assert_eq!(tidied(" a >\n  0 -- positive\n"), "a > 0");
        assert_eq!(tidied("a/**/AND '-- no comment'"), "a AND '-- no comment'");
    }

    #[test]
    fn spaces_an_expression_in_one_way() {
        for sql in [
            "b > 0",
            "-1",
            "- -1",
            "+1 - -x + ~y",
            "a IN (-1, 2) AND NOT (b)",
            "max(a, b) || (c)",
            "t.a COLLATE NOCASE = x'00'",
            "CASE WHEN a < -1 THEN -'  ' ELSE (SELECT 1) END",
            "(a + 1) - 2",
            "varchar(10)",
        ] {
            let wide: Vec<_> = words(sql).map(|token| token.text).collect();
            assert_eq!((tidied(sql), tidied(&wide.join("  "))), (sql.to_owned(), sql.to_owned()));
        }
        assert_eq!(tidied("b>0 collate nocase+-1"), "b > 0 collate NOCASE + -1");
    }

    #[test]
    fn splits_at_the_commas_of_the_list_alone() {
        let tokens: Vec<_> = words("a, max(b, c), ',' || d").collect();
        let parts = split_at_commas(&tokens);
        assert_eq!(parts.iter().map(|part| joined(part)).collect::<Vec<_>>(), ["a", "max(b, c)", "',' || d"]);
    }
}
