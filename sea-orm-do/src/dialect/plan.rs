//! How a statement is sent: found out once for an SQL text and the types of its parameters, then used again.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, Value};

use super::analysis::{Analysis, Form, Output, Usage, analyse};
use super::bind::{Bound, bind};
use super::catalog::{Catalog, Types};
use super::lex::{Kind, Token, tokens};
use super::limits;
use super::literal::{cost, literal};
use super::parse::{Parameters, parse};
use super::statement::{Effect, effect, is_select, refused, single};
use super::syntax::{Rows, Statement};
use super::tag;
use super::typed::{Type, is_wide};
use crate::storage::SqlValue;

/// What is known of a statement before its values are.
#[derive(Debug)]
pub(crate) struct Plan {
    /// With RETURNING lists that give wide integers exactly.
    sql: String,
    pub(crate) effect: Effect,
    usages: Vec<Usage>,
    /// `None` when the columns cannot be told before the values are there.
    pub(crate) outputs: Option<Vec<Output>>,
    /// Whether it is a SELECT, and so can be read again in another form.
    is_select: bool,
    /// The columns that come back [tagged](tag), by position.
    pub(crate) tagged: HashSet<usize>,
    /// The rows of `INSERT … VALUES`, as byte ranges of `sql`.
    rows: Vec<Range<usize>>,
    exact: OnceLock<Vec<String>>,
}

/// One statement as the runtime takes it.
#[derive(Debug, PartialEq)]
pub(crate) struct Prepared {
    pub(crate) sql: String,
    pub(crate) params: Vec<SqlValue>,
}

impl Plan {
    /// # Errors
    /// `DbErr::Exec` for transaction control, more than one statement, or a limit that the text alone breaks.
    pub(crate) fn new(
        sql: &str,
        parameters: &[ArrayType],
        catalog: &dyn Catalog,
        types: Types<'_>,
    ) -> Result<Self, DbErr> {
        let sql = single(sql)?;
        let mut plan = Self {
            sql: sql.to_owned(),
            effect: effect(sql),
            is_select: is_select(sql),
            usages: vec![Usage { cast: true, ..Usage::default() }; parameters.len()],
            outputs: None,
            tagged: HashSet::new(),
            rows: Vec::new(),
            exact: OnceLock::new(),
        };
        let Some(statement) = parse(sql) else { return Ok(plan) };
        let Analysis { usages, outputs, refusal } = analyse(&statement, parameters, catalog, types);
        if let Some(why) = refusal {
            return Err(refused(why));
        }
        (plan.usages, plan.outputs) = (usages, outputs);
        if let Statement::Insert(insert) = &statement
            && let Rows::Values(rows) = &insert.rows
            && insert.can_be_cut()
            // Foreign keys are checked at the end of a statement, so rows that refer to each other must stay in one.
            && catalog.table(&insert.table).is_none_or(|table| !table.refers_to_itself)
        {
            plan.rows = rows.iter().map(|(_, span)| span.clone()).collect();
        }
        if plan.effect == Effect::Write {
            plan.tag_returning();
        }
        Ok(plan)
    }

    /// A statement that writes cannot be run again to read its integers exactly, so it returns them exactly at once.
    fn tag_returning(&mut self) {
        let Some(outputs) = &self.outputs else { return };
        let mut replacements: Vec<(Range<usize>, Vec<String>)> = Vec::new();
        for (at, output) in outputs.iter().enumerate() {
            let Some(span) = &output.span else { continue };
            // SQLite names a column without an alias by its text.
            let name = output.name.as_deref().unwrap_or(&self.sql[span.clone()]);
            let text = match output.form {
                Form::Star => tag::quoted(name),
                Form::Expression | Form::Aliased => self.sql[span.clone()].to_owned(),
            };
            // A parameter must not be written three times.
            let is_tagged = is_wide(&output.ty) && tokens(&text).all(|token| token.kind != Kind::Parameter);
            if is_tagged {
                self.tagged.insert(at);
            }
            let text = match (is_tagged, output.form) {
                (false, _) => text,
                (true, Form::Aliased) => tag::expression(&text),
                (true, Form::Star | Form::Expression) => format!("{} AS {}", tag::expression(&text), tag::quoted(name)),
            };
            match replacements.last_mut() {
                Some((last, texts)) if last == span => texts.push(text),
                _ => replacements.push((span.clone(), vec![text])),
            }
        }
        if self.tagged.is_empty() {
            return;
        }
        for (span, texts) in replacements.into_iter().rev() {
            self.sql.replace_range(span, &texts.join(", "));
        }
    }

