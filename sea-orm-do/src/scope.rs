//! The time of one transaction closure, and what may happen in it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sea_orm::{DbErr, RuntimeErr};

use crate::dialect::statement::{only_reads, refused};

/// One closure of `transaction_sync`, shared by every handle that was made in it.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    ended: AtomicBool,
    pub(crate) read_only: bool,
    /// Why the transaction can no longer commit.
    doom: Mutex<Option<String>>,
    /// Parts that were begun inside and not yet committed.
    parts: AtomicUsize,
}

impl Scope {
    pub(crate) fn new(read_only: bool) -> Self {
        Self { read_only, ..Self::default() }
    }

    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// # Errors
    /// When the closure is over.
    pub(crate) fn check(&self) -> Result<(), DbErr> {
        if self.ended.load(Ordering::Relaxed) {
            return Err(over());
        }
        Ok(())
    }

    /// Makes the closure roll back when it ends; the first reason stays.
    pub(crate) fn doom(&self, why: String) {
        self.doom.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    pub(crate) fn doomed(&self) -> Option<String> {
        if self.parts.load(Ordering::Relaxed) > 0 {
            self.doom("a transaction that was begun inside was never committed".to_owned());
        }
        self.doom.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn begin_part(&self) {
        self.parts.fetch_add(1, Ordering::Relaxed);
    }

    /// To be called once for each part that was begun.
    pub(crate) fn end_part(&self) {
        self.parts.fetch_sub(1, Ordering::Relaxed);
    }

    /// # Errors
    /// When the transaction is for reading only, and the statement may write.
    pub(crate) fn permit(&self, sql: &str) -> Result<(), DbErr> {
        if self.read_only && !only_reads(sql) {
            return Err(refused("the transaction is read-only: it was opened with AccessMode::ReadOnly"));
        }
        Ok(())
    }
}

fn over() -> DbErr {
    let why = "this transaction is over: its handle works inside of the closure that it was given to, and not after it";
    DbErr::Conn(RuntimeErr::Internal(why.to_owned()))
}
