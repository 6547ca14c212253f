//! The page that `bridge.js` and this side share: parameters on their way out, then rows on their way in.
//!
//! Each use is one call into JavaScript and what is read or written right before and after it, so nothing can come in
//! between.

use std::slice;

use wasm_bindgen::prelude::*;

use super::from_js;
use crate::storage::error::StorageError;
use crate::storage::{FIRST_ROUNDED, SqlValue};

const CELLS: usize = 1024;
const LENGTH: usize = 16 * 1024;

const NULL: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
const BLOB: u8 = 3;
const OVERFLOW: u8 = 4;

#[wasm_bindgen(module = "/src/storage/workerd/bridge.js")]
extern "C" {
    fn connect(memory: JsValue, kinds: *mut u8, numbers: *mut f64, bytes: *mut u8, cells: usize, length: usize);

    #[wasm_bindgen(js_name = takeApart)]
    fn take_apart() -> JsValue;
}

thread_local! {
    static PAGE: Page = Page::new();
}

/// Memory that is never given back, since JavaScript keeps its address.
#[derive(Clone, Copy)]
struct Page {
    kinds: *mut u8,
    numbers: *mut f64,
    bytes: *mut u8,
}

/// What came back in the page, as `bridge.js` tells it.
#[derive(Clone, Copy)]
pub(super) struct Filled {
    cells: usize,
    pub(super) more: bool,
    pub(super) renamed: bool,
}

impl From<u32> for Filled {
    fn from(told: u32) -> Self {
        let cells = usize::try_from(told & 0xffff).unwrap_or(CELLS).min(CELLS);
        Self { cells, more: told & 1 << 16 != 0, renamed: told & 1 << 17 != 0 }
    }
}

impl Page {
    fn new() -> Self {
        let page = Self {
            kinds: Box::leak(vec![0; CELLS].into_boxed_slice()).as_mut_ptr(),
            numbers: Box::leak(vec![0.0; CELLS].into_boxed_slice()).as_mut_ptr(),
            bytes: Box::leak(vec![0; LENGTH].into_boxed_slice()).as_mut_ptr(),
        };
        connect(wasm_bindgen::memory(), page.kinds, page.numbers, page.bytes, CELLS, LENGTH);
        page
    }
}

/// Tells JavaScript where the page lies, the first time.
pub(super) fn connect_once() {
    PAGE.with(|_| ());
}

/// Kinds, numbers and bytes. `with` calls nothing that calls JavaScript's side of the page.
fn page<T>(with: impl FnOnce(&mut [u8], &mut [f64], &mut [u8]) -> T) -> T {
    let Page { kinds, numbers, bytes } = PAGE.with(|page| *page);
    // SAFETY: the memory is leaked, so it lives; there is one thread, no slice outlives this call, and JavaScript writes
    // only while it is being called.
    unsafe {
        let (kinds, numbers) = (slice::from_raw_parts_mut(kinds, CELLS), slice::from_raw_parts_mut(numbers, CELLS));
        with(kinds, numbers, slice::from_raw_parts_mut(bytes, LENGTH))
    }
}

/// Writes parameters into the page; `None` when it is too small for them.
pub(super) fn put(params: &[SqlValue]) -> Option<()> {
    page(|kinds, numbers, bytes| {
        let mut end = 0;
        for (at, param) in params.iter().enumerate() {
            let (kind, number) = match param {
                SqlValue::Null => (NULL, 0.0),
                SqlValue::Number(number) => (NUMBER, *number),
                SqlValue::Text(text) => (TEXT, append(bytes, &mut end, text.as_bytes())?),
                SqlValue::Blob(blob) => (BLOB, append(bytes, &mut end, blob)?),
            };
            *kinds.get_mut(at)? = kind;
            *numbers.get_mut(at)? = number;
        }
        Some(())
    })
}

/// The length of what was appended.
#[allow(clippy::cast_precision_loss, reason = "at most the size of the page")]
fn append(bytes: &mut [u8], end: &mut usize, more: &[u8]) -> Option<f64> {
    bytes.get_mut(*end..*end + more.len())?.copy_from_slice(more);
    *end += more.len();
    Some(more.len() as f64)
}

/// The first two numbers, as the integers they are; `None` when they may have been rounded.
pub(super) fn two_integers() -> Option<(i64, i64)> {
    #[allow(clippy::cast_possible_truncation, reason = "an integer below 2^53")]
    let integer = |number: f64| (number.abs() < FIRST_ROUNDED).then_some(number as i64);
    page(|_, numbers, _| integer(numbers[0]).zip(integer(numbers[1])))
}

/// Takes the cells of a page into rows of `width`; the last of `rows` may be cut, before and after.
pub(super) fn take(filled: Filled, width: usize, rows: &mut Vec<Vec<SqlValue>>) -> Result<(), StorageError> {
    let mut apart = Vec::new();
    page(|kinds, numbers, bytes| {
        let mut rest = &*bytes;
        for (kind, number) in kinds.iter().zip(&*numbers).take(filled.cells) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length in the page")]
            let mut next = || rest.split_off(..*number as usize).unwrap_or_default();
            let value = match *kind {
                NUMBER => SqlValue::Number(*number),
                TEXT => SqlValue::Text(std::str::from_utf8(next()).map_err(not_text)?.to_owned()),
                BLOB => SqlValue::Blob(next().to_vec()),
                _ => SqlValue::Null,
            };
            if rows.last().is_none_or(|row| row.len() == width) {
                rows.push(Vec::with_capacity(width));
            }
            let at = rows.len() - 1;
            let row = &mut rows[at];
            if *kind == OVERFLOW {
                apart.push((at, row.len()));
            }
            row.push(value);
        }
        Ok(())
    })?;
    for (row, column) in apart {
        rows[row][column] = from_js(take_apart())?;
    }
    Ok(())
}

fn not_text(error: std::str::Utf8Error) -> StorageError {
    StorageError::new(format!("the runtime returned a text that is not UTF-8: {error}"))
}
