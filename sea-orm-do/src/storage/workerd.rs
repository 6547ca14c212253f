//! `ctx.storage`: the only file that names JavaScript.
//!
//! Every import that can throw is declared `catch`: a JavaScript exception that crossed wasm would be a trap. Rows come
//! through `raw()`, which keeps duplicate column names and their order.
//! <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/>
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use js_sys::{Array, ArrayBuffer, Error, IteratorNext, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use super::{Cursor, Outcome, ResultSet, SqlValue, Storage};
use crate::database::Database;
use crate::error::StorageError;

#[wasm_bindgen]
extern "C" {
    type DurableObjectStorage;

    #[wasm_bindgen(method, getter, catch)]
    fn sql(this: &DurableObjectStorage) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &DurableObjectStorage,
        step: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<JsValue, JsValue>;

    type SqlStorage;

    #[wasm_bindgen(method, variadic, catch)]
    fn exec(this: &SqlStorage, sql: &str, params: &Array) -> Result<SqlStorageCursor, JsValue>;

    type SqlStorageCursor;

    #[wasm_bindgen(method, getter, catch, js_name = columnNames)]
    fn column_names(this: &SqlStorageCursor) -> Result<Array, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn raw(this: &SqlStorageCursor) -> Result<RawIterator, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn one(this: &SqlStorageCursor) -> Result<JsValue, JsValue>;

    type RawIterator;

    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &RawIterator) -> Result<Array, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn next(this: &RawIterator) -> Result<IteratorNext, JsValue>;
}

/// The storage of the Durable Object that this code runs in.
pub(crate) struct WorkerdStorage {
    storage: DurableObjectStorage,
    sql: SqlStorage,
}

// SAFETY: wasm32-unknown-unknown, as workerd runs it, has one thread: no value ever leaves it, and the bounds of
// SeaORM's traits are all that asks for `Send` and `Sync`.
unsafe impl Send for WorkerdStorage {}
// SAFETY: as above.
unsafe impl Sync for WorkerdStorage {}

impl std::fmt::Debug for WorkerdStorage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ctx.storage")
    }
}

impl WorkerdStorage {
    /// Takes the storage out of the object's state; an error for a class that is not backed by SQLite.
    fn open(storage: &JsValue) -> Result<Self, StorageError> {
        let storage: DurableObjectStorage = storage.clone().unchecked_into();
        // Without SQLite `sql` is there all the same; only its use throws, or reading it, as the runtime's version has it.
        let sql: SqlStorage = storage.sql().map_err(not_sqlite)?.unchecked_into();
        sql.exec("SELECT 1", &Array::new()).and_then(|cursor| cursor.raw()?.to_array()).map_err(not_sqlite)?;
        Ok(Self { storage, sql })
    }
}

thread_local! {
    /// The databases that are open, by their storage: all objects of a class may live in one wasm instance.
    static OPEN: RefCell<Vec<(JsValue, Weak<Database>)>> = const { RefCell::new(Vec::new()) };
}

/// The database of the object that `state` belongs to: the same for every connection to it, so that they share what is
/// known of its tables and transactions. An error for a class that is not backed by SQLite.
pub(crate) fn database(state: &worker::State) -> Result<Arc<Database>, StorageError> {
    let storage: JsValue = AsRef::<JsValue>::as_ref(state.storage().as_raw()).clone();
    OPEN.with_borrow_mut(|open| {
        open.retain(|(_, database)| database.strong_count() > 0);
        let known = open.iter().find(|(known, _)| *known == storage).and_then(|(_, database)| database.upgrade());
        if let Some(database) = known {
            return Ok(database);
        }
        let database = Arc::new(Database::new(Arc::new(WorkerdStorage::open(&storage)?)));
        open.push((storage, Arc::downgrade(&database)));
        Ok(database)
    })
}

#[allow(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn not_sqlite(error: JsValue) -> StorageError {
    StorageError(format!(
        "this Durable Object class is not backed by SQLite: list it under new_sqlite_classes in wrangler.toml ({})",
        message_of(&error)
    ))
}

impl Storage for WorkerdStorage {
    fn exec(&self, sql: &str, params: &[SqlValue]) -> Result<ResultSet, StorageError> {
        let cursor = self.start(sql, params)?;
        let rows = cursor.raw().and_then(|rows| rows.to_array()).map_err(thrown)?;
        let rows = rows.iter().map(|row| row_from_js(&row)).collect::<Result<_, _>>()?;
        Ok(ResultSet { columns: names(&cursor)?, rows })
    }

