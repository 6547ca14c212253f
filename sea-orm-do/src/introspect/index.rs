//! Reads from CREATE INDEX what no PRAGMA reports: an index's expressions and its WHERE clause.
//!
//! <https://www.sqlite.org/lang_createindex.html>

use super::text::{joined, split_at_commas};
use crate::sql::cursor::{TokenCursor, within_brackets};
use crate::sql::lexer::Token;

/// The terms of an index, without their order, collation and outer brackets, and its WHERE clause.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct IndexText {
    pub(super) terms: Vec<String>,
    pub(super) predicate: Option<String>,
}

/// Parses a CREATE INDEX statement; `None` if SQLite would not accept it.
pub(super) fn read(sql: &str) -> Option<IndexText> {
    let mut text = TokenCursor::new(sql);
    text.word("CREATE").then_some(())?;
    text.word("UNIQUE");
    text.word("INDEX").then_some(())?;
    text.name()?;
    text.word("ON").then_some(())?;
    text.name()?;
    let bare = |term| joined(without_brackets(without_order(term)));
    let terms = split_at_commas(text.bracketed()?).into_iter().map(bare).collect();
    let predicate = text.word("WHERE").then(|| joined(text.rest()));
    Some(IndexText { terms, predicate })
}

/// A term without `[COLLATE name] [ASC | DESC] [NULLS FIRST | NULLS LAST]`.
fn without_order<'t, 'a>(term: &'t [Token<'a>]) -> &'t [Token<'a>] {
    match term {
        [rest @ .., nulls, _] if nulls.is_word("NULLS") => without_order(rest),
        [rest @ .., order] if order.is_word("ASC") || order.is_word("DESC") => without_order(rest),
        _ => without_collation(term),
    }
}

/// A term without its own COLLATE. After a binary operator, COLLATE belongs to the right operand, and the term itself
/// is compared by BINARY.
fn without_collation<'t, 'a>(term: &'t [Token<'a>]) -> &'t [Token<'a>] {
    match term {
        [rest @ .., collate, _] if collate.is_word("COLLATE") => {
            let inner = without_collation(rest);
            if is_operand(inner) { inner } else { term }
        }
        _ => term,
    }
}

/// Whether a COLLATE after the term applies to the whole term:
/// <https://www.sqlite.org/lang_expr.html#operators_and_parse_affecting_attributes>.
fn is_operand(term: &[Token<'_>]) -> bool {
    match term {
        [sign, rest @ ..] if ["+", "-", "~"].iter().any(|symbol| sign.is_symbol(symbol)) => is_operand(rest),
        [_] => true,
        [not, ..] if not.is_word("NOT") => false,
        [function, rest @ ..] if function.name().is_some() => within_brackets(rest).is_some(),
        _ => within_brackets(term).is_some(),
    }
}

fn without_brackets<'t, 'a>(term: &'t [Token<'a>]) -> &'t [Token<'a>] {
    within_brackets(term).map_or(term, without_brackets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_expressions_and_the_predicate() {
        let sql = r#"CREATE UNIQUE INDEX "i on t" ON "t" (a COLLATE NOCASE DESC, lower(b, ','), /* c */ c->>'x' ASC) WHERE a IS NOT NULL"#;
        let terms = ["a", "lower(b, ',')", "c ->> 'x'"].map(str::to_owned).to_vec();
        assert_eq!(read(sql), Some(IndexText { terms, predicate: Some("a IS NOT NULL".to_owned()) }));
    }

    #[test]
    fn takes_a_collation_for_the_terms_own_where_it_is() {
        let terms = [
            ("a || b COLLATE NOCASE", "a || b COLLATE NOCASE"),
            ("(a || b COLLATE NOCASE) COLLATE BINARY DESC", "a || b COLLATE NOCASE"),
            ("((a || b)) COLLATE NOCASE", "a || b"),
            ("-a COLLATE RTRIM COLLATE NOCASE ASC NULLS FIRST", "-a"),
            ("NOT (a) COLLATE NOCASE", "NOT (a) COLLATE NOCASE"),
            ("cast(a AS TEXT) COLLATE NOCASE", "cast(a AS TEXT)"),
            ("(a) || (b) COLLATE NOCASE", "(a) || (b) COLLATE NOCASE"),
            ("(a) || (b)", "(a) || (b)"),
        ];
        for (term, bare) in terms {
            let text = read(&format!("CREATE INDEX i ON t ({term})"));
            assert_eq!(text.map(|text| text.terms), Some(vec![bare.to_owned()]), "{term}");
        }
    }
}
