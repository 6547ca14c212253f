//! What is imported from JavaScript: the storage of the runtime, and `bridge.js`.
//!
//! <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/>

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    pub(super) type DurableObjectStorage;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn sql(this: &DurableObjectStorage) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    pub(super) fn transaction_sync(
        this: &DurableObjectStorage,
        step: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn transaction(this: &DurableObjectStorage, closure: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = getCurrentBookmark)]
    pub(super) fn current_bookmark(this: &DurableObjectStorage) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = getBookmarkForTime)]
    pub(super) fn bookmark_for_time(this: &DurableObjectStorage, milliseconds: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = onNextSessionRestoreBookmark)]
    pub(super) fn restore_at_next_session(this: &DurableObjectStorage, bookmark: &str) -> Result<Promise, JsValue>;

    pub(super) type DurableObjectTransaction;

    #[wasm_bindgen(method, catch)]
    pub(super) fn rollback(this: &DurableObjectTransaction) -> Result<(), JsValue>;

    pub(super) type SqlStorage;

    #[wasm_bindgen(method, getter, catch, js_name = databaseSize)]
    pub(super) fn database_size(this: &SqlStorage) -> Result<f64, JsValue>;
}

// With `catch`, wasm-bindgen imports all of these in one statement. It imports a function without `catch` in one more,
// and esbuild warns of a second one.
#[wasm_bindgen(module = "/src/storage/workerd/bridge.js")]
extern "C" {
    pub(super) fn connect(
        memory: JsValue,
        kinds: *mut u8,
        numbers: *mut f64,
        bytes: *mut u8,
        cells: usize,
        length: usize,
    );

    #[wasm_bindgen(catch, js_name = takeOverflow)]
    pub(super) fn take_overflow() -> Result<JsValue, JsValue>;

    /// A statement's text on the JavaScript side.
    pub(super) type Statement;

    pub(super) fn statement(text: &str, is_named: bool) -> Statement;

    #[wasm_bindgen(catch)]
    pub(super) fn names(statement: &Statement) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn read(
        sql: &SqlStorage,
        statement: &Statement,
        count: usize,
        values: Option<Array>,
    ) -> Result<u32, JsValue>;

    #[wasm_bindgen(catch, js_name = readMore)]
    pub(super) fn read_more() -> Result<u32, JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn write(
        sql: &SqlStorage,
        statement: &Statement,
        count: usize,
        values: Option<Array>,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn insert(
        sql: &SqlStorage,
        statement: &Statement,
        count: usize,
        values: Option<Array>,
    ) -> Result<(), JsValue>;

    /// The rows of a SELECT that is running.
    pub(super) type Rows;

    #[wasm_bindgen(catch)]
    pub(super) fn open(
        sql: &SqlStorage,
        statement: &Statement,
        count: usize,
        values: Option<Array>,
    ) -> Result<Rows, JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn next(rows: &Rows, most: usize) -> Result<u32, JsValue>;

    #[wasm_bindgen(catch, js_name = nextMore)]
    pub(super) fn next_more(rows: &Rows) -> Result<u32, JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn close(rows: &Rows) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_name = countNext)]
    pub(super) fn count_next() -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn counted() -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_name = costOf)]
    pub(super) fn cost_of(rows: &Rows) -> Result<bool, JsValue>;
}
