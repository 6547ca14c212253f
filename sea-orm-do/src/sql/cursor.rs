//! Tokens, read from left to right.

use super::lexer::{Token, words};

/// A position in the tokens of a text, without white space and comments.
pub(crate) struct TokenCursor<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
}

impl<'a> TokenCursor<'a> {
    pub(crate) fn new(sql: &'a str) -> Self {
        Self { tokens: words(sql).collect(), next: 0 }
    }

    pub(crate) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.next).copied()
    }

    pub(crate) fn peek_word(&self, words: &[&str]) -> bool {
        self.peek().is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    }

    pub(crate) fn skip(&mut self) {
        self.next += 1;
    }

    /// Whether the next tokens are these words.
    pub(crate) fn peek_words(&self, words: &[&str]) -> bool {
        let ahead = self.tokens.get(self.next..self.next + words.len());
        ahead.is_some_and(|ahead| ahead.iter().zip(words).all(|(token, word)| token.is_word(word)))
    }

    /// Consumes these words if they are next.
    pub(crate) fn words(&mut self, words: &[&str]) -> bool {
        let found = self.peek_words(words);
        self.next += if found { words.len() } else { 0 };
        found
    }

    pub(crate) fn word(&mut self, word: &str) -> bool {
        self.words(&[word])
    }

    pub(crate) fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_symbol(symbol));
        self.next += usize::from(found);
        found
    }

    /// Consumes a name.
    pub(crate) fn name(&mut self) -> Option<String> {
        let name = self.peek()?.name_or_quoted()?;
        self.next += 1;
        Some(name)
    }

    /// Consumes `( … )` and returns what is between the brackets.
    pub(crate) fn bracketed(&mut self) -> Option<&[Token<'a>]> {
        let start = self.next + 1;
        let length = closing_bracket(self.tokens.get(self.next..)?)?;
        self.next += length + 1;
        self.tokens.get(start..start + length - 1)
    }

    /// Consumes the remaining tokens.
    pub(crate) fn rest(&mut self) -> &[Token<'a>] {
        let start = self.next;
        self.next = self.tokens.len();
        &self.tokens[start..]
    }
}

/// The position of the bracket that closes the first token, if that token is an opening bracket.
pub(crate) fn closing_bracket(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0;
    tokens
        .iter()
        .position(|token| {
            depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
            depth <= 0
        })
        .filter(|_| tokens.first().is_some_and(|first| first.is_symbol("(")))
}

/// The tokens between the outer brackets, if the brackets enclose all tokens.
pub(crate) fn within_brackets<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<&'t [Token<'a>]> {
    let last = tokens.len().checked_sub(1)?;
    if closing_bracket(tokens)? == last { tokens.get(1..last) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_only_brackets_around_all_tokens() {
        let within = |sql: &str| {
            let tokens: Vec<_> = words(sql).collect();
            within_brackets(&tokens).map(|inner| inner.iter().map(|token| token.text).collect::<String>())
        };
        assert_eq!(within("((a) + (b))").as_deref(), Some("(a)+(b)"));
        for sql in ["(a) + (b)", "a", "(", "", "f(a)"] {
            assert_eq!(within(sql), None, "{sql}");
        }
    }
}