    fn open(&self, sql: &str, params: &[SqlValue]) -> Result<Box<dyn Cursor>, StorageError> {
        let cursor = self.start(sql, params)?;
        let (rows, columns) = (cursor.raw().map_err(thrown)?, names(&cursor)?);
        Ok(Box::new(WorkerdCursor { cursor, rows, columns, ended: false }))
    }

    fn atomically(&self, step: &mut dyn FnMut() -> Outcome) -> Result<(), StorageError> {
        let mut outcome = Outcome::Commit;
        let result = self.storage.transaction_sync(&mut || {
            outcome = step();
            match outcome {
                Outcome::Commit => Ok(()),
                // What is thrown from the closure rolls back, and comes out again unchanged.
                Outcome::Rollback => Err(JsValue::UNDEFINED),
            }
        });
        match (result, outcome) {
            (Ok(_), _) => Ok(()),
            (Err(thrown), Outcome::Rollback) if thrown.is_undefined() => Ok(()),
            (Err(error), _) => Err(thrown(error)),
        }
    }
}

impl WorkerdStorage {
    fn start(&self, sql: &str, params: &[SqlValue]) -> Result<SqlStorageCursor, StorageError> {
        let params: Array = params.iter().map(to_js).collect();
        self.sql.exec(sql, &params).map_err(thrown)
    }
}

/// A cursor that is open until it is read to its end or dropped.
struct WorkerdCursor {
    cursor: SqlStorageCursor,
    rows: RawIterator,
    columns: Vec<String>,
    ended: bool,
}

// SAFETY: as for the storage.
unsafe impl Send for WorkerdCursor {}

impl std::fmt::Debug for WorkerdCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerdCursor").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl Cursor for WorkerdCursor {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self, most: usize) -> Result<Vec<Vec<SqlValue>>, StorageError> {
        let mut rows = Vec::new();
        while !self.ended && rows.len() < most {
            // After an error the cursor would go on with rows that are none.
            let next = self.rows.next().inspect_err(|_| self.ended = true).map_err(thrown)?;
            if next.done() {
                self.ended = true;
            } else {
                rows.push(row_from_js(&next.value())?);
            }
        }
        Ok(rows)
    }
}

impl Drop for WorkerdCursor {
    /// A cursor has no way to be closed, but `one()` closes it when there is more than one row, and reads the last one
    /// otherwise; what it throws or returns is of no interest.
    fn drop(&mut self) {
        if !self.ended {
            let _ = self.cursor.one();
        }
    }
}

fn names(cursor: &SqlStorageCursor) -> Result<Vec<String>, StorageError> {
    let names = cursor.column_names().map_err(thrown)?;
    Ok(names.iter().map(|name| name.as_string().unwrap_or_default()).collect())
}

fn row_from_js(row: &JsValue) -> Result<Vec<SqlValue>, StorageError> {
    row.unchecked_ref::<Array>().iter().map(from_js).collect()
}

fn to_js(value: &SqlValue) -> JsValue {
    match value {
        SqlValue::Null => JsValue::NULL,
        SqlValue::Number(number) => JsValue::from_f64(*number),
        SqlValue::Text(text) => JsValue::from_str(text),
        SqlValue::Blob(bytes) => Uint8Array::from(bytes.as_slice()).into(),
    }
}

fn from_js(value: JsValue) -> Result<SqlValue, StorageError> {
    if let Some(number) = value.as_f64() {
        Ok(SqlValue::Number(number))
    } else if value.is_null() {
        Ok(SqlValue::Null)
    } else if let Some(text) = value.dyn_ref::<JsString>() {
        Ok(SqlValue::Text(text.into()))
    } else if let Some(buffer) = value.dyn_ref::<ArrayBuffer>() {
        Ok(SqlValue::Blob(Uint8Array::new(buffer).to_vec()))
    } else {
        Err(StorageError(format!("the runtime returned a value that SQLite does not have: {value:?}")))
    }
}

#[allow(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn thrown(error: JsValue) -> StorageError {
    StorageError(message_of(&error))
}

fn message_of(error: &JsValue) -> String {
    match error.dyn_ref::<Error>() {
        Some(error) => error.message().into(),
        None => format!("{error:?}"),
    }
}
