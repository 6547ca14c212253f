//! Rewrites what the `sqlite3` shell writes into a dump, so that the runtime accepts it:
//! <https://www.sqlite.org/cli.html>.

use std::borrow::Cow;
use std::ops::Range;

use crate::sql::ast::{Rows, Statement};
use crate::sql::lexer::{Token, TokenKind, words};
use crate::sql::parser::{parse, sets_pragma};
use crate::storage::SqlValue;
use crate::value::encode::Bound;
use crate::value::literal::{literal, text};

/// A range of a text, and its replacement.
type Edit = (Range<usize>, String);

/// Whether a statement controls the shell's own transaction or its permission to write the schema.
pub(super) fn is_for_the_shell(sql: &str) -> bool {
    let is_first = |first: Token<'_>| ["BEGIN", "COMMIT", "END"].iter().any(|word| first.is_word(word));
    words(sql).next().is_some_and(is_first) || sets_pragma(sql, "writable_schema")
}

/// Replaces three things in an INSERT:
///
/// - `unistr('…')`, which SQLite 3.50 and later write for a text with control characters. The runtime does not allow
///   this function: <https://www.sqlite.org/lang_corefunc.html#unistr>.
/// - `Inf`, which SQLite 3.53 and later write for an infinite float.
/// - Floats in decimal digits, whose last bit SQLite sometimes reads wrongly.
pub(super) fn readable(sql: &str) -> Cow<'_, str> {
    let words: Vec<_> = words(sql).collect();
    if !words.first().is_some_and(|first| first.is_word("INSERT") || first.is_word("REPLACE")) {
        return sql.into();
    }
    let mut edits: Vec<Edit> = words.windows(4).filter_map(unistr).collect();
    if words.iter().any(is_infinity) {
        let rows = rows(sql);
        let is_value = |word: &&Token<'_>| is_infinity(word) && rows.iter().any(|row| row.contains(&word.at));
        edits.extend(words.iter().filter(is_value).map(|word| (word.at..word.end(), "9e999".to_owned())));
    }
    edits.extend(words.iter().filter_map(float));
    edits.sort_by_key(|(at, _)| at.start);
    let mut text = Cow::Borrowed(sql);
    for (at, by) in edits.into_iter().rev() {
        text.to_mut().replace_range(at, &by);
    }
    text
}

fn unistr(call: &[Token<'_>]) -> Option<Edit> {
    let [name, open, argument, close] = call else { return None };
    if !name.is_word("unistr") || !open.is_symbol("(") || argument.kind != TokenKind::Text || !close.is_symbol(")") {
        return None;
    }
    Some((name.at..close.end(), text(&unescaped(&argument.name_or_text())?)))
}

fn is_infinity(word: &Token<'_>) -> bool {
    word.is_word("Inf")
}

/// The rows of `INSERT … VALUES`, in which a word cannot be a column.
fn rows(sql: &str) -> Vec<Range<usize>> {
    match parse(sql) {
        Some(Statement::Insert(insert)) => match insert.rows {
            Rows::Values(rows) => rows.into_iter().map(|(_, span)| span).collect(),
            Rows::Default | Rows::Select(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn float(number: &Token<'_>) -> Option<Edit> {
    if number.kind != TokenKind::Number || !number.text.contains(['.', 'e', 'E']) {
        return None;
    }
    // Rust does not parse a hexadecimal integer as a float, so it stays.
    let exact = literal(&Bound::Plain(SqlValue::Number(number.text.parse().ok()?)));
    (exact != number.text).then(|| (number.at..number.end(), exact))
}

/// The text that `unistr` returns: `\\`, `\XXXX`, `\uXXXX`, `\+XXXXXX` and `\UXXXXXXXX` each encode a character.
fn unescaped(text: &str) -> Option<String> {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        value.push_str(before);
        let (digits, from) = match escape.chars().next()? {
            '\\' => {
                value.push('\\');
                rest = &escape[1..];
                continue;
            }
            'u' => (4, 1),
            '+' => (6, 1),
            'U' => (8, 1),
            _ => (4, 0),
        };
        let code = escape.get(from..from + digits)?;
        value.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        rest = &escape[from + digits..];
    }
    value.push_str(rest);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unistr_becomes_the_text_that_it_makes() {
        for (values, expected) in [
            (r"1,unistr('a\u000ab'),2", "1,'a\nb',2"),
            (r"unistr('it''s \\ \00e9\+01F600\U0001F600'), unistr('\u0009')", "'it''s \\ é😀😀', '\t'"),
            (r"unistr('\u000a''')", "'\n'''"),
            (r"unistr('a\u000db')", "+CAST(X'610D62' AS TEXT)"),
            (r"'unistr(''a\u000ab'')', unistr(a), unistr('\zz')", r"'unistr(''a\u000ab'')', unistr(a), unistr('\zz')"),
            ("1", "1"),
        ] {
            let insert = |values: &str| format!("INSERT INTO t VALUES({values})");
            assert_eq!(readable(&insert(values)), insert(expected), "{values}");
        }
    }

    #[test]
    fn infinities_and_floats_are_exact() {
        for (sql, expected) in [
            ("INSERT INTO t VALUES(1,Inf,-Inf,'Inf')", "INSERT INTO t VALUES(1,9e999,-9e999,'Inf')"),
            ("INSERT INTO t (inf) SELECT inf FROM u", "INSERT INTO t (inf) SELECT inf FROM u"),
            ("INSERT INTO t VALUES(19.99,-1.5,1,0x1e)", "INSERT INTO t VALUES(19.99,-1.5,1,0x1e)"),
            ("INSERT INTO t VALUES(19.989999999999998436)", "INSERT INTO t VALUES(19.99)"),
            ("CREATE TABLE t (a DEFAULT 0.10000000000000000555)", "CREATE TABLE t (a DEFAULT 0.10000000000000000555)"),
        ] {
            assert_eq!(readable(sql), expected, "{sql}");
        }
    }
}
