//! How a statement is sent: found out once for an SQL text and the types of its parameters, then used again.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, Value};

use super::atomicity::{Edits, Remedy, edited, shifted};
use super::layout::KnownLayout;
use super::read_mode::{Read, Refusal};
use super::returning::Returning;
use super::template::{InlineParam, Prepared, SqlTemplate, TemplateInput};
use super::{atomicity, exact};
use crate::error::exec_err;
use crate::limits;
use crate::lock::lock;
use crate::sql::ast::{Rows, Statement};
use crate::sql::parser::{StatementKind, classify, parse_or_token};
use crate::sql::script::single;
use crate::storage::{SqlValue, StatementText};
use crate::types::catalog::Catalog;
use crate::types::expr_type::{Type, is_integer};
use crate::types::infer;
use crate::types::infer::{Analysis, ParamUse, ParamUses, ResultColumn, analyse};
use crate::types::relations::Types;
use crate::value::encode::{Bound, fitted};

/// Forms of one statement that are kept: they differ where integers are beyond 2^53. Of a long one there are fewer.
const TEMPLATES: usize = 8;
const BYTES_OF_TEMPLATES: usize = 16 * 1024;

/// How many forms of a text are kept.
fn templates(sql: &str) -> usize {
    (BYTES_OF_TEMPLATES / sql.len().max(1)).clamp(1, TEMPLATES)
}

/// What is known of a statement before its values are.
#[derive(Debug)]
pub(crate) struct Plan {
    sent: SqlVariants,
    /// The same as a statement that fails by itself when it returns a value that does not fit its column.
    guarded: Option<SqlVariants>,
    pub(crate) kind: StatementKind,
    usages: ParamUses,
    /// `None` when the columns cannot be told before the values are there.
    pub(crate) outputs: Option<Vec<ResultColumn>>,
    /// How the rows are read.
    read: Read,
    /// Why the rows cannot be read.
    refusal: Option<Refusal>,
    /// The columns that come back [tagged](tag), by position.
    pub(crate) tagged: HashSet<usize>,
    /// The rows of `INSERT … VALUES`, as byte ranges of `sql`.
    rows: Vec<Range<usize>>,
    /// Whether its text alone tells the names of its columns.
    is_named: bool,
    /// Whether its rows are no table's: those of PRAGMA and EXPLAIN.
    has_own_rows: bool,
    /// Whether SeaORM asks for its own purpose, as in `count()`.
    is_of_sea_orm: bool,
    /// Whether a table that it names was not found when the plan was made.
    pub(crate) lacks_table: bool,
    /// Whether a value may be another one each time that it is worked out.
    is_random: bool,
    /// Whether it leaves rows behind when it fails, unless a savepoint is around it.
    pub(crate) needs_savepoint: bool,
    /// Whether it [keeps what it wrote](Statement::keeps_what_it_wrote) when it fails.
    pub(crate) keeps_rows: bool,
    /// Why a statement that writes does not return its values exactly: it is an error where one of them is in doubt.
    pub(crate) not_exact: Option<DbErr>,
    exact: OnceLock<Exact>,
    /// Whether a parameter is an integer or a boolean, by position.
    integers: Vec<bool>,
    pub(crate) layout: KnownLayout,
    /// The [exact](exact::select) texts of SELECTs, by the plain text and the names of its columns.
    exact_texts: Mutex<Vec<ExactText>>,
}

/// A text, and the forms that it was sent in.
#[derive(Debug)]
struct SqlVariants {
    sql: String,
    templates: Mutex<Vec<KnownTemplate>>,
}

/// A form by the positions of the values that stand in it in a way of their own.
type KnownTemplate = (Vec<(usize, InlineParam)>, Arc<SqlTemplate>);

impl SqlVariants {
    fn new(sql: String) -> Self {
        Self { sql, templates: Mutex::default() }
    }
}

