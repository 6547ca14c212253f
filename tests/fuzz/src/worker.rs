//! The worker: `POST /fuzz` runs the programs of a request in one object, `GET /panic` tells the message of the last panic.

use std::sync::Once;

use js_sys::Reflect;
use sea_orm_do::DoConnection;
use sea_orm_do_shared::programs;
use wasm_bindgen::JsValue;
use worker::{Context, DurableObject, Env, Error, Request, Response, Result, State, durable_object, event};

use crate::handle;

const PANIC: &str = "__panic";

/// Puts a panic's message where it outlives the wasm instance, as the worker of the suites does.
fn keep_panic_messages() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let next = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let _ = Reflect::set(&js_sys::global(), &PANIC.into(), &info.to_string().into());
            next(info);
        }));
    });
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    if request.path() == "/panic" {
        let message = Reflect::get(&js_sys::global(), &PANIC.into())?.as_string();
        Reflect::set(&js_sys::global(), &PANIC.into(), &JsValue::UNDEFINED)?;
        return Response::ok(message.unwrap_or_default());
    }
    env.durable_object("PROGRAMS")?.get_by_name("all")?.fetch_with_request(request).await
}

#[durable_object]
struct Programs {
    state: State,
}

impl DurableObject for Programs {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        keep_panic_messages();
        // Not through JavaScript's JSON, whose numbers are floats.
        let asked = serde_json::from_str(&request.text().await?)?;
        let failed = |error: sea_orm::DbErr| Error::RustError(error.to_string());
        let db = DoConnection::new(&self.state).map_err(failed)?;
        let answer = programs::answer(&asked, |program| handle(&db, program), sea_orm_do::sql_err).await;
        Response::from_json(&answer.map_err(failed)?)
    }
}
