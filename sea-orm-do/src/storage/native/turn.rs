//! One thread at a time: an object has only one thread, and a request waits until the atomic step of another ends.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Which thread may use the database. A step calls back into the storage, so its thread takes further turns within its
/// own.
#[derive(Debug, Default)]
pub(super) struct Turns {
    state: Mutex<State>,
    free: Condvar,
}

#[derive(Debug, Default)]
struct State {
    owner: Option<ThreadId>,
    depth: usize,
}

impl Turns {
    /// Waits until no other thread has a turn. Without this, the write of one thread could become part of the
    /// transaction of another, and be rolled back with it.
    pub(super) fn take(&self) -> Turn<'_> {
        let me = thread::current().id();
        let mut state = self
            .free
            .wait_while(self.state(), |state| state.owner.is_some_and(|owner| owner != me))
            .unwrap_or_else(PoisonError::into_inner);
        let depth = state.depth;
        *state = State { owner: Some(me), depth: depth + 1 };
        Turn { turns: self, depth }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn; it ends when dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    depth: usize,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        state.depth = self.depth;
        if self.depth == 0 {
            state.owner = None;
            self.turns.free.notify_all();
        }
    }
}