/// The result columns of a SELECT that is read [exactly](exact::select).
#[derive(Debug)]
pub(crate) struct Exact {
    pub(crate) names: Arc<[String]>,
    /// Those of its [`names`](exact::names), where a `*` makes them depend on the schema.
    pub(crate) of_star: Option<Arc<[String]>>,
}

#[derive(Debug)]
struct ExactText {
    plain: Arc<StatementText>,
    names: Arc<[String]>,
    exact: Arc<StatementText>,
}

impl Plan {
    /// # Errors
    /// `DbErr::Exec` for transaction control, more than one statement, or a limit that the text alone breaks.
    pub(crate) fn new(
        sql: &str,
        parameters: &[ArrayType],
        catalog: &dyn Catalog,
        types: Types<'_>,
        read: Read,
    ) -> Result<Self, DbErr> {
        let sql = single(sql)?;
        let mut plan = Self {
            sent: SqlVariants::new(sql.to_owned()),
            guarded: None,
            kind: classify(sql),
            usages: parameters.iter().map(|_| ParamUse { needs_integer_cast: true, ..ParamUse::default() }).collect(),
            outputs: None,
            refusal: None,
            read,
            tagged: HashSet::new(),
            rows: Vec::new(),
            is_named: false,
            has_own_rows: false,
            is_of_sea_orm: false,
            lacks_table: false,
            is_random: true,
            needs_savepoint: false,
            keeps_rows: false,
            not_exact: None,
            exact: OnceLock::new(),
            integers: parameters.iter().map(|ty| *ty == ArrayType::Bool || is_integer(ty)).collect(),
            layout: KnownLayout::default(),
            exact_texts: Mutex::default(),
        };
        let statement = match parse_or_token(sql) {
            Ok(statement) => statement,
            Err(token) => {
                plan.refusal = plan.read.refusal_of_unknown(token);
                plan.needs_savepoint = plan.kind == StatementKind::Dml;
                return Ok(plan);
            }
        };
        plan.keeps_rows = statement.keeps_what_it_wrote();
        let remedy = atomicity::remedy(&statement, catalog);
        plan.needs_savepoint = remedy == Remedy::Savepoint;
        plan.has_own_rows = matches!(statement, Statement::Pragma | Statement::Explain(_));
        let Analysis { usages, mut outputs, refusal, is_of_sea_orm, lacks_table, is_random } =
            analyse(sql, &statement, parameters, catalog, types);
        if let Some(why) = refusal {
            return Err(exec_err(why));
        }
        if let Some(outputs) = &mut outputs {
            let refusal = plan.read.apply(sql, outputs, is_of_sea_orm);
            // SQLite says that there is no such table.
            plan.refusal = refusal.filter(|_| !lacks_table);
        }
        plan.is_named =
            outputs.as_ref().is_some_and(|outputs| outputs.iter().all(|it| it.syntax != infer::ColumnSyntax::Star));
        (plan.usages, plan.outputs) = (usages.into_iter().collect(), outputs);
        plan.is_of_sea_orm = is_of_sea_orm;
        (plan.lacks_table, plan.is_random) = (lacks_table, is_random);
        if let Statement::Insert(insert) = &statement
            && let Rows::Values(rows) = &insert.rows
            && insert.can_be_cut()
            // Foreign keys are checked at the end of a statement, so rows that refer to each other must stay in one.
            && catalog.table(&insert.table).is_none_or(|table| !table.refers_to_itself)
        {
            plan.rows = rows.iter().map(|(_, span)| span.clone()).collect();
        }
        if plan.kind == StatementKind::Dml
            && let Some(outputs) = plan.outputs.as_ref().filter(|outputs| !outputs.is_empty())
        {
            let returning = Returning::of(sql, outputs);
            match limits::sent_length(&returning.sql, sql) {
                Ok(()) => (plan.sent, plan.tagged) = (SqlVariants::new(returning.sql), returning.tagged),
                Err(too_long) => plan.not_exact = Some(exec_err(too_long)),
            }
            // A guard would fail as a whole.
            plan.guarded = returning.guarded.filter(|_| !plan.keeps_rows).map(SqlVariants::new);
        }
        if let Remedy::Call(edits) = remedy {
            plan.edit(&edits);
        }
        Ok(plan)
    }

