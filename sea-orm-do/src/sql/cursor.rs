//! Tokens, read from left to right.

use std::cell::Cell;

use super::lexer::{Token, words};

/// A position in the tokens of a text, without white space and comments.
pub(crate) struct TokenCursor<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
    /// The position after the last token that was looked at.
    seen: Cell<usize>,
}

impl<'a> TokenCursor<'a> {
    pub(crate) fn new(sql: &'a str) -> Self {
        Self::of(words(sql))
    }

    pub(super) fn of(tokens: impl Iterator<Item = Token<'a>>) -> Self {
        Self { tokens: tokens.collect(), next: 0, seen: Cell::new(0) }
    }

    pub(crate) fn peek(&self) -> Option<Token<'a>> {
        self.seen.set(self.seen.get().max(self.next));
        self.ahead(0)
    }

    /// The token after so many others.
    pub(super) fn ahead(&self, tokens: usize) -> Option<Token<'a>> {
        self.tokens.get(self.next + tokens).copied()
    }

    /// The token that was consumed last.
    pub(super) fn before(&self) -> Option<Token<'a>> {
        self.tokens.get(self.next.checked_sub(1)?).copied()
    }

    /// The last token that was looked at, even before a [`reset`](Self::reset).
    pub(super) fn furthest(&self) -> Option<Token<'a>> {
        self.tokens.get(self.seen.get().max(self.next)).copied()
    }

    pub(super) fn at_end(&self) -> bool {
        self.next == self.tokens.len()
    }

    pub(super) fn position(&self) -> usize {
        self.next
    }

    /// Returns to a [`position`](Self::position).
    pub(super) fn reset(&mut self, position: usize) {
        self.next = position;
    }

    pub(crate) fn peek_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    pub(crate) fn peek_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.peek_word(word))
    }

    pub(crate) fn peek_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    /// Whether the next tokens are these words.
    pub(crate) fn peek_words(&self, words: &[&str]) -> bool {
        (0..).zip(words).all(|(at, word)| self.ahead(at).is_some_and(|token| token.is_word(word)))
    }

    pub(crate) fn skip(&mut self) {
        self.next += 1;
    }

    /// Consumes the word if it is next.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        self.next += usize::from(found);
        found
    }

    /// Consumes all the words if they are next.
    pub(crate) fn words(&mut self, words: &[&str]) -> bool {
        let start = self.next;
        let found = words.iter().all(|word| self.word(word));
        if !found {
            self.next = start;
        }
        found
    }

    pub(crate) fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.peek_symbol(symbol);
        self.next += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, symbol: &str) -> Option<()> {
        self.symbol(symbol).then_some(())
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
