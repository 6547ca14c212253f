//! Asks over http and https, on the host.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::try_unfold;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use sea_orm::DbErr;
use tokio::time::timeout;

use super::{Body, Transport};
use crate::remote::CONTENT;
use crate::remote::protocol::error::conn_err;

/// Asks the route of an object over http or https, with a bearer secret. Needs tokio, with its timers.
///
/// It waits a minute for the next piece of an answer, and follows no redirect.
///
/// ```no_run
/// # use sea_orm::DbErr;
/// use sea_orm_do::remote::{Http, RemoteConnection};
///
/// # async fn run() -> Result<(), DbErr> {
/// let secret = std::env::var("DATABASE_TOKEN").unwrap_or_default();
/// let db = RemoteConnection::new(Http::new("https://shop.example.workers.dev/shops/first/database", &secret)?);
/// println!("{} bytes", db.database_size().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Http {
    client: Client,
    url: Url,
    secret: String,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

impl Http {
    /// Makes a transport to the address of a route. The secret is sent as `Authorization: Bearer …`; an empty one is
    /// not sent.
    ///
    /// # Errors
    /// `DbErr::Conn` for what is not an http or https address.
    ///
    /// ```
    /// use sea_orm_do::remote::Http;
    ///
    /// assert!(Http::new("http://127.0.0.1:8787/w/demo/database", "secret").is_ok());
    /// assert!(Http::new("/w/demo/database", "secret").is_err());
    /// ```
    pub fn new(url: &str, secret: &str) -> Result<Self, DbErr> {
        const TO_CONNECT: Duration = Duration::from_secs(10);
        // A redirect would make a GET of the POST, or send the secret elsewhere.
        let client = Client::builder().connect_timeout(TO_CONNECT).redirect(Policy::none()).build();
        Self::with_client(client.map_err(|error| conn_err(explained(&error)))?, url, secret)
    }

    /// Like [`new`](Self::new), with a client of your own, for a proxy, other timeouts or certificates.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// ```
    /// use sea_orm_do::remote::Http;
    ///
    /// fn through_a_proxy(client: reqwest::Client) -> Result<Http, sea_orm::DbErr> {
    ///     Http::with_client(client, "https://shop.example.workers.dev/shops/first/database", "secret")
    /// }
    /// # let _ = through_a_proxy;
    /// ```
    pub fn with_client(client: Client, url: &str, secret: &str) -> Result<Self, DbErr> {
        let parsed = Url::parse(url).map_err(|error| conn_err(format!("{url} is not an address: {error}")))?;
        if !["http", "https"].contains(&parsed.scheme()) {
            return Err(conn_err(format!("{url} is not an http or https address")));
        }
        Ok(Self { client, url: parsed, secret: secret.to_owned() })
    }
}

#[async_trait::async_trait]
impl Transport for Http {
    async fn send(&self, request: Vec<u8>) -> Result<Body, DbErr> {
        /// For the object's work, and for the next piece of an answer.
        const PATIENCE: Duration = Duration::from_secs(60);
        /// How much is sent in a second, at least.
        const UPLOAD: u64 = 16 * 1024;
        let patience = PATIENCE + Duration::from_secs(request.len() as u64 / UPLOAD);
        let mut post = self.client.post(self.url.clone()).header(CONTENT_TYPE, CONTENT).body(request);
        if !self.secret.is_empty() {
            post = post.bearer_auth(&self.secret);
        }
        let unanswered =
            |why: &str| conn_err(format!("{} did not answer: {why}. A write may have happened or not", self.url));
        let response =
            timeout(patience, post.send()).await.map_err(|_| unanswered(&format!("{patience:?} went by")))?;
        let response = response.map_err(|error| {
            let why = explained(&error);
            if error.is_connect() {
                conn_err(format!("{} cannot be reached, so nothing was sent: {why}", self.url))
            } else {
                unanswered(&why)
            }
        })?;
        let status = response.status();
        let content = response.headers().get(CONTENT_TYPE).map(|content| content.as_bytes().to_vec());
        if !status.is_success() || content.as_deref() != Some(CONTENT.as_bytes()) {
            let text = response.text().await.unwrap_or_default();
            return Err(super::refused(self.url.as_str(), status.as_u16(), &text));
        }
        let broken = |why: &str| conn_err(format!("the answer ended early: {why}. A write may have happened or not"));
        let pieces = try_unfold(response, move |mut response| async move {
            let piece = timeout(PATIENCE, response.chunk()).await.map_err(|_| broken("nothing came any more"))?;
            let piece = piece.map_err(|error| broken(&explained(&error)))?;
            Ok(piece.map(|piece| (piece.to_vec(), response)))
        });
        Ok(pieces.boxed())
    }
}

/// An error with what caused it, which reqwest leaves out.
fn explained(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text
}
