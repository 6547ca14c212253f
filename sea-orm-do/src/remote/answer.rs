//! The side of the object: runs a request, and writes its answer.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use sea_orm::{DbErr, ExecResult, ProxyRow};
use serde::Serialize;

use super::access::{Access, Pieces};
use super::profile::Asked;
use super::protocol::{Expected, Failure, Frame, Id, Operation, Packed, Request, WireQuery, WireStep, encode};
use super::replay::{Admission, admit, epoch};
use super::value::{WireStatement, WireValue};
use crate::connection::DoConnection;
use crate::connection::stream::DoStream;
use crate::error::{exec_err, flattened};
use crate::lock::lock;
use crate::sql::parser::{StatementKind, classify, is_read_only};
use crate::sql::script::script;
use crate::value::encode::Bound;
use crate::value::types::bind;

/// The most rows and bytes of a page.
const PAGE: usize = 256;
const BYTES_OF_PAGE: usize = 64 * 1024;
/// How much of an export is read at once. Nothing can be written in between, so a database up to this size can always
/// be exported.
const EXPORTED_AT_ONCE: usize = 8 << 20;

/// Answers a request of a [`RemoteConnection`](super::RemoteConnection), for a transport of your own, such as RPC.
///
/// The request runs on `db` as the remote connection says, with the hooks, budgets and entities of `db`. **Check who
/// asks before you call this**, as with [`is_bearer`](super::is_bearer). It never fails: an error is an answer.
///
/// ```
/// # use futures_util::FutureExt;
/// use sea_orm_do::DoConnection;
/// use sea_orm_do::remote::{Access, answer};
///
/// # async {
/// let db = DoConnection::in_memory()?;
/// let answered = answer(&db, b"not a request", &Access::read_only()).await.into_bytes().await;
/// assert!(String::from_utf8_lossy(&answered).contains("not a request of a remote connection"));
/// # Ok::<_, sea_orm::DbErr>(())
/// # }.now_or_never().unwrap().unwrap();
/// ```
pub async fn answer(db: &DoConnection, request: &[u8], access: &Access) -> Answer {
    db.wait_until_idle().await;
    let epoch = match epoch(&*db.database.storage) {
        Ok(epoch) => epoch,
        Err(error) => return Answer::failed(Id::default(), error.into()),
    };
    let answered = match admitted(request, access) {
        Ok(Some(request)) => Job::new(db, &request.profile, access).and_then(|job| job.run(request.operation, epoch)),
        Ok(None) => Ok(Answer::of([Frame::Begin { epoch, is_stale: true }, Frame::Done])),
        Err(error) => Err(error.into()),
    };
    answered.unwrap_or_else(|failure| Answer::failed(epoch, failure))
}

/// Reads a request, and admits it if it may write; `None` if it is meant for another epoch.
fn admitted(request: &[u8], access: &Access) -> Result<Option<Request>, DbErr> {
    if request.len() > access.request_bytes {
        let (length, most) = (request.len(), access.request_bytes);
        return Err(exec_err(format!("the request has {length} bytes, but this access allows {most}")));
    }
    let request = Request::decode(request)?;
    if let Some(what) = request.operation.may_write(access)? {
        access.check_may_write(&what)?;
        let admission = admit(request.epoch, request.id)?;
        return Ok((admission == Admission::Granted).then_some(request));
    }
    Ok(Some(request))
}

impl Operation {
    /// What it does if it may write; `None` if it only reads.
    ///
    /// # Errors
    /// Fails for a batch that cannot be read or has too many statements.
    fn may_write(&self, access: &Access) -> Result<Option<String>, DbErr> {
        let of_sql = |sql: &str| (!is_read_only(sql)).then(|| format!("the statement may write: {}", shown(sql)));
        Ok(match self {
            Self::Execute(statement) => of_sql(&statement.sql),
            Self::Query(query) | Self::Stream(query) => of_sql(&query.statement.sql),
            Self::Script(sql) => match script(sql) {
                Ok(statements) => statements.into_iter().find_map(of_sql),
                Err(_) => Some("the script cannot be read".to_owned()),
            },
            Self::Batch(steps) => {
                access.check_statements(steps.count()?)?;
                let mut writing = None;
                for step in steps.unpack::<Vec<Packed>>()? {
                    writing = writing.or(of_sql(&step.unpack::<WireStep>()?.statement.sql));
                }
                writing
            }
            Self::Import(_) => Some("an import writes".to_owned()),
            Self::Migrate { .. } => Some("a migration writes".to_owned()),
            Self::Schema | Self::Explain(_) | Self::Size | Self::Export | Self::MigrationStatus => None,
        })
    }
}

