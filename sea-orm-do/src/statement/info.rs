//! What the driver knows about a statement before it runs: computed once per SQL text and parameter types, and never
//! changed.

use std::collections::HashSet;
use std::ops::Range;

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, Value};

use super::atomicity::{self, Remedy, edited, shifted};
use super::read_mode::{Read, Refusal};
use super::returning::{Returning, with_rowid};
use crate::error::exec_err;
use crate::limits;
use crate::sql::ast::{Insert, Rows, Statement};
use crate::sql::parser::{StatementKind, classify, parse_or_token};
use crate::sql::script::single;
use crate::storage::SqlValue;
use crate::types::catalog::Catalog;
use crate::types::expr_type::{Type, is_integer};
use crate::types::infer::{Analysis, ColumnSyntax, ParamUse, ParamUses, ResultColumn, analyse};
use crate::types::relations::Types;
use crate::value::encode::{Bound, fitted};

/// What the driver knows about a statement before it sees the values.
#[derive(Debug)]
pub(crate) struct StatementInfo {
    /// The text to send, before casts and literals are written into it for the values.
    pub(crate) sql: String,
    /// The same statement with a guard, which makes it fail when it returns a value that does not fit its column.
    pub(crate) guarded: Option<String>,
    /// The same INSERT [with its rowid](with_rowid).
    pub(crate) with_rowid: Option<String>,
    pub(crate) kind: StatementKind,
    pub(crate) param_uses: ParamUses,
    /// Whether a parameter is an integer or a boolean, by position.
    pub(crate) integers: Vec<bool>,
    /// `None` if the columns are unknown until the statement has run.
    pub(crate) outputs: Option<Vec<ResultColumn>>,
    /// How the rows are read.
    pub(crate) read: Read,
    /// Why the rows cannot be read.
    pub(crate) refusal: Option<Refusal>,
    /// The columns that come back [tagged](super::exact), by position.
    pub(crate) tagged: HashSet<usize>,
    /// The rows of an `INSERT … VALUES` that can be split into batches, as byte ranges of `sql`.
    pub(crate) rows: Vec<Range<usize>>,
    /// Whether the text alone determines the names of the columns.
    pub(crate) is_named: bool,
    /// Whether its rows come from no table, as with PRAGMA and EXPLAIN.
    has_own_rows: bool,
    /// Whether SeaORM builds it and reads its result itself, as for `count()`.
    is_of_sea_orm: bool,
    /// Whether it names a table that does not exist.
    pub(crate) lacks_table: bool,
    /// Whether an expression in it may give a different value each time it is evaluated.
    pub(crate) is_random: bool,
    /// Whether it must run in a savepoint, because it would leave rows behind when it fails.
    pub(crate) needs_savepoint: bool,
    /// Whether it [keeps what it wrote](Statement::keeps_what_it_wrote) when it fails.
    pub(crate) keeps_rows: bool,
    /// Why a statement that writes does not return its values exactly: the error if one of them may be inexact.
    pub(crate) not_exact: Option<DbErr>,
}

