//! The worker: routes a path to an object, and the object to the operations on its stock.

use sea_orm::DbErr;
use sea_orm_do::{DoConnection, Opening};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::{from_value, to_value};
use worker::wasm_bindgen::JsValue;
use worker::{
    Context, DurableObject, Env, Method, Request, Response, State, console_error, durable_object,
    event, js_sys, wasm_bindgen,
};

use crate::stock::{self, Line, Refusal};

/// Forwards `/{stock}/…` to the object with that name, which is created on first use.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    let path = request.path();
    match path.trim_start_matches('/').split_once('/') {
        Some((name, _)) if !name.is_empty() => {
            env.durable_object("{BINDING}")?
                .get_by_name(name)?
                .fetch_with_request(request)
                .await
        }
        _ => Response::error(
            "the paths are /{stock}/items, /{stock}/orders and /{stock}/summary",
            404,
        ),
    }
}

/// One stock, in an object with its own database.
#[durable_object(fetch)]
pub struct {Class} {
    database: Opening,
}

impl DurableObject for {Class} {
    fn new(state: State, _env: Env) -> Self {
        // No request is delivered before this has finished.
        Self {
            database: Opening::new(&state, stock::open),
        }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        match self.database.get() {
            Ok(db) => answer(&db, request).await,
            Err(error) => failed(&error),
        }
    }
}

/// What Workers and other objects call by RPC: `await env.{BINDING}.getByName("first").items()`.
#[wasm_bindgen::prelude::wasm_bindgen(wasm_bindgen = worker::wasm_bindgen, js_sys = worker::js_sys, wasm_bindgen_futures = worker::wasm_bindgen_futures)]
impl {Class} {
    pub async fn items(&self) -> Result<JsValue, JsValue> {
        let items = async { stock::items(&self.database.get()?).await };
        returned(items.await)
    }

    /// Takes an array of `{ item, pieces }` and returns the price as a string.
    pub async fn order(&self, lines: JsValue) -> Result<JsValue, JsValue> {
        let lines: Vec<Line> = from_value(lines)?;
        returned(
            self.database
                .get()
                .map_err(Refusal::from)
                .and_then(|db| stock::order(&db, &lines)),
        )
    }
}

fn returned(outcome: Result<impl Serialize, Refusal>) -> Result<JsValue, JsValue> {
    match outcome {
        Ok(value) => Ok(to_value(&value)?),
        Err(refusal) => Err(js_sys::Error::new(&message(&refusal)).into()),
    }
}

/// Logs an error of the database; the message must not reveal tables and values.
fn message(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Database(error) => {
            console_error!("{error}");
            "the request could not be answered".to_owned()
        }
        refusal => refusal.to_string(),
    }
}

fn failed(error: &DbErr) -> worker::Result<Response> {
    Response::error(message(&error.clone().into()), 500)
}

async fn answer(db: &DoConnection, mut request: Request) -> worker::Result<Response> {
    let path = request.path();
    let last = path.rsplit('/').next().unwrap_or_default();
    match (request.method(), last) {
        (Method::Get, "items") => respond(stock::items(db).await),
        (Method::Get, "summary") => respond(stock::summary(db).await),
        (Method::Post, "items") => match body(&mut request).await? {
            Ok(new) => respond(stock::add(db, new).await),
            Err(refused) => Ok(refused),
        },
        (Method::Post, "orders") => match body::<Vec<Line>>(&mut request).await? {
            Ok(lines) => respond(stock::order(db, &lines)),
            Err(refused) => Ok(refused),
        },
        _ => Response::error("no such path or method", 404),
    }
}

/// The longest body, in bytes.
const LONGEST: usize = 10_000;

/// Parses a JSON body, or returns the response that refuses it.
async fn body<T: DeserializeOwned>(request: &mut Request) -> worker::Result<Result<T, Response>> {
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

fn respond(outcome: Result<impl Serialize, Refusal>) -> worker::Result<Response> {
    match outcome {
        Ok(value) => Response::from_json(&value),
        Err(Refusal::Database(error)) => failed(&error),
        Err(refusal) => Response::error(message(&refusal), 409),
    }
}
