//! Answers requests of the runtime, inside of an object.

use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use worker::{Method, Request, Response, ResponseBuilder};

use super::access::Access;
use super::{Answer, answer};
use crate::connection::DoConnection;
use crate::remote::CONTENT;

/// Answers an HTTP request of a [`RemoteConnection`](crate::remote::RemoteConnection), on a route of your choice. There is no such
/// route unless you write it. **Check who asks before you call this**:
///
/// ```
/// use sea_orm_do::DoConnection;
/// use sea_orm_do::remote::{Access, is_bearer, serve};
/// use worker::{Request, Response};
///
/// async fn database(db: &DoConnection, request: Request, secret: &str) -> worker::Result<Response> {
///     let authorization = request.headers().get("Authorization")?;
///     if !is_bearer(authorization.as_deref(), secret) {
///         return Response::error("the secret is wrong", 401);
///     }
///     serve(db, request, &Access::read_only()).await
/// }
/// ```
///
/// An error of the database is an answer of the protocol, with the status 200. Another method than POST gets 405, and a
/// request that is too long 413.
///
/// # Errors
/// Fails if the runtime cannot give the request's body or take the answer.
pub async fn serve(db: &DoConnection, mut request: Request, access: &Access) -> worker::Result<Response> {
    if request.method() != Method::Post {
        return Response::error("a remote connection of sea-orm-do sends POST", 405);
    }
    let Some(bytes) = body(&mut request, access.request_bytes).await? else {
        return Response::error(format!("this access allows requests of {} bytes", access.request_bytes), 413);
    };
    let pieces = Pieces(answer(db, &bytes, access).await);
    ResponseBuilder::new().with_header("Content-Type", CONTENT)?.from_stream(pieces)
}

/// The body of a request; `None` if it is longer than `most`, of which no more is read.
async fn body(request: &mut Request, most: usize) -> worker::Result<Option<Vec<u8>>> {
    if request.inner().body().is_none() {
        return Ok(Some(Vec::new()));
    }
    let mut pieces = Box::pin(request.stream()?);
    let mut bytes = Vec::new();
    while let Some(piece) = std::future::poll_fn(|context| pieces.as_mut().poll_next(context)).await {
        bytes.extend(piece?);
        if bytes.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(bytes))
}

/// The pieces of an answer, which never fail.
struct Pieces(Answer);

impl Stream for Pieces {
    type Item = worker::Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(context).map(|piece| piece.map(Ok))
    }
}
