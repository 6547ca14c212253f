//! Refuses a request that was recorded and is sent again.
//!
//! A request that may write names the epoch of the program that answers, a random number that begins anew with each wasm
//! instance, and has an id of its own. A request on a way that nobody can record may leave the epoch out, which spares the
//! first write of a connection a second request. The program runs each id once. It forgets its ids with the end of the epoch, so an
//! older request cannot come back: its epoch is over. The epoch belongs to the program and not to an object, because an
//! object may leave memory, and come back, while the program runs.

use std::collections::HashSet;
use std::sync::Mutex;

use sea_orm::DbErr;

use crate::lock::lock;
use crate::remote::protocol::Id;
use crate::remote::protocol::error::conn_err;
use crate::storage::error::StorageError;
use crate::storage::{SqlValue, Storage};

/// The most ids that are kept, which take less than a megabyte. Then a new epoch begins.
const KEPT: usize = 16 * 1024;

static EPOCH: Mutex<Option<Epoch>> = Mutex::new(None);

/// The ids of the current epoch.
struct Epoch {
    id: Id,
    seen: HashSet<Id>,
}

/// Whether a request may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::remote) enum Admission {
    Granted,
    /// It is meant for another epoch.
    Stale,
}

/// The current epoch.
///
/// # Errors
/// Fails if SQLite gives no random number.
pub(in crate::remote) fn epoch(storage: &dyn Storage) -> Result<Id, DbErr> {
    let mut epoch = lock(&EPOCH);
    if let Some(Epoch { id, seen }) = &*epoch
        && seen.len() < KEPT
    {
        return Ok(*id);
    }
    let drawn = storage.exec("SELECT randomblob(16)", &[]).map_err(StorageError::into_query)?;
    let drawn: Option<Id> = match drawn.rows.into_iter().flatten().next() {
        Some(SqlValue::Blob(bytes)) => bytes.try_into().ok(),
        _ => None,
    };
    let id = drawn.ok_or_else(|| conn_err("SQLite returned no random number"))?;
    *epoch = Some(Epoch { id, seen: HashSet::new() });
    Ok(id)
}

/// Admits a request once.
///
/// # Errors
/// `DbErr::Conn` for a request that has run before.
pub(in crate::remote) fn admit(epoch: Option<Id>, id: Id) -> Result<Admission, DbErr> {
    match &mut *lock(&EPOCH) {
        Some(current) if epoch.is_none_or(|epoch| current.id == epoch) => {
            if current.seen.insert(id) {
                Ok(Admission::Granted)
            } else {
                Err(conn_err("this request has been sent before: nothing was done again"))
            }
        }
        Some(_) | None => Ok(Admission::Stale),
    }
}
