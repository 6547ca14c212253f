//! Fits a statement to the 100 parameters that the runtime takes. A longer INSERT is split between its rows; in any
//! other statement the surplus is written as literals. Integers are cast back from the floats that the runtime binds.

use std::collections::HashMap;
use std::ops::Range;

use crate::limits;
use crate::sql::lexer;
use crate::sql::lexer::{Token, TokenKind};
use crate::types::infer::{ParamUse, ParamUses};
use crate::value::encode::Bound;
use crate::value::literal::{cost, literal};

/// A text and the positions of its values; `None` for all values in order.
pub(super) type Written = (String, Option<Vec<usize>>);

/// What is written before and after a value.
pub(super) type Around = (&'static str, &'static str);

/// The cast turns the REAL back into an INTEGER. The `+` removes the affinity that the cast would give to a comparison:
/// <https://www.sqlite.org/datatype3.html#affinity_of_expressions>.
const CAST: Around = ("+CAST(", " AS INTEGER)");

/// Makes SQLite accept a literal as a value of any type, like a parameter: `sqlite3ExprDataType()` in its expr.c.
const OF_ANY_TYPE: Around = ("ifnull(", ", NULL)");

const CAST_OF_ANY_TYPE: Around = ("ifnull(CAST(", " AS INTEGER), NULL)");

/// The cast that is written around an integer parameter with this use.
pub(super) fn cast(usage: Option<&ParamUse>) -> Option<Around> {
    Some(if usage.is_some_and(|usage| usage.is_in_compound) { CAST_OF_ANY_TYPE } else { CAST })
}

/// Writes a statement with its parameters as the runtime needs them.
pub(super) struct ParameterWriter<'a> {
    pub(super) tokens: &'a [Token<'a>],
    /// The position of the value for each parameter in the text.
    pub(super) positions: &'a [usize],
    /// The cast of each integer that the runtime binds as a REAL, by position.
    pub(super) casts: &'a [Option<Around>],
}

impl ParameterWriter<'_> {
    fn parameters_in(&self, range: &Range<usize>) -> usize {
        // The tokens are in text order.
        let from = self.tokens.partition_point(|token| token.at < range.start);
        let inside = self.tokens[from..].iter().take_while(|token| token.at < range.end);
        inside.filter(|token| token.kind == TokenKind::Parameter).count()
    }

    /// Splits the rows of a long `INSERT … VALUES` into batches of as many rows as the runtime's parameters allow.
    /// `None` if that is impossible.
    pub(super) fn cut(&self, rows: &[Range<usize>], length: usize) -> Option<Vec<Range<usize>>> {
        let (first, last) = (rows.first()?, rows.last()?);
        let around = self.parameters_in(&(0..first.start)) + self.parameters_in(&(last.end..length));
        let room = limits::PARAMETERS.checked_sub(around)?;
        let mut batches: Vec<Range<usize>> = Vec::new();
        let mut used = 0;
        for row in rows {
            let needed = self.parameters_in(row);
            match batches.last_mut() {
                Some(batch) if used + needed <= room => {
                    batch.end = row.end;
                    used += needed;
                }
                _ if needed <= room => {
                    batches.push(row.clone());
                    used = needed;
                }
                _ => return None,
            }
        }
        Some(batches)
    }

    /// A statement for each batch of rows. What comes before and after the rows is the same in each.
    pub(super) fn batches(&self, batches: Vec<Range<usize>>, length: usize) -> Vec<Written> {
        let none = HashMap::new();
        let start = batches.first().map_or(length, |batch| batch.start);
        let end = batches.last().map_or(length, |batch| batch.end);
        let statement = |rows| {
            let (mut sql, mut positions) = self.write(0..start, &none, true);
            for range in [rows, end..length] {
                let (text, more) = self.write(range, &none, true);
                sql.push_str(&text);
                positions.extend(more);
            }
            (sql, Some(positions))
        };
        batches.into_iter().map(statement).collect()
    }

    /// The whole statement with at least `least` parameters written as literals, integers first. A parameter is kept
    /// where SQLite would read a literal as a column position.
    pub(super) fn with_literals(
        &self,
        length: usize,
        param_uses: &ParamUses,
        bound: &[Bound],
        least: usize,
    ) -> Written {
        let mut positions: Vec<_> = self.positions.to_vec();
        positions.sort_by_key(|position| bound.get(*position).map_or(0, cost));
        positions.retain(|position| param_uses.get(*position).is_none_or(|usage| !usage.is_ordinal));
        let write = |position: usize| {
            let literal = literal(bound.get(position)?);
            let is_of_any_type = param_uses.get(position).is_some_and(|usage| usage.is_in_compound);
            let (before, behind) = if is_of_any_type { OF_ANY_TYPE } else { Around::default() };
            Some((position, format!("{before}{literal}{behind}")))
        };
        let literals = positions.into_iter().take(least).filter_map(write).collect();
        let (sql, positions) = self.write(0..length, &literals, true);
        (sql, Some(positions))
    }

    /// The text of a range, and the positions of its values. With `renumber`, each parameter becomes a `?`, so that it
    /// is numbered within this text alone.
    pub(super) fn write(
        &self,
        range: Range<usize>,
        literals: &HashMap<usize, String>,
        renumber: bool,
    ) -> (String, Vec<usize>) {
        let mut sql = String::with_capacity(range.len() + 20 * self.positions.len().min(limits::PARAMETERS));
        let mut taken = Vec::new();
        let before = self.tokens.partition_point(|token| token.at < range.start);
        let parameters = self.tokens[..before].iter().filter(|token| token.kind == TokenKind::Parameter).count();
        let mut positions = self.positions.iter().skip(parameters);
        let mut behind_literal = false;
        for token in self.tokens[before..].iter().take_while(|token| token.at < range.end) {
            let position = if token.kind == TokenKind::Parameter { positions.next() } else { None };
            let literal = position.and_then(|position| literals.get(position));
            let text = literal.map_or(token.text, String::as_str);
            if (literal.is_some() || behind_literal) && grow_together(&sql, text) {
                sql.push(' ');
            }
            behind_literal = literal.is_some();
            let Some(position) = position.filter(|_| literal.is_none()) else {
                sql.push_str(text);
                continue;
            };
            let name = match token.text.strip_prefix('$') {
                _ if renumber => "?".to_owned(),
                Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => format!("?{number}"),
                _ => token.text.to_owned(),
            };
            let (before, behind) = self.casts.get(*position).copied().flatten().unwrap_or_default();
            sql.extend([before, &name, behind]);
            taken.push(*position);
        }
        (sql, taken)
    }
}

/// Whether two adjacent texts would be read as one token: `SELECT?` as `SELECTNULL`, `?'alias'` as one text.
fn grow_together(before: &str, text: &str) -> bool {
    let grows = |c: char| lexer::is_name(c) || c == '\'';
    before.ends_with(grows) && text.starts_with(grows)
}
