//! How a statement is sent: found out once for an SQL text and the types of its parameters, then used again.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, Value};

use super::analysis::{self, Analysis, Output, Usage, analyse};
use super::bind::{Bound, bind};
use super::catalog::{Catalog, Types};
use super::form::{self, Form, Prepared};
use super::lex::{Kind, tokens};
use super::limits;
use super::parse::parse;
use super::statement::{Effect, effect, is_select, refused, single};
use super::syntax::{Rows, Statement};
use super::tag;
use super::typed::{Type, is_integer, is_wide};
use crate::storage::Text;

/// Forms of one statement: they differ where integers are beyond 2^53.
const FORMS: usize = 8;

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
    /// Whether it [leaves rows behind](leaves_rows_behind) when it fails.
    pub(crate) leaves_rows_behind: bool,
    /// Whether its rows are models, which SeaORM reads by name.
    pub(crate) is_model: bool,
    exact: OnceLock<Arc<[String]>>,
    /// Whether a parameter is an integer or a boolean, by position.
    integers: Vec<bool>,
    /// By the positions of the integers that a float cannot hold.
    forms: Mutex<Vec<(Vec<usize>, Arc<Form>)>>,
    /// The [exact](tag::select) texts of SELECTs, by the plain text and the names of its columns.
    exact_texts: Mutex<Vec<ExactText>>,
}

#[derive(Debug)]
struct ExactText {
    plain: Arc<Text>,
    names: Arc<[String]>,
    exact: Arc<Text>,
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
            leaves_rows_behind: false,
            is_model: false,
            exact: OnceLock::new(),
            integers: parameters.iter().map(|ty| *ty == ArrayType::Bool || is_integer(ty)).collect(),
            forms: Mutex::default(),
            exact_texts: Mutex::default(),
        };
        let Some(statement) = parse(sql) else { return Ok(plan) };
        plan.leaves_rows_behind = leaves_rows_behind(&statement, catalog);
        let Analysis { usages, outputs, refusal } = analyse(&statement, parameters, catalog, types);
        if let Some(why) = refusal {
            return Err(refused(why));
        }
        plan.is_model = outputs
            .as_ref()
            .is_some_and(|outputs| types.registry.is_model(outputs.iter().map(|output| output.name.as_deref())));
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
                analysis::Form::Star => tag::quoted(name),
                analysis::Form::Expression | analysis::Form::Aliased => self.sql[span.clone()].to_owned(),
            };
            let is_tagged = is_wide(&output.ty);
            if is_tagged {
                self.tagged.insert(at);
            }
            let has_parameters = tokens(&text).any(|token| token.kind == Kind::Parameter);
            let tagged = if has_parameters { tag::expression_once(&text) } else { tag::expression(&text) };
            let text = match (is_tagged, output.form) {
                (false, _) => text,
                (true, analysis::Form::Aliased) => tagged,
                (true, analysis::Form::Star | analysis::Form::Expression) => {
                    format!("{tagged} AS {}", tag::quoted(name))
                }
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

    /// Whether it returns no rows, whatever it does.
    pub(crate) fn returns_nothing(&self) -> bool {
        self.effect == Effect::Write && self.outputs.as_ref().is_some_and(Vec::is_empty)
    }

    /// The columns of a SELECT, those that could not be told among them; `None` when it cannot be read again.
    pub(crate) fn columns_of_select(&self, count: usize) -> Option<Cow<'_, [Output]>> {
        let untold = || {
            (0..count).map(|_| Output { name: None, ty: Type::Dynamic, span: None, form: analysis::Form::Expression })
        };
        self.is_select.then(|| match &self.outputs {
            Some(outputs) => Cow::Borrowed(&outputs[..]),
            None => Cow::Owned(untold().collect()),
        })
    }

    /// The names of the result columns, once one of them held an integer that the runtime rounds.
    pub(crate) fn reads_exactly(&self) -> Option<&Arc<[String]>> {
        self.exact.get()
    }

    pub(crate) fn read_exactly_from_now_on(&self, names: Arc<[String]>) {
        self.exact.get_or_init(|| names);
    }

    /// The text that reads a SELECT exactly, whose columns have these names and types.
    pub(crate) fn exact_text(&self, plain: &Arc<Text>, names: &Arc<[String]>, columns: &[Output]) -> Arc<Text> {
        let mut known = self.exact_texts.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |known: &&ExactText| Arc::ptr_eq(&known.plain, plain) && known.names == *names;
        if let Some(known) = known.iter().find(is_same) {
            return known.exact.clone();
        }
        let exact = Arc::new(Text::new(tag::select(&plain.sql, names, columns)));
        if known.len() == FORMS {
            known.remove(0);
        }
        known.push(ExactText { plain: plain.clone(), names: names.clone(), exact: exact.clone() });
        exact
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
        Ok(self.form(&bound)?.with(bound))
    }

    fn form(&self, bound: &[Bound]) -> Result<Arc<Form>, DbErr> {
        let wide: Vec<_> = (0..bound.len()).filter(|at| bound.get(*at).is_some_and(form::is_wide)).collect();
        let known = |forms: &[(Vec<usize>, Arc<Form>)]| {
            forms.iter().find(|(known, _)| *known == wide).map(|(_, form)| form.clone())
        };
        if let Some(form) = known(&self.forms.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(form);
        }
        let is_cast = |at: usize| {
            let is_asked = || self.usages.get(at).is_none_or(|usage| usage.cast);
            wide.binary_search(&at).is_ok()
                || (self.integers.get(at).is_some_and(|is_integer| *is_integer) && is_asked())
        };
        let casts: Vec<_> = (0..bound.len()).map(is_cast).collect();
        let form = Arc::new(Form::new(&self.sql, &self.rows, &self.usages, &casts, bound)?);
        if !form.has_literals {
            let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
            if forms.len() == FORMS {
                forms.remove(0);
            }
            forms.push((wide, form.clone()));
        }
        Ok(form)
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

    /// The reason why a result column cannot be read at all, its type not being settled by name.
    pub(crate) fn unreadable(&self, settled: &HashMap<String, ArrayType>) -> Option<String> {
        let is_settled = |output: &Output| output.name.as_ref().is_some_and(|name| settled.contains_key(name));
        self.outputs.iter().flatten().filter(|output| !is_settled(output)).find_map(|output| match &output.ty {
            Type::Unregistered(why) => Some(why.to_string()),
            _ => None,
        })
    }
}

/// Whether a statement that fails may leave rows behind. In a transaction, and in a Durable Object everything is in one,
/// SQLite does not undo what it has written to a STRICT table before it comes to a value of the wrong type.
pub(crate) fn leaves_rows_behind(statement: &Statement, catalog: &dyn Catalog) -> bool {
    let (table, or_fail) = match statement {
        Statement::Insert(insert) => match &insert.rows {
            Rows::Default => return false,
            Rows::Values(rows) if rows.len() == 1 => return false,
            Rows::Values(_) | Rows::Select(_) => (&insert.table, insert.or_fail),
        },
        Statement::Update(update) => (&update.table, update.or_fail),
        _ => return false,
    };
    // With OR FAIL they are asked for.
    !or_fail && catalog.table(table).is_some_and(|table| table.is_strict)
}
