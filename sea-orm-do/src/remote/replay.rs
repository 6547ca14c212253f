//! Refuses a request that was recorded and is sent again.
//!
//! A request that may write names the object's epoch, a random number that begins anew with each start of the object,
//! and has an id of its own. The object runs each id once. It forgets its ids with the end of the epoch, so an older
//! request cannot come back: its epoch is over.

use std::collections::HashSet;

use sea_orm::DbErr;

use super::error::conn_err;
use super::protocol::Id;
use crate::storage::error::StorageError;
use crate::storage::{SqlValue, Storage};

/// The most ids that are kept. Then a new epoch begins.
const KEPT: usize = 4096;

/// The ids of the current epoch.
#[derive(Debug, Default)]
pub(crate) struct Epoch {
    id: Option<Id>,
    seen: HashSet<Id>,
}

/// Whether a request may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Granted,
    /// It is meant for another epoch.
    Stale,
}

impl Epoch {
    /// # Errors
    /// Fails if SQLite gives no random number.
    pub(super) fn current(&mut self, storage: &dyn Storage) -> Result<Id, DbErr> {
        if let Some(id) = self.id {
            return Ok(id);
        }
        let drawn = storage.exec("SELECT randomblob(16)", &[]).map_err(StorageError::into_query)?;
        let id: Option<Id> = match drawn.rows.into_iter().flatten().next() {
            Some(SqlValue::Blob(bytes)) => bytes.try_into().ok(),
            _ => None,
        };
        self.id = id;
        id.ok_or_else(|| conn_err("SQLite returned no random number"))
    }

    /// Admits a request once.
    ///
    /// # Errors
    /// `DbErr::Conn` for a request that has run before.
    pub(super) fn admit(&mut self, storage: &dyn Storage, epoch: Id, id: Id) -> Result<Admission, DbErr> {
        if self.seen.len() >= KEPT {
            *self = Self::default();
        }
        if self.current(storage)? != epoch {
            return Ok(Admission::Stale);
        }
        if !self.seen.insert(id) {
            return Err(conn_err("this request has been sent before: nothing was done again"));
        }
        Ok(Admission::Granted)
    }
}
