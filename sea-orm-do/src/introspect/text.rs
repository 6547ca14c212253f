//! The tokens of a declaration, read from left to right.

use crate::sql::lexer::{Token, TokenKind, words};
use crate::sql::parser::is_reserved;

/// A position in the tokens of a text, without white space and comments.
pub(super) struct TokenCursor<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
}

impl<'a> TokenCursor<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        Self { tokens: words(sql).collect(), next: 0 }
    }

    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.next).copied()
    }

    pub(super) fn peek_word(&self, words: &[&str]) -> bool {
        self.peek().is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    }

    pub(super) fn skip(&mut self) {
        self.next += 1;
    }

    /// Whether the next tokens are these words.
    pub(super) fn peek_words(&self, words: &[&str]) -> bool {
        let ahead = self.tokens.get(self.next..self.next + words.len());
        ahead.is_some_and(|ahead| ahead.iter().zip(words).all(|(token, word)| token.is_word(word)))
    }

    /// Consumes these words if they are next.
    pub(super) fn words(&mut self, words: &[&str]) -> bool {
        let found = self.peek_words(words);
        self.next += if found { words.len() } else { 0 };
        found
    }

    pub(super) fn word(&mut self, word: &str) -> bool {
        self.words(&[word])
    }

    pub(super) fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_symbol(symbol));
        self.next += usize::from(found);
        found
    }

    /// Consumes a name.
    pub(super) fn name(&mut self) -> Option<String> {
        let name = name_of(&self.peek()?)?;
        self.next += 1;
        Some(name)
    }

    /// Consumes `( … )` and returns what is between the brackets.
    pub(super) fn bracketed(&mut self) -> Option<&[Token<'a>]> {
        let start = self.next + 1;
        if !self.symbol("(") {
            return None;
        }
        let mut depth = 1;
        while depth > 0 {
            let token = self.peek()?;
            depth = match token.text {
                "(" => depth + 1,
                ")" => depth - 1,
                _ => depth,
            };
            self.next += 1;
        }
        self.tokens.get(start..self.next - 1)
    }

    /// Consumes the remaining tokens.
    pub(super) fn rest(&mut self) -> &[Token<'a>] {
        let start = self.next;
        self.next = self.tokens.len();
        &self.tokens[start..]
    }
}

/// The name in a token. SQLite accepts a single-quoted text as a name where only a name is allowed.
pub(super) fn name_of(token: &Token<'_>) -> Option<String> {
    let text = || Some(token.text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"));
    token.name().or_else(text)
}

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
    joined(TokenCursor::new(sql).rest())
}

/// The tokens between the outer brackets, if the brackets enclose all tokens.
pub(super) fn within_brackets<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<&'t [Token<'a>]> {
    let [open, inner @ .., close] = tokens else { return None };
    let mut depth = 0_usize;
    let closes_before = inner.iter().any(|token| {
        match token.text {
            "(" => depth += 1,
            ")" if depth == 0 => return true,
            ")" => depth -= 1,
            _ => {}
        }
        false
    });
    (open.is_symbol("(") && close.is_symbol(")") && !closes_before).then_some(inner)
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
            let wide: Vec<_> = TokenCursor::new(sql).tokens.iter().map(|token| token.text).collect();
            assert_eq!((tidied(sql), tidied(&wide.join("  "))), (sql.to_owned(), sql.to_owned()));
        }
        assert_eq!(tidied("b>0 collate nocase+-1"), "b > 0 collate NOCASE + -1");
    }

    #[test]
    fn splits_at_the_commas_of_the_list_alone() {
        let tokens = TokenCursor::new("a, max(b, c), ',' || d");
        let parts = split_at_commas(&tokens.tokens);
        assert_eq!(parts.iter().map(|part| joined(part)).collect::<Vec<_>>(), ["a", "max(b, c)", "',' || d"]);
    }

    #[test]
    fn takes_off_no_brackets_but_those_around_it_all() {
        let within = |sql: &str| within_brackets(&TokenCursor::new(sql).tokens).map(joined);
        assert_eq!(within("((a) + (b))").as_deref(), Some("(a) + (b)"));
        for sql in ["(a) + (b)", "a", "(", "", "f(a)"] {
            assert_eq!(within(sql), None, "{sql}");
        }
    }
}
