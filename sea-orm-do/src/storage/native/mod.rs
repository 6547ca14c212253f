//! SQLite on the host with the runtime's limits and behaviour, so that `cargo test` sees what workerd would do.
//!
//! What differs is what the host does not have. There is no event loop, so there is no implicit transaction from the
//! first write to the next turn: outside [`Storage::atomically`] every statement commits by itself. There is no
//! statement cache either, in which a SELECT before the last statement of a text would stay open. And the SQLite that
//! rusqlite bundles is built without `UPDATE … LIMIT` and `DELETE … LIMIT`, and with `dbstat` and `sqlite_stat4`.

mod authorizer;
mod count;
mod errors;
mod limits;
mod math;
mod statement;
#[cfg(test)]
mod tests;
mod transaction;
mod turn;

use std::future::ready;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use self::authorizer::Authority;
use self::errors::Failure;
use self::transaction::{AsyncTransaction, Transaction};
use self::turn::Turns;
use super::error::StorageError;
use super::{
    Bookmark, Cost, Counts, Cursor, Outcome, ResultSet, SqlValue, StatementText, Storage, StorageTransaction, Watcher,
};
use crate::lock::lock;
use crate::value::decode::number::whole;

/// A database in memory or in a file on the host, with the runtime's rules.
#[derive(Debug)]
pub(crate) struct NativeStorage {
    connection: Mutex<Connection>,
    authority: Arc<Authority>,
    turns: Turns,
    /// Whether a transaction has begun that the driver has neither committed nor rolled back.
    in_transaction: AtomicBool,
    /// Whether the next statement is counted.
    counts_next: AtomicBool,
    cost: Mutex<Option<Cost>>,
}