    /// Writes edits into the texts, all of which are before RETURNING; one that would be too long needs a savepoint instead.
    fn edit(&mut self, edits: &Edits) {
        let Some(sql) = edited(&self.sent.sql, edits) else {
            self.needs_savepoint = true;
            return;
        };
        self.sent = SqlVariants::new(sql);
        self.guarded = self.guarded.take().and_then(|guarded| edited(&guarded.sql, edits)).map(SqlVariants::new);
        for row in &mut self.rows {
            *row = shifted(row.start, edits)..shifted(row.end, edits);
        }
    }

    pub(crate) fn is_select(&self) -> bool {
        self.kind == StatementKind::Query
    }

    /// Whether it returns no rows, whatever it does.
    pub(crate) fn returns_nothing(&self) -> bool {
        self.kind == StatementKind::Dml && self.outputs.as_ref().is_some_and(Vec::is_empty)
    }

    /// The types of the result columns of these names; `Dynamic` where values tell them.
    pub(crate) fn types(&self, names: &[String]) -> Vec<Type> {
        self.read.types(self.outputs.as_deref(), names)
    }

    /// # Errors
    /// Why rows with these columns cannot be read.
    pub(crate) fn check_columns(&self, names: &[String], types: &[Type]) -> Result<(), DbErr> {
        if names.is_empty() || self.is_of_sea_orm {
            return Ok(());
        }
        let is_followed = self.outputs.as_ref().is_some_and(|outputs| outputs.len() == names.len());
        self.read.check(names, types, is_followed || self.has_own_rows).map_err(DbErr::Type)
    }

    pub(crate) fn read(&self) -> &Read {
        &self.read
    }

    /// The result columns, once one of them held an integer that the runtime rounds.
    pub(crate) fn reads_exactly(&self) -> Option<&Exact> {
        self.exact.get()
    }

    pub(crate) fn read_exactly_from_now_on(&self, exact: Exact) {
        self.exact.get_or_init(|| exact);
    }

    /// Whether a `*` makes the columns depend on the schema.
    pub(crate) fn has_star(&self) -> bool {
        !self.is_named
    }

    /// Whether it is sent with the names of the columns in the place of the `*` of RETURNING.
    pub(crate) fn names_columns_of_star(&self) -> bool {
        !self.tagged.is_empty() && self.has_star()
    }

    /// The text that reads a SELECT exactly, whose columns have these names and types.
    ///
    /// # Errors
    /// `DbErr::Exec` when it is too long.
    pub(crate) fn exact_text(
        &self,
        plain: &Arc<StatementText>,
        names: &Arc<[String]>,
        columns: &[Type],
    ) -> Result<Arc<StatementText>, DbErr> {
        let mut known = lock(&self.exact_texts);
        let is_same = |known: &&ExactText| Arc::ptr_eq(&known.plain, plain) && known.names == *names;
        if let Some(known) = known.iter().find(is_same) {
            return Ok(known.exact.clone());
        }
        let exact = exact::select(&plain.sql, names, columns, self.is_random);
        limits::sent_length(&exact, &plain.sql).map_err(exec_err)?;
        let exact = Arc::new(StatementText::new(exact, true));
        if known.len() == templates(&plain.sql) {
            known.remove(0);
        }
        known.push(ExactText { plain: plain.clone(), names: names.clone(), exact: exact.clone() });
        Ok(exact)
    }

