//! What of an index no PRAGMA tells: its expressions and its WHERE clause stand in the text of its CREATE INDEX.
//!
//! <https://www.sqlite.org/lang_createindex.html>

use super::text::{Text, joined, split_at_commas};
use crate::dialect::lex::Token;

/// The terms of an index, without order and collation, and its WHERE clause.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct IndexText {
    pub(super) terms: Vec<String>,
    pub(super) predicate: Option<String>,
}

/// Reads an index's statement; `None` when it is not one that SQLite accepts.
pub(super) fn read(sql: &str) -> Option<IndexText> {
    let mut text = Text::new(sql);
    text.word("CREATE").then_some(())?;
    text.word("UNIQUE");
    text.word("INDEX").then_some(())?;
    text.name()?;
    text.word("ON").then_some(())?;
    text.name()?;
    let terms = split_at_commas(text.bracketed()?).into_iter().map(|term| joined(without_order(term))).collect();
    let predicate = text.word("WHERE").then(|| joined(text.rest()));
    Some(IndexText { terms, predicate })
}

/// A term without `[COLLATE name] [ASC | DESC] [NULLS FIRST | NULLS LAST]`.
fn without_order<'t, 'a>(term: &'t [Token<'a>]) -> &'t [Token<'a>] {
    match term {
        [rest @ .., nulls, _] if nulls.is_word("NULLS") => without_order(rest),
        [rest @ .., order] if order.is_word("ASC") || order.is_word("DESC") => without_order(rest),
        [rest @ .., collate, _] if collate.is_word("COLLATE") => without_order(rest),
        _ => term,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_expressions_and_the_predicate() {
        let sql = r#"CREATE UNIQUE INDEX "i on t" ON "t" (a COLLATE NOCASE DESC, lower(b, ','), /* c */ c->>'x' ASC) WHERE a IS NOT NULL"#;
        let terms = ["a", "lower(b, ',')", "c->>'x'"].map(str::to_owned).to_vec();
        assert_eq!(read(sql), Some(IndexText { terms, predicate: Some("a IS NOT NULL".to_owned()) }));
    }
}
