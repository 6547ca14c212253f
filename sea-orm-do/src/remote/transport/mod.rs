//! What carries a request to an object, and its answer back.

#[cfg(all(feature = "remote-http", not(target_arch = "wasm32")))]
mod http;
mod in_process;
#[cfg(target_arch = "wasm32")]
mod stub;

use std::fmt::Debug;
use std::pin::Pin;

use futures_core::Stream;
use sea_orm::DbErr;

#[cfg(all(feature = "remote-http", not(target_arch = "wasm32")))]
pub use self::http::Http;
pub use self::in_process::InProcess;
#[cfg(target_arch = "wasm32")]
pub use self::stub::Stub;

/// The bytes of an answer, as they arrive.
pub type Body = Pin<Box<dyn Stream<Item = Result<Vec<u8>, DbErr>> + Send>>;

/// What carries a request to an object, and its answer back, for a [`RemoteConnection`](super::RemoteConnection). Write
/// one to use another HTTP client, or RPC.
///
/// ```
/// use futures_util::{StreamExt, stream};
/// use sea_orm::DbErr;
/// use sea_orm_do::DoConnection;
/// use sea_orm_do::remote::{Access, Body, RemoteConnection, Transport, answer};
///
/// /// Answers all of a request at once.
/// #[derive(Debug)]
/// struct Whole(DoConnection);
///
/// #[async_trait::async_trait]
/// impl Transport for Whole {
///     async fn send(&self, request: Vec<u8>) -> Result<Body, DbErr> {
///         let answer = answer(&self.0, &request, &Access::read_only().with_tools()).await.into_bytes().await;
///         Ok(stream::iter([Ok(answer)]).boxed())
///     }
/// }
///
/// # futures_util::FutureExt::now_or_never(async {
/// let db = RemoteConnection::new(Whole(DoConnection::in_memory()?));
/// assert!(db.schema().await?.tables.is_empty());
/// # Ok::<_, DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[async_trait::async_trait]
pub trait Transport: Debug + Send + Sync {
    /// Sends the bytes of a request, and returns those of the answer.
    ///
    /// # Errors
    /// `DbErr::Conn` if the object cannot be reached, or refuses to answer. The message must say if the request may
    /// have arrived.
    async fn send(&self, request: Vec<u8>) -> Result<Body, DbErr>;

    /// Returns whether nobody can record a request on its way and send it again, so that the first write of a connection
    /// needs no second request. By default, somebody can.
    fn is_private(&self) -> bool {
        false
    }
}

/// The error of a route that answers with something else.
#[cfg(any(target_arch = "wasm32", feature = "remote-http"))]
fn refused(url: &str, status: u16, text: &str) -> DbErr {
    const SHOWN: usize = 300;
    let text: String = text.trim().chars().take(SHOWN).collect();
    let what_now = match status {
        401 | 403 | 404 => "The route must be enabled, and the secret must be the one that it expects.",
        413 => "Access::with_request_bytes sets how long a request may be.",
        300..=399 => "That is another address: ask it directly.",
        500.. => "A write may have happened or not.",
        _ => "Nothing was done.",
    };
    super::protocol::error::conn_err(format!(
        "{url} answers {status} instead of the protocol of sea-orm-do: {text}\n{what_now}"
    ))
}
