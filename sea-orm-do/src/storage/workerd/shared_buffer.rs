//! The buffer that `bridge.js` and this module share: it carries parameters to JavaScript, then rows from it.
//!
//! Each use is one call into JavaScript, with the reads or writes directly before and after it, so nothing can happen
//! in between.

use std::slice;

use super::exception::thrown;
use super::from_js;
use super::imports::{connect, take_overflow};
use crate::storage::error::StorageError;
use crate::storage::{FIRST_ROUNDED, SqlValue};

const CELLS: usize = 1024;
const LENGTH: usize = 16 * 1024;

const NULL: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
const BLOB: u8 = 3;
const OVERFLOW: u8 = 4;

thread_local! {
    static BUFFER: Buffer = Buffer::new();
}

/// Memory that is never freed, because JavaScript keeps its address.
#[derive(Clone, Copy)]
struct Buffer {
    kinds: *mut u8,
    numbers: *mut f64,
    bytes: *mut u8,
}

/// What `bridge.js` has put into the buffer, decoded from its return value.
#[derive(Clone, Copy)]
pub(super) struct Filled {
    cells: usize,
    pub(super) more: bool,
    pub(super) renamed: bool,
    /// Whether the rows have come to their end.
    pub(super) ended: bool,
}

impl From<u32> for Filled {
    fn from(filled: u32) -> Self {
        let cells = usize::try_from(filled & 0xffff).unwrap_or(CELLS).min(CELLS);
        let has = |flag: u32| filled & 1 << flag != 0;
        Self { cells, more: has(16), renamed: has(17), ended: has(18) }
    }
}

impl Buffer {
    fn new() -> Self {
        let buffer = Self {
            kinds: Box::leak(vec![0; CELLS].into_boxed_slice()).as_mut_ptr(),
            numbers: Box::leak(vec![0.0; CELLS].into_boxed_slice()).as_mut_ptr(),
            bytes: Box::leak(vec![0; LENGTH].into_boxed_slice()).as_mut_ptr(),
        };
        connect(wasm_bindgen::memory(), buffer.kinds, buffer.numbers, buffer.bytes, CELLS, LENGTH);
        buffer
    }
}

/// Passes the address of the buffer to JavaScript, on the first call.
pub(super) fn connect_once() {
    BUFFER.with(|_| ());
}

/// Passes the kinds, numbers and bytes to `with`, which must not call a JavaScript function that uses the buffer.
fn buffer<T>(with: impl FnOnce(&mut [u8], &mut [f64], &mut [u8]) -> T) -> T {
    let Buffer { kinds, numbers, bytes } = BUFFER.with(|buffer| *buffer);
    // SAFETY: the memory is leaked, so it stays valid. There is one thread, no slice outlives this call, and JavaScript
    // writes only while it is being called.
    unsafe {
        let (kinds, numbers) = (slice::from_raw_parts_mut(kinds, CELLS), slice::from_raw_parts_mut(numbers, CELLS));
        with(kinds, numbers, slice::from_raw_parts_mut(bytes, LENGTH))
    }
}

/// Writes parameters into the buffer; `None` if it is too small for them.
pub(super) fn put(params: &[SqlValue]) -> Option<()> {
    buffer(|kinds, numbers, bytes| {
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

/// Appends `more` and returns its length.
#[allow(clippy::cast_precision_loss, reason = "at most the size of the buffer")]
fn append(bytes: &mut [u8], end: &mut usize, more: &[u8]) -> Option<f64> {
    bytes.get_mut(*end..*end + more.len())?.copy_from_slice(more);
    *end += more.len();
    Some(more.len() as f64)
}

/// The first two numbers as integers; `None` if they may have been rounded.
pub(super) fn two_integers() -> Option<(i64, i64)> {
    #[allow(clippy::cast_possible_truncation, reason = "an integer below 2^53")]
    let integer = |number: f64| (number.abs() < FIRST_ROUNDED).then_some(number as i64);
    buffer(|_, numbers, _| integer(numbers[0]).zip(integer(numbers[1])))
}

/// Moves the cells of the buffer into rows of `width` cells. The last row may be incomplete, before and after.
pub(super) fn take(filled: Filled, width: usize, rows: &mut Vec<Vec<SqlValue>>) -> Result<(), StorageError> {
    let mut overflow = Vec::new();
    buffer(|kinds, numbers, bytes| {
        let mut rest = &*bytes;
        for (kind, number) in kinds.iter().zip(&*numbers).take(filled.cells) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length in the buffer")]
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
                overflow.push((at, row.len()));
            }
            row.push(value);
        }
        Ok(())
    })?;
    for (row, column) in overflow {
        rows[row][column] = from_js(take_overflow().map_err(thrown)?)?;
    }
    Ok(())
}

fn not_text(error: std::str::Utf8Error) -> StorageError {
    StorageError::new(format!("the runtime returned a text that is not UTF-8: {error}"))
}
