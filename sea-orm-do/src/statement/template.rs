//! The SQL that is sent for a statement, rendered once: from one run to the next only the values differ.

use std::collections::HashMap;
use std::mem;
use std::ops::Range;
use std::sync::Arc;

use sea_orm::DbErr;

use super::parameters::{ParameterWriter, Written, cast};
use crate::error::exec_err;
use crate::limits;
use crate::sql::lexer::{Token, TokenKind, tokens};
use crate::sql::parser::Parameters;
use crate::storage::{MAX_EXACT, SqlValue, StatementText};
use crate::types::infer::{ParamUse, ParamUses};
use crate::value::encode::Bound;

/// One statement to send, with its parameters.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) text: Arc<StatementText>,
    pub(crate) params: Vec<SqlValue>,
}

/// The statements of one call; several run in one atomic step.
#[derive(Debug)]
pub(crate) struct SqlTemplate {
    batches: Vec<Batch>,
    /// Whether values are written into the text, so that it cannot be used for other values.
    pub(crate) has_literals: bool,
}

#[derive(Debug)]
struct Batch {
    text: Arc<StatementText>,
    /// The values that it takes; `None` for all values in order.
    takes: Option<Vec<ParamSlot>>,
}

#[derive(Debug)]
struct ParamSlot {
    position: usize,
    /// Whether this is the last use of the value, so it can be moved instead of cloned.
    is_last: bool,
}

/// What a template is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TemplateInput<'a> {
    pub(crate) sql: &'a str,
    /// The rows of an `INSERT … VALUES` that can be split into batches, as byte ranges of `sql`.
    pub(crate) rows: &'a [Range<usize>],
    /// How each value is used, by position.
    pub(crate) param_uses: &'a ParamUses,
    /// Whether a value is an integer or a boolean, by position.
    pub(crate) integers: &'a [bool],
    /// Whether the text alone determines the names of the columns.
    pub(crate) is_named: bool,
}

/// A parameter that is inlined or needs a wide-integer cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InlineParam {
    /// An integer that a float cannot represent.
    WideInteger,
    /// The 1 of `LIMIT 1`, as SeaORM's `one()` sends it. As a parameter it would take a third of the time of a lookup.
    LimitOne,
}

impl InlineParam {
    pub(crate) fn of(bound: &Bound, usage: Option<&ParamUse>) -> Option<Self> {
        match bound {
            Bound::Integer(integer) if integer.unsigned_abs() > MAX_EXACT => Some(Self::WideInteger),
            Bound::Integer(1) if usage.is_some_and(|usage| usage.is_limit && !usage.is_ordinal) => Some(Self::LimitOne),
            _ => None,
        }
    }
}

/// How a statement takes its values.
enum Strategy {
    /// As one statement with a parameter for each value, except for these: each is the 1 of a `LIMIT 1`.
    Whole(Vec<usize>),
    /// As several INSERTs, each with the rows of one byte range.
    Batches(Vec<Range<usize>>),
    /// As one statement in which at least this many parameters are written as literals.
    Inlined(usize),
}

impl Strategy {
    /// Whether the texts contain literals of these values, and the texts with the positions of their values.
    fn render(
        self,
        writer: &ParameterWriter<'_>,
        length: usize,
        param_uses: &ParamUses,
        bound: &[Bound],
    ) -> (bool, Vec<Written>) {
        match self {
            Self::Whole(ones) if ones.is_empty() => {
                (false, vec![(writer.write(0..length, &HashMap::new(), false).0, None)])
            }
            Self::Whole(ones) => {
                let ones = ones.into_iter().map(|at| (at, "1".to_owned())).collect();
                let (sql, positions) = writer.write(0..length, &ones, true);
                (false, vec![(sql, Some(positions))])
            }
            Self::Batches(batches) => (false, writer.batches(batches, length)),
            Self::Inlined(least) => (true, vec![writer.with_literals(length, param_uses, bound, least)]),
        }
    }
}

