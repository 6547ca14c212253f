//! Runs a request within its limits.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{DbBackend, DbErr, ExecResult, ProxyRow, Statement};
use sea_orm_do_typed::Columns;
use sea_orm_do_typed::scope::Reading;
use serde::Serialize;

use super::access::Access;
use super::pages::{Page, RowPages};
use super::{Answer, Rest};
use crate::connection::stream::DoStream;
use crate::connection::{DoConnection, values};
use crate::error::{exec_err, flattened};
use crate::lock::lock;
use crate::remote::protocol::profile::Asked;
use crate::remote::protocol::{Expected, Failure, Frame, Id, Operation, Packed, WireQuery, WireStep, encode};
use crate::sql::parser::{StatementKind, classify, is_read_only};
use crate::sql::script::script;

/// A request that is running.
pub(super) struct Job<'a> {
    db: DoConnection,
    access: &'a Access,
    /// By the clock of the storage.
    until: Duration,
    frames: Vec<Frame>,
    rows: usize,
    bytes: usize,
}

impl<'a> Job<'a> {
    /// # Errors
    /// Fails for a profile that this build does not understand.
    pub(super) fn new(db: &DoConnection, profile: &[u8], access: &'a Access) -> Result<Self, Failure> {
        let until = db.database.storage.clock().saturating_add(access.time);
        let mut db = db.clone();
        let (settings, plans) = match profile {
            [] => (db.handle.settings.clone(), db.handle.plans.clone()),
            _ => lock(&db.handle.plans.of_profiles).get(profile, &db.handle.settings)?,
        };
        let handle = Arc::make_mut(&mut db.handle);
        (handle.settings, handle.plans) = (settings, plans);
        handle.observers.is_remote = true;
        Ok(Self { db, access, until, frames: Vec::new(), rows: 0, bytes: 0 })
    }

    pub(super) fn run(mut self, operation: Operation, epoch: Id) -> Result<Answer, Failure> {
        self.frames.push(Frame::Begin { epoch, is_stale: false });
        match operation {
            Operation::Execute(statement) => {
                let executed = self.execute(&statement.decode()?)?;
                self.frames.push(executed);
            }
            Operation::Script(sql) => {
                let executed = self.script(&sql)?;
                self.frames.push(executed);
            }
            Operation::Query(WireQuery { statement, asked }) => {
                self.query(&statement.decode()?, reading(asked)?.as_ref())?;
            }
            Operation::Stream(WireQuery { statement, asked }) if !is_read_only(&statement.sql) => {
                self.write(&statement.decode()?, reading(asked)?.as_ref())?;
            }
            Operation::Stream(WireQuery { statement, asked }) => {
                return Ok(self.stream(&statement.decode()?, reading(asked)?.as_ref())?);
            }
            Operation::Batch(steps) => self.batch(&steps.unpack::<Vec<Packed>>()?)?,
            Operation::Schema => self.value(&(self.access.tools()?.schema)(&self.db)?)?,
            Operation::Explain(statement) => {
                let explanation = (self.access.tools()?.explain)(&self.db, &statement.decode()?)?;
                self.value(&explanation)?;
            }
            Operation::Size => self.value(&self.db.database_size()?)?,
            Operation::Export => return Ok(self.export()?),
            Operation::Import(script) => {
                let imported = (self.access.tools()?.import)(&self.db, &script)?;
                self.done(&(imported.statements, imported.skipped_tables));
            }
            Operation::MigrationStatus => {
                let status = (self.access.migrations()?.status)(&self.db)?;
                self.value(&status)?;
            }
            Operation::Migrate { steps } => {
                let applied = (self.access.migrations()?.up)(&self.db, steps)?;
                self.done(&applied);
            }
        }
        self.frames.push(Frame::Done);
        Ok(Answer::of(self.frames))
    }

    /// # Errors
    /// Fails if the answer is too long.
    fn value<T: Serialize>(&mut self, value: &T) -> Result<(), DbErr> {
        let value = encode(value);
        self.count(0, value.len())?;
        self.frames.push(Frame::Value(value));
        Ok(())
    }

