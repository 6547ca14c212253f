//! `blockConcurrencyWhile`, which a panic ends as well.
//! <https://developers.cloudflare.com/durable-objects/api/state/#blockconcurrencywhile>

use std::rc::Rc;

use js_sys::futures::future_to_promise;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;

use super::panic::{Awaited, end_on_panic};

/// Makes the promise fail that the runtime waits for, so that it starts the object anew at once, and not after 30 seconds.
struct Failing(Function);

impl Awaited for Failing {
    fn end(&self) {
        // To settle a promise never throws.
        let _ = self.0.call1(&JsValue::UNDEFINED, &js_sys::Error::new("a panic in blockConcurrencyWhile"));
    }
}

/// Runs `step` while the object takes no requests. It runs without being awaited.
pub(crate) fn block_concurrency_while(state: &worker::State, step: impl Future<Output = ()> + 'static) {
    let mut fail = None;
    let panicked = Promise::new(&mut |_, reject| fail = Some(reject));
    let failing = fail.map(|fail| Rc::new(Failing(fail)));
    failing.iter().for_each(end_on_panic);
    let closure = Closure::once_into_js(move || {
        let ended = future_to_promise(async move {
            step.await;
            drop(failing);
            Ok(JsValue::UNDEFINED)
        });
        Promise::race(&Array::of2(&ended, &panicked))
    });
    // It throws only where the object is over already.
    let _ = state.as_raw().block_concurrency_while(closure.unchecked_ref());
}