    #[cfg(feature = "stream")]
    pub(crate) fn is_select(&self) -> bool {
        self.is_select
    }

    /// The columns of a SELECT, those that could not be told among them; `None` when it cannot be read again.
    pub(crate) fn columns_of_select(&self, count: usize) -> Option<Vec<Output>> {
        let untold =
            || (0..count).map(|_| Output { name: None, ty: Type::Dynamic, span: None, form: Form::Expression });
        self.is_select.then(|| self.outputs.clone().unwrap_or_else(|| untold().collect()))
    }

    /// The names of the result columns, once one of them held an integer that the runtime rounds.
    pub(crate) fn reads_exactly(&self) -> Option<&[String]> {
        self.exact.get().map(Vec::as_slice)
    }

    pub(crate) fn read_exactly_from_now_on(&self, names: Vec<String>) {
        self.exact.get_or_init(|| names);
    }

    /// Whether these are the columns that were told.
    pub(crate) fn gives(&self, names: &[String]) -> bool {
        let Some(outputs) = &self.outputs else { return true };
        let same = |(output, name): (&Output, &String)| {
            output.name.as_ref().is_none_or(|told| told.eq_ignore_ascii_case(name))
        };
        outputs.len() == names.len() && outputs.iter().zip(names).all(same)
    }

    /// The statements to send, in one atomic step if there are several.
    ///
    /// # Errors
    /// `DbErr::Type` for a value that cannot be bound, naming its position; `DbErr::Exec` for a wrong number of
    /// values and for a broken limit.
    pub(crate) fn prepare(&self, values: &[Value]) -> Result<Vec<Prepared>, DbErr> {
        let bound = self.bind(values)?;
        let tokens: Vec<_> = tokens(&self.sql).collect();
        let mut parameters = Parameters::default();
        let mut positions = Vec::with_capacity(bound.len());
        for token in tokens.iter().filter(|token| token.kind == Kind::Parameter) {
            let position = parameters.position(token.text);
            positions.push(position.ok_or_else(|| refused(format!("parameter `{}` has no position", token.text)))?);
        }
        let count = parameters.count();
        if count != bound.len() {
            return Err(refused(format!(
                "the statement has {count} parameters, but {} values were given",
                bound.len()
            )));
        }
        let writer = Writer { tokens: &tokens, positions: &positions, bound: &bound, usages: &self.usages };
        let prepared = if count <= limits::PARAMETERS {
            vec![writer.write(0..self.sql.len(), &HashSet::new(), false)]
        } else {
            self.cut(&writer).unwrap_or_else(|| vec![writer.with_literals(self.sql.len())])
        };
        prepared.iter().try_for_each(|prepared| limits::sql_length(&prepared.sql)).map_err(refused)?;
        Ok(prepared)
    }

    fn bind(&self, values: &[Value]) -> Result<Vec<Bound>, DbErr> {
        let no_usage = Usage::default();
        let bind_one = |(at, value): (usize, &Value)| {
            let usage = self.usages.get(at).unwrap_or(&no_usage);
            let bound = bind(value)?;
            match (&bound, &usage.stored_as_number) {
                (Bound::Decimal { text, real: false }, Some(column)) => {
                    return Err(format!("decimal {text} would change in column `{column}`, which stores numbers"));
                }
                (Bound::Plain(value), _) => {
                    limits::value_length(value)?;
                    if usage.is_pattern {
                        limits::pattern_length(value)?;
                    }
                }
                _ => {}
            }
            Ok(bound)
        };
        let named =
            |(at, value)| bind_one((at, value)).map_err(|why| DbErr::Type(format!("parameter {}: {why}", at + 1)));
        values.iter().enumerate().map(named).collect()
    }

    /// A long `INSERT … VALUES` as several of as many rows as the runtime's parameters allow: what stands before and
    /// behind the rows is the same for each. `None` where that cannot be done.
    fn cut(&self, writer: &Writer<'_>) -> Option<Vec<Prepared>> {
        let (first, last) = (self.rows.first()?, self.rows.last()?);
        let around = writer.parameters_in(0..first.start) + writer.parameters_in(last.end..self.sql.len());
        let room = limits::PARAMETERS.checked_sub(around)?;
        let mut chunks: Vec<Range<usize>> = Vec::new();
        let mut used = 0;
        for row in &self.rows {
            let needed = writer.parameters_in(row.clone());
            match chunks.last_mut() {
                Some(chunk) if used + needed <= room => {
                    chunk.end = row.end;
                    used += needed;
                }
                _ if needed <= room => {
                    chunks.push(row.clone());
                    used = needed;
                }
                _ => return None,
            }
        }
        let none = HashSet::new();
        let pieces = chunks.into_iter().map(|rows| {
            let mut prepared = writer.write(0..first.start, &none, true);
            for range in [rows, last.end..self.sql.len()] {
                let piece = writer.write(range, &none, true);
                prepared.sql.push_str(&piece.sql);
                prepared.params.extend(piece.params);
            }
            prepared
        });
        Some(pieces.collect())
    }

