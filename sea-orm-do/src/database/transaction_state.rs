//! The time of one transaction, and what may happen in it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sea_orm::{DbErr, RuntimeErr};

use crate::lock::lock;

/// A closure of `transaction_sync`, or a transaction that is held open; shared by every handle that was made in it.
#[derive(Debug, Default)]
pub(crate) struct TransactionState {
    ended: AtomicBool,
    pub(crate) read_only: bool,
    /// Why the transaction can no longer commit.
    rollback_cause: Mutex<Option<String>>,
    /// Parts that were begun inside and not yet committed.
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
    /// When the transaction is over; the message tells why, where it did not end as it was told to.
    pub(crate) fn check(&self) -> Result<(), DbErr> {
        if !self.ended.load(Ordering::Relaxed) {
            return Ok(());
        }
        let why = lock(&self.rollback_cause).clone();
        let why = why.unwrap_or_else(|| "what was made in it cannot be used after it".to_owned());
        Err(DbErr::Conn(RuntimeErr::Internal(format!("this transaction is over: {why}"))))
    }

    /// Makes a closure roll back when it ends, or tells why a transaction that was held open is over; the first reason stays.
    pub(crate) fn set_rollback_only(&self, why: String) {
        lock(&self.rollback_cause).get_or_insert(why);
    }

    pub(crate) fn rollback_only(&self) -> Option<String> {
        if self.parts.load(Ordering::Relaxed) > 0 {
            self.set_rollback_only("a transaction that was begun inside was never committed".to_owned());
        }
        lock(&self.rollback_cause).clone()
    }

    pub(crate) fn begin_part(&self) {
        self.parts.fetch_add(1, Ordering::Relaxed);
    }

    /// To be called once for each part that was begun.
    pub(crate) fn end_part(&self) {
        self.parts.fetch_sub(1, Ordering::Relaxed);
    }
}
