//! The only access to SQLite: exactly what the runtime offers.

pub(crate) mod error;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub(crate) mod native;
#[cfg(target_arch = "wasm32")]
pub(crate) mod workerd;

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use self::error::StorageError;

/// A value as the runtime binds and returns it. There are no integers: every number is a float.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SqlValue {
    Null,
    Number(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl SqlValue {
    /// The length of a text or blob in bytes; 0 for every other value.
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Null | Self::Number(_) => 0,
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
        }
    }
}

/// Up to this value, a float represents every integer.
pub(crate) const MAX_EXACT: u64 = 1 << 53;

/// 2^53: from here on, a float may represent more than one integer.
#[allow(clippy::cast_precision_loss, reason = "a power of two")]
pub(crate) const FIRST_ROUNDED: f64 = MAX_EXACT as f64;

/// All rows of one statement. `columns` is empty for a statement that has no result columns.
#[derive(Debug, Default)]
pub(crate) struct ResultSet {
    pub(crate) columns: Arc<[String]>,
    pub(crate) rows: Vec<Vec<SqlValue>>,
}

/// The text of a statement that is run repeatedly, with what the storage caches for it.
#[derive(Debug)]
pub(crate) struct StatementText {
    pub(crate) sql: String,
    /// Whether the text alone determines the names of its columns, so that they never change.
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
    pub(crate) is_named: bool,
    /// The column names of the last run: what is cached for a result is found by this pointer.
    columns: Mutex<Arc<[String]>>,
    #[cfg(target_arch = "wasm32")]
    kept: workerd::JsStatement,
}

impl StatementText {
    pub(crate) fn new(sql: String, is_named: bool) -> Self {
        Self {
            sql,
            is_named,
            columns: Mutex::default(),
            #[cfg(target_arch = "wasm32")]
            kept: workerd::JsStatement::default(),
        }
    }
}

/// SQLite's counts for a statement that wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) changes: i64,
    pub(crate) rowid: i64,
}

/// The numbers of rows that a statement has read and written so far, as the runtime counts them and Cloudflare bills
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) rows_read: u64,
    pub(crate) rows_written: u64,
    /// Whether the numbers are not counted, but in the middle of what is possible.
    pub(crate) is_estimate: bool,
}

impl Cost {
    /// What has been spent since an earlier moment of the same statement.
    #[cfg(feature = "stream")]
    pub(crate) fn since(self, before: Option<Self>) -> Self {
        let Some(before) = before else { return self };
        Self {
            rows_read: self.rows_read.saturating_sub(before.rows_read),
            rows_written: self.rows_written.saturating_sub(before.rows_written),
            is_estimate: self.is_estimate,
        }
    }
}

/// A request for a bookmark.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
pub(crate) enum Bookmark<'a> {
    Current,
    /// The bookmark of a time, as the duration since 1970.
    At(Duration),
    /// Restores this bookmark at the next session, and returns the bookmark that undoes the restore.
    RestoreAtNextSession(&'a str),
}

/// How an atomic step ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Commit,
    Rollback,
}

/// A SQLite database that behaves like `ctx.storage.sql`.
pub(crate) trait Storage: Debug + Send + Sync {
    /// Runs one statement and reads all its rows: an open cursor would make the next commit or `DROP TABLE` fail.
    fn exec(&self, sql: &str, params: &[SqlValue]) -> Result<ResultSet, StorageError>;

    /// Like [`exec`](Self::exec), for a cached text.
    fn read(&self, text: &StatementText, params: &[SqlValue]) -> Result<ResultSet, StorageError>;

    /// Runs a statement that returns no rows, and returns what it wrote.
    fn write(&self, text: &StatementText, params: &[SqlValue]) -> Result<Counts, StorageError> {
        self.exec(&text.sql, params)?;
        self.counts()
    }

    /// Runs an INSERT that returns the rowid of one row, or no row, and returns what it wrote.
    fn insert(&self, text: &StatementText, params: &[SqlValue]) -> Result<Counts, StorageError>;

    /// The exact current values of `changes()` and `last_insert_rowid()`.
    fn counts(&self) -> Result<Counts, StorageError> {
        let counts = self.exec("SELECT CAST(changes() AS TEXT), CAST(last_insert_rowid() AS TEXT)", &[])?;
        let number = |value: Option<&SqlValue>| match value {
            Some(SqlValue::Text(text)) => text.parse().ok(),
            _ => None,
        };
        let row = counts.rows.first().map_or(&[][..], Vec::as_slice);
        number(row.first())
            .zip(number(row.get(1)))
            .map(|(changes, rowid)| Counts { changes, rowid })
            .ok_or_else(|| StorageError::new("changes() and last_insert_rowid() are not two numbers".to_owned()))
    }

    /// Makes the storage measure the cost of the next statement.
    fn count_next(&self);

    /// The cost of the statement after [`count_next`](Self::count_next); `None` if it did not start.
    fn counted(&self) -> Option<Cost>;

    /// The time since a fixed moment.
    fn clock(&self) -> Duration;

    /// The size in bytes of the pages in use.
    fn database_size(&self) -> Result<u64, StorageError>;

    /// A bookmark for point-in-time recovery.
    fn bookmark(&self, asked: Bookmark<'_>) -> Pin<Box<dyn Future<Output = Result<String, StorageError>>>>;

    /// Runs `step` in a transaction, or in a savepoint if one is open.
    fn atomically(&self, step: &mut dyn FnMut() -> Outcome) -> Result<(), StorageError>;

    /// Whether SQLite has ended the open transaction, so that nothing more can be written.
    fn has_ended_transaction(&self) -> bool;

    /// Starts a SELECT whose rows are read on demand; `counts` if its cost will be asked for.
    #[cfg_attr(not(feature = "stream"), allow(dead_code))]
    fn open(&self, text: &StatementText, params: &[SqlValue], counts: bool) -> Result<Box<dyn Cursor>, StorageError>;

    /// Begins a transaction that stays open between calls, or a savepoint if one is open. The storage may have to wait
    /// first: it notifies `watcher` when the transaction has begun and when it has ended.
    fn begin(self: Arc<Self>, watcher: Arc<dyn Watcher>) -> Result<Box<dyn StorageTransaction>, StorageError>;
}

/// A transaction that stays open between calls.
pub(crate) trait StorageTransaction: Debug + Send + Sync {
    /// Requests the commit.
    fn commit(&self);

    /// Rolls the transaction back and lets it end. The changes are undone at once if no transaction inside it is open.
    fn rollback(&self);
}

/// Receives the progress of a transaction; each method is called at most once.
pub(crate) trait Watcher: Send + Sync {
    /// The transaction has begun. It may have been rolled back before that.
    fn began(&self);

    /// The transaction has ended as requested, or the storage has ended it with an error and undone it.
    fn ended(&self, outcome: Result<(), StorageError>);
}

/// The rows of a SELECT that is running. Dropping it ends the SELECT.
#[cfg_attr(not(feature = "stream"), allow(dead_code))]
pub(crate) trait Cursor: Debug + Send {
    fn columns(&self) -> Arc<[String]>;

    /// The next rows: at most `most`, fewer if they are long, and none at the end.
    fn next(&mut self, most: usize) -> Result<Vec<Vec<SqlValue>>, StorageError>;

    /// Whether the last row is known to have been read.
    fn is_ended(&self) -> bool;

    /// The cost so far; `None` if it is unknown.
    fn cost(&self) -> Option<Cost>;
}
