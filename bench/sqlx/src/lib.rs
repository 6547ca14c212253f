//! The contestant `sqlx-cloudflare-do` of `cargo xtask bench`, in a worker of its own.
#![cfg(target_arch = "wasm32")]

mod work;

use js_sys::Array;
use sqlx_cloudflare_do::DoConnection;
use wasm_bindgen::JsValue;
use worker::{Context, Date, DurableObject, Env, Request, Response, Result, SqlStorage, State, durable_object, event};

/// As the objects of the other contestants: runs SQL for the host, and one kind of work on request.
#[durable_object]
pub struct Sqlx {
    sql: SqlStorage,
    db: DoConnection,
}

impl DurableObject for Sqlx {
    fn new(state: State, _env: Env) -> Self {
        Self { sql: state.storage().sql(), db: DoConnection::new(state.storage()) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let url = request.url()?;
        let work = url.path_segments().into_iter().flatten().next_back().unwrap_or_default();
        if work == "sql" {
            let row = self.sql.exec(&request.text().await?, None)?.raw().next().transpose()?.unwrap_or_default();
            let row: Array = row.into_iter().map(JsValue::from).collect();
            return Response::ok(js_sys::JSON::stringify(&row)?);
        }
        let count = request.query::<Count>()?.count;
        let started = Date::now().as_millis();
        let sum = work::run(&self.db, work, count).await.map_err(|error| error.to_string())?;
        Response::from_json(&Done { millis: Date::now().as_millis() - started, sum: sum.to_string() })
    }
}

#[derive(serde::Deserialize)]
struct Count {
    count: i32,
}

#[derive(serde::Serialize)]
struct Done {
    millis: u64,
    sum: String,
}

/// The objects are reached from the JavaScript worker alone.
#[event(fetch)]
async fn fetch(_request: Request, _env: Env, _context: Context) -> Result<Response> {
    Response::error("ask the object", 404)
}
