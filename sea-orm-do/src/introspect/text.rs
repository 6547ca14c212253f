//! The tokens of a declaration, read from left to right.

use crate::dialect::lex::{Kind, Token, tokens};

/// A position in the tokens of a text, white space and comments left out.
pub(super) struct Text<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
}

impl<'a> Text<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        Self { tokens: tokens(sql).filter(|token| token.kind != Kind::Space).collect(), next: 0 }
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

    /// Takes all the words if they are next.
    pub(super) fn words(&mut self, words: &[&str]) -> bool {
        let ahead = self.tokens.get(self.next..self.next + words.len());
        let found = ahead.is_some_and(|ahead| ahead.iter().zip(words).all(|(token, word)| token.is_word(word)));
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

    /// Takes a name. SQLite takes a text in single quotes for one where nothing else can stand.
    pub(super) fn name(&mut self) -> Option<String> {
        let token = self.peek()?;
        let text = || Some(token.text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"));
        let name = token.name().or_else(text)?;
        self.next += 1;
        Some(name)
    }

    /// Takes `( … )` and returns what is between the brackets.
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

    /// Takes everything that is left.
    pub(super) fn rest(&mut self) -> &[Token<'a>] {
        let start = self.next;
        self.next = self.tokens.len();
        &self.tokens[start..]
    }
}

/// The text of some tokens, where one space stands for whatever was between two of them: a comment that went along would
/// swallow what is put behind it.
pub(super) fn joined(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 && tokens[at - 1].end() != token.at {
            text.push(' ');
        }
        text.push_str(token.text);
    }
    text
}

/// A text without its comments, and with one space for all white space between two tokens.
pub(super) fn tidied(sql: &str) -> String {
    joined(Text::new(sql).rest())
}

/// The parts between the commas that stand in no brackets.
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
    fn splits_at_the_commas_of_the_list_alone() {
        let tokens = Text::new("a, max(b, c), ',' || d");
        let parts = split_at_commas(&tokens.tokens);
        assert_eq!(parts.iter().map(|part| joined(part)).collect::<Vec<_>>(), ["a", "max(b, c)", "',' || d"]);
    }
}
