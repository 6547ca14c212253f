//! The worker that runs the cases: `POST /run?case=…&step=…` answers 200 with what the step tells, or 500 with what went
//! wrong.
//!
//! A panic stops the wasm instance, so its message is left in JavaScript's hands: `GET /panic` tells it, once.

use std::rc::Rc;
use std::sync::Once;

use js_sys::Reflect;
use sea_orm::ConnectionTrait;
use sea_orm_do::DoConnection;
use wasm_bindgen::JsValue;
use worker::{Context as WorkerContext, DurableObject, Env, Request, Response, Result, State, durable_object, event};

use crate::case::{Context, Step};

const PANIC: &str = "__panic";

/// Puts a panic's message where it outlives the wasm instance. The hook of the worker crate, which asks for a new
/// instance, is there by the time of the first request and runs after ours.
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
async fn fetch(request: Request, env: Env, _context: WorkerContext) -> Result<Response> {
    if request.path() == "/panic" {
        return last_panic();
    }
    if request.path().starts_with("/bank/") {
        return crate::bank::route(request, &env).await;
    }
    if request.path().starts_with("/remote/") || request.path().starts_with("/stub/") {
        return crate::outside::route(request, &env).await;
    }
    let (name, step) = requested(&request)?;
    let object = format!("{name} {}", step.object);
    env.durable_object(step.class.binding())?.get_by_name(&object)?.fetch_with_request(request).await
}

fn last_panic() -> Result<Response> {
    let message = Reflect::get(&js_sys::global(), &PANIC.into())?.as_string();
    Reflect::set(&js_sys::global(), &PANIC.into(), &JsValue::UNDEFINED)?;
    Response::ok(message.unwrap_or_default())
}

fn requested(request: &Request) -> Result<(String, Step)> {
    #[derive(serde::Deserialize)]
    struct Query {
        case: String,
        step: usize,
    }
    let Query { case, step } = request.query()?;
    let cases = [crate::all(), crate::long()].concat();
    let step = cases.iter().find(|known| known.name == case).and_then(|case| case.steps.get(step));
    match step {
        Some(step) => Ok((case, *step)),
        None => Err(format!("no such step of {case}").into()),
    }
}

/// A class of objects that run steps.
macro_rules! class {
    ($name:ident) => {
        #[durable_object]
        struct $name {
            state: Rc<State>,
        }

        impl DurableObject for $name {
            fn new(state: State, _env: Env) -> Self {
                Self { state: Rc::new(state) }
            }

            async fn fetch(&self, request: Request) -> Result<Response> {
                keep_panic_messages();
                if request.path().starts_with("/remote/") {
                    let db = DoConnection::new(&self.state).map_err(|error| error.to_string())?;
                    return crate::outside::answer(&db, request).await;
                }
                let (_, step) = requested(&request)?;
                let context = Context { state: self.state.clone(), told: Rc::default() };
                let told = context.told.clone();
                match (step.body)(context).await {
                    Ok(()) => Response::ok(told.take()),
                    Err(error) => Response::error(error.to_string(), 500),
                }
            }

            /// Counts the rows of `t` into `alarmed`.
            async fn alarm(&self) -> Result<Response> {
                let context = Context { state: self.state.clone(), told: Rc::default() };
                let counted = "INSERT INTO alarmed SELECT count(*) FROM t";
                let db = context.connect().map_err(|error| error.to_string())?;
                db.execute_unprepared(counted).await.map_err(|error| error.to_string())?;
                Response::empty()
            }
        }
    };
}

class!(Sqlite);
class!(Plain);
