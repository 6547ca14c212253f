//! What all handles of one database share: the storage, the cached schema, and the running transactions.

pub(crate) mod async_queue;
#[cfg(feature = "stream")]
pub(crate) mod cursors;
pub(crate) mod schema_cache;
pub(crate) mod transaction_state;

use std::sync::{Arc, Mutex, OnceLock};

use sea_orm::{DbErr, RuntimeErr};

use self::async_queue::AsyncTransactionQueue;
#[cfg(feature = "stream")]
use self::cursors::WatchedCursor;
use self::schema_cache::SchemaCache;
use self::transaction_state::TransactionState;
use crate::lock::lock;
use crate::storage::error::{Code, StorageError};
use crate::storage::{Outcome, Storage};

/// What the handles of one database share.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) storage: Arc<dyn Storage>,
    schema: SchemaCache,
    /// The error that ended the transaction. The runtime restarts the object after it.
    over: OnceLock<String>,
    /// The running closures, innermost last.
    transactions: Mutex<Vec<Arc<TransactionState>>>,
    pub(crate) async_queue: Arc<AsyncTransactionQueue>,
    #[cfg(feature = "stream")]
    cursors: Mutex<Vec<WatchedCursor>>,
}

impl Database {
    /// Returns the database of the object that `state` belongs to. All connections to one object share it, and with it
    /// the cached schema and the transactions. Fails for a class that is not backed by SQLite.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn of_object(state: &worker::State) -> Result<Arc<Self>, StorageError> {
        use std::cell::RefCell;
        use std::sync::Weak;

        use crate::storage::workerd::{ObjectStorage, WorkerdStorage};

        thread_local! {
            static OPEN: RefCell<Vec<(ObjectStorage, Weak<Database>)>> = const { RefCell::new(Vec::new()) };
        }
        let object = ObjectStorage::of(state);
        OPEN.with_borrow_mut(|open| {
            open.retain(|(_, known)| known.strong_count() > 0);
            let known = open.iter().find(|(known, _)| *known == object).and_then(|(_, known)| known.upgrade());
            if let Some(known) = known {
                return Ok(known);
            }
            let opened = Arc::new(Self::new(Arc::new(WorkerdStorage::open(&object)?)));
            open.push((object, Arc::downgrade(&opened)));
            Ok(opened)
        })
    }

    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    pub(crate) fn new(storage: Arc<dyn Storage>) -> Self {
        Self {
            storage,
            schema: SchemaCache::default(),
            over: OnceLock::new(),
            transactions: Mutex::default(),
            async_queue: Arc::default(),
            #[cfg(feature = "stream")]
            cursors: Mutex::default(),
        }
    }

    /// Acts on an error: invalidates the cached schema if a table or column is missing, and remembers if the
    /// transaction is over. Adds the latter to the message.
    pub(crate) fn notice(&self, error: StorageError) -> StorageError {
        if matches!(error.code, Some(Code::NoSuchTable | Code::NoSuchColumn)) {
            self.forget_tables();
        }
        if error.code != Some(Code::Fatal) || !self.storage.has_ended_transaction() {
            return error;
        }
        let why = error.message;
        let over = format!(
            "{why} (it has ended the transaction: what was written in it is lost, and the object fails until the \
             runtime restarts it)"
        );
        StorageError::new(self.over.get_or_init(|| over).clone())
    }

    /// # Errors
    /// Fails if an error, such as SQLITE_FULL, has ended the transaction.
    pub(crate) fn check(&self) -> Result<(), DbErr> {
        match self.over.get() {
            None => Ok(()),
            Some(why) => Err(DbErr::Conn(RuntimeErr::Internal(format!("the database can no longer be used: {why}")))),
        }
    }

    /// Tracks a cursor while it is open, so that a schema change can close it.
    #[cfg(feature = "stream")]
    pub(crate) fn watch(&self, cursor: WatchedCursor) {
        let mut cursors = lock(&self.cursors);
        cursors.retain(WatchedCursor::is_open);
        cursors.push(cursor);
    }

    #[cfg(feature = "stream")]
    pub(crate) fn close_cursors(&self) {
        let cursors = std::mem::take(&mut *lock(&self.cursors));
        cursors.iter().for_each(WatchedCursor::close);
    }

    /// The innermost running closure.
    pub(crate) fn innermost_transaction(&self) -> Option<Arc<TransactionState>> {
        lock(&self.transactions).last().cloned()
    }

    pub(crate) fn enter(&self, state: Arc<TransactionState>) {
        lock(&self.transactions).push(state);
    }

    /// Leaves the innermost closure; returns whether it was the outermost as well.
    pub(crate) fn leave(&self) -> bool {
        let mut transactions = lock(&self.transactions);
        transactions.pop();
        transactions.is_empty()
    }

    /// Runs `step` in a transaction, or in a savepoint if one is open; an error undoes it.
    pub(crate) fn atomically<T>(&self, mut step: impl FnMut() -> Result<T, DbErr>) -> Result<T, DbErr> {
        let mut result = None;
        let committed = self.storage.atomically(&mut || {
            let done = step();
            let outcome = if done.is_ok() { Outcome::Commit } else { Outcome::Rollback };
            result = Some(done);
            outcome
        });
        match (committed, result) {
            (_, Some(Err(error))) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Err(error), _) => Err(error.into_exec()),
            (Ok(()), None) => Err(StorageError::new("the runtime did not run the transaction".to_owned()).into_exec()),
        }
    }
}
