//! Runs queries and reads their rows exactly, in the requested types.

use std::sync::Arc;

use sea_orm::{DbErr, ProxyRow, Statement, Value};
use sea_orm_do_typed::scope::Reading as Asked;

use super::{DoConnection, values};
use crate::error::exec_err;
use crate::limits;
use crate::statement::exact;
use crate::statement::exact::needs_tags;
use crate::statement::plan::{Exact, Plan};
use crate::statement::rows::{RowDecoder, read};
use crate::statement::template::Prepared;
use crate::storage::error::{Code, StorageError};
use crate::storage::{ResultSet, SqlValue, StatementText};

/// A query, and the type that its rows are read as.
#[derive(Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) sql: &'a str,
    pub(crate) values: &'a [Value],
    pub(crate) asked: Option<&'a Asked>,
}

/// Runs a text that only reads, and returns its rows.
type Fetch<'a> = dyn FnMut(&Arc<StatementText>, &[SqlValue]) -> Result<ResultSet, DbErr> + 'a;

impl DoConnection {
    pub(crate) fn query_sync(&self, statement: &Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.query(statement, self.handle.settings.asked().as_ref())
    }

    pub(crate) fn query(&self, statement: &Statement, asked: Option<&Asked>) -> Result<Vec<ProxyRow>, DbErr> {
        self.check_writable(&statement.sql)?;
        let query = Query { sql: &statement.sql, values: values(statement), asked };
        let plan = self.readable_plan(query.sql, query.values, asked)?;
        let changes_schema = self.changes_schema(query.sql, plan.kind)?;
        self.close_cursors_for_ddl(changes_schema);
        let result = if plan.kind.writes() {
            self.write(query, &plan)
        } else {
            self.read_rows(query, &plan, &mut |text, params| self.exec(text, params).map_err(StorageError::into_query))
        };
        self.invalidate_after_ddl(changes_schema);
        result
    }

    /// # Errors
    /// Fails as [`plan`](Self::plan) does, and for a result column that cannot be read at all.
    pub(crate) fn readable_plan(&self, sql: &str, values: &[Value], asked: Option<&Asked>) -> Result<Arc<Plan>, DbErr> {
        let plan = self.plan(sql, values, asked)?;
        let plan = match &plan.refusal {
            None => return Ok(plan),
            // The schema may have changed without this connection.
            Some(refusal) if refusal.is_of_schema => {
                self.database.forget_tables();
                self.plan(sql, values, asked)?
            }
            Some(_) => plan,
        };
        match &plan.refusal {
            None => Ok(plan),
            Some(refusal) => Err(DbErr::Type(refusal.why.clone())),
        }
    }

    /// Runs a statement that writes, and returns its rows. A value that does not fit undoes the statement.
    fn write(&self, query: Query<'_>, plan: &Arc<Plan>) -> Result<Vec<ProxyRow>, DbErr> {
        let renewed = if plan.names_columns_of_star() { Some(self.renewed(query, plan)?) } else { None };
        let plan = renewed.as_ref().unwrap_or(plan);
        if let Some(guarded) = plan.prepare_guarded(query.values)? {
            match self.exec(&guarded.text, &guarded.params) {
                Ok(set) => return read(set, RowDecoder { plan, tagged: &plan.tagged }),
                // The statement is undone. Running it again shows which value it was.
                Err(error) if error.code == Some(Code::IntegerOverflow) => {}
                Err(error) => return Err(error.into_query()),
            }
        }
        self.in_one_step(query, plan, &plan.prepare(query.values)?)
    }

    /// Runs all statements in one atomic step and returns their rows. A row that cannot be read undoes them all.
    fn in_one_step(&self, query: Query<'_>, plan: &Arc<Plan>, prepared: &[Prepared]) -> Result<Vec<ProxyRow>, DbErr> {
        let rows = self.database.atomically(|| {
            let mut rows = Vec::new();
            for one in prepared {
                let set = match self.exec(&one.text, &one.params) {
                    Ok(set) => set,
                    Err(error) if plan.keeps_rows => return Ok(Err(error.into_query())),
                    Err(error) => return Err(error.into_query()),
                };
                let current = self.revalidated_plan(query, plan, &set.columns)?;
                if let Some(why) = plan.not_exact.as_ref().filter(|_| needs_tags(&set, &current.types_of(&set.columns)))
                {
                    return Err(why.clone());
                }
                rows.extend(read(set, RowDecoder { plan: &current, tagged: &plan.tagged })?);
            }
            Ok(Ok(rows))
        });
        rows.flatten()
    }

