//! Executes statements whose rows are not read, and scripts.

use sea_orm::{DbErr, ExecResult, ProxyExecResult, Statement, Value};

use super::{DoConnection, values};
use crate::error::exec_err;
use crate::limits;
use crate::sql::parser::{StatementKind, classify, parse};
use crate::sql::script::{refuse_foreign_keys, script};
use crate::statement::atomicity::{self, Remedy};
use crate::statement::plan::Plan;
use crate::statement::template::Prepared;
use crate::storage::error::{Code, StorageError};
use crate::storage::{Counts, ResultSet, SqlValue};

impl DoConnection {
    pub(crate) fn execute_sync(&self, statement: &Statement) -> Result<ExecResult, DbErr> {
        self.check_writable(&statement.sql)?;
        let values = values(statement);
        let plan = self.plan(&statement.sql, values, None)?;
        let changes_schema = self.changes_schema(&statement.sql, plan.kind)?;
        self.close_cursors_for_ddl(changes_schema);
        let result = match self.insert_one(&plan, values)? {
            Some(counts) => Ok(counts),
            None => self.execute_all(&plan, &plan.prepare(values)?),
        };
        self.invalidate_after_ddl(changes_schema);
        Ok(result?.into())
    }

    /// Runs a script atomically. The result has the rows affected by all its statements, and the last rowid.
    pub(crate) fn execute_script(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut statements = script(sql)?;
        statements.iter().try_for_each(|sql| refuse_foreign_keys(sql))?;
        let (edited, is_atomic) = match statements[..] {
            [] => (None, true),
            [one] => self.made_atomic(one),
            _ => (None, false),
        };
        if let Some(edited) = &edited {
            statements = vec![edited];
        }
        statements.iter().try_for_each(|sql| limits::sql_length(sql)).map_err(exec_err)?;
        statements.iter().try_for_each(|sql| self.check_writable(sql))?;
        let statements: Vec<_> = statements.into_iter().map(|sql| (sql, classify(sql))).collect();
        let changes = statements.iter().map(|(sql, kind)| self.changes_schema(sql, *kind));
        let changes_schema = changes.collect::<Result<Vec<_>, _>>()?.contains(&true);
        self.close_cursors_for_ddl(changes_schema);
        let run = || {
            statements.iter().try_fold(ProxyExecResult::default(), |counts, (sql, kind)| {
                let result = self.run_one(sql, &[], *kind, || self.database.storage.exec(sql, &[]));
                Ok(match result? {
                    Some(more) => add(counts, more),
                    None => counts,
                })
            })
        };
        let result = if is_atomic { run() } else { self.database.atomically(run) };
        self.invalidate_after_ddl(changes_schema);
        Ok(result?.into())
    }

    /// Edits a statement so that a failure undoes all of it (see [`atomicity`]). Returns the edited text, if an edit is
    /// needed, and whether the statement then needs no savepoint.
    fn made_atomic(&self, sql: &str) -> (Option<String>, bool) {
        match atomicity::remedy(parse(sql).as_ref(), classify(sql), &*self.database) {
            Remedy::None => (None, true),
            Remedy::Savepoint => (None, false),
            Remedy::Call(edits) => {
                let edited = atomicity::edited(sql, &edits);
                let is_atomic = edited.is_some();
                (edited, is_atomic)
            }
        }
    }

    /// Runs the statements of one call, several in one atomic step.
    fn execute_all(&self, plan: &Plan, prepared: &[Prepared]) -> Result<ProxyExecResult, DbErr> {
        match prepared {
            [one] if !plan.needs_savepoint => self.execute_one(plan, one),
            several => self.database.atomically(|| {
                several
                    .iter()
                    .try_fold(ProxyExecResult::default(), |before, one| Ok(add(before, self.execute_one(plan, one)?)))
            }),
        }
    }

    /// Runs an INSERT of one row that returns its rowid, which costs less than asking for the counts afterwards.
    /// Returns `None`, before anything is written, for every other statement.
    fn insert_one(&self, plan: &Plan, values: &[Value]) -> Result<Option<ProxyExecResult>, DbErr> {
        let Some(Prepared { text, params }) = plan.prepare_with_rowid(values)? else { return Ok(None) };
        match self.send(&text.sql, &params, |_| 0, || self.database.storage.insert(&text, &params)) {
            Ok(counts) => Ok(Some(counted(counts))),
            // The table may have lost its rowid without this connection.
            Err(error) if error.code == Some(Code::NoSuchColumn) => Ok(None),
            Err(error) => Err(error.into_exec()),
        }
    }

    /// Runs a statement and discards its rows.
    fn execute_one(&self, plan: &Plan, prepared: &Prepared) -> Result<ProxyExecResult, DbErr> {
        let (Prepared { text, params }, storage) = (prepared, &self.database.storage);
        if plan.returns_nothing() {
            let counts = self.send(&text.sql, params, |_| 0, || storage.write(text, params));
            return counts.map(counted).map_err(StorageError::into_exec);
        }
        Ok(self.run_one(&text.sql, params, plan.kind, || storage.read(text, params))?.unwrap_or_default())
    }

    /// Runs a statement and returns the number of changed rows and the last rowid, as SQLite counts them. Returns
    /// `None` for a statement that is not DML: `changes()` then still counts an earlier statement:
    /// <https://www.sqlite.org/lang_corefunc.html#changes>.
    pub(crate) fn run_one(
        &self,
        sql: &str,
        params: &[SqlValue],
        kind: StatementKind,
        run: impl FnOnce() -> Result<ResultSet, StorageError>,
    ) -> Result<Option<ProxyExecResult>, DbErr> {
        // Counted before the hooks run, because a hook may write as well.
        let run_and_count = || {
            let rows = run()?.rows.len();
            let counts = (kind == StatementKind::Dml).then(|| self.database.storage.counts()).transpose()?;
            Ok((rows, counts.map(counted)))
        };
        let result = self.send(sql, params, |(rows, _): &(usize, Option<ProxyExecResult>)| *rows, run_and_count);
        result.map(|(_, counts)| counts).map_err(StorageError::into_exec)
    }

    /// Whether a statement of this kind changes the schema: `IF NOT EXISTS` for an existing object does not.
    pub(crate) fn changes_schema(&self, sql: &str, kind: StatementKind) -> Result<bool, DbErr> {
        if kind != StatementKind::Ddl {
            return Ok(false);
        }
        self.database.changes_schema(sql).map_err(StorageError::into_exec)
    }

    /// Closes open cursors, which would make a schema change fail.
    pub(crate) fn close_cursors_for_ddl(&self, changes_schema: bool) {
        #[cfg(feature = "stream")]
        if changes_schema {
            self.database.close_cursors();
        }
        #[cfg(not(feature = "stream"))]
        let _ = changes_schema;
    }

    /// Invalidates what is cached about the schema after a change.
    pub(crate) fn invalidate_after_ddl(&self, changes_schema: bool) {
        if changes_schema {
            self.database.change_schema();
        }
    }
}

fn counted(Counts { changes, rowid }: Counts) -> ProxyExecResult {
    // SeaORM keeps an id as an unsigned integer and reads a negative rowid back from the same bits.
    ProxyExecResult { rows_affected: changes.unsigned_abs(), last_insert_id: rowid.cast_unsigned() }
}

/// Combines the counts of consecutive statements: the rows add up, and the last rowid is that of the later statement.
fn add(before: ProxyExecResult, after: ProxyExecResult) -> ProxyExecResult {
    ProxyExecResult::new(after.last_insert_id, before.rows_affected + after.rows_affected)
}
