//! Locks, whose data no panic can leave half changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The data of a lock that is never held over a call into the storage, so that no panic happens under it.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