/// Switches the file to a write-ahead log. Retries while another connection does the same, because SQLite does not wait
/// for that by itself: <https://www.sqlite.org/wal.html>.
fn keep_wal(connection: &Connection) -> rusqlite::Result<()> {
    const MOST: Duration = Duration::from_secs(5);
    let began = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && began.elapsed() < MOST => {
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
}

impl NativeStorage {
    /// Opens a new, empty database, which is dropped with this value.
    pub(crate) fn in_memory() -> Result<Self, StorageError> {
        Connection::open_in_memory()
            .and_then(Self::new)
            .map_err(|error| StorageError::new(format!("cannot open a database in memory: {}", Failure::from(error))))
    }

    /// Opens the database in a file, which is created if it is missing. Its journal becomes a WAL, as in the runtime.
    pub(crate) fn open_file(path: &Path) -> Result<Self, StorageError> {
        Connection::open(path)
            .and_then(|connection| {
                keep_wal(&connection)?;
                // Safe with a WAL, and a test need not wait for the disk at each statement.
                connection.pragma_update(None, "synchronous", "normal")?;
                Self::new(connection)
            })
            .map_err(|error| StorageError::new(format!("cannot open the file {path:?}: {}", Failure::from(error))))
    }

    /// Opens the database in an existing file, read-only.
    pub(crate) fn read_file(path: &Path) -> Result<Self, StorageError> {
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .and_then(Self::new)
            .map_err(|error| StorageError::new(format!("cannot open the file {path:?}: {}", Failure::from(error))))
    }

    fn new(connection: Connection) -> rusqlite::Result<Self> {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        // Reads the schema, as the runtime does before it hands out the database: until then, SQLite omits the offset
        // from some errors.
        connection.execute_batch("SELECT 1 FROM sqlite_schema")?;
        math::install(&connection)?;
        limits::install(&connection)?;
        let authority = Authority::install(&connection)?;
        Ok(Self {
            connection: Mutex::new(connection),
            authority,
            turns: Turns::default(),
            in_transaction: AtomicBool::new(false),
            counts_next: AtomicBool::new(false),
            cost: Mutex::default(),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic between two calls into SQLite leaves nothing half done that SQLite does not know about.
        lock(&self.connection)
    }

    /// Runs `BEGIN`, `COMMIT` and similar statements, which only the storage itself may run.
    fn control(&self, sql: &str) -> Result<(), StorageError> {
        let connection = self.connection();
        self.authority.lend(|| connection.execute_batch(sql)).map_err(|error| Failure::from(error).into())
    }
}

impl Storage for NativeStorage {
    fn exec(&self, sql: &str, params: &[SqlValue]) -> Result<ResultSet, StorageError> {
        let _turn = self.turns.take();
        let connection = self.connection();
        let result = if self.counts_next.swap(false, Ordering::Relaxed) {
            *lock(&self.cost) = None;
            statement::exec_counted(&connection, sql, params).map(|(set, cost)| {
                *lock(&self.cost) = cost;
                set
            })
        } else {
            statement::exec(&connection, sql, params)
        };
        drop(connection);
        let refused = self.authority.take_refused_transaction();
        result.map_err(|failure| if refused { Failure::Runtime(authorizer::TRANSACTION) } else { failure }.into())
    }

    fn read(&self, text: &StatementText, params: &[SqlValue]) -> Result<ResultSet, StorageError> {
        let ResultSet { columns, rows } = self.exec(&text.sql, params)?;
        let mut known = lock(&text.columns);
        if *known != columns {
            *known = columns;
        }
        Ok(ResultSet { columns: known.clone(), rows })
    }

    fn insert(&self, text: &StatementText, params: &[SqlValue]) -> Result<Counts, StorageError> {
        match &self.exec(&text.sql, params)?.rows[..] {
            [row]
                if let [SqlValue::Number(rowid)] = row[..]
                    && let Some(rowid) = whole(rowid) =>
            {
                Ok(Counts { changes: 1, rowid })
            }
            _ => self.counts(),
        }
    }

    fn count_next(&self) {
        self.counts_next.store(true, Ordering::Relaxed);
    }

    fn counted(&self) -> Option<Cost> {
        self.counts_next.store(false, Ordering::Relaxed);
        lock(&self.cost).take()
    }

    fn clock(&self) -> Duration {
        static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGUN.elapsed()
    }

    fn database_size(&self) -> Result<u64, StorageError> {
        const SIZE: &str = "SELECT (page_count - freelist_count) * page_size \
            FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
        let _turn = self.turns.take();
        let connection = self.connection();
        let size = self.authority.lend(|| connection.query_row(SIZE, [], |row| row.get::<_, i64>(0)));
        size.map(i64::unsigned_abs).map_err(|error| Failure::from(error).into())
    }

    fn bookmark(&self, _asked: Bookmark<'_>) -> Pin<Box<dyn Future<Output = Result<String, StorageError>>>> {
        // The message of workerd where it has no bookmarks.
        const NONE: &str = "This Durable Object's storage back-end does not implement point-in-time recovery.";
        Box::pin(ready(Err(StorageError::new(NONE.to_owned()))))
    }

    /// Reads all rows at once, because a running statement cannot outlive the lock on its connection.
    fn open(&self, text: &StatementText, params: &[SqlValue], counts: bool) -> Result<Box<dyn Cursor>, StorageError> {
        if counts {
            self.count_next();
        }
        let ResultSet { columns, rows } = self.exec(&text.sql, params)?;
        Ok(Box::new(ReadRows { columns, rows: rows.into_iter(), cost: self.counted() }))
    }

    fn atomically(&self, step: &mut dyn FnMut() -> Outcome) -> Result<(), StorageError> {
        let _turn = self.turns.take();
        let transaction = Transaction::begin(self)?;
        match step() {
            Outcome::Commit => transaction.commit(),
            Outcome::Rollback => transaction.rollback(),
        }
    }

    fn has_ended_transaction(&self) -> bool {
        self.in_transaction.load(Ordering::Relaxed) && self.connection().is_autocommit()
    }

    fn begin(self: Arc<Self>, watcher: Arc<dyn Watcher>) -> Result<Box<dyn StorageTransaction>, StorageError> {
        let _turn = self.turns.take();
        let async_transaction = AsyncTransaction::new(Transaction::begin(self.clone())?, watcher.clone());
        watcher.began();
        Ok(Box::new(async_transaction))
    }
}

/// Rows that have already been read.
#[derive(Debug)]
struct ReadRows {
    columns: Arc<[String]>,
    rows: std::vec::IntoIter<Vec<SqlValue>>,
    cost: Option<Cost>,
}

impl Cursor for ReadRows {
    fn columns(&self) -> Arc<[String]> {
        self.columns.clone()
    }

    fn next(&mut self, most: usize) -> Result<Vec<Vec<SqlValue>>, StorageError> {
        Ok(self.rows.by_ref().take(most).collect())
    }

    fn is_ended(&self) -> bool {
        self.rows.len() == 0
    }

    fn cost(&self) -> Option<Cost> {
        self.cost
    }
}
