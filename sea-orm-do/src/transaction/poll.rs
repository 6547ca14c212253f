//! Polls a future to completion within one call.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Wake, Waker};

use sea_orm::DbErr;

use crate::error::exec_err;

/// The number of polls after which a future that wakes itself is taken to never finish.
const POLLS: usize = 100_000;

/// Polls a future to completion, as long as it wakes itself.
pub(crate) fn poll_to_completion<T>(future: impl Future<Output = T>) -> Result<T, DbErr> {
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(woken.clone());
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = pin!(future);
    for _ in 0..POLLS {
        if !woken.0.swap(false, Ordering::Relaxed) {
            return Err(exec_err(
                "the transaction waited for something other than this database, which cannot go on while the \
                 transaction is open; it was rolled back. Await fetches, timers and other objects before or after it",
            ));
        }
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Ok(value);
        }
    }
    Err(exec_err("the transaction woke itself over and over without coming to an end; it was rolled back"))
}

/// Whether a future has asked to be polled again.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
