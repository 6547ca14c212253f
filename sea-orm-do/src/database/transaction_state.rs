//! The state of one transaction, and what may still happen in it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sea_orm::{DbErr, RuntimeErr};

use crate::lock::lock;

/// The state of a `transaction_sync` closure or of an async transaction, shared by every handle that was made in it.
#[derive(Debug, Default)]
pub(crate) struct TransactionState {
    ended: AtomicBool,
    pub(crate) read_only: bool,
    /// Why the transaction can no longer commit.
    rollback_cause: Mutex<Option<String>>,
    /// Transactions that were begun inside a closure and have not ended.
    parts: AtomicUsize,
}

impl TransactionState {
    pub(crate) fn new(read_only: bool) -> Self {
        Self { read_only, ..Self::default() }
    }

    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// # Errors
    /// Fails if the transaction is over. The message says why, if it did not end as requested.
    pub(crate) fn check(&self) -> Result<(), DbErr> {
        if !self.ended.load(Ordering::Relaxed) {
            return Ok(());
        }
        let why = lock(&self.rollback_cause).clone();
        let why = why.unwrap_or_else(|| "nothing made in it can be used any more".to_owned());
        Err(DbErr::Conn(RuntimeErr::Internal(format!("this transaction is over: {why}"))))
    }

    /// Makes a closure roll back when it ends, or records why an async transaction is over. The first reason is kept.
    pub(crate) fn set_rollback_only(&self, why: String) {
        lock(&self.rollback_cause).get_or_insert(why);
    }

    pub(crate) fn rollback_only(&self) -> Option<String> {
        if self.parts.load(Ordering::Relaxed) > 0 {
            self.set_rollback_only("a transaction begun inside it was never committed".to_owned());
        }
        lock(&self.rollback_cause).clone()
    }

    pub(crate) fn begin_part(&self) {
        self.parts.fetch_add(1, Ordering::Relaxed);
    }

    /// Must be called once for each call of `begin_part`.
    pub(crate) fn end_part(&self) {
        self.parts.fetch_sub(1, Ordering::Relaxed);
    }
}