    /// Adds what has been done, which no limit can undo.
    fn done<T: Serialize>(&mut self, value: &T) {
        self.frames.push(Frame::Value(encode(value)));
    }

    /// Counts what is added to the answer.
    ///
    /// # Errors
    /// Fails if that is too much.
    fn count(&mut self, rows: usize, bytes: usize) -> Result<(), DbErr> {
        self.check_room(rows, bytes)?;
        self.rows += rows;
        self.bytes += bytes;
        Ok(())
    }

    /// # Errors
    /// Fails if the answer would be too long with so much more.
    fn check_room(&self, rows: usize, bytes: usize) -> Result<(), DbErr> {
        let Access { rows: most_rows, answer_bytes: most_bytes, .. } = self.access;
        if self.rows.saturating_add(rows) > *most_rows {
            return Err(too_many_rows(*most_rows));
        }
        if self.bytes.saturating_add(bytes) > *most_bytes {
            return Err(exec_err(format!(
                "the answer has more than the {most_bytes} bytes that this access allows: ask for fewer rows, or stream \
                 them"
            )));
        }
        Ok(())
    }

    /// # Errors
    /// Fails once the time is over.
    fn check_time(&self) -> Result<(), DbErr> {
        check_time(&self.db, self.until, self.access)
    }

    /// Runs a statement whose rows are not asked for.
    fn execute(&mut self, statement: &Statement) -> Result<Frame, DbErr> {
        if is_read_only(&statement.sql) {
            self.discard(statement)?;
            return Ok(Frame::Executed { rows_affected: 0, last_insert_id: 0 });
        }
        Ok(self.db.execute_sync(statement)?.into())
    }

    /// Runs a query and discards its rows, as many as may be read.
    fn discard(&mut self, statement: &Statement) -> Result<(), DbErr> {
        let known = self.frames.len();
        let nothing = Reading::columns_of(Columns::default());
        self.query(statement, Some(&nothing)).map_err(|error| match error {
            // As `execute` reports it.
            DbErr::Query(why) => DbErr::Exec(why),
            other => other,
        })?;
        self.frames.truncate(known);
        Ok(())
    }

    fn script(&mut self, sql: &str) -> Result<Frame, DbErr> {
        let statements = script(sql)?;
        self.access.check_statements(statements.len())?;
        if !statements.iter().any(|sql| is_read_only(sql)) {
            return Ok(self.db.execute_script(sql)?.into());
        }
        let db = self.db.clone();
        let executed = db.transaction_sync(async |_| {
            let (mut affected, mut last) = (0, 0);
            for sql in statements {
                self.check_time()?;
                if is_read_only(sql) {
                    self.discard(&Statement::from_string(DbBackend::Sqlite, sql))?;
                } else {
                    let executed = db.execute_script(sql)?;
                    affected += executed.rows_affected();
                    if classify(sql) == StatementKind::Dml {
                        last = executed.last_insert_id();
                    }
                }
            }
            Ok::<_, DbErr>(Frame::Executed { rows_affected: affected, last_insert_id: last })
        });
        executed.map_err(flattened)
    }

    /// Adds the rows of a query; returns them as well.
    fn query(&mut self, statement: &Statement, asked: Option<&Reading>) -> Result<Vec<ProxyRow>, DbErr> {
        if is_read_only(&statement.sql) {
            let rows = self.db.query_in_batches(statement, asked, &mut |rows, bytes| {
                self.check_time()?;
                self.check_room(rows, bytes)
            })?;
            return self.add(rows);
        }
        let db = self.db.clone();
        db.database.atomically(|| self.add(db.query(statement, asked)?))
    }

    /// Runs a statement that writes, for a stream: what it writes can be undone only until its rows are sent.
    fn write(&mut self, statement: &Statement, asked: Option<&Reading>) -> Result<(), DbErr> {
        let executed = if self.db.plan(&statement.sql, values(statement), None)?.returns_nothing() {
            Some(self.db.execute_sync(statement)?.into())
        } else {
            let rows = self.query(statement, asked)?.len() as u64;
            let is_dml = classify(&statement.sql) == StatementKind::Dml;
            is_dml.then_some(Frame::Executed { rows_affected: rows, last_insert_id: 0 })
        };
        self.frames.extend(executed);
        Ok(())
    }

