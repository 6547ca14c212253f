//! The object: runs SQL for the host, and one kind of work on request.
//!
//! `POST /…/sql` runs the statement in its body and answers with its first row. `POST /ours/…/find?count=5` does the work
//! `find` five times and answers with the milliseconds it took, by the runtime's own clock, and a sum that must be the
//! same for every contestant.

use bench_works::typed;
use js_sys::{Array, WebAssembly};
use sea_orm_do::DoConnection;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Context, Date, DurableObject, Env, Request, Response, Result, SqlStorage, State, durable_object, event};

use crate::{bare, models, rows};

#[durable_object]
pub struct Contestant {
    sql: SqlStorage,
    db: DoConnection,
}

impl DurableObject for Contestant {
    fn new(state: State, _env: Env) -> Self {
        let db = DoConnection::new(&state).map(models::register).unwrap_or_else(|error| panic!("{error}"));
        Self { sql: state.storage().sql(), db }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let url = request.url()?;
        let mut path = url.path_segments().into_iter().flatten();
        let (contestant, work) = (path.next().unwrap_or_default(), path.next_back().unwrap_or_default());
        if work == "sql" {
            let row = self.sql.exec(&request.text().await?, None)?.raw().next().transpose()?.unwrap_or_default();
            let row: Array = row.into_iter().map(JsValue::from).collect();
            return Response::ok(js_sys::JSON::stringify(&row)?);
        }
        let count = request.query::<Count>()?.count;
        let started = Date::now().as_millis();
        let sum = match contestant {
            "wasm" => bare::run(&self.sql, work, count)?,
            "rows" => rows::run(work, count).map_err(|error| error.to_string())?,
            "typed" => typed::run(&self.db, work, count).await.map_err(|error| error.to_string())?,
            _ => models::run(&self.db, work, count).await.map_err(|error| error.to_string())?,
        };
        let millis = Date::now().as_millis() - started;
        Response::from_json(&Done { millis, sum: sum.to_string(), memory: wasm_memory() })
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
    /// Bytes of the wasm instance's memory.
    memory: u32,
}

fn wasm_memory() -> u32 {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    memory.buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length()
}

/// The objects are reached from the JavaScript worker alone.
#[event(fetch)]
async fn fetch(_request: Request, _env: Env, _context: Context) -> Result<Response> {
    Response::error("ask the object", 404)
}
