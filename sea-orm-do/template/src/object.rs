//! The worker: routes a path to the object of a bank, and the object to the bank's operations.

use sea_orm_do::{DoConnection, Opening};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use worker::{
    Context, DurableObject, Env, Method, Request, Response, Result, State, console_error,
    durable_object, event, wasm_bindgen,
};

use crate::bank::{self, Refusal};

/// Forwards `/{bank}/…` to the object with that name, which is created on first use.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let path = request.path();
    match path.trim_start_matches('/').split_once('/') {
        Some((name, _)) if !name.is_empty() => {
            env.durable_object("BANKS")?
                .get_by_name(name)?
                .fetch_with_request(request)
                .await
        }
        _ => Response::error("the paths are /{bank}/accounts and /{bank}/transfers", 404),
    }
}

/// One bank.
#[durable_object(fetch)]
pub struct Bank {
    database: Opening,
}

impl DurableObject for Bank {
    fn new(state: State, _env: Env) -> Self {
        // No request is delivered before this has finished.
        Self {
            database: Opening::new(&state, bank::open),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match self.database.get() {
            Ok(db) => answer(&db, request).await,
            Err(error) => failed(&error),
        }
    }
}

/// Logs the error; the response must not reveal tables and values.
fn failed(error: &impl std::fmt::Display) -> Result<Response> {
    console_error!("{error}");
    Response::error("the request could not be answered", 500)
}

#[derive(Deserialize)]
struct Account {
    name: String,
    balance: i64,
}

#[derive(Deserialize)]
struct Transfer {
    from: i32,
    to: i32,
    amount: i64,
}

async fn answer(db: &DoConnection, mut request: Request) -> Result<Response> {
    let path = request.path();
    match (
        request.method(),
        path.rsplit('/').next().unwrap_or_default(),
    ) {
        (Method::Get, "accounts") => respond(bank::accounts(db).await),
        (Method::Post, "accounts") => match body(&mut request).await? {
            Ok(Account { name, balance }) => respond(bank::add(db, name, balance).await),
            Err(refused) => Ok(refused),
        },
        (Method::Post, "transfers") => match body(&mut request).await? {
            Ok(Transfer { from, to, amount }) => respond(bank::transfer(db, from, to, amount)),
            Err(refused) => Ok(refused),
        },
        _ => Response::error("no such path or method", 404),
    }
}

/// The longest body, in bytes.
const LONGEST: usize = 10_000;

/// Parses a JSON body, or returns the response that refuses it.
async fn body<T: DeserializeOwned>(
    request: &mut Request,
) -> Result<std::result::Result<T, Response>> {
    let content_type = request.headers().get("content-type")?.unwrap_or_default();
    if content_type.split(';').next().map(str::trim) != Some("application/json") {
        return Response::error("the body must be application/json", 415).map(Err);
    }
    let length = request.headers().get("content-length")?;
    if length.is_some_and(|length| length.parse().is_ok_and(|length: usize| length > LONGEST)) {
        return Response::error("the body is too long", 413).map(Err);
    }
    let bytes = request.bytes().await?;
    if bytes.len() > LONGEST {
        return Response::error("the body is too long", 413).map(Err);
    }
    match serde_json::from_slice(&bytes) {
        Ok(body) => Ok(Ok(body)),
        Err(error) => Response::error(error.to_string(), 400).map(Err),
    }
}

fn respond(outcome: std::result::Result<impl Serialize, Refusal>) -> Result<Response> {
    match outcome {
        Ok(value) => Response::from_json(&value),
        Err(Refusal::Database(error)) => failed(&error),
        Err(refusal) => Response::error(refusal.to_string(), 409),
    }
}
