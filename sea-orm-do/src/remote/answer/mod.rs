//! The side of the object: runs a request, and writes its answer.

pub(super) mod access;
mod expected;
mod job;
mod pages;
mod replay;
pub(super) mod secret;
#[cfg(target_arch = "wasm32")]
pub(super) mod serve;

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use sea_orm::DbErr;

use self::access::{Access, Pieces};
use self::job::Job;
use self::pages::RowPages;
use self::replay::{Admission, admit, epoch};
use super::protocol::{Failure, Frame, Id, Operation, Packed, Request, WireStep};
use crate::connection::DoConnection;
use crate::error::exec_err;
use crate::sql::parser::is_read_only;
use crate::sql::script::{beginning, script};

/// How much of an export is read at once. Nothing can be written in between, so a database up to this size can always
/// be exported.
const EXPORTED_AT_ONCE: usize = 8 << 20;

/// Answers a request of a [`RemoteConnection`](crate::remote::RemoteConnection), for a transport of your own, such as RPC.
///
/// The request runs on `db` as the remote connection says, with the hooks, budgets and entities of `db`. **Check who
/// asks before you call this**, as with [`is_bearer`](crate::remote::is_bearer). It never fails: an error is an answer.
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
        let of_sql = |sql: &str| (!is_read_only(sql)).then(|| format!("the statement may write: {}", beginning(sql)));
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
    Export(Pieces),
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
            Rest::Export(export) => exported(export)?,
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
fn exported(export: &mut Pieces) -> Result<(Vec<Frame>, bool), DbErr> {
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
