//! Reads from an entity's `extra` what matters when its column is added.

use super::default::DefaultValue;
use crate::sql::cursor::closing_bracket;
use crate::sql::lexer::{Token, words};

/// The constraints in an `extra`.
#[derive(Default)]
pub(super) struct Extra<'a> {
    pub(super) default: Option<DefaultValue<'a>>,
    pub(super) not_null: bool,
    /// Whether it has a foreign key.
    pub(super) refers: bool,
    pub(super) unique: bool,
    /// Whether it has UNIQUE, PRIMARY KEY or STORED: ALTER TABLE cannot add such a column, not even to an empty table.
    pub(super) cannot_be_added: bool,
}

impl<'a> Extra<'a> {
    pub(super) fn read(sql: &'a str) -> Self {
        let tokens: Vec<_> = words(sql).collect();
        let mut extra = Self::default();
        let mut rest = &tokens[..];
        while let [token, after @ ..] = rest {
            let is = |word: &str| token.is_word(word);
            if is("DEFAULT") {
                let (value, behind) = after.split_at(length_of_value(after));
                extra.default = Some(DefaultValue::of(value));
                rest = behind;
                continue;
            }
            extra.not_null |= is("NOT") && after.first().is_some_and(|next| next.is_word("NULL"));
            extra.refers |= is("REFERENCES");
            extra.unique |= is("UNIQUE");
            extra.cannot_be_added |= is("UNIQUE") || is("PRIMARY") || is("STORED");
            rest = &rest[closing_bracket(rest).unwrap_or(0) + 1..];
        }
        extra
    }
}

/// The number of tokens in the value after DEFAULT: a name, a literal with an optional sign, or an expression in
/// brackets.
fn length_of_value(tokens: &[Token<'_>]) -> usize {
    let is_sign = tokens.first().is_some_and(|first| first.is_symbol("-") || first.is_symbol("+"));
    let length = closing_bracket(tokens).map_or(1 + usize::from(is_sign), |at| at + 1);
    length.min(tokens.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_stands_outside_of_brackets() {
        let extra = Extra::read("CHECK (a IS NOT NULL AND b <> 'UNIQUE') COLLATE NOCASE");
        assert!(extra.default.is_none() && !extra.not_null && !extra.refers && !extra.cannot_be_added);
        let extra = Extra::read("NOT NULL DEFAULT (random()) REFERENCES t (id)");
        assert!(extra.default.is_some_and(|default| !default.is_constant()) && extra.not_null && extra.refers);
        assert!(Extra::read("default -1 unique").cannot_be_added);
        assert!(Extra::read("AS (a + 1) STORED").cannot_be_added);
        assert!(Extra::read("DEFAULT").default.is_some());
    }
}