/// The beginning of a statement, for an error.
fn shown(sql: &str) -> String {
    const SHOWN: usize = 60;
    let sql = sql.trim();
    match sql.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &sql[..end]),
        None => sql.to_owned(),
    }
}

/// A request that is running.
struct Job<'a> {
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
    fn new(db: &DoConnection, profile: &[u8], access: &'a Access) -> Result<Self, Failure> {
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

    fn run(mut self, operation: Operation, epoch: Id) -> Result<Answer, Failure> {
        self.frames.push(Frame::Begin { epoch, is_stale: false });
        match operation {
            Operation::Execute(statement) => {
                let executed = self.execute(statement)?;
                self.frames.push(executed);
            }
            Operation::Script(sql) => {
                let executed = self.script(&sql)?;
                self.frames.push(executed);
            }
            Operation::Query(WireQuery { statement, asked }) => {
                self.query(statement, asked)?;
            }
            Operation::Stream(WireQuery { statement, asked }) if !is_read_only(&statement.sql) => {
                self.write(statement, asked)?;
            }
            Operation::Stream(WireQuery { statement, asked }) => return Ok(self.stream(statement, asked)?),
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
    fn execute(&mut self, statement: WireStatement) -> Result<Frame, DbErr> {
        if is_read_only(&statement.sql) {
            self.discard(statement)?;
            return Ok(Frame::Executed { rows_affected: 0, last_insert_id: 0 });
        }
        Ok(self.db.execute_sync(&statement.decode()?)?.into())
    }

    /// Runs a query and discards its rows, as many as may be read.
    fn discard(&mut self, statement: WireStatement) -> Result<(), DbErr> {
        let known = self.frames.len();
        let nothing = Packed::of(&Asked::Names(Vec::new()));
        self.query(statement, Some(nothing)).map_err(|error| match error {
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
                    self.discard(WireStatement::of_text(sql))?;
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
    fn query(&mut self, statement: WireStatement, asked: Option<Packed>) -> Result<Vec<ProxyRow>, DbErr> {
        let statement = statement.decode()?;
        let asked = asked.as_ref().map(Asked::decode).transpose()?;
        let asked = asked.as_ref();
        if is_read_only(&statement.sql) {
            let rows = self.db.query_in_batches(&statement, asked, &mut |rows, bytes| {
                self.check_time()?;
                self.check_room(rows, bytes)
            })?;
            return self.add(rows);
        }
        let db = self.db.clone();
        let mut rows = None;
        db.database.atomically(|| {
            rows = Some(self.add(db.query(&statement, asked)?)?);
            Ok(())
        })?;
        Ok(rows.unwrap_or_default())
    }

    /// Runs a statement that writes, for a stream: what it writes can be undone only until its rows are sent.
    fn write(&mut self, statement: WireStatement, asked: Option<Packed>) -> Result<(), DbErr> {
        let of_call = statement.clone().decode()?;
        let values = of_call.values.as_ref().map_or(&[][..], |values| &values.0);
        let executed = if self.db.plan(&of_call.sql, values, None)?.returns_nothing() {
            Some(self.db.execute_sync(&of_call)?.into())
        } else {
            let rows = self.query(statement, asked)?.len() as u64;
            let is_dml = classify(&of_call.sql) == StatementKind::Dml;
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

    fn stream(self, statement: WireStatement, asked: Option<Packed>) -> Result<Answer, DbErr> {
        let statement = statement.decode()?;
        let Self { db, access, until, frames, .. } = self;
        let asked = asked.as_ref().map(Asked::decode).transpose()?;
        let opened = db.open(&statement, asked.as_ref())?;
        let page = Page { keys: opened.keys(), ..Page::default() };
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
        let unmet = match rows {
            Some(asked) => {
                let rows = self.query(statement, asked)?;
                expected.filter_map(|expected| expected.unmet_by_rows(&rows)).next()
            }
            None => {
                let executed = self.execute(statement)?;
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

impl From<ExecResult> for Frame {
    fn from(executed: ExecResult) -> Self {
        Self::Executed { rows_affected: executed.rows_affected(), last_insert_id: executed.last_insert_id() }
    }
}

impl Expected {
    /// How the outcome of a statement without rows differs from this; `None` if it does not.
    fn unmet_by(self, executed: &Frame) -> Option<String> {
        match self {
            Self::Affected(expected) => {
                let Frame::Executed { rows_affected: affected, .. } = *executed else { return None };
                (affected != expected).then(|| format!("{affected} rows were affected, {expected} were expected"))
            }
            Self::Rows(_) | Self::Row(_) => Some("the rows of this statement are not read: use query".to_owned()),
        }
    }

    /// How the rows of a query differ from this; `None` if they do not.
    fn unmet_by_rows(self, rows: &[ProxyRow]) -> Option<String> {
        match (self, rows) {
            (Self::Affected(_), _) => Some("a query affects no rows: use execute, or expect rows".to_owned()),
            (Self::Rows(expected), rows) => {
                let count = rows.len();
                (u64::try_from(count) != Ok(expected))
                    .then(|| format!("{count} rows were found, {expected} were expected"))
            }
            (Self::Row(expected), [row]) => expected.into_iter().find_map(|(column, expected)| {
                let Some(value) = row.values.get(&column) else {
                    return Some(format!("there is no column `{column}`"));
                };
                // Compared as SQLite stores them, so that an i32 can be expected of an i64.
                let is_same = expected.decode().and_then(|expected| Ok(stored(&expected)? == stored(value)?));
                match is_same {
                    Ok(true) => None,
                    Ok(false) => Some(format!("column `{column}` has another value than expected")),
                    Err(why) => Some(format!("column `{column}`: {why}")),
                }
            }),
            (Self::Row(_), rows) => Some(format!("{} rows were found, 1 was expected", rows.len())),
        }
    }
}

fn stored(value: &sea_orm::Value) -> Result<Bound, String> {
    bind(value)
}

fn too_many_rows(most: usize) -> DbErr {
    exec_err(format!("there are more than the {most} rows that this access allows: add a LIMIT"))
}

fn check_time(db: &DoConnection, until: Duration, access: &Access) -> Result<(), DbErr> {
    if db.database.storage.clock() <= until {
        return Ok(());
    }
    Err(exec_err(format!("the request took longer than the {:?} that this access allows", access.time)))
}

/// Rows that are sent together.
#[derive(Debug, Default)]
struct Page {
    keys: Vec<String>,
    /// Whether the keys were sent.
    has_begun: bool,
    rows: Vec<Vec<WireValue>>,
    bytes: usize,
}

impl Page {
    /// Adds a row, and returns its length.
    ///
    /// # Errors
    /// `DbErr::Type` for a value that cannot be sent, with its column.
    fn push(&mut self, row: &ProxyRow) -> Result<usize, DbErr> {
        if self.keys.len() != row.values.len() {
            self.keys = row.values.keys().cloned().collect();
        }
        let value = |(key, value): (&String, &sea_orm::Value)| {
            WireValue::encode(value)
                .map_err(|why| DbErr::Type(format!("column `{}`: {why}", key.trim_start_matches('\0'))))
        };
        let row = row.values.iter().map(value).collect::<Result<Vec<_>, _>>()?;
        let length = row.iter().map(WireValue::length).sum();
        self.rows.push(row);
        self.bytes += length;
        Ok(length)
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= PAGE || self.bytes >= BYTES_OF_PAGE
    }

    /// The rows so far, behind their keys if none came before.
    fn take(&mut self) -> impl Iterator<Item = Frame> + use<> {
        self.bytes = 0;
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        let keys = is_first.then(|| Frame::Keys(self.keys.clone()));
        keys.into_iter().chain([Frame::Rows(std::mem::take(&mut self.rows))])
    }
}

/// The pages of a stream.
struct RowPages {
    stream: DoStream,
    page: Page,
    rows: usize,
    db: DoConnection,
    access: Access,
    until: Duration,
}

impl RowPages {
    /// The frames of the next page, and whether it is the last.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Result<(Vec<Frame>, bool), DbErr>> {
        check_time(&self.db, self.until, &self.access)?;
        while !self.page.is_full() {
            match ready!(self.stream.poll_row(context)).transpose()? {
                None => return Poll::Ready(Ok((self.page.take().collect(), true))),
                Some(row) => {
                    self.rows += 1;
                    if self.rows > self.access.rows {
                        return Poll::Ready(Err(too_many_rows(self.access.rows)));
                    }
                    self.page.push(&row)?;
                }
            }
        }
        Poll::Ready(Ok((self.page.take().collect(), false)))
    }
}

/// The answer to a request, in pieces.
///
/// A long one is read from the database while it is sent, so it takes as much memory as one page.
///
/// ```
/// # use futures_util::{FutureExt, StreamExt};
/// # use sea_orm_do::DoConnection;
/// # use sea_orm_do::remote::{Access, Answer, answer};
/// # async {
/// # let db = DoConnection::in_memory()?;
/// let mut pieces: Answer = answer(&db, b"not a request", &Access::read_only()).await;
/// let first: Option<Vec<u8>> = pieces.next().await;
/// assert!(first.is_some());
/// # Ok::<_, sea_orm::DbErr>(())
/// # }.now_or_never().unwrap().unwrap();
/// ```
#[must_use = "nothing is sent before it is asked for"]
pub struct Answer {
    ready: VecDeque<Vec<u8>>,
    rest: Rest,
}

/// What an answer reads while it is sent.
enum Rest {
    Nothing,
    Pages(Box<RowPages>),
    Export(Box<dyn Pieces>),
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}

impl Answer {
    fn of(frames: impl IntoIterator<Item = Frame>) -> Self {
        Self { ready: frames.into_iter().map(|frame| frame.encode()).collect(), rest: Rest::Nothing }
    }

    fn failed(epoch: Id, failure: Failure) -> Self {
        Self::of([Frame::Begin { epoch, is_stale: false }, Frame::Failed(failure)])
    }

    /// Reads all of it.
    ///
    /// ```
    /// # use futures_util::FutureExt;
    /// # use sea_orm_do::DoConnection;
    /// # use sea_orm_do::remote::{Access, answer};
    /// # async {
    /// # let db = DoConnection::in_memory()?;
    /// assert!(!answer(&db, b"not a request", &Access::read_only()).await.into_bytes().await.is_empty());
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }.now_or_never().unwrap().unwrap();
    /// ```
    pub async fn into_bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some(piece) = std::future::poll_fn(|context| Pin::new(&mut self).poll_next(context)).await {
            bytes.extend(piece);
        }
        bytes
    }

    /// Reads what is sent next.
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<Result<(), DbErr>> {
        let (frames, is_last) = match &mut self.rest {
            Rest::Nothing => return Poll::Ready(Ok(())),
            Rest::Pages(pages) => ready!(pages.poll_page(context))?,
            Rest::Export(export) => exported(&mut **export)?,
        };
        self.ready.extend(frames.iter().map(Frame::encode));
        if is_last {
            self.rest = Rest::Nothing;
            self.ready.push_back(Frame::Done.encode());
        }
        Poll::Ready(Ok(()))
    }
}

/// The next pieces of an export, and whether they are the last.
fn exported(export: &mut dyn Pieces) -> Result<(Vec<Frame>, bool), DbErr> {
    let (mut frames, mut bytes) = (Vec::new(), 0);
    for piece in export {
        let piece = piece?;
        bytes += piece.len();
        frames.push(Frame::Text(piece));
        if bytes >= EXPORTED_AT_ONCE {
            return Ok((frames, false));
        }
    }
    Ok((frames, true))
}

impl Stream for Answer {
    type Item = Vec<u8>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Vec<u8>>> {
        let answer = self.get_mut();
        if answer.ready.is_empty()
            && let Err(error) = ready!(answer.poll_rest(context))
        {
            answer.rest = Rest::Nothing;
            answer.ready.push_back(Frame::Failed(error.into()).encode());
        }
        Poll::Ready(answer.ready.pop_front())
    }
}
