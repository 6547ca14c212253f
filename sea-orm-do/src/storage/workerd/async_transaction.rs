//! Async transactions: the runtime wraps its transaction around an asynchronous closure, which waits here for the
//! commit or rollback.

use std::cell::{Cell, OnceCell};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::futures::{JsFuture, spawn_local};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use super::exception::thrown;
use super::imports::{DurableObjectStorage, DurableObjectTransaction};
use super::panic::{Awaited, end_on_panic};
use crate::storage::error::StorageError;
use crate::storage::{StorageTransaction, Watcher};

/// A closure that waits for the commit or rollback.
///
/// <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#transaction>
struct WaitingClosure {
    /// Empty until the closure is called.
    transaction: OnceCell<DurableObjectTransaction>,
    /// Ends the closure with success.
    succeed: Function,
    /// Ends the closure with an exception.
    fail: Function,
}

impl WaitingClosure {
    fn begin(storage: &DurableObjectStorage, watcher: Arc<dyn Watcher>) -> Result<Rc<Self>, StorageError> {
        let settle = AssertUnwindSafe(Cell::new(None));
        let ending = Promise::new(&mut |succeed, fail| settle.set(Some((succeed, fail))));
        let settle = settle.take().ok_or_else(|| StorageError::new("a promise was not made at once".to_owned()))?;
        let (succeed, fail) = settle;
        let waiting = Rc::new(Self { transaction: OnceCell::new(), succeed, fail });
        let closure = Closure::once_into_js({
            let of_closure = AssertUnwindSafe((waiting.clone(), watcher.clone()));
            move |transaction: DurableObjectTransaction| {
                let (waiting, watcher) = &*of_closure;
                let _ = waiting.transaction.set(transaction);
                watcher.began();
                ending
            }
        });
        let ended = storage.transaction(&closure).map_err(thrown)?;
        spawn_local(async move {
            watcher.ended(match JsFuture::from(ended).await {
                Ok(_) => Ok(()),
                // The exception of `roll_back`.
                Err(error) if error.is_undefined() => Ok(()),
                Err(error) => Err(thrown(error)),
            });
        });
        end_on_panic(&waiting);
        Ok(waiting)
    }

    fn roll_back(&self) {
        let rolled_back = self.transaction.get().is_none_or(|transaction| transaction.rollback().is_ok());
        // The runtime refuses a rollback while a transaction inside this one is open. A closure that fails is rolled
        // back when it ends. Settling a promise never throws.
        let end = if rolled_back { &self.succeed } else { &self.fail };
        let _ = end.call0(&JsValue::UNDEFINED);
    }
}

/// Without this, the runtime would wait for the closure until it resets the object after 30 seconds.
impl Awaited for WaitingClosure {
    fn end(&self) {
        self.roll_back();
    }
}

pub(super) struct WorkerdTransaction(Rc<WaitingClosure>);

impl WorkerdTransaction {
    pub(super) fn begin(storage: &DurableObjectStorage, watcher: Arc<dyn Watcher>) -> Result<Self, StorageError> {
        Ok(Self(WaitingClosure::begin(storage, watcher)?))
    }
}

// SAFETY: as for `WorkerdStorage`.
unsafe impl Send for WorkerdTransaction {}
// SAFETY: as for `WorkerdStorage`.
unsafe impl Sync for WorkerdTransaction {}

impl std::fmt::Debug for WorkerdTransaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ctx.storage.transaction")
    }
}

impl StorageTransaction for WorkerdTransaction {
    fn commit(&self) {
        // Settling a promise never throws.
        let _ = self.0.succeed.call0(&JsValue::UNDEFINED);
    }

    fn rollback(&self) {
        self.0.roll_back();
    }
}
