//! Rows and pieces that arrive while the object reads them.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use sea_orm::{DbBackend, DbErr, ProxyRow, QueryResult, Statement, StreamTrait, Value};

use super::RemoteConnection;
use super::frames::{Frames, unfit};
use crate::remote::protocol::profile::Asked;
use crate::remote::protocol::value::WireStatement;
use crate::remote::protocol::{Frame, Operation, WireQuery};

/// The rows of a statement, which arrive while the object reads them.
///
/// ```
/// # use futures_util::{FutureExt, TryStreamExt};
/// # use sea_orm::{ConnectionTrait, DbBackend, Statement, StreamTrait};
/// # use sea_orm_do::DoConnection;
/// use sea_orm_do::remote::{Access, InProcess, RemoteConnection, RemoteStream};
///
/// # async {
/// # let db = DoConnection::in_memory()?;
/// # let db = RemoteConnection::new(InProcess::new(&db, Access::read_only())).read_as_tuple::<(i32,)>();
/// let select = Statement::from_string(DbBackend::Sqlite, "VALUES (2), (5)");
/// let mut rows: RemoteStream = db.stream_raw(select).await?;
/// let mut hours = 0;
/// while let Some(row) = rows.try_next().await? {
///     hours += row.try_get_by_index::<i32>(0)?;
/// }
/// assert_eq!(hours, 7);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }.now_or_never().unwrap().unwrap();
/// ```
#[derive(Debug)]
pub struct RemoteStream {
    /// `None` at the end.
    frames: Option<Frames>,
    keys: Vec<String>,
    ready: VecDeque<ProxyRow>,
    /// The rows that the statement has affected, if it writes.
    affected: Option<u64>,
}

impl RemoteStream {
    pub(super) fn new(frames: Frames) -> Self {
        Self { keys: frames.keys.clone(), frames: Some(frames), ready: VecDeque::new(), affected: None }
    }

    fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<ProxyRow>, DbErr>> {
        while self.ready.is_empty() {
            let Some(frames) = &mut self.frames else { break };
            match ready!(frames.poll_frame(context))? {
                Some(Frame::Executed { rows_affected, .. }) => self.affected = Some(rows_affected),
                Some(frame) => self.ready.extend(frames.rows(frame)?),
                None => self.frames = None,
            }
        }
        Poll::Ready(Ok(self.ready.pop_front()))
    }

    /// Like [`poll_row`](Self::poll_row); an error is the end.
    fn poll_row_or_end(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<ProxyRow, DbErr>>> {
        let next = ready!(self.poll_row(context));
        if next.is_err() {
            self.frames = None;
        }
        Poll::Ready(next.transpose())
    }
}

impl Stream for RemoteStream {
    type Item = Result<QueryResult, DbErr>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_row_or_end(context).map_ok(Into::into)
    }
}

/// Rows arrive in pages, so memory use does not grow with their number on either side. What
/// [`DoConnection`](crate::DoConnection) says about its streams is true of these as well.
impl StreamTrait for RemoteConnection {
    type Stream<'a> = RemoteStream;

    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<RemoteStream, DbErr>> + 'a + Send>> {
        Box::pin(async move {
            let asked = self.settings.asked();
            let asked = asked.as_ref().map(Asked::encode).transpose()?;
            let statement = WireStatement::encode(&statement)?;
            Ok(RemoteStream::new(self.ask_for_frames(Operation::Stream(WireQuery { statement, asked })).await?))
        })
    }
}

/// Rows as they are stored, from [`RemoteConnection::stored_rows`].
///
/// ```
/// # use futures_util::TryStreamExt;
/// # use sea_orm::DbErr;
/// # use sea_orm_do::remote::StoredRows;
/// async fn count(mut rows: StoredRows) -> Result<usize, DbErr> {
///     let mut count = 0;
///     while rows.try_next().await?.is_some() {
///         count += 1;
///     }
///     Ok(count)
/// }
/// # let _ = count;
/// ```
#[derive(Debug)]
pub struct StoredRows {
    rows: RemoteStream,
}

impl StoredRows {
    pub(super) fn new(frames: Frames) -> Self {
        Self { rows: RemoteStream::new(frames) }
    }

    /// Returns the names of the columns; empty for a statement that returns no rows.
    ///
    /// ```
    /// # use sea_orm_do::remote::StoredRows;
    /// fn width(rows: &StoredRows) -> usize {
    ///     rows.columns().len()
    /// }
    /// # let _ = width;
    /// ```
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        // Each key begins with its position, in four digits.
        self.rows.keys.iter().map(|key| key.get(4..).unwrap_or_default()).collect()
    }

    /// Returns how many rows an INSERT, UPDATE or DELETE has affected, once all its rows were read; `None` for every other
    /// statement.
    ///
    /// ```
    /// # use futures_util::TryStreamExt;
    /// # use sea_orm::DbErr;
    /// # use sea_orm_do::remote::StoredRows;
    /// async fn affected(mut rows: StoredRows) -> Result<u64, DbErr> {
    ///     while rows.try_next().await?.is_some() {}
    ///     Ok(rows.rows_affected().unwrap_or(0))
    /// }
    /// # let _ = affected;
    /// ```
    #[must_use]
    pub fn rows_affected(&self) -> Option<u64> {
        self.rows.affected
    }
}

impl Stream for StoredRows {
    type Item = Result<Vec<Value>, DbErr>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().rows.poll_row_or_end(context).map_ok(|row| row.values.into_values().collect())
    }
}

/// The pieces of a script, from [`RemoteConnection::export`].
///
/// ```
/// # use futures_util::TryStreamExt;
/// # use sea_orm::DbErr;
/// # use sea_orm_do::remote::RemoteExport;
/// async fn length(export: RemoteExport) -> Result<usize, DbErr> {
///     export.try_fold(0, async |length, piece| Ok(length + piece.len())).await
/// }
/// # let _ = length;
/// ```
#[derive(Debug)]
pub struct RemoteExport {
    /// `None` at the end.
    frames: Option<Frames>,
}

impl RemoteExport {
    pub(super) fn new(frames: Frames) -> Self {
        Self { frames: Some(frames) }
    }
}

impl Stream for RemoteExport {
    type Item = Result<String, DbErr>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let export = self.get_mut();
        let Some(frames) = &mut export.frames else { return Poll::Ready(None) };
        let next = match ready!(frames.poll_frame(context)) {
            Ok(Some(Frame::Text(piece))) => return Poll::Ready(Some(Ok(piece))),
            Ok(Some(_)) => Some(Err(unfit())),
            Ok(None) => None,
            Err(failure) => Some(Err(failure.into())),
        };
        export.frames = None;
        Poll::Ready(next)
    }
}
