//! Streams: the rows of a SELECT, read in batches on demand.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use sea_orm::{DbBackend, DbErr, ProxyRow, QueryResult, Statement, StreamTrait};
use sea_orm_do_typed::scope::Reading;

use super::query::Query;
use super::{DoConnection, values};
use crate::database::Database;
use crate::database::cursors::SharedCursor;
use crate::database::transaction_state::TransactionState;
use crate::observe::Running;
use crate::statement::exact;
#[cfg(feature = "remote")]
use crate::statement::layout::keys;
use crate::statement::plan::Plan;
use crate::statement::rows::{RowDecoder, read};
use crate::storage::error::StorageError;
use crate::storage::{Cost, Cursor, ResultSet, SqlValue, StatementText};
use crate::types::expr_type::Type;

/// Rows of the first batch, which is small so that it arrives at once.
const FIRST_BATCH: usize = 8;
/// Rows of every later batch.
const BATCH: usize = 256;

/// Reads the next rows and records their cost; returns whether they are known to be the last.
fn next(
    cursor: &SharedCursor,
    database: &Database,
    most: usize,
    running: &mut Option<Box<Running>>,
) -> Result<(ResultSet, bool), DbErr> {
    let is_observed = running.is_some();
    let set = cursor.with(|cursor| {
        let read = || cursor.next(most).map(|rows| (rows, if is_observed { cursor.cost() } else { None }));
        let step = Running::step(running, read, |(rows, cost): &(Vec<_>, Option<Cost>)| (rows.len(), *cost));
        let (rows, _) = step.map_err(|error| database.notice(error).into_query())?;
        let is_last = cursor.is_ended() || rows.is_empty();
        Ok::<_, DbErr>((ResultSet { columns: cursor.columns(), rows }, is_last))
    })??;
    Running::spend(running).map_err(StorageError::into_query)?;
    Ok(set)
}

/// What a stream reads from.
#[derive(Debug)]
pub(crate) enum Opened {
    Rows(Vec<ProxyRow>),
    Cursor { cursor: SharedCursor, plan: Arc<Plan>, tagged: HashSet<usize>, running: Option<Box<Running>> },
}

impl Opened {
    /// The keys of the rows; empty if only the rows have them.
    #[cfg(feature = "remote")]
    pub(crate) fn keys(&self) -> Vec<String> {
        match self {
            Self::Rows(_) => Vec::new(),
            Self::Cursor { cursor, plan, .. } => {
                cursor.with(|cursor| keys(&cursor.columns(), &plan.read)).unwrap_or_default()
            }
        }
    }
}

impl DoConnection {
    /// Starts a statement whose rows are read on demand.
    ///
    /// # Errors
    /// Fails as a query does, and for a result column whose type depends only on its values.
    pub(crate) fn open(&self, statement: &Statement, asked: Option<&Reading>) -> Result<Opened, DbErr> {
        let values = values(statement);
        self.check_writable(&statement.sql)?;
        let plan = self.plan(&statement.sql, values, asked)?;
        if !plan.is_select() {
            return self.query(statement, asked).map(Opened::Rows);
        }
        let mut plan = self.readable_plan(&statement.sql, values, asked)?;
        let prepared = plan.prepare(values)?;
        let [one] = &prepared[..] else { return self.query(statement, asked).map(Opened::Rows) };
        let observers = &self.handle.observers;
        let running = observers.running(&self.database.storage, &one.text, &one.params);
        let mut running = running.map_err(StorageError::into_query)?;
        let mut cursor = self.start(&one.text, &one.params, &mut running)?;
        let names = cursor.columns();
        plan = self.revalidated_plan(Query { sql: &statement.sql, values, asked }, &plan, &names)?;
        let types = plan.types(&names);
        plan.check_columns(&names, &types)?;
        let is_dynamic =
            |(_, ty): &(&String, &Type)| !matches!(ty, Type::Known(_) | Type::Unread) && !plan.read.is_by_value();
        if let Some((name, _)) = names.iter().zip(&types).find(is_dynamic) {
            return Err(DbErr::Type(format!(
                "column `{name}` takes its type from its values, which a stream has not read yet: set it with \
                 with_column_type"
            )));
        }
        let tagged = exact::positions(&types);
        if !tagged.is_empty() {
            // A stream cannot be read again, so its integers are exact from the start.
            drop(cursor);
            let exact = plan.exact_text(&one.text, &names, &types)?;
            Running::replace(&mut running, &exact);
            cursor = self.start(&exact, &one.params, &mut running)?;
        }
        Running::spend(&mut running).map_err(StorageError::into_query)?;
        let cursor = SharedCursor::new(cursor);
        self.database.watch(cursor.watch());
        Ok(Opened::Cursor { cursor, plan, tagged, running })
    }

    fn start(
        &self,
        text: &Arc<StatementText>,
        params: &[SqlValue],
        running: &mut Option<Box<Running>>,
    ) -> Result<Box<dyn Cursor>, DbErr> {
        let is_observed = running.is_some();
        let open = || self.database.storage.open(text, params, is_observed);
        let opened = Running::step(running, open, |cursor| (0, if is_observed { cursor.cost() } else { None }));
        opened.map_err(|error| self.database.notice(error).into_query())
    }

