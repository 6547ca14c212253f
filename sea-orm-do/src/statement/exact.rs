//! Integers beyond 2^53 out of a runtime that rounds them.
//!
//! A tagged column is `'i'` and the digits for an integer, `'t'` and the text for a text, and every other value as it is:
//! nothing is rounded, and nothing can be taken for something else. [`decode`](crate::value::decode) reads it back.

use std::collections::HashSet;

use crate::types::expr_type::{Type, is_instant, is_wide};

/// An expression whose value comes back tagged.
pub(crate) fn expression(expression: &str) -> String {
    format!(
        "CASE typeof({expression}) WHEN 'integer' THEN 'i'||({expression}) WHEN 'text' THEN 't'||({expression}) ELSE {expression} END"
    )
}

/// A name in quotes: <https://www.sqlite.org/lang_keywords.html>.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A SELECT around a SELECT that reads the columns tagged whose numbers can be in doubt, under the names it had. The inner
/// text stays as it is, so that ORDER BY sorts numbers, not their digits.
pub(crate) fn select(sql: &str, names: &[String], types: &[Type], is_random: bool) -> String {
    let inner: Vec<_> = (0..names.len()).map(|at| format!("c{at}")).collect();
    let columns = names.iter().zip(types).zip(&inner).map(|((name, ty), inner)| {
        let column = if is_tagged(ty) { expression(inner) } else { inner.clone() };
        format!("{column} AS {}", quoted(name))
    });
    let columns: Vec<_> = columns.collect();
    // A tagged expression is written more than once, and what is random must be worked out once.
    let once = if is_random { "MATERIALIZED " } else { "" };
    let (inner, columns) = (inner.join(","), columns.join(","));
    format!("WITH \"sea-orm-do\"({inner}) AS {once}({sql}) SELECT {columns} FROM \"sea-orm-do\"")
}

/// A SELECT without rows that has the columns of a SELECT.
pub(crate) fn names(sql: &str) -> String {
    format!("SELECT * FROM ({sql}\n) LIMIT 0")
}

/// The columns that [`select`] tags.
pub(crate) fn positions(types: &[Type]) -> HashSet<usize> {
    types.iter().enumerate().filter(|(_, ty)| is_tagged(ty)).map(|(at, _)| at).collect()
}

fn is_tagged(ty: &Type) -> bool {
    is_wide(ty) || is_instant(ty)
}
