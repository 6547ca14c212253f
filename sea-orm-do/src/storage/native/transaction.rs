//! Transactions and the savepoints in them: what is not committed is rolled back.

use std::ops::Deref;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use super::NativeStorage;
use crate::lock::lock;
use crate::storage::error::StorageError;
use crate::storage::{StorageTransaction, Watcher};

/// A transaction, or a savepoint if one is open. It is also rolled back when its step panics or its commit fails.
#[derive(Debug)]
pub(super) struct Transaction<S: Deref<Target = NativeStorage>> {
    storage: S,
    is_savepoint: bool,
    ended: bool,
}

impl<S: Deref<Target = NativeStorage>> Transaction<S> {
    pub(super) fn begin(storage: S) -> Result<Self, StorageError> {
        let is_savepoint = !storage.connection().is_autocommit();
        // IMMEDIATE, so that no other process can write between the first read and the first write of the step. All
        // savepoints have the same name, which refers to the innermost: https://www.sqlite.org/lang_savepoint.html
        storage.control(if is_savepoint { "SAVEPOINT inner" } else { "BEGIN IMMEDIATE" })?;
        storage.in_transaction.store(true, Ordering::Relaxed);
        Ok(Self { storage, is_savepoint, ended: false })
    }

    pub(super) fn commit(mut self) -> Result<(), StorageError> {
        self.storage.control(if self.is_savepoint { "RELEASE inner" } else { "COMMIT" })?;
        self.end();
        Ok(())
    }

    pub(super) fn rollback(mut self) -> Result<(), StorageError> {
        self.end();
        self.undo()
    }

    fn end(&mut self) {
        self.ended = true;
        if !self.is_savepoint {
            self.storage.in_transaction.store(false, Ordering::Relaxed);
        }
    }

    fn undo(&self) -> Result<(), StorageError> {
        self.storage.control(if self.is_savepoint { "ROLLBACK TO inner; RELEASE inner" } else { "ROLLBACK" })
    }
}

impl<S: Deref<Target = NativeStorage>> Drop for Transaction<S> {
    fn drop(&mut self) {
        if !self.ended {
            // Fails only if SQLite has rolled back by itself; the panic or the failed commit is already being reported.
            let _ = self.undo();
            self.end();
        }
    }
}

/// A transaction that stays open between calls. On the host it begins and ends without waiting.
pub(super) struct AsyncTransaction(Mutex<Option<Watched>>);

/// A transaction, and the watcher to notify of its end.
type Watched = (Transaction<Arc<NativeStorage>>, Arc<dyn Watcher>);

impl AsyncTransaction {
    pub(super) fn new(transaction: Transaction<Arc<NativeStorage>>, watcher: Arc<dyn Watcher>) -> Self {
        Self(Mutex::new(Some((transaction, watcher))))
    }

    fn end(&self, how: impl FnOnce(Transaction<Arc<NativeStorage>>) -> Result<(), StorageError>) {
        let open = lock(&self.0).take();
        if let Some((transaction, watcher)) = open {
            watcher.ended(how(transaction));
        }
    }
}

impl std::fmt::Debug for AsyncTransaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AsyncTransaction")
    }
}

impl StorageTransaction for AsyncTransaction {
    fn commit(&self) {
        self.end(Transaction::commit);
    }

    fn rollback(&self) {
        self.end(Transaction::rollback);
    }
}
