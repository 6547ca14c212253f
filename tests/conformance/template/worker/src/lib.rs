//! Runs the suite: `GET /tests` lists it, `POST /run?test=…&mode=…` runs a test in a Durable Object of its own, on a handle
//! of that mode, and answers 200, or 500 with what went wrong. `/remote/<test>` answers a remote connection of the host, on
//! the default handle of an object.
//!
//! A panic stops the wasm instance, so its message is left in JavaScript's hands: `GET /panic` tells it, once.

mod run;
mod suite;

use std::sync::Once;

use js_sys::{Function, Reflect};
use sea_orm::conformance::{self, Test};
use sea_orm_do::DoConnection;
use sea_orm_do::remote::{Access, serve};
use wasm_bindgen::{JsCast, JsValue};
use worker::{Context, DurableObject, Env, Request, Response, Result, State, durable_object, event};

const PANIC: &str = "__panic";

/// Fills the lists of tests and entities, and puts a panic's message where it outlives the wasm instance. The hook of
/// the worker crate, which asks for a new instance, is there by the time of the first request and runs after ours.
fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Err(error) = fill_lists() {
            panic!("the suite's exports: {error:?}");
        }
        let next = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let _ = Reflect::set(&js_sys::global(), &PANIC.into(), &info.to_string().into());
            next(info);
        }));
    });
}

/// Calls the functions that the macros of the suite left among the exports.
fn fill_lists() -> std::result::Result<(), JsValue> {
    let exports = wasm_bindgen::exports();
    for name in Reflect::own_keys(&exports)? {
        if name.as_string().is_some_and(|name| name.starts_with("conformance ")) {
            Reflect::get(&exports, &name)?.unchecked_into::<Function>().call0(&JsValue::NULL)?;
        }
    }
    Ok(())
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    prepare();
    match request.path().as_str() {
        "/panic" => last_panic(),
        path if path.starts_with("/remote/") => {
            let object = format!("{path} remote");
            env.durable_object("ISOLATED")?.get_by_name(&object)?.fetch_with_request(request).await
        }
        "/tests" => Response::from_json(&conformance::tests().iter().map(Listed::from).collect::<Vec<_>>()),
        _ => {
            let (test, mode) = requested(&request)?;
            let object = format!("{} {mode}", test.name());
            env.durable_object("ISOLATED")?.get_by_name(&object)?.fetch_with_request(request).await
        }
    }
}

fn last_panic() -> Result<Response> {
    let message = Reflect::get(&js_sys::global(), &PANIC.into())?.as_string();
    Reflect::set(&js_sys::global(), &PANIC.into(), &JsValue::UNDEFINED)?;
    Response::ok(message.unwrap_or_default())
}

/// What the host is told about a test.
#[derive(serde::Serialize)]
struct Listed {
    name: String,
    ignored: bool,
    should_panic: Option<&'static str>,
}

impl From<&Test> for Listed {
    fn from(test: &Test) -> Self {
        Self { name: test.name(), ignored: test.ignored, should_panic: test.should_panic }
    }
}

/// The test, and the mode of its handle.
fn requested(request: &Request) -> Result<(Test, String)> {
    #[derive(serde::Deserialize)]
    struct Query {
        test: String,
        mode: String,
    }
    let Query { test, mode } = request.query()?;
    let known = conformance::tests().into_iter().find(|known| known.name() == test);
    Ok((known.ok_or_else(|| format!("no such test: {test}"))?, mode))
}

#[durable_object]
struct Isolated {
    state: State,
}

impl DurableObject for Isolated {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        prepare();
        let connection = DoConnection::new(&self.state).map_err(|error| error.to_string())?;
        if request.path().starts_with("/remote/") {
            return serve(&connection, request, &Access::read_write()).await;
        }
        let (test, mode) = requested(&request)?;
        let connection = match mode.as_str() {
            "default" => connection,
            "inferred" => connection.with_inferred_types(),
            "async" => connection.with_inferred_types().with_async_transactions(),
            other => return Response::error(format!("no such mode: {other}"), 400),
        };
        match run::run(&test, connection).await {
            Ok(()) => Response::ok(""),
            Err(error) => Response::error(error, 500),
        }
    }
}