    /// Runs a statement that writes nothing, and so can be run again, and returns its rows.
    pub(super) fn read_rows(
        &self,
        query: Query<'_>,
        plan: &Arc<Plan>,
        fetch: &mut Fetch<'_>,
    ) -> Result<Vec<ProxyRow>, DbErr> {
        let prepared = plan.prepare(query.values)?;
        let [prepared] = &prepared[..] else { return self.in_one_step(query, plan, &prepared) };
        if let Some(exact) = plan.reads_exactly()
            && exact.of_star == self.names_of_star(plan, prepared).unwrap_or_default()
        {
            match self.read_exactly(plan, prepared, &exact.names, fetch) {
                // The schema may have changed without this connection: the plain text then reports the error.
                Err(DbErr::Query(_)) => {}
                read => return read,
            }
        }
        let set = fetch(&prepared.text, &prepared.params)?;
        let plan = self.revalidated_plan(query, plan, &set.columns)?;
        self.read_again_if_in_doubt(&plan, prepared, set, fetch)
    }

    /// Returns the plan that fits the columns of a result: a new one if the schema has changed without this connection.
    pub(crate) fn revalidated_plan(
        &self,
        query: Query<'_>,
        plan: &Arc<Plan>,
        columns: &[String],
    ) -> Result<Arc<Plan>, DbErr> {
        if plan.matches_columns(columns) && !plan.lacks_table {
            return Ok(plan.clone());
        }
        let renewed = self.renewed(query, plan)?;
        if !Arc::ptr_eq(&renewed, plan)
            && renewed.outputs.as_ref().is_some_and(|outputs| outputs.len() != columns.len())
        {
            let count = columns.len();
            return Err(DbErr::Type(format!("the result has {count} columns, which does not match the statement")));
        }
        Ok(renewed)
    }

    /// Returns the same plan if the schema is unchanged, and otherwise a new one.
    fn renewed(&self, query: Query<'_>, plan: &Arc<Plan>) -> Result<Arc<Plan>, DbErr> {
        let renewed = Arc::new(self.plan_anew(query.sql, query.values, query.asked)?);
        if renewed.outputs == plan.outputs {
            return Ok(plan.clone());
        }
        self.database.forget_tables();
        match &renewed.refusal {
            Some(refusal) => Err(DbErr::Type(refusal.why.clone())),
            None => Ok(renewed),
        }
    }

    fn read_again_if_in_doubt(
        &self,
        plan: &Arc<Plan>,
        prepared: &Prepared,
        set: ResultSet,
        fetch: &mut Fetch<'_>,
    ) -> Result<Vec<ProxyRow>, DbErr> {
        if !plan.is_select() || !needs_tags(&set, &plan.types_of(&set.columns)) {
            return read(set, RowDecoder { plan, tagged: &plan.tagged });
        }
        let of_star = self.names_of_star(plan, prepared)?;
        // Drops the rows before reading them again, so that they are not in memory twice.
        let ResultSet { columns: names, rows } = set;
        drop(rows);
        plan.read_exactly_from_now_on(Exact { names: names.clone(), of_star });
        self.read_exactly(plan, prepared, &names, fetch)
    }

    /// The current column names, if the statement has a `*`.
    fn names_of_star(&self, plan: &Plan, prepared: &Prepared) -> Result<Option<Arc<[String]>>, DbErr> {
        if !plan.has_star() {
            return Ok(None);
        }
        let names = exact::names(&prepared.text.sql);
        limits::sent_length(&names, &prepared.text.sql).map_err(exec_err)?;
        let set = self.exec(&StatementText::new(names, false), &prepared.params).map_err(StorageError::into_query)?;
        Ok(Some(set.columns))
    }

    /// Runs a SELECT with the text that keeps integers exact.
    fn read_exactly(
        &self,
        plan: &Plan,
        prepared: &Prepared,
        names: &Arc<[String]>,
        fetch: &mut Fetch<'_>,
    ) -> Result<Vec<ProxyRow>, DbErr> {
        let types = plan.types_of(names);
        let exact = plan.exact_text(&prepared.text, names, &types)?;
        let set = fetch(&exact, &prepared.params)?;
        read(set, RowDecoder { plan, tagged: &exact::positions(&types) })
    }
}
