//! Open cursors. A schema change closes them, because an open cursor would make `DROP TABLE` fail.

use std::sync::{Arc, Mutex, Weak};

use sea_orm::{DbErr, RuntimeErr};

use crate::lock::lock;
use crate::storage::Cursor;

/// A cursor that a schema change can close.
#[derive(Clone, Debug)]
pub(crate) struct SharedCursor(Arc<Mutex<Option<Box<dyn Cursor>>>>);

/// Watches a [`SharedCursor`] without keeping it open.
#[derive(Debug)]
pub(crate) struct WatchedCursor(Weak<Mutex<Option<Box<dyn Cursor>>>>);

impl SharedCursor {
    pub(crate) fn new(cursor: Box<dyn Cursor>) -> Self {
        Self(Arc::new(Mutex::new(Some(cursor))))
    }

    pub(crate) fn watch(&self) -> WatchedCursor {
        WatchedCursor(Arc::downgrade(&self.0))
    }

    /// # Errors
    /// Fails if the cursor was closed.
    pub(crate) fn check(&self) -> Result<(), DbErr> {
        self.with(|_| ())
    }

    /// Reads from the cursor.
    ///
    /// # Errors
    /// Fails if the cursor was closed.
    pub(crate) fn with<T>(&self, read: impl FnOnce(&mut dyn Cursor) -> T) -> Result<T, DbErr> {
        let mut cursor = lock(&self.0);
        let cursor = cursor.as_deref_mut().ok_or_else(closed)?;
        Ok(read(cursor))
    }
}

fn closed() -> DbErr {
    let why = "the stream was closed, because the schema was changed while it was open";
    DbErr::Query(RuntimeErr::Internal(why.to_owned()))
}

impl WatchedCursor {
    pub(crate) fn is_open(&self) -> bool {
        self.0.strong_count() > 0
    }

    pub(crate) fn close(&self) {
        if let Some(cursor) = self.0.upgrade() {
            lock(&cursor).take();
        }
    }
}
