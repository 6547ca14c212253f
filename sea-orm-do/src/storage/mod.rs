//! The one door to SQLite: exactly what the runtime speaks.

pub(crate) mod error;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub(crate) mod native;
#[cfg(target_arch = "wasm32")]
pub(crate) mod workerd;

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use self::error::StorageError;

/// A value as the runtime binds and returns it: there are no integers, every number is a float.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SqlValue {
    Null,
    Number(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl SqlValue {
    /// The bytes of a text or a blob; 0 for every other value.
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Null | Self::Number(_) => 0,
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
        }
    }
}

/// From here on a float stands for more than one integer: 2^53.
pub(crate) const FIRST_ROUNDED: f64 = 9_007_199_254_740_992.0;

/// All rows of one statement; empty column names for a statement that returns none.
#[derive(Debug, Default)]
pub(crate) struct ResultSet {
    pub(crate) columns: Arc<[String]>,
    pub(crate) rows: Vec<Vec<SqlValue>>,
}

/// The text of a statement that is run again and again, with what the storage keeps of it.
#[derive(Debug)]
pub(crate) struct StatementText {
    pub(crate) sql: String,
    /// Whether the text alone tells the names of its columns, so that they are the same each time.
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
    pub(crate) is_named: bool,
    #[cfg(target_arch = "wasm32")]
    kept: workerd::JsStatement,
}

impl StatementText {
    pub(crate) fn new(sql: String, is_named: bool) -> Self {
        Self {
            sql,
            is_named,
            #[cfg(target_arch = "wasm32")]
            kept: workerd::JsStatement::default(),
        }
    }
}

/// What SQLite counts of a statement that wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) changes: i64,
    pub(crate) rowid: i64,
}

/// The rows that a statement has read and written so far, as the runtime counts them: what is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) rows_read: u64,
    pub(crate) rows_written: u64,
}

/// A bookmark that the storage is asked for.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
pub(crate) enum Bookmark<'a> {
    Current,
    /// The time since 1970.
    At(Duration),
    /// That which undoes the restoring of this one.
    RestoreAtNextSession(&'a str),
}

/// How an atomic step ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Commit,
    Rollback,
}

/// A SQLite database with the manners of `ctx.storage.sql`.
pub(crate) trait Storage: Debug + Send + Sync {
    /// Runs one statement and reads all its rows: an open cursor would make the next commit or `DROP TABLE` fail.
    fn exec(&self, sql: &str, params: &[SqlValue]) -> Result<ResultSet, StorageError>;

    /// The same for a text that is kept.
    fn read(&self, text: &StatementText, params: &[SqlValue]) -> Result<ResultSet, StorageError> {
        self.exec(&text.sql, params)
    }

    /// Runs a statement that returns no rows, and tells what it wrote.
    fn write(&self, text: &StatementText, params: &[SqlValue]) -> Result<Counts, StorageError> {
        self.exec(&text.sql, params)?;
        self.counts()
    }

    /// `changes()` and `last_insert_rowid()`, exactly, as they are now.
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

    /// Has the storage look at what the next statement costs.
    fn count_next(&self) {}

    /// What the statement after [`count_next`](Self::count_next) cost; `None` when it did not begin, or nobody counts.
    fn counted(&self) -> Option<Cost> {
        None
    }

    /// The time since a moment that stays the same.
    fn clock(&self) -> Duration;

    /// The bytes of the pages that are in use.
    fn database_size(&self) -> Result<u64, StorageError>;

    /// A bookmark for point-in-time recovery.
    fn bookmark(&self, asked: Bookmark<'_>) -> Pin<Box<dyn Future<Output = Result<String, StorageError>>>>;

    /// Runs `step` in one transaction, or in a savepoint of the one that is open.
    fn atomically(&self, step: &mut dyn FnMut() -> Outcome) -> Result<(), StorageError>;

    /// Whether SQLite has ended the transaction that was open, so that nothing can be written any more.
    fn is_over(&self) -> bool;

    /// Starts a SELECT whose rows are read as they are asked for.
    #[cfg_attr(not(feature = "stream"), allow(dead_code))]
    fn open(&self, text: &StatementText, params: &[SqlValue]) -> Result<Box<dyn Cursor>, StorageError>;

    /// Begins a transaction that stays open between calls, or a savepoint in the one that is open. The storage may have to
    /// wait before it can: `watcher` is told when it has begun, and what became of it.
    fn begin(self: Arc<Self>, watcher: Arc<dyn Watcher>) -> Result<Box<dyn StorageTransaction>, StorageError>;
}

/// A transaction that is held open between calls.
pub(crate) trait StorageTransaction: Debug + Send + Sync {
    /// Lets the storage commit it.
    fn commit(&self);

    /// Undoes what was done in it, at once where nothing is open inside of it, and lets it end.
    fn rollback(&self);
}

/// Who wants to know what becomes of a transaction; each is told at most once.
pub(crate) trait Watcher: Send + Sync {
    /// It may have been rolled back before that.
    fn began(&self);

    /// It has ended as it was told to, or the storage ended it with an error and nothing of it is left.
    fn ended(&self, outcome: Result<(), StorageError>);
}

/// The rows of a SELECT that is running. Dropping it ends the SELECT.
#[cfg_attr(not(feature = "stream"), allow(dead_code))]
pub(crate) trait Cursor: Debug + Send {
    fn columns(&self) -> Arc<[String]>;

    /// The next rows, at most so many; none at the end.
    fn next(&mut self, most: usize) -> Result<Vec<Vec<SqlValue>>, StorageError>;

    /// What it has cost so far; `None` where nobody counts.
    fn cost(&self) -> Option<Cost> {
        None
    }
}