    /// Runs a query as [`query`](Self::query) does, but reads its rows in batches: before the next one, `admit` is given the
    /// numbers of rows and of bytes so far.
    #[cfg(feature = "remote")]
    pub(crate) fn query_in_batches(
        &self,
        statement: &Statement,
        asked: Option<&Reading>,
        admit: &mut dyn FnMut(usize, usize) -> Result<(), DbErr>,
    ) -> Result<Vec<ProxyRow>, DbErr> {
        self.check_writable(&statement.sql)?;
        let query = Query { sql: &statement.sql, values: values(statement), asked };
        let plan = self.readable_plan(query.sql, query.values, asked)?;
        if !plan.is_select() {
            return self.query(statement, asked);
        }
        self.read_rows(query, &plan, &mut |text, params| self.fetch_in_batches(text, params, admit))
    }

    #[cfg(feature = "remote")]
    fn fetch_in_batches(
        &self,
        text: &Arc<StatementText>,
        params: &[SqlValue],
        admit: &mut dyn FnMut(usize, usize) -> Result<(), DbErr>,
    ) -> Result<ResultSet, DbErr> {
        let running = self.handle.observers.running(&self.database.storage, text, params);
        let mut running = running.map_err(StorageError::into_query)?;
        let cursor = self.start(text, params, &mut running)?;
        Running::spend(&mut running).map_err(StorageError::into_query)?;
        let mut all = ResultSet { columns: cursor.columns(), rows: Vec::new() };
        let cursor = SharedCursor::new(cursor);
        let mut bytes = 0;
        loop {
            let (ResultSet { rows, .. }, is_last) = next(&cursor, &self.database, BATCH, &mut running)?;
            bytes += rows.iter().flatten().map(SqlValue::length).sum::<usize>();
            all.rows.extend(rows);
            admit(all.rows.len(), bytes)?;
            if is_last {
                return Ok(all);
            }
        }
    }

    pub(crate) fn read_batch(
        &self,
        plan: &Plan,
        tagged: &HashSet<usize>,
        set: ResultSet,
    ) -> Result<Vec<ProxyRow>, DbErr> {
        read(set, RowDecoder { plan, tagged })
    }
}

/// The rows of a statement, read on demand. Dropping the stream ends the statement.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
/// # use sea_orm_do::DoConnection;
/// use futures_util::TryStreamExt;
/// use sea_orm::StreamTrait;
/// use sea_orm_do::DoStream;
///
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (hours INTEGER); INSERT INTO task VALUES (2), (5)").await?;
/// let db = db.read_as_tuple::<(i32,)>();
/// let select = Statement::from_string(DbBackend::Sqlite, "SELECT hours FROM task");
/// let mut rows: DoStream = db.stream_raw(select).await?;
/// let mut hours = 0;
/// while let Some(row) = rows.try_next().await? {
///     hours += row.try_get_by_index::<i32>(0)?;
/// }
/// assert_eq!(hours, 7);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Debug)]
pub struct DoStream {
    /// `None` once there is nothing more to read.
    opened: Option<Opened>,
    connection: DoConnection,
    /// The transaction that the stream was made in and must not outlive.
    state: Option<Arc<TransactionState>>,
    ready: VecDeque<ProxyRow>,
    batch: usize,
}

impl DoStream {
    pub(crate) fn new(connection: DoConnection, opened: Opened, state: Option<Arc<TransactionState>>) -> Self {
        Self { opened: Some(opened), connection, state, ready: VecDeque::new(), batch: FIRST_BATCH }
    }

    pub(crate) fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<ProxyRow, DbErr>>> {
        ready!(self.connection.database.async_queue.poll_idle(context));
        let next = self.next_row();
        if next.is_err() {
            self.opened = None;
            self.ready.clear();
        }
        Poll::Ready(next.transpose())
    }

    fn next_row(&mut self) -> Result<Option<ProxyRow>, DbErr> {
        if let Some(state) = &self.state {
            state.check()?;
        }
        self.connection.check_not_blocked()?;
        if let Some(Opened::Cursor { cursor, .. }) = &self.opened {
            cursor.check()?;
        }
        while self.ready.is_empty() {
            match self.opened.take() {
                None => return Ok(None),
                Some(Opened::Rows(rows)) => self.ready.extend(rows),
                Some(Opened::Cursor { cursor, plan, tagged, mut running }) => {
                    let (set, is_last) = next(&cursor, &self.connection.database, self.batch, &mut running)?;
                    self.ready.extend(self.connection.read_batch(&plan, &tagged, set)?);
                    self.batch = BATCH;
                    if !is_last {
                        self.opened = Some(Opened::Cursor { cursor, plan, tagged, running });
                    }
                }
            }
        }
        Ok(self.ready.pop_front())
    }
}

impl Stream for DoStream {
    type Item = Result<QueryResult, DbErr>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_row(context).map_ok(Into::into)
    }
}

/// Rows arrive in batches, so memory use does not grow with their number.
///
/// A result column whose type depends only on its values has no type until the last value has been read, so in a stream
/// it is an error that names [`with_column_type`](DoConnection::with_column_type). A schema change through this connection ends
/// the stream with an error. A statement that writes and returns rows first runs to completion.
impl StreamTrait for DoConnection {
    type Stream<'a> = DoStream;

    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<DoStream, DbErr>> + 'a + Send>> {
        Box::pin(async move {
            self.wait_until_idle().await;
            let opened = self.open(&statement, self.handle.settings.asked().as_ref())?;
            Ok(DoStream::new(self.clone(), opened, None))
        })
    }
}
