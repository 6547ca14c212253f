//! `ctx.storage`: the only folder that calls JavaScript.
//!
//! Every import that can throw is declared `catch`: a JavaScript exception that crossed wasm would be a trap. Rows come
//! through `raw()`, which keeps duplicate column names and their order.
//! <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/>
#![allow(unsafe_code)]

mod async_transaction;
mod blocking;
mod bookmark;
mod exception;
mod imports;
mod panic;
mod shared_buffer;

use std::cell::{OnceCell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use js_sys::{Array, ArrayBuffer, Date, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use self::async_transaction::WorkerdTransaction;
use self::exception::{not_sqlite, thrown};
use self::imports::{
    DurableObjectStorage, Rows, SqlStorage, Statement, close, cost_of, count_next, counted, insert, names, next,
    next_more, open, read, read_more, statement, write,
};
use self::shared_buffer::Filled;
use super::error::StorageError;
use super::{
    Bookmark, Cost, Counts, Cursor, Outcome, ResultSet, SqlValue, StatementText, Storage, StorageTransaction, Watcher,
};
use crate::lock::lock;

pub(crate) use self::blocking::block_concurrency_while;

/// The JavaScript object that is cached for a statement's text.
#[derive(Default)]
pub(crate) struct JsStatement(OnceCell<Statement>);

// SAFETY: as for `WorkerdStorage`.
unsafe impl Send for JsStatement {}
// SAFETY: as above.
unsafe impl Sync for JsStatement {}

impl std::fmt::Debug for JsStatement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a statement of bridge.js")
    }
}

impl StatementText {
    fn statement(&self) -> &Statement {
        self.kept.0.get_or_init(|| statement(&self.sql, self.is_named))
    }

    /// The current column names.
    fn columns(&self, renamed: bool) -> Result<Arc<[String]>, StorageError> {
        let mut columns = lock(&self.columns);
        if renamed {
            let names = names(self.statement()).map_err(thrown)?;
            *columns = names.iter().map(|name| name.as_string().unwrap_or_default()).collect();
        }
        Ok(columns.clone())
    }
}

#[cfg(target_feature = "atomics")]
compile_error!("the storage of a Durable Object is for one thread");

/// The storage of the Durable Object that this code runs in.
pub(crate) struct WorkerdStorage {
    storage: DurableObjectStorage,
    sql: SqlStorage,
}

// SAFETY: wasm32-unknown-unknown, as workerd runs it, has one thread, so no value ever leaves it. Only the bounds of
// SeaORM's traits require `Send` and `Sync`.
unsafe impl Send for WorkerdStorage {}
// SAFETY: as above.
unsafe impl Sync for WorkerdStorage {}

impl std::fmt::Debug for WorkerdStorage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ctx.storage")
    }
}

/// The storage of one object, by which its database is found again: all objects of a class may live in one wasm instance.
#[derive(PartialEq)]
pub(crate) struct ObjectStorage(JsValue);

impl ObjectStorage {
    pub(crate) fn of(state: &worker::State) -> Self {
        let storage = state.storage();
        Self(AsRef::<JsValue>::as_ref(storage.as_raw()).clone())
    }
}

impl WorkerdStorage {
    /// Opens the storage of an object. Fails for a class that is not backed by SQLite.
    pub(crate) fn open(storage: &ObjectStorage) -> Result<Self, StorageError> {
        shared_buffer::connect_once();
        let storage: DurableObjectStorage = storage.0.clone().unchecked_into();
        // Without SQLite, `sql` exists all the same. Depending on the version of the runtime, reading it throws, or
        // only using it.
        let sql: SqlStorage = storage.sql().map_err(not_sqlite)?.unchecked_into();
        read(&sql, &statement("SELECT 1", true), 0, None).map_err(not_sqlite)?;
        Ok(Self { storage, sql })
    }

    /// The counts that `bridge.js` has put into the shared buffer, or the exact ones where those may be rounded.
    fn buffered_counts(&self) -> Result<Counts, StorageError> {
        match shared_buffer::two_integers() {
            Some((changes, rowid)) => Ok(Counts { changes, rowid }),
            None => self.counts(),
        }
    }
}

impl Storage for WorkerdStorage {
    fn exec(&self, sql: &str, params: &[SqlValue]) -> Result<ResultSet, StorageError> {
        self.read(&StatementText::new(sql.to_owned(), false), params)
    }

    fn read(&self, text: &StatementText, params: &[SqlValue]) -> Result<ResultSet, StorageError> {
        let result = read(&self.sql, text.statement(), params.len(), sent(params)).map_err(thrown)?;
        let mut filled = Filled::from(result);
        let columns = text.columns(filled.renamed)?;
        let mut rows = Vec::new();
        shared_buffer::take(filled, columns.len(), &mut rows)?;
        while filled.more {
            filled = read_more().map_err(thrown)?.into();
            shared_buffer::take(filled, columns.len(), &mut rows)?;
        }
        Ok(ResultSet { columns, rows })
    }

    fn write(&self, text: &StatementText, params: &[SqlValue]) -> Result<Counts, StorageError> {
        write(&self.sql, text.statement(), params.len(), sent(params)).map_err(thrown)?;
        self.buffered_counts()
    }

