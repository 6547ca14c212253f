//! A statement's plan: what is known about it, and the templates and texts cached for it. Made once per SQL text and
//! parameter types.

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

/// What is known about a statement, and what is cached for it.
#[derive(Debug)]
pub(crate) struct Plan {
    info: StatementInfo,
    templates: TemplateCache,
    /// Those of the text that is tried first: the guarded one, or the one with the rowid.
    first_templates: TemplateCache,
    /// The result columns of a SELECT, set once a number in a result had to be read exactly.
    exact: OnceLock<Exact>,
    /// The [exact](exact::select) texts of a SELECT, by the plain text and its column names.
    exact_texts: Mutex<Vec<ExactText>>,
    /// The types of the columns that were read last, by the names of the columns.
    types: Mutex<Option<NamesAndTypes>>,
    /// The layout of the rows that were read last.
    pub(crate) layout: KnownLayout,
}

type NamesAndTypes = (Arc<[String]>, Arc<[Type]>);

/// The templates of one text, by which parameters are inlined or need a wide-integer cast.
type TemplateCache = Mutex<Vec<(Vec<(usize, InlineParam)>, Arc<SqlTemplate>)>>;

/// The most templates that are cached for one text. They differ in which integers are beyond 2^53, and in a `LIMIT 1`.
/// A long text has fewer.
const TEMPLATES: usize = 8;
const BYTES_OF_TEMPLATES: usize = 16 * 1024;

/// How many templates are cached for a text.
fn templates(sql: &str) -> usize {
    (BYTES_OF_TEMPLATES / sql.len().max(1)).clamp(1, TEMPLATES)
}

/// The result columns of a SELECT that is read [exactly](exact::select).
#[derive(Debug)]
pub(crate) struct Exact {
    pub(crate) names: Arc<[String]>,
    /// The column names that the query of [`names`](exact::names) returned, if a `*` makes them depend on the schema.
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
            first_templates: TemplateCache::default(),
            exact: OnceLock::new(),
            exact_texts: Mutex::default(),
            types: Mutex::default(),
            layout: KnownLayout::default(),
        })
    }

    /// The types of the result columns with these names.
    pub(crate) fn types_of(&self, names: &Arc<[String]>) -> Arc<[Type]> {
        let mut known = lock(&self.types);
        if let Some((of, types)) = known.as_ref()
            && of == names
        {
            return types.clone();
        }
        let types: Arc<[Type]> = self.info.types(names).into();
        *known = Some((names.clone(), types.clone()));
        types
    }

    /// The result columns of a SELECT that is read exactly.
    pub(crate) fn reads_exactly(&self) -> Option<&Exact> {
        self.exact.get()
    }

    pub(crate) fn read_exactly_from_now_on(&self, exact: Exact) {
        self.exact.get_or_init(|| exact);
    }

    /// The text that reads a SELECT with these column names and types exactly.
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
    /// `DbErr::Type` for a value that cannot be bound, with its position; `DbErr::Exec` for a wrong number of values
    /// and for a limit that the statement breaks.
    pub(crate) fn prepare(&self, values: &[Value]) -> Result<Vec<Prepared>, DbErr> {
        let bound = self.bind(values)?;
        Ok(self.template(&self.sql, &self.templates, &bound)?.with(bound))
    }

    /// The guarded statement, which fails when it returns a value that does not fit; `None` if there is no guard.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub(crate) fn prepare_guarded(&self, values: &[Value]) -> Result<Option<Prepared>, DbErr> {
        self.prepare_first(self.guarded.as_ref(), values)
    }

    /// The statement that also returns its rowid; `None` if there is none.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub(crate) fn prepare_with_rowid(&self, values: &[Value]) -> Result<Option<Prepared>, DbErr> {
        self.prepare_first(self.with_rowid.as_ref(), values)
    }

    fn prepare_first(&self, sql: Option<&String>, values: &[Value]) -> Result<Option<Prepared>, DbErr> {
        let Some(sql) = sql.filter(|_| values.len() <= limits::PARAMETERS) else { return Ok(None) };
        let bound = self.bind(values)?;
        // If this text is too long, the plain one may not be.
        let template = self.template(sql, &self.first_templates, &bound);
        Ok(template.ok().and_then(|template| template.with(bound).pop()))
    }

    fn template(&self, sql: &str, cache: &TemplateCache, bound: &[Bound]) -> Result<Arc<SqlTemplate>, DbErr> {
        let inlined = |(at, bound): (usize, &Bound)| Some((at, InlineParam::of(bound, self.param_uses.get(at))?));
        let inlined: Vec<_> = bound.iter().enumerate().filter_map(inlined).collect();
        if let Some((_, template)) = lock(cache).iter().find(|(known, _)| *known == inlined) {
            return Ok(template.clone());
        }
        let StatementInfo { rows, param_uses, integers, is_named, .. } = &self.info;
        let input = TemplateInput { sql, rows, param_uses, integers, is_named: *is_named };
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

    /// The most memory it takes in bytes, including everything it caches later.
    pub(crate) fn bytes(&self) -> usize {
        /// A parameter's slot, and where a row begins and ends.
        const OF_PARAMETER: usize = 2 * size_of::<usize>() + 1;
        const OF_TEMPLATE: usize = size_of::<(Vec<(usize, InlineParam)>, Arc<SqlTemplate>)>();
        let parameters = self.integers.len();
        let of = |sql: &String| {
            let template = sql.len() + parameters * OF_PARAMETER + OF_TEMPLATE;
            // One plain and one exact text per template.
            sql.len() + 2 * templates(sql) * template
        };
        // The types and the layout contain the names as well.
        size_of::<Self>()
            + of(&self.sql)
            + self.guarded.as_ref().or(self.with_rowid.as_ref()).map_or(0, of)
            + 3 * self.info.bytes()
    }
}
