//! The response to a request: JSON, or a refusal that names what was wrong.

use std::collections::BTreeMap;
use std::future::Future;

use sea_orm::{DbErr, TransactionError};
use serde::Serialize;
use worker::{Request, Response, console_error};

use crate::rules::Problem;

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// A field of the body, a query parameter or a part of the path has an invalid value.
    #[error("{field} {problem}")]
    Field { field: String, problem: Problem },
    #[error("the body must be a JSON object: {0}")]
    NotAnObject(serde_json::Error),
    #[error("the header Authorization must be Bearer and the secret")]
    Unauthorized,
    #[error("no such {0}")]
    NotFound(&'static str),
    #[error("the methods of this path are {allow}")]
    Method { allow: &'static str },
    #[error("{field} is taken")]
    Taken { field: &'static str },
    #[error("the body is longer than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body must be of type application/json")]
    MediaType,
    /// The cause is for the log; it does not leave the worker.
    #[error("internal error")]
    Internal(String),
}

impl Refusal {
    pub(crate) fn field(field: impl Into<String>, problem: impl Into<Problem>) -> Self {
        Self::Field { field: field.into(), problem: problem.into() }
    }

    fn status(&self) -> u16 {
        match self {
            Self::Field { .. } | Self::NotAnObject(_) => 400,
            Self::Unauthorized => 401,
            Self::NotFound(_) => 404,
            Self::Method { .. } => 405,
            Self::Taken { .. } => 409,
            Self::TooLarge { .. } => 413,
            Self::MediaType => 415,
            Self::Internal(_) => 500,
        }
    }

    fn field_name(&self) -> Option<&str> {
        match self {
            Self::Field { field, .. } => Some(field),
            Self::Taken { field } => Some(field),
            _ => None,
        }
    }

    /// The message for the client; logs a cause that is not for the client.
    pub(crate) fn message(&self) -> String {
        if let Self::Internal(cause) = self {
            console_error!("{cause}");
        }
        self.to_string()
    }

    fn into_response(self) -> worker::Result<Response> {
        let error = Error { message: self.message(), field: self.field_name() };
        let response = Response::from_json(&BTreeMap::from([("error", error)]))?.with_status(self.status());
        match self {
            Self::Method { allow } => response.headers().set("Allow", allow)?,
            Self::Unauthorized => response.headers().set("WWW-Authenticate", "Bearer")?,
            _ => {}
        }
        Ok(response)
    }
}

/// A refusal as it is sent, under `error`.
#[derive(Serialize)]
struct Error<'a> {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Self {
        Self::Internal(error.to_string())
    }
}

/// If the closure of a transaction refuses, its refusal is the response.
impl From<TransactionError<Refusal>> for Refusal {
    fn from(error: TransactionError<Refusal>) -> Self {
        match error {
            TransactionError::Transaction(refusal) => refusal,
            TransactionError::Connection(error) => error.into(),
        }
    }
}

impl From<worker::Error> for Refusal {
    fn from(error: worker::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

/// Turns a handler's result into a response for the runtime.
pub(crate) async fn respond(outcome: impl Future<Output = Result<Response, Refusal>>) -> worker::Result<Response> {
    match outcome.await {
        Ok(response) => Ok(response),
        Err(refusal) => refusal.into_response(),
    }
}

pub(crate) fn ok(body: &impl Serialize) -> Result<Response, Refusal> {
    Ok(Response::from_json(body)?)
}

/// A 201 response with the location of the new item: its id, under the path of the request.
pub(crate) fn created(request: &Request, id: i32, body: &impl Serialize) -> Result<Response, Refusal> {
    let response = ok(body)?.with_status(201);
    response.headers().set("Location", &format!("{}/{id}", request.path()))?;
    Ok(response)
}

pub(crate) fn no_content() -> Result<Response, Refusal> {
    Ok(Response::empty()?.with_status(204))
}
