//! A statement with the texts that were sent for it: made once for an SQL text and the types of its parameters.

use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock};

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, Value};

use super::exact;
use super::info::StatementInfo;
use super::layout::KnownLayout;
use super::read_mode::Read;
use super::template::{InlineParam, Prepared, SqlTemplate, TemplateInput};
use crate::error::exec_err;
use crate::limits;
use crate::lock::lock;
use crate::storage::StatementText;
use crate::types::catalog::Catalog;
use crate::types::expr_type::Type;
use crate::types::relations::Types;
use crate::value::encode::Bound;

/// What is known of a statement, and what is cached of it.
#[derive(Debug)]
pub(crate) struct Plan {
    info: StatementInfo,
    templates: TemplateCache,
    guarded_templates: TemplateCache,
    /// The columns of a SELECT, once one of them held an integer that the runtime rounds.
    exact: OnceLock<Exact>,
    /// The [exact](exact::select) texts of a SELECT, by the plain text and the names of its columns.
    exact_texts: Mutex<Vec<ExactText>>,
    /// The layout of the rows that were read last.
    pub(crate) layout: KnownLayout,
}

/// The templates of one text, by the parameters that are inlined or need a cast of their own.
type TemplateCache = Mutex<Vec<(Vec<(usize, InlineParam)>, Arc<SqlTemplate>)>>;

/// Templates that are cached of one text: they differ where integers are beyond 2^53. Of a long text there are fewer.
const TEMPLATES: usize = 8;
const BYTES_OF_TEMPLATES: usize = 16 * 1024;

/// How many templates of a text are cached.
fn templates(sql: &str) -> usize {
    (BYTES_OF_TEMPLATES / sql.len().max(1)).clamp(1, TEMPLATES)
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

impl Deref for Plan {
    type Target = StatementInfo;

    fn deref(&self) -> &StatementInfo {
        &self.info
    }
}

impl Plan {
    /// # Errors
    /// As [`StatementInfo::new`].
    pub(crate) fn new(
        sql: &str,
        parameters: &[ArrayType],
        catalog: &dyn Catalog,
        types: Types<'_>,
        read: Read,
    ) -> Result<Self, DbErr> {
        Ok(Self {
            info: StatementInfo::new(sql, parameters, catalog, types, read)?,
            templates: TemplateCache::default(),
            guarded_templates: TemplateCache::default(),
            exact: OnceLock::new(),
            exact_texts: Mutex::default(),
            layout: KnownLayout::default(),
        })
    }

    /// The result columns of a SELECT that is read exactly.
    pub(crate) fn reads_exactly(&self) -> Option<&Exact> {
        self.exact.get()
    }

    pub(crate) fn read_exactly_from_now_on(&self, exact: Exact) {
        self.exact.get_or_init(|| exact);
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

    /// The statements to send, in one atomic step if there are several.
    ///
    /// # Errors
    /// `DbErr::Type` for a value that cannot be bound, with its position; `DbErr::Exec` for a wrong number of values and
    /// for a broken limit.
    pub(crate) fn prepare(&self, values: &[Value]) -> Result<Vec<Prepared>, DbErr> {
        let bound = self.bind(values)?;
        Ok(self.template(&self.sql, &self.templates, &bound)?.with(bound))
    }

    /// The statement that fails by itself when it returns a value that does not fit, where there is one.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub(crate) fn prepare_guarded(&self, values: &[Value]) -> Result<Option<Prepared>, DbErr> {
        let Some(guarded) = self.guarded.as_ref().filter(|_| values.len() <= limits::PARAMETERS) else {
            return Ok(None);
        };
        let bound = self.bind(values)?;
        // Where the guard makes the text too long, the values are checked after the statement has run.
        let template = self.template(guarded, &self.guarded_templates, &bound);
        Ok(template.ok().and_then(|template| template.with(bound).pop()))
    }

    fn template(&self, sql: &str, cache: &TemplateCache, bound: &[Bound]) -> Result<Arc<SqlTemplate>, DbErr> {
        let inlined = |(at, bound): (usize, &Bound)| Some((at, InlineParam::of(bound, self.usages.get(at))?));
        let inlined: Vec<_> = bound.iter().enumerate().filter_map(inlined).collect();
        if let Some((_, template)) = lock(cache).iter().find(|(known, _)| *known == inlined) {
            return Ok(template.clone());
        }
        let StatementInfo { rows, usages, integers, is_named, .. } = &self.info;
        let input = TemplateInput { sql, rows, usages, integers, is_named: *is_named };
        let template = Arc::new(SqlTemplate::new(input, bound)?);
        if !template.has_literals {
            let mut cache = lock(cache);
            if cache.len() == templates(sql) {
                cache.remove(0);
            }
            cache.push((inlined, template.clone()));
        }
        Ok(template)
    }

    /// The memory that it takes at most, with all that it caches later.
    pub(crate) fn bytes(&self) -> usize {
        /// The slot of a parameter, and where a row begins and ends.
        const OF_PARAMETER: usize = 2 * size_of::<usize>() + 1;
        const OF_TEMPLATE: usize = size_of::<(Vec<(usize, InlineParam)>, Arc<SqlTemplate>)>();
        let parameters = self.integers.len();
        let of = |sql: &String| {
            let template = sql.len() + parameters * OF_PARAMETER + OF_TEMPLATE;
            // As it is sent, and as it is read exactly.
            sql.len() + 2 * templates(sql) * template
        };
        // The names are in the layout as well.
        size_of::<Self>() + of(&self.sql) + self.guarded.as_ref().map_or(0, of) + 2 * self.info.bytes()
    }
}
