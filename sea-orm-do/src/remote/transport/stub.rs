//! Asks another object of the same account, in a Worker.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use sea_orm::DbErr;
use worker::send::{SendFuture, SendWrapper};
use worker::{ByteStream, Headers, Method, Request, RequestInit, Response, js_sys};

use super::{Body, Transport};
use crate::remote::CONTENT;
use crate::remote::protocol::error::conn_err;

/// Asks an object through its stub, with `fetch`. The object sees a POST request to the given path.
///
/// ```
/// use sea_orm_do::remote::{RemoteConnection, Stub};
/// use worker::Env;
///
/// fn shop(env: &Env, name: &str) -> worker::Result<RemoteConnection> {
///     let stub = env.durable_object("SHOPS")?.get_by_name(name)?;
///     Ok(RemoteConnection::new(Stub::new(stub, "/database", &env.secret("DATABASE_TOKEN")?.to_string())))
/// }
/// ```
pub struct Stub {
    stub: SendWrapper<worker::durable::Stub>,
    url: String,
    secret: String,
}

impl std::fmt::Debug for Stub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stub").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Stub {
    /// Makes a transport to the route with this path. The secret is sent as `Authorization: Bearer …`; an empty one is
    /// not sent.
    ///
    /// ```
    /// use sea_orm_do::remote::{RemoteConnection, Stub};
    ///
    /// fn connect(stub: worker::durable::Stub) -> RemoteConnection {
    ///     RemoteConnection::new(Stub::new(stub, "/database", "secret"))
    /// }
    /// ```
    #[must_use]
    pub fn new(stub: worker::durable::Stub, path: &str, secret: &str) -> Self {
        // A stub needs an address, whose host nobody looks up.
        let url = format!("https://object/{}", path.trim_start_matches('/'));
        Self { stub: SendWrapper::new(stub), url, secret: secret.to_owned() }
    }

    async fn fetch(&self, request: Vec<u8>) -> worker::Result<Response> {
        let headers = Headers::new();
        headers.set("Content-Type", CONTENT)?;
        if !self.secret.is_empty() {
            headers.set("Authorization", &format!("Bearer {}", self.secret))?;
        }
        let body = js_sys::Uint8Array::from(&request[..]);
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_headers(headers).with_body(Some(body.into()));
        self.stub.fetch_with_request(Request::new_with_init(&self.url, &init)?).await
    }

    async fn ask(&self, request: Vec<u8>) -> Result<Body, DbErr> {
        let unreached = |error: worker::Error| {
            conn_err(format!("the object did not answer: {error}. A write may have happened or not"))
        };
        let mut response = self.fetch(request).await.map_err(unreached)?;
        let content = response.headers().get("Content-Type").ok().flatten();
        let status = response.status_code();
        if !(200..300).contains(&status) || content.as_deref() != Some(CONTENT) {
            let text = response.text().await.unwrap_or_default();
            return Err(super::refused(&self.url, status, &text));
        }
        Ok(Box::pin(Pieces(SendWrapper::new(Box::pin(response.stream().map_err(unreached)?)))))
    }
}

#[async_trait::async_trait]
impl Transport for Stub {
    async fn send(&self, request: Vec<u8>) -> Result<Body, DbErr> {
        SendFuture::new(self.ask(request)).await
    }

    fn is_private(&self) -> bool {
        true
    }
}

/// The pieces of an answer.
struct Pieces(SendWrapper<Pin<Box<ByteStream>>>);

impl Stream for Pieces {
    type Item = Result<Vec<u8>, DbErr>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let broken = |error| conn_err(format!("the answer ended early: {error}. A write may have happened or not"));
        self.0.0.as_mut().poll_next(context).map(|piece| piece.map(|piece| piece.map_err(broken)))
    }
}