impl StatementInfo {
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
        let statement = match parse_or_token(sql) {
            Ok(statement) => statement,
            Err(token) => return Ok(Self::unparsed(sql, token, parameters, read)),
        };
        let Analysis { param_uses, mut outputs, refusal, is_of_sea_orm, lacks_table, is_random } =
            analyse(sql, &statement, parameters, catalog, types);
        if let Some(why) = refusal {
            return Err(exec_err(why));
        }
        let refusal = outputs.as_mut().and_then(|outputs| read.apply(sql, outputs, is_of_sea_orm));
        let is_star = |output: &ResultColumn| output.syntax == ColumnSyntax::Star;
        let mut info = Self {
            // SQLite's own error names the table that is missing.
            refusal: refusal.filter(|_| !lacks_table),
            param_uses: param_uses.into_iter().collect(),
            is_named: outputs.as_ref().is_some_and(|outputs| !outputs.iter().any(is_star)),
            has_own_rows: matches!(statement, Statement::Pragma | Statement::Explain(_)),
            keeps_rows: statement.keeps_what_it_wrote(),
            outputs,
            is_of_sea_orm,
            lacks_table,
            is_random,
            ..Self::as_written(sql, parameters, read)
        };
        if let Statement::Insert(insert) = &statement {
            info.rows = rows(insert, catalog);
        }
        info.return_exactly();
        match atomicity::remedy(Some(&statement), info.kind, catalog) {
            Remedy::None => {
                if let Statement::Insert(insert) = &statement {
                    info.with_rowid = with_rowid(&info.sql, insert, catalog);
                }
            }
            Remedy::Savepoint => info.needs_savepoint = true,
            Remedy::Call(edits) => info.call(&edits),
        }
        Ok(info)
    }

    /// The info of a statement that the parser cannot parse from `token` on.
    fn unparsed(sql: &str, token: Option<&str>, parameters: &[ArrayType], read: Read) -> Self {
        let cast = |_: &ArrayType| ParamUse { needs_integer_cast: true, ..ParamUse::default() };
        let mut info = Self::as_written(sql, parameters, read);
        info.param_uses = parameters.iter().map(cast).collect();
        info.refusal = info.read.refusal_of_unknown(token);
        info.needs_savepoint = info.kind == StatementKind::Dml;
        info
    }

    /// What is known of a statement before it is parsed.
    fn as_written(sql: &str, parameters: &[ArrayType], read: Read) -> Self {
        Self {
            sql: sql.to_owned(),
            guarded: None,
            with_rowid: None,
            kind: classify(sql),
            param_uses: ParamUses::default(),
            integers: parameters.iter().map(|ty| *ty == ArrayType::Bool || is_integer(ty)).collect(),
            outputs: None,
            read,
            refusal: None,
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
        }
    }

    /// Rewrites a statement that writes, so that it returns its values exactly and fails if one does not fit.
    fn return_exactly(&mut self) {
        let Some(outputs) = self.outputs.as_ref().filter(|outputs| !outputs.is_empty()) else { return };
        if self.kind != StatementKind::Dml {
            return;
        }
        let returning = Returning::of(&self.sql, outputs);
        // A guard that fails would undo the rows that OR FAIL keeps.
        self.guarded = returning.guarded.filter(|_| !self.keeps_rows);
        match limits::sent_length(&returning.sql, &self.sql) {
            Ok(()) => (self.sql, self.tagged) = (returning.sql, returning.tagged),
            Err(too_long) => self.not_exact = Some(exec_err(too_long)),
        }
    }

    /// Writes a function call into the texts, before RETURNING. A text that becomes too long needs a savepoint instead.
    fn call(&mut self, edits: &atomicity::Edits) {
        let Some(sql) = edited(&self.sql, edits) else {
            self.needs_savepoint = true;
            return;
        };
        self.sql = sql;
        self.guarded = self.guarded.take().and_then(|guarded| edited(&guarded, edits));
        for row in &mut self.rows {
            *row = shifted(row.start, edits)..shifted(row.end, edits);
        }
    }

    pub(crate) fn is_select(&self) -> bool {
        self.kind == StatementKind::Query
    }

    /// Whether it is certain to return no rows.
    pub(crate) fn returns_nothing(&self) -> bool {
        self.kind == StatementKind::Dml && self.outputs.as_ref().is_some_and(Vec::is_empty)
    }

    /// The types of the result columns with these names; `Dynamic` if only the values have a type.
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

    /// Whether a `*` makes the columns depend on the schema.
    pub(crate) fn has_star(&self) -> bool {
        !self.is_named
    }

    /// Whether it is sent with column names in place of the `*` of RETURNING.
    pub(crate) fn names_columns_of_star(&self) -> bool {
        !self.tagged.is_empty() && self.has_star()
    }

    /// Whether these are the columns whose types were inferred.
    pub(crate) fn matches_columns(&self, names: &[String]) -> bool {
        // A typed call looks up its columns in this very result, by name or position.
        if !self.kind.writes() && matches!(self.read, Read::Typed(_)) {
            return true;
        }
        let Some(outputs) = &self.outputs else { return true };
        let is_same = |(output, name): (&ResultColumn, &String)| {
            output.name.as_ref().is_none_or(|known| known.eq_ignore_ascii_case(name))
        };
        outputs.len() == names.len() && outputs.iter().zip(names).all(is_same)
    }

    /// Encodes the values for binding.
    ///
    /// # Errors
    /// `DbErr::Type` for a value that cannot be bound, with its position.
    pub(crate) fn bind(&self, values: &[Value]) -> Result<Vec<Bound>, DbErr> {
        let no_usage = ParamUse::default();
        let bind_one = |(at, value): (usize, &Value)| {
            let usage = self.param_uses.get(at).unwrap_or(&no_usage);
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

    /// The memory it takes in bytes, without its texts.
    pub(crate) fn bytes(&self) -> usize {
        let outputs = self.outputs.as_ref().map_or(0, |outputs| {
            let names = outputs.iter().filter_map(|output| output.name.as_ref()).map(String::len);
            outputs.len() * size_of::<ResultColumn>() + names.sum::<usize>()
        });
        self.param_uses.bytes() + self.rows.len() * size_of::<Range<usize>>() + outputs
    }
}

/// The rows of an INSERT that can be split over several statements.
fn rows(insert: &Insert, catalog: &dyn Catalog) -> Vec<Range<usize>> {
    match &insert.rows {
        // Foreign keys are checked at the end of a statement, so rows that refer to each other must stay together.
        Rows::Values(rows)
            if insert.can_be_cut() && catalog.table(&insert.table).is_none_or(|table| !table.refers_to_itself) =>
        {
            rows.iter().map(|(_, span)| span.clone()).collect()
        }
        Rows::Values(_) | Rows::Default | Rows::Select(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use super::*;
    use crate::types::catalog::{ColumnKind, Table, TableColumn};
    use crate::types::registry::Registry;

    /// `t (id INTEGER PRIMARY KEY, n BIGINT, title TEXT)`.
    struct OneTable;

    impl Catalog for OneTable {
        fn table(&self, name: &str) -> Option<Arc<Table>> {
            let column = |name: &str, ty: &str| TableColumn {
                name: name.to_owned(),
                ty: ty.to_owned(),
                kind: ColumnKind::Plain,
                default: None,
            };
            let columns = vec![column("id", "INTEGER"), column("n", "BIGINT"), column("title", "TEXT")];
            let table = Table {
                name: name.to_owned(),
                columns,
                rowid: Some("id".to_owned()),
                view: None,
                is_without_rowid: false,
                refers_to_itself: false,
            };
            (name == "t").then(|| Arc::new(table))
        }
    }

    fn info(sql: &str, parameters: &[ArrayType]) -> Result<StatementInfo, DbErr> {
        let registry = Registry::default();
        let types = Types { registry: &registry, declared: true, infers: true };
        let read = Read::Plain { overrides: Arc::new(HashMap::new()), infers: true, by_name: false };
        StatementInfo::new(sql, parameters, &OneTable, types, read)
    }

    #[test]
    fn an_insert_can_be_cut_and_returns_nothing() {
        let info = info("INSERT INTO t (id, n) VALUES (?, ?), (?, ?)", &vec![ArrayType::Int; 4]).unwrap();
        assert_eq!(info.kind, StatementKind::Dml);
        assert!(info.returns_nothing() && !info.needs_savepoint);
        let rows: Vec<_> = info.rows.iter().map(|row| &info.sql[row.clone()]).collect();
        assert_eq!(rows, ["(nullif(?, NULL), ?)", "(?, ?)"]);
    }

    #[test]
    fn wide_integers_are_returned_tagged() {
        let info = info("UPDATE t SET title = ? WHERE id = 1 RETURNING id, n, title", &[ArrayType::String]).unwrap();
        assert_eq!(info.tagged, HashSet::from([0, 1]));
        assert!(info.sql.contains("'i'||") && info.guarded.is_some() && info.not_exact.is_none());
    }

    #[test]
    fn a_replace_needs_a_savepoint_and_or_fail_keeps_its_rows() {
        assert!(info("REPLACE INTO t (id) VALUES (1)", &[]).unwrap().needs_savepoint);
        assert!(info("INSERT OR FAIL INTO t (id) VALUES (1)", &[]).unwrap().keeps_rows);
    }

    #[test]
    fn a_missing_table_is_left_to_sqlite() {
        let info = info("SELECT * FROM nowhere", &[]).unwrap();
        assert!(info.lacks_table && info.refusal.is_none() && info.has_star());
    }

    #[test]
    fn what_the_parser_does_not_follow_is_sent_as_it_is() {
        let info = info("UPDATE t SET n = 1 WHERE nonsense here", &[]).unwrap();
        assert_eq!(info.sql, "UPDATE t SET n = 1 WHERE nonsense here");
        assert!(info.needs_savepoint && info.outputs.is_none());
    }
}
