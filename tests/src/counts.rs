//! What statements cost, as the runtime counts it: `rowsRead` and `rowsWritten` of each cursor.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::case::Counts;

#[wasm_bindgen(inline_js = "
export function watch(sql) {
    const cursors = [];
    const exec = sql.exec;
    sql.exec = (...args) => {
        const cursor = exec.apply(sql, args);
        cursors.push(cursor);
        return cursor;
    };
    const sum = (name) => cursors.reduce((sum, cursor) => sum + cursor[name], 0);
    return () => {
        delete sql.exec;
        return [cursors.length, sum('rowsRead'), sum('rowsWritten')];
    };
}
")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn watch(sql: &JsValue) -> Result<Function, JsValue>;
}

/// Counts all statements of an object's storage while `step` runs.
///
/// # Errors
/// What JavaScript throws.
pub fn counting<T>(state: &worker::State, step: impl FnOnce() -> T) -> Result<(T, Counts), JsValue> {
    let storage = state.storage();
    let sql = js_sys::Reflect::get(storage.as_raw().as_ref(), &"sql".into())?;
    let stop = watch(&sql)?;
    let done = step();
    let counts = Array::from(&stop.call0(&JsValue::UNDEFINED)?);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of a test")]
    let count = |at| counts.get(at).as_f64().unwrap_or(f64::NAN) as usize;
    Ok((done, Counts { statements: count(0), rows_read: count(1), rows_written: count(2) }))
}

/// `databaseSize` of an object's storage.
///
/// # Errors
/// What JavaScript throws.
pub fn database_size(state: &worker::State) -> Result<u64, JsValue> {
    let storage = state.storage();
    let sql = js_sys::Reflect::get(storage.as_raw().as_ref(), &"sql".into())?;
    let size = js_sys::Reflect::get(&sql, &"databaseSize".into())?.as_f64();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of bytes")]
    size.map(|size| size as u64).ok_or(JsValue::UNDEFINED)
}