/// The position of the value for each parameter in a text.
///
/// # Errors
/// `DbErr::Exec` if the text takes a different number of values, or a parameter has no position.
fn positions(tokens: &[Token<'_>], given: usize) -> Result<Vec<usize>, DbErr> {
    let mut parameters = Parameters::default();
    let mut positions = Vec::with_capacity(given);
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Parameter) {
        let position = parameters.position(token.text);
        positions.push(position.ok_or_else(|| exec_err(format!("parameter `{}` has no position", token.text)))?);
    }
    let count = parameters.count();
    if count == given {
        return Ok(positions);
    }
    let parameters = if count == 1 { "1 parameter".to_owned() } else { format!("{count} parameters") };
    let given = if given == 1 { "1 value was".to_owned() } else { format!("{given} values were") };
    Err(exec_err(format!("the statement has {parameters}, but {given} given")))
}

impl SqlTemplate {
    /// # Errors
    /// `DbErr::Exec` for a wrong number of values, and for a text that is too long.
    pub(crate) fn new(input: TemplateInput<'_>, bound: &[Bound]) -> Result<Self, DbErr> {
        let TemplateInput { sql, rows, param_uses, integers, is_named } = input;
        let tokens: Vec<_> = tokens(sql).collect();
        let positions = positions(&tokens, bound.len())?;
        let inline_param = |at: usize| InlineParam::of(bound.get(at)?, param_uses.get(at));
        let needs_cast = |at: usize| {
            let is_integer = integers.get(at).is_some_and(|is_integer| *is_integer);
            inline_param(at) == Some(InlineParam::WideInteger)
                || (is_integer && param_uses.get(at).is_none_or(|usage| usage.needs_integer_cast))
        };
        let casts: Vec<_> = (0..bound.len()).map(|at| cast(param_uses.get(at)).filter(|_| needs_cast(at))).collect();
        let writer = ParameterWriter { tokens: &tokens, positions: &positions, casts: &casts };
        let is_one = |at: &usize| {
            inline_param(*at) == Some(InlineParam::LimitOne)
                && positions.iter().filter(|position| *position == at).count() == 1
        };
        // In a text with literals, each parameter is sent with its own copy of the value.
        let surplus = positions.len().saturating_sub(limits::PARAMETERS);
        let strategy = if bound.len() <= limits::PARAMETERS {
            Strategy::Whole((0..bound.len()).filter(is_one).collect())
        } else {
            writer.cut(rows, sql.len()).map_or(Strategy::Inlined(surplus), Strategy::Batches)
        };
        let (mut has_literals, mut batches) = strategy.render(&writer, sql.len(), param_uses, bound);
        if !batches.iter().all(|(text, _)| limits::sent_length(text, sql).is_ok()) {
            // An integer literal is shorter than a parameter with its cast.
            let integers = bound.iter().filter(|bound| matches!(bound, Bound::Integer(_))).count();
            let shorter = Strategy::Inlined(surplus.max(integers));
            (has_literals, batches) = shorter.render(&writer, sql.len(), param_uses, bound);
        }
        batches.iter().try_for_each(|(text, _)| limits::sent_length(text, sql)).map_err(exec_err)?;
        Ok(Self { batches: dedup_texts(batches, bound.len(), is_named), has_literals })
    }

    /// Fills the statements with these values.
    pub(crate) fn with(&self, bound: Vec<Bound>) -> Vec<Prepared> {
        let mut values: Vec<_> = bound.into_iter().map(parameter).collect();
        let fill = |Batch { text, takes }: &Batch| {
            let params = match takes {
                None => mem::take(&mut values),
                Some(takes) => takes.iter().filter_map(|take| take.from(&mut values)).collect(),
            };
            Prepared { text: text.clone(), params }
        };
        self.batches.iter().map(fill).collect()
    }
}

impl ParamSlot {
    fn from(&self, values: &mut [SqlValue]) -> Option<SqlValue> {
        let value = values.get_mut(self.position)?;
        Some(if self.is_last { mem::replace(value, SqlValue::Null) } else { value.clone() })
    }
}

