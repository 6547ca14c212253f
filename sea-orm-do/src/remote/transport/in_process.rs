//! Answers in the same process.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use sea_orm::DbErr;

use super::{Body, Transport};
use crate::connection::DoConnection;
use crate::remote::{Access, Answer, answer};

/// Answers requests from a database in the same process: for tests of code that takes a
/// [`RemoteConnection`](crate::remote::RemoteConnection), and for tools that open a file.
///
/// ```
/// # use futures_util::FutureExt;
/// use sea_orm_do::DoConnection;
/// use sea_orm_do::remote::{Access, InProcess, RemoteConnection};
///
/// # async {
/// let object = DoConnection::in_memory()?;
/// let db = RemoteConnection::new(InProcess::new(&object, Access::read_only()));
/// assert_eq!(db.database_size().await?, object.database_size()?);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }.now_or_never().unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct InProcess {
    db: DoConnection,
    access: Access,
}

impl InProcess {
    /// Makes a transport that answers from `db`.
    ///
    /// ```
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm_do::remote::{Access, InProcess};
    ///
    /// # let object = DoConnection::in_memory()?;
    /// let transport = InProcess::new(&object, Access::read_only());
    /// # let _ = transport;
    /// # Ok::<_, sea_orm::DbErr>(())
    /// ```
    #[must_use]
    pub fn new(db: &DoConnection, access: Access) -> Self {
        Self { db: db.clone(), access }
    }
}

#[async_trait::async_trait]
impl Transport for InProcess {
    async fn send(&self, request: Vec<u8>) -> Result<Body, DbErr> {
        Ok(Box::pin(Pieces(answer(&self.db, &request, &self.access).await)))
    }

    fn is_private(&self) -> bool {
        true
    }
}

/// The pieces of an answer, which never fail to arrive.
struct Pieces(Answer);

impl Stream for Pieces {
    type Item = Result<Vec<u8>, DbErr>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(context).map(|piece| piece.map(Ok))
    }
}
