//! `ctx.storage`: the only file that names JavaScript.
//!
//! Every import that can throw is declared `catch`: a JavaScript exception that crossed wasm would be a trap. Rows come
//! through `raw()`, which keeps duplicate column names and their order.
//! <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/>
#![allow(unsafe_code)]

use std::cell::{OnceCell, RefCell};
use std::panic;
use std::rc::{self, Rc};
use std::sync::{Arc, Once, Weak};

use js_sys::futures::{JsFuture, spawn_local};
use js_sys::{Array, ArrayBuffer, Error, Function, IteratorNext, JsString, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

use super::{Cursor, HeldTransaction, Outcome, ResultSet, SqlValue, Storage, Watcher};
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

    #[wasm_bindgen(method, catch)]
    fn transaction(this: &DurableObjectStorage, closure: &JsValue) -> Result<Promise, JsValue>;

    type DurableObjectTransaction;

    #[wasm_bindgen(method, catch)]
    fn rollback(this: &DurableObjectTransaction) -> Result<(), JsValue>;

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

#[cfg(target_feature = "atomics")]
compile_error!("the storage of a Durable Object is for one thread");

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
    /// The storages that are open: all objects of a class may live in one wasm instance.
    static OPEN: RefCell<Vec<Weak<WorkerdStorage>>> = const { RefCell::new(Vec::new()) };
}

/// The storage of the object that `state` belongs to, the same for everyone who asks for it; an error for a class that is
/// not backed by SQLite.
pub(crate) fn storage(state: &worker::State) -> Result<Arc<WorkerdStorage>, StorageError> {
    let storage = state.storage();
    let storage: &JsValue = storage.as_raw().as_ref();
    OPEN.with_borrow_mut(|open| {
        open.retain(|known| known.strong_count() > 0);
        let is_same = |known: &Arc<WorkerdStorage>| AsRef::<JsValue>::as_ref(&known.storage) == storage;
        if let Some(known) = open.iter().filter_map(Weak::upgrade).find(is_same) {
            return Ok(known);
        }
        let opened = Arc::new(WorkerdStorage::open(storage)?);
        open.push(Arc::downgrade(&opened));
        Ok(opened)
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

    fn begin(self: Arc<Self>, watcher: Arc<dyn Watcher>) -> Result<Box<dyn HeldTransaction>, StorageError> {
        Ok(Box::new(WorkerdTransaction(WaitingClosure::begin(&self.storage, watcher)?)))
    }
}

impl WorkerdStorage {
    fn start(&self, sql: &str, params: &[SqlValue]) -> Result<SqlStorageCursor, StorageError> {
        let params: Array = params.iter().map(to_js).collect();
        self.sql.exec(sql, &params).map_err(thrown)
    }
}

/// A transaction of the runtime is around an asynchronous closure; this one waits until it is told how to end.
/// <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#transaction>
struct WaitingClosure {
    /// Empty until the closure is called.
    transaction: OnceCell<DurableObjectTransaction>,
    /// Ends the closure with success.
    succeed: Function,
    /// Ends the closure with an exception.
    fail: Function,
}

thread_local! {
    /// The closures that wait.
    static WAITING: RefCell<Vec<rc::Weak<WaitingClosure>>> = const { RefCell::new(Vec::new()) };
}

impl WaitingClosure {
    fn begin(storage: &DurableObjectStorage, watcher: Arc<dyn Watcher>) -> Result<Rc<Self>, StorageError> {
        let mut settle = None;
        let ending = Promise::new(&mut |succeed, fail| settle = Some((succeed, fail)));
        let (succeed, fail) = settle.ok_or_else(|| StorageError("a promise was not made at once".to_owned()))?;
        let waiting = Rc::new(Self { transaction: OnceCell::new(), succeed, fail });
        let closure = Closure::once_into_js({
            let (waiting, watcher) = (waiting.clone(), watcher.clone());
            move |transaction: DurableObjectTransaction| {
                let _ = waiting.transaction.set(transaction);
                watcher.began();
                ending
            }
        });
        let ended = storage.transaction(&closure).map_err(thrown)?;
        spawn_local(async move {
            watcher.ended(match JsFuture::from(ended).await {
                Ok(_) => Ok(()),
                // Ours: see `roll_back`.
                Err(error) if error.is_undefined() => Ok(()),
                Err(error) => Err(thrown(error)),
            });
        });
        WAITING.with_borrow_mut(|all| {
            all.retain(|other| other.strong_count() > 0);
            all.push(Rc::downgrade(&waiting));
        });
        roll_back_on_panic();
        Ok(waiting)
    }

    fn roll_back(&self) {
        let rolled_back = self.transaction.get().is_none_or(|transaction| transaction.rollback().is_ok());
        // It cannot be while one inside of it has not ended, but a closure that fails is undone when it ends. To settle a
        // promise never throws.
        let end = if rolled_back { &self.succeed } else { &self.fail };
        let _ = end.call0(&JsValue::UNDEFINED);
    }
}

/// A panic stops the wasm instance, and with it whoever would end the closures: the runtime would wait for them until it
/// resets their objects after 30 seconds.
fn roll_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let waiting = WAITING.with(|all| all.try_borrow().map(|all| all.clone()).unwrap_or_default());
            waiting.iter().rev().filter_map(rc::Weak::upgrade).for_each(|closure| closure.roll_back());
            next(info);
        }));
    });
}

struct WorkerdTransaction(Rc<WaitingClosure>);

// SAFETY: as for the storage.
unsafe impl Send for WorkerdTransaction {}
// SAFETY: as for the storage.
unsafe impl Sync for WorkerdTransaction {}

impl std::fmt::Debug for WorkerdTransaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ctx.storage.transaction")
    }
}

impl HeldTransaction for WorkerdTransaction {
    fn commit(&self) {
        // To settle a promise never throws.
        let _ = self.0.succeed.call0(&JsValue::UNDEFINED);
    }

    fn rollback(&self) {
        self.0.roll_back();
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