    /// # Errors
    /// Fails if the rows are too many or too long, or have a value that cannot be sent.
    fn add(&mut self, rows: Vec<ProxyRow>) -> Result<Vec<ProxyRow>, DbErr> {
        let mut page = Page::default();
        for row in &rows {
            self.count(1, page.push(row)?)?;
            if page.is_full() {
                self.frames.extend(page.take());
            }
        }
        self.frames.extend(page.take());
        Ok(rows)
    }

    fn stream(self, statement: &Statement, asked: Option<&Reading>) -> Result<Answer, DbErr> {
        let Self { db, access, until, frames, .. } = self;
        let opened = db.open(statement, asked)?;
        let page = Page::with_keys(opened.keys());
        let stream = DoStream::new(db.clone(), opened, None);
        let pages = RowPages { stream, page, rows: 0, db, access: access.clone(), until };
        Ok(Answer { rest: Rest::Pages(Box::new(pages)), ..Answer::of(frames) })
    }

    fn export(self) -> Result<Answer, DbErr> {
        let export = (self.access.tools()?.export)(&self.db)?;
        Ok(Answer { rest: Rest::Export(export), ..Answer::of(self.frames) })
    }

    fn batch(&mut self, steps: &[Packed]) -> Result<(), Failure> {
        let db = self.db.clone();
        let mut failure = None;
        let done = db.transaction_sync(async |_| {
            for (at, step) in steps.iter().enumerate() {
                if let Err(why) = self.step(step) {
                    let error = why.error.clone();
                    failure = Some(Failure { at: Some(at), ..why });
                    return Err(DbErr::from(error));
                }
                self.frames.push(Frame::End);
            }
            Ok(())
        });
        match (done, failure) {
            (_, Some(failure)) => Err(failure),
            (done, None) => Ok(done.map_err(flattened)?),
        }
    }

    fn step(&mut self, step: &Packed) -> Result<(), Failure> {
        /// The most bytes of the conditions of a statement.
        const CONDITIONS: usize = 1 << 20;
        self.check_time()?;
        let WireStep { statement, rows, expected } = step.unpack()?;
        if expected.len() > CONDITIONS {
            return Err(exec_err(format!("the conditions of the statement have more than {CONDITIONS} bytes")).into());
        }
        let expected = expected.unpack::<Vec<Expected>>()?.into_iter();
        let statement = statement.decode()?;
        let unmet = match rows {
            Some(asked) => {
                let rows = self.query(&statement, reading(asked)?.as_ref())?;
                expected.filter_map(|expected| expected.unmet_by_rows(&rows)).next()
            }
            None => {
                let executed = self.execute(&statement)?;
                let unmet = expected.filter_map(|expected| expected.unmet_by(&executed)).next();
                self.frames.push(executed);
                unmet
            }
        };
        match unmet {
            None => Ok(()),
            Some(why) => Err(Failure { at: None, is_unexpected: true, error: exec_err(why).into() }),
        }
    }
}

/// What a call reads, as it was sent.
fn reading(asked: Option<Packed>) -> Result<Option<Reading>, DbErr> {
    asked.as_ref().map(Asked::decode).transpose()
}

impl From<ExecResult> for Frame {
    fn from(executed: ExecResult) -> Self {
        Self::Executed { rows_affected: executed.rows_affected(), last_insert_id: executed.last_insert_id() }
    }
}

pub(super) fn too_many_rows(most: usize) -> DbErr {
    exec_err(format!("there are more than the {most} rows that this access allows: add a LIMIT"))
}

pub(super) fn check_time(db: &DoConnection, until: Duration, access: &Access) -> Result<(), DbErr> {
    if db.database.storage.clock() <= until {
        return Ok(());
    }
    Err(exec_err(format!("the request took longer than the {:?} that this access allows", access.time)))
}
