//! `blockConcurrencyWhile`, which a panic also ends.
//!
//! <https://developers.cloudflare.com/durable-objects/api/state/#blockconcurrencywhile>

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use js_sys::futures::future_to_promise;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;

use super::panic::{Awaited, end_on_panic};

/// Rejects the promise that the runtime waits for, so that the runtime restarts the object at once instead of after 30
/// seconds.
struct Failing(Function);

impl Awaited for Failing {
    fn end(&self) {
        // Settling a promise never throws.
        let _ = self.0.call1(&JsValue::UNDEFINED, &js_sys::Error::new("a panic in blockConcurrencyWhile"));
    }
}

/// Runs `step` while the object takes no requests. The caller does not await it.
pub(crate) fn block_concurrency_while(state: &worker::State, step: impl Future<Output = ()> + 'static) {
    let fail = AssertUnwindSafe(Cell::new(None));
    let panicked = Promise::new(&mut |_, reject| fail.set(Some(reject)));
    let failing = fail.take().map(|fail| Rc::new(Failing(fail)));
    failing.iter().for_each(end_on_panic);
    let step = AssertUnwindSafe(async move {
        step.await;
        drop(failing);
        Ok(JsValue::UNDEFINED)
    });
    let closure = Closure::once_into_js(move || Promise::race(&Array::of2(&future_to_promise(step), &panicked)));
    // Throws only if the object has already ended.
    let _ = state.as_raw().block_concurrency_while(closure.unchecked_ref());
}
