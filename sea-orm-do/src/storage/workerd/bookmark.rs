//! Bookmarks:
//! <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#pitr-point-in-time-recovery-api>.

use js_sys::Promise;
use js_sys::futures::JsFuture;
use wasm_bindgen::prelude::*;

use super::DurableObjectStorage;
use super::exception::thrown;
use crate::storage::Bookmark;
use crate::storage::error::StorageError;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(method, catch, js_name = getCurrentBookmark)]
    fn current(this: &DurableObjectStorage) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = getBookmarkForTime)]
    fn for_time(this: &DurableObjectStorage, milliseconds: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = onNextSessionRestoreBookmark)]
    fn restore_at_next_session(this: &DurableObjectStorage, bookmark: &str) -> Result<Promise, JsValue>;
}

/// Sends the request at once; the returned future waits for the answer.
pub(super) fn ask(
    storage: &DurableObjectStorage,
    asked: Bookmark<'_>,
) -> impl Future<Output = Result<String, StorageError>> + use<> {
    let promise = match asked {
        Bookmark::Current => storage.current(),
        Bookmark::At(since) => storage.for_time(since.as_secs_f64() * 1000.0),
        Bookmark::RestoreAtNextSession(bookmark) => storage.restore_at_next_session(bookmark),
    };
    async {
        let answer = JsFuture::from(promise.map_err(thrown)?).await.map_err(thrown)?;
        answer
            .as_string()
            .ok_or_else(|| StorageError::new(format!("the runtime answered with no bookmark: {answer:?}")))
    }
}
