//! Reading: from a statement to rows whose values are exact and of the types that were told.

use std::sync::Arc;

use sea_orm::{DbErr, ProxyRow, Statement, Value};

use crate::connection::{DoConnection, values};
use crate::dialect::form::Prepared;
use crate::dialect::plan::Plan;
use crate::dialect::returning;
use crate::dialect::rows::{Reading, needs_tags, read};
use crate::dialect::statement::Effect;
use crate::dialect::tag;
use crate::error::StorageError;
use crate::storage::ResultSet;

impl DoConnection {
    pub(crate) fn query_sync(&self, statement: &Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.permit(&statement.sql)?;
        let values = values(statement);
        let plan = self.readable_plan(&statement.sql, values)?;
        self.before(plan.effect);
        let result = match plan.effect {
            Effect::Read => self.read(statement, &plan, values),
            Effect::Write | Effect::Schema => self.write(statement, &plan, values),
        };
        self.after(plan.effect);
        result
    }

    /// # Errors
    /// As for a plan, and for a column that cannot be read at all.
    pub(crate) fn readable_plan(&self, sql: &str, values: &[Value]) -> Result<Arc<Plan>, DbErr> {
        let plan = self.plan(sql, values)?;
        if plan.unreadable(&self.handle.settled).is_none() {
            return Ok(plan);
        }
        // The schema may have been changed behind this connection's back.
        self.database.forget_tables();
        let plan = self.plan(sql, values)?;
        plan.unreadable(&self.handle.settled).map_or(Ok(plan), |why| Err(DbErr::Type(why)))
    }

    /// The rows of a statement that writes: a value that does not fit undoes it.
    fn write(&self, statement: &Statement, plan: &Arc<Plan>, values: &[Value]) -> Result<Vec<ProxyRow>, DbErr> {
        if self.reads_as_planned()
            && let Some(guarded) = plan.prepare_guarded(values)?
        {
            match self.exec(&guarded.text, &guarded.params) {
                Ok(set) => return read(set, self.reading(plan)),
                // It is undone; which value it was is told by running it again.
                Err(StorageError(message)) if returning::is_misfit(&message) => {}
                Err(error) => return Err(error.into_query()),
            }
        }
        self.in_one_step(statement, plan, &plan.prepare(values)?)
    }

    /// The rows of all statements, or of none.
    fn in_one_step(
        &self,
        statement: &Statement,
        plan: &Arc<Plan>,
        prepared: &[Prepared],
    ) -> Result<Vec<ProxyRow>, DbErr> {
        self.database.atomically(|| {
            let mut rows = Vec::new();
            for one in prepared {
                let set = self.exec(&one.text, &one.params).map_err(StorageError::into_query)?;
                let current = self.current(statement, plan, &set)?;
                rows.extend(read(set, Reading { tagged: &plan.tagged, ..self.reading(&current) })?);
            }
            Ok(rows)
        })
    }

    /// The rows of a statement that writes nothing, and so can be run again.
    fn read(&self, statement: &Statement, plan: &Arc<Plan>, values: &[Value]) -> Result<Vec<ProxyRow>, DbErr> {
        let prepared = plan.prepare(values)?;
        let [prepared] = &prepared[..] else { return self.in_one_step(statement, plan, &prepared) };
        if let Some(names) = plan.reads_exactly() {
            match self.read_exactly(plan, prepared, names) {
                // The schema may have been changed behind this connection's back: then the plain form tells.
                Err(DbErr::Query(_)) => {}
                read => return read,
            }
        }
        let set = self.exec(&prepared.text, &prepared.params).map_err(StorageError::into_query)?;
        let plan = self.current(statement, plan, &set)?;
        self.read_again_if_in_doubt(&plan, prepared, set)
    }

    /// The plan that the columns of a result fit: another one when the schema was changed behind this connection's back.
    fn current(&self, statement: &Statement, plan: &Arc<Plan>, set: &ResultSet) -> Result<Arc<Plan>, DbErr> {
        if plan.gives(&set.columns) {
            return Ok(plan.clone());
        }
        // Names alone can differ for other reasons, and what is remembered is then still right.
        let renewed = Arc::new(self.plan_anew(&statement.sql, values(statement))?);
        if renewed.outputs == plan.outputs {
            return Ok(plan.clone());
        }
        self.database.forget_tables();
        if let Some(why) = renewed.unreadable(&self.handle.settled) {
            return Err(DbErr::Type(why));
        }
        if renewed.outputs.as_ref().is_some_and(|outputs| outputs.len() != set.columns.len()) {
            let count = set.columns.len();
            return Err(DbErr::Type(format!("the result has {count} columns, which is not what the statement says")));
        }
        Ok(renewed)
    }

    fn read_again_if_in_doubt(
        &self,
        plan: &Arc<Plan>,
        prepared: &Prepared,
        set: ResultSet,
    ) -> Result<Vec<ProxyRow>, DbErr> {
        let columns = plan.columns_of_select(set.columns.len());
        if columns.is_none_or(|columns| !needs_tags(&set, &columns)) {
            return read(set, self.reading(plan));
        }
        plan.read_exactly_from_now_on(set.columns.clone());
        self.read_exactly(plan, prepared, &set.columns)
    }

    /// Runs a SELECT in a form that rounds nothing.
    fn read_exactly(&self, plan: &Plan, prepared: &Prepared, names: &Arc<[String]>) -> Result<Vec<ProxyRow>, DbErr> {
        let columns = plan.columns_of_select(names.len()).unwrap_or_default();
        let exact = plan.exact_text(&prepared.text, names, &columns);
        let set = self.exec(&exact, &prepared.params).map_err(StorageError::into_query)?;
        read(set, Reading { tagged: &tag::positions(&columns), ..self.reading(plan) })
    }
}