    /// The reason why a result column cannot be read at all, its type not being settled by name.
    pub(crate) fn unreadable(&self, settled: &HashMap<String, ArrayType>) -> Option<String> {
        let is_settled = |output: &Output| output.name.as_ref().is_some_and(|name| settled.contains_key(name));
        self.outputs.iter().flatten().filter(|output| !is_settled(output)).find_map(|output| match &output.ty {
            Type::Unregistered(table) => Some(format!(
                "table `{table}` has no registered entity: call register::<{table}::Entity>() on the connection, or \
                 by_declared_type()"
            )),
            _ => None,
        })
    }
}

/// Writes a statement with its parameters as the runtime needs them.
struct Writer<'a> {
    tokens: &'a [Token<'a>],
    /// The value's position for each parameter in the text.
    positions: &'a [usize],
    bound: &'a [Bound],
    usages: &'a [Usage],
}

impl Writer<'_> {
    fn parameters_in(&self, range: Range<usize>) -> usize {
        self.parameters().filter(|(token, _)| range.contains(&token.at)).count()
    }

    fn parameters(&self) -> impl Iterator<Item = (&Token<'_>, usize)> {
        let tokens = self.tokens.iter().filter(|token| token.kind == Kind::Parameter);
        tokens.zip(self.positions.iter().copied())
    }

    /// The text of a range. With `renumber` the parameters are those of this text alone, in the order they stand in.
    fn write(&self, range: Range<usize>, literals: &HashSet<usize>, renumber: bool) -> Prepared {
        let mut sql = String::with_capacity(range.len() + 20 * self.bound.len().min(limits::PARAMETERS));
        let mut params = Vec::new();
        let mut positions = self.positions.iter();
        for token in self.tokens {
            let position = if token.kind == Kind::Parameter { positions.next() } else { None };
            if !range.contains(&token.at) {
                continue;
            }
            let Some(position) = position else {
                sql.push_str(token.text);
                continue;
            };
            let Some(bound) = self.bound.get(*position) else { continue };
            if literals.contains(position) {
                sql.push_str(&literal(bound));
                continue;
            }
            let (value, cast) = self.parameter(*position, bound);
            let name = match token.text.strip_prefix('$') {
                _ if renumber => "?".to_owned(),
                Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => format!("?{number}"),
                _ => token.text.to_owned(),
            };
            if cast {
                // The cast makes the REAL an INTEGER again; the `+` takes away the affinity that it would lend to a
                // comparison: https://www.sqlite.org/datatype3.html#affinity_of_expressions
                sql.push_str("+CAST(");
                sql.push_str(&name);
                sql.push_str(" AS INTEGER)");
            } else {
                sql.push_str(&name);
            }
            if renumber {
                params.push(value);
            }
        }
        if !renumber {
            params = self.bound.iter().enumerate().map(|(at, bound)| self.parameter(at, bound).0).collect();
        }
        Prepared { sql, params }
    }

    /// The whole statement with as many literals as it takes to keep the runtime's limit.
    fn with_literals(&self, length: usize) -> Prepared {
        let mut positions: Vec<_> = self.positions.to_vec();
        positions.sort_by_key(|position| self.bound.get(*position).map_or(0, cost));
        positions.retain(|position| self.usages.get(*position).is_none_or(|usage| !usage.is_term));
        let surplus = self.positions.len().saturating_sub(limits::PARAMETERS);
        let literals = positions.into_iter().take(surplus).collect();
        self.write(0..length, &literals, true)
    }

    /// What is bound, and whether it is cast. An integer that a float cannot hold goes as text, which the cast reads digit
    /// by digit.
    fn parameter(&self, position: usize, bound: &Bound) -> (SqlValue, bool) {
        const EXACT: u64 = 1 << 53;
        let cast = self.usages.get(position).is_none_or(|usage| usage.cast);
        match bound {
            Bound::Plain(value) => (value.clone(), false),
            Bound::Decimal { text, .. } => (SqlValue::Text(text.clone()), false),
            #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53")]
            Bound::Integer(integer) if integer.unsigned_abs() <= EXACT => (SqlValue::Number(*integer as f64), cast),
            Bound::Integer(integer) => (SqlValue::Text(integer.to_string()), true),
        }
    }
}