    /// Whether these are the columns that the types were found for.
    pub(crate) fn matches_columns(&self, names: &[String]) -> bool {
        // What a call reads, it finds by the names and positions of this very result.
        if !matches!(self.kind, StatementKind::Dml | StatementKind::Ddl) && matches!(self.read, Read::Typed(_)) {
            return true;
        }
        let Some(outputs) = &self.outputs else { return true };
        let same = |(output, name): (&ResultColumn, &String)| {
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
        Ok(self.template(&self.sent, &bound)?.with(bound))
    }

    /// The statement that fails by itself when it returns a value that does not fit; `None` where there is none.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub(crate) fn prepare_guarded(&self, values: &[Value]) -> Result<Option<Prepared>, DbErr> {
        let Some(guarded) = self.guarded.as_ref().filter(|_| values.len() <= limits::PARAMETERS) else {
            return Ok(None);
        };
        let bound = self.bind(values)?;
        // One that the guard makes too long has its values checked behind it.
        Ok(self.template(guarded, &bound).ok().and_then(|template| template.with(bound).pop()))
    }

    fn template(&self, sent: &SqlVariants, bound: &[Bound]) -> Result<Arc<SqlTemplate>, DbErr> {
        let inline_param = |(at, bound): (usize, &Bound)| Some((at, InlineParam::of(bound, self.usages.get(at))?));
        let inline_param: Vec<_> = bound.iter().enumerate().filter_map(inline_param).collect();
        let known = |templates: &[KnownTemplate]| {
            templates.iter().find(|(known, _)| *known == inline_param).map(|(_, template)| template.clone())
        };
        if let Some(template) = known(&lock(&sent.templates)) {
            return Ok(template);
        }
        let Self { rows, usages, integers, is_named, .. } = self;
        let source = TemplateInput { sql: &sent.sql, rows, usages, integers, is_named: *is_named };
        let template = Arc::new(SqlTemplate::new(source, bound)?);
        if !template.has_literals {
            let mut templates = lock(&sent.templates);
            if templates.len() == self::templates(&sent.sql) {
                templates.remove(0);
            }
            templates.push((inline_param, template.clone()));
        }
        Ok(template)
    }

    fn bind(&self, values: &[Value]) -> Result<Vec<Bound>, DbErr> {
        let no_usage = ParamUse::default();
        let bind_one = |(at, value): (usize, &Value)| {
            let usage = self.usages.get(at).unwrap_or(&no_usage);
            let bound = fitted(value, usage, self.kind == StatementKind::Dml)?;
            if let Bound::Plain(value) = &bound {
                limits::value_length(value.length())?;
                if usage.is_pattern && matches!(value, SqlValue::Text(_)) {
                    limits::pattern_length(value.length())?;
                }
            }
            Ok(bound)
        };
        let named = |(at, value)| {
            bind_one((at, value)).map_err(|why: String| DbErr::Type(format!("parameter {}: {why}", at + 1)))
        };
        values.iter().enumerate().map(named).collect()
    }

    /// The memory that it takes at most, with all that is kept in it later.
    pub(crate) fn bytes(&self) -> usize {
        /// A value that one of several statements takes, and where a row begins and ends.
        const OF_PARAMETER: usize = 2 * size_of::<usize>() + 1;
        let parameters = self.integers.len();
        let of = |sent: &SqlVariants| {
            let template = sent.sql.len() + parameters * OF_PARAMETER + size_of::<KnownTemplate>();
            // As it is sent, and as it is read exactly.
            sent.sql.len() + 2 * templates(&sent.sql) * template
        };
        let outputs = self.outputs.as_ref().map_or(0, |outputs| {
            let names = outputs.iter().filter_map(|output| output.name.as_ref()).map(String::len);
            // Here, and in the layout.
            2 * (outputs.len() * size_of::<ResultColumn>() + names.sum::<usize>())
        });
        size_of::<Self>()
            + of(&self.sent)
            + self.guarded.as_ref().map_or(0, of)
            + self.usages.bytes()
            + self.rows.len() * size_of::<Range<usize>>()
            + outputs
    }

    /// Why the rows cannot be read.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }
}