    fn insert(&self, text: &StatementText, params: &[SqlValue]) -> Result<Counts, StorageError> {
        insert(&self.sql, text.statement(), params.len(), sent(params)).map_err(thrown)?;
        self.buffered_counts()
    }

    fn count_next(&self) {
        // It sets a flag.
        let _ = count_next();
    }

    fn counted(&self) -> Option<Cost> {
        cost(counted())
    }

    fn clock(&self) -> Duration {
        Duration::try_from_secs_f64(Date::now() / 1000.0).unwrap_or_default()
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of bytes")]
    fn database_size(&self) -> Result<u64, StorageError> {
        self.sql.database_size().map(|size| size as u64).map_err(thrown)
    }

    fn bookmark(&self, asked: Bookmark<'_>) -> Pin<Box<dyn Future<Output = Result<String, StorageError>>>> {
        Box::pin(bookmark::ask(&self.storage, asked))
    }

    fn open(&self, text: &StatementText, params: &[SqlValue], _counts: bool) -> Result<Box<dyn Cursor>, StorageError> {
        let rows = open(&self.sql, text.statement(), params.len(), sent(params)).map_err(thrown)?;
        Ok(Box::new(WorkerdCursor { rows, columns: text.columns(true)?, ended: false }))
    }

    fn atomically(&self, step: &mut dyn FnMut() -> Outcome) -> Result<(), StorageError> {
        // JavaScript would turn a panic that unwinds into an exception, so it is caught here and goes on behind it.
        let ran = AssertUnwindSafe(RefCell::new((step, Ok(Outcome::Commit))));
        let result = self.storage.transaction_sync(&mut || {
            let (step, outcome) = &mut *ran.borrow_mut();
            *outcome = catch_unwind(AssertUnwindSafe(step));
            match outcome {
                Ok(Outcome::Commit) => Ok(()),
                // An exception thrown in the closure rolls back, and is rethrown unchanged.
                Ok(Outcome::Rollback) | Err(_) => Err(JsValue::UNDEFINED),
            }
        });
        let (_, outcome) = ran.0.into_inner();
        let outcome = outcome.unwrap_or_else(|panic| resume_unwind(panic));
        match (result, outcome) {
            (Ok(_), _) => Ok(()),
            (Err(thrown), Outcome::Rollback) if thrown.is_undefined() => Ok(()),
            (Err(error), _) => Err(thrown(error)),
        }
    }

    fn has_ended_transaction(&self) -> bool {
        self.storage.transaction_sync(&mut || Ok(())).is_err()
    }

    fn begin(self: Arc<Self>, watcher: Arc<dyn Watcher>) -> Result<Box<dyn StorageTransaction>, StorageError> {
        Ok(Box::new(WorkerdTransaction::begin(&self.storage, watcher)?))
    }
}

/// Reads the cost that `bridge.js` has put into the shared buffer. `None` for a cursor whose database was deleted,
/// because it throws.
fn cost(result: Result<bool, JsValue>) -> Option<Cost> {
    let (read, written) = result.is_ok_and(|is_known| is_known).then(shared_buffer::two_integers)??;
    Some(Cost { rows_read: read.try_into().ok()?, rows_written: written.try_into().ok()?, is_estimate: false })
}

/// Puts parameters into the shared buffer, or into an array if the buffer is too small.
fn sent(params: &[SqlValue]) -> Option<Array> {
    if params.is_empty() || shared_buffer::put(params).is_some() {
        return None;
    }
    Some(params.iter().map(to_js).collect())
}

/// A cursor that is open until it is read to its end or dropped.
struct WorkerdCursor {
    rows: Rows,
    columns: Arc<[String]>,
    ended: bool,
}

// SAFETY: as for `WorkerdStorage`.
unsafe impl Send for WorkerdCursor {}

impl std::fmt::Debug for WorkerdCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerdCursor").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl Cursor for WorkerdCursor {
    fn columns(&self) -> Arc<[String]> {
        self.columns.clone()
    }

    fn next(&mut self, most: usize) -> Result<Vec<Vec<SqlValue>>, StorageError> {
        let mut rows = Vec::new();
        if self.ended {
            return Ok(rows);
        }
        let mut step = next(&self.rows, most);
        loop {
            // After an error, the cursor would continue with invalid rows.
            let filled = Filled::from(step.inspect_err(|_| self.ended = true).map_err(thrown)?);
            shared_buffer::take(filled, self.columns.len(), &mut rows)?;
            if !filled.more {
                self.ended = filled.ended;
                return Ok(rows);
            }
            step = next_more(&self.rows);
        }
    }

    fn is_ended(&self) -> bool {
        self.ended
    }

    fn cost(&self) -> Option<Cost> {
        cost(cost_of(&self.rows))
    }
}

impl Drop for WorkerdCursor {
    /// Ignores what `close` throws.
    fn drop(&mut self) {
        if !self.ended {
            let _ = close(&self.rows);
        }
    }
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
        Err(StorageError::new(format!("the runtime returned a value that SQLite does not have: {value:?}")))
    }
}