/// The value to bind. An integer that a float cannot represent is bound as text, and the cast reads its digits.
fn parameter(bound: Bound) -> SqlValue {
    match bound {
        Bound::Plain(value) => value,
        Bound::Decimal { text, .. } => SqlValue::Text(text),
        #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53")]
        Bound::Integer(integer) if integer.unsigned_abs() <= MAX_EXACT => SqlValue::Number(integer as f64),
        Bound::Integer(integer) => SqlValue::Text(integer.to_string()),
    }
}

/// Shares a text between batches that have the same one, as those of a long INSERT do.
fn dedup_texts(written: Vec<Written>, count: usize, is_named: bool) -> Vec<Batch> {
    let mut left = vec![0_usize; count];
    for position in written.iter().flat_map(|(_, positions)| positions.iter().flatten()) {
        if let Some(left) = left.get_mut(*position) {
            *left += 1;
        }
    }
    let mut last: Option<Arc<StatementText>> = None;
    let batch = |(sql, positions): Written| {
        let text = match &last {
            Some(text) if text.sql == sql => text.clone(),
            _ => Arc::new(StatementText::new(sql, is_named)),
        };
        last = Some(text.clone());
        let take = |position: usize| {
            let left = left.get_mut(position);
            let is_last = left.is_none_or(|left| {
                *left -= 1;
                *left == 0
            });
            ParamSlot { position, is_last }
        };
        Batch { text, takes: positions.map(|positions| positions.into_iter().map(take).collect()) }
    };
    written.into_iter().map(batch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(sql: &str, rows: &[Range<usize>], casts: &[bool], bound: &[Bound]) -> SqlTemplate {
        let param_uses =
            casts.iter().map(|cast| ParamUse { needs_integer_cast: *cast, ..ParamUse::default() }).collect();
        let integers = vec![true; casts.len()];
        SqlTemplate::new(
            TemplateInput { sql, rows, param_uses: &param_uses, integers: &integers, is_named: true },
            bound,
        )
        .unwrap()
    }

    fn source<'a>(sql: &'a str, param_uses: &'a ParamUses) -> TemplateInput<'a> {
        TemplateInput { sql, rows: &[], param_uses, integers: &[true, true, true], is_named: true }
    }

    #[test]
    fn writes_the_one_of_a_limit_into_the_text() {
        let limit = ParamUse { needs_integer_cast: true, is_limit: true, ..ParamUse::default() };
        let sent = |sql: &str, param_uses: &ParamUses, values: &[i64]| {
            let bound: Vec<_> = values.iter().map(|value| Bound::Integer(*value)).collect();
            let mut sent = SqlTemplate::new(source(sql, param_uses), &bound).unwrap().with(bound);
            let one = sent.remove(0);
            (one.text.sql.clone(), one.params)
        };
        let param_uses = [ParamUse::default(), limit.clone()].into_iter().collect();
        let (one, two) = (SqlValue::Number(1.0), SqlValue::Number(2.0));
        let sql = "SELECT a FROM t WHERE a = ? LIMIT ?";
        assert_eq!(sent(sql, &param_uses, &[1, 1]), ("SELECT a FROM t WHERE a = ? LIMIT 1".into(), vec![one.clone()]));
        let cast = "SELECT a FROM t WHERE a = ? LIMIT +CAST(? AS INTEGER)";
        assert_eq!(sent(sql, &param_uses, &[1, 2]), (cast.into(), vec![one.clone(), two]));
        let sql = "SELECT a FROM t LIMIT $2 OFFSET ?1";
        let cast = "SELECT a FROM t LIMIT 1 OFFSET +CAST(? AS INTEGER)";
        assert_eq!(
            sent(sql, &[limit.clone(), limit.clone()].into_iter().collect(), &[0, 1]),
            (cast.into(), vec![SqlValue::Number(0.0)])
        );
        // The parameter is a result column as well, which is named by its text.
        let sql = "SELECT ?1 FROM t LIMIT ?1";
        assert_eq!(sent(sql, &[limit].into_iter().collect(), &[1]).1, [one]);
    }

    fn numbers(count: u8) -> Vec<Bound> {
        (0..count).map(|at| Bound::Plain(SqlValue::Number(at.into()))).collect()
    }

    #[test]
    fn one_statement_takes_all_values_in_their_order() {
        let bound = vec![Bound::Integer(7), Bound::Integer((1 << 53) + 1)];
        let sent = form("SELECT ?, $2, ?1", &[], &[false, true], &bound).with(bound);
        let [one] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!(one.text.sql, "SELECT ?, +CAST(?2 AS INTEGER), ?1");
        assert_eq!(one.params, [SqlValue::Number(7.0), SqlValue::Text("9007199254740993".into())]);
    }

    #[test]
    fn pieces_share_their_text_and_take_what_they_need() {
        let row = "(?, ?)";
        let sql = format!("INSERT INTO t VALUES {} ON CONFLICT DO UPDATE SET a = ?", [row; 60].join(", "));
        let start = sql.find(row).unwrap();
        let rows: Vec<_> = (0..60).map(|at| start + 8 * at..start + 8 * at + row.len()).collect();
        let bound = numbers(121);
        let sent = form(&sql, &rows, &[], &bound).with(bound);
        assert_eq!(sent.iter().map(|one| one.params.len()).collect::<Vec<_>>(), [99, 23]);
        // Each batch is sent with the parameter after the rows.
        assert!(sent.iter().all(|one| one.params.last() == Some(&SqlValue::Number(120.0))));
        assert_eq!(sent[1].params[0], SqlValue::Number(98.0));
        assert_eq!(sent[1].text.sql.matches(row).count(), 11);

        let sql = format!("INSERT INTO t VALUES {}", [row; 100].join(", "));
        let start = sql.find(row).unwrap();
        let rows: Vec<_> = (0..100).map(|at| start + 8 * at..start + 8 * at + row.len()).collect();
        let bound = numbers(200);
        let sent = form(&sql, &rows, &[], &bound).with(bound);
        assert!(sent.len() == 2 && Arc::ptr_eq(&sent[0].text, &sent[1].text));
    }

    #[test]
    fn values_stand_in_the_text_where_there_are_too_many() {
        let list = vec!["?"; 102].join(", ");
        let bound = numbers(102);
        let form = form(&format!("SELECT {list}"), &[], &[], &bound);
        assert!(form.has_literals);
        assert_eq!(form.with(bound)[0].params.len(), 100);
    }

    #[test]
    fn a_literal_stays_apart_from_what_stands_beside_it() {
        let list = vec!["?"; 100].join(", ");
        let bound = |value: SqlValue| std::iter::repeat_n(Bound::Plain(value), 101).collect::<Vec<_>>();
        for (value, written) in [
            (SqlValue::Null, "SELECT NULL 'a', "),
            (SqlValue::Text("x".into()), "SELECT 'x' 'a', "),
            (SqlValue::Blob(vec![0]), "SELECT X'00' 'a', "),
            (SqlValue::Number(0.0), "SELECT 0.0 'a', "),
        ] {
            let bound = bound(value);
            let form = form(&format!("SELECT?'a', {list}"), &[], &[], &bound);
            let text = &form.with(bound)[0].text.sql;
            assert!(text.starts_with(written), "{text}");
        }
    }

    #[test]
    fn a_parameter_that_is_used_twice_counts_twice_beside_literals() {
        let marks: Vec<_> = (1..=101).map(|number| format!("?{number}")).collect();
        let marks = marks.join(", ");
        let sql = format!("SELECT 1 WHERE 1 IN ({marks}) OR 2 IN ({marks})");
        let bound = vec![Bound::Integer(7); 101];
        let template = form(&sql, &[], &[false; 101], &bound);
        let [one] = &template.with(bound)[..] else { panic!("not one statement") };
        assert!(one.params.len() <= 100);
        assert_eq!(one.text.sql.matches('?').count(), one.params.len());
    }

    #[test]
    fn refuses_another_number_of_values() {
        assert!(
            SqlTemplate::new(source("SELECT ?, ?", &ParamUses::default()), &numbers(1))
                .is_err_and(|e| e.to_string().contains("2 parameters"))
        );
    }
}
