//! JavaScript exceptions, which every import catches, as errors of the storage: one that crossed wasm would be a trap.

use js_sys::Error;
use wasm_bindgen::prelude::*;

use crate::storage::error::StorageError;

#[allow(clippy::needless_pass_by_value, reason = "map_err hands it over")]
pub(super) fn not_sqlite(error: JsValue) -> StorageError {
    StorageError::new(format!(
        "this Durable Object class is not backed by SQLite: give it `storage = \"sqlite\"` under `exports`, or list it under \
         `new_sqlite_classes`, in wrangler.toml ({})",
        message_of(&error)
    ))
}

#[allow(clippy::needless_pass_by_value, reason = "map_err hands it over")]
pub(super) fn thrown(error: JsValue) -> StorageError {
    StorageError::new(message_of(&error))
}

pub(super) fn message_of(error: &JsValue) -> String {
    match error.dyn_ref::<Error>() {
        Some(error) => error.message().into(),
        None => format!("{error:?}"),
    }
}
