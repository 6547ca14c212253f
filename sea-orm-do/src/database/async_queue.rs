//! Async transactions: an object has at most one open at a time, plus those that were begun inside it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::task::{Context, Poll, Waker};

use sea_orm::DbErr;

use super::transaction_state::TransactionState;
use crate::error::exec_err;
use crate::lock::lock;
use crate::storage::error::StorageError;
use crate::storage::{Storage, StorageTransaction, Watcher};

/// The async transactions of one object, and the tasks that wait for them.
#[derive(Debug, Default)]
pub(crate) struct AsyncTransactionQueue {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The open transactions; each was begun inside the one before it.
    open: Vec<Arc<AsyncTransaction>>,
    /// The transactions that wait to begin, first come first.
    queue: VecDeque<Arc<AsyncTransaction>>,
    wakers: Vec<Waker>,
}

/// A transaction that stays open across awaits.
#[derive(Debug)]
pub(crate) struct AsyncTransaction {
    /// The transaction that this one was begun inside.
    parent: Option<Arc<AsyncTransaction>>,
    pub(crate) state: Arc<TransactionState>,
    stage: Mutex<Stage>,
    handle: OnceLock<Box<dyn StorageTransaction>>,
}

#[derive(Clone, Debug)]
enum Stage {
    /// The storage has not begun it yet.
    Queued,
    Open,
    /// It is being committed or was rolled back, and the storage has not ended it yet. A statement run now would be
    /// committed or rolled back with it, or escape the runtime's output gate.
    Ending,
    Ended(Result<(), StorageError>),
}

impl AsyncTransactionQueue {
    /// Checks that a handle may use the database now; `mine` is its own transaction.
    ///
    /// # Errors
    /// Fails if another transaction is open, because the handle's statements would become part of it.
    pub(crate) fn check_not_blocked(&self, mine: Option<&Arc<AsyncTransaction>>) -> Result<(), DbErr> {
        if let Some(mine) = mine {
            mine.state.check()?;
        }
        let state = self.state();
        let innermost = state.open.iter().rev().find(|transaction| !matches!(transaction.stage(), Stage::Queued));
        let Some(open) = innermost.filter(|open| !same(Some(open), mine)) else { return Ok(()) };
        Err(exec_err(match (open.stage(), mine) {
            (Stage::Ending, _) => {
                "a transaction of this object has not ended yet: await something first, such as a statement, or its \
                 own commit or rollback"
            }
            (_, Some(_)) => {
                "a transaction that was begun inside of this one is still open, and this would become part of it: use \
                 that transaction, or end it first"
            }
            (_, None) => {
                "a transaction of another handle is open on this object, and this would become part of it: use that \
                 transaction, or end it first"
            }
        }))
    }

    /// Waits until no transaction is ending. That needs no action by any other task.
    pub(crate) async fn wait_until_idle(&self) {
        poll_fn(|context| self.poll_idle(context)).await;
    }

    pub(crate) fn poll_idle(&self, context: &mut Context<'_>) -> Poll<()> {
        self.poll_until(context, |state| {
            !state.open.iter().any(|transaction| matches!(transaction.stage(), Stage::Ending))
        })
    }

    /// Waits in the queue, then for the storage to begin the transaction.
    pub(crate) async fn begin(
        self: &Arc<Self>,
        storage: &Arc<dyn Storage>,
        parent: Option<Arc<AsyncTransaction>>,
        read_only: bool,
    ) -> Result<Arc<AsyncTransaction>, DbErr> {
        let transaction = Arc::new(AsyncTransaction {
            parent,
            state: Arc::new(TransactionState::new(read_only)),
            stage: Mutex::new(Stage::Queued),
            handle: OnceLock::new(),
        });
        self.state().queue.push_back(transaction.clone());
        let mut waiting = QueuedGuard { open: self, transaction: &transaction, given_up: true };
        self.until(|state| state.is_turn_of(&transaction)).await;
        if let Some(parent) = &transaction.parent {
            parent.state.check()?;
        }
        {
            let mut state = self.state();
            state.queue.retain(|waiting| !Arc::ptr_eq(waiting, &transaction));
            state.open.push(transaction.clone());
        }
        let watching = Arc::new(Notifier { open: self.clone(), transaction: transaction.clone() });
        match storage.clone().begin(watching) {
            Ok(handle) => {
                let _ = transaction.handle.set(handle);
            }
            Err(error) => {
                self.ended(&transaction, Err(error.clone()));
                return Err(error.into_exec());
            }
        }
        self.until(|_| !matches!(transaction.stage(), Stage::Queued)).await;
        waiting.given_up = false;
        match transaction.stage() {
            Stage::Ended(Err(error)) => Err(error.into_exec()),
            _ => Ok(transaction.clone()),
        }
    }

    /// Commits unless `check` fails, and waits for the storage's answer.
    pub(crate) async fn commit(
        &self,
        transaction: &Arc<AsyncTransaction>,
        check: impl FnOnce() -> Result<(), DbErr>,
    ) -> Result<(), DbErr> {
        // Changes of nested transactions that were rolled back remain until those have ended.
        self.wait_until_idle().await;
        let is_alone = same(self.state().open.last(), Some(transaction));
        let checked = if is_alone {
            check()
        } else {
            Err(exec_err("the transaction was rolled back: one that was begun inside of it is still open"))
        };
        match (&checked, transaction.handle.get()) {
            (Ok(()), Some(handle)) => {
                transaction.leave(Stage::Ending);
                handle.commit();
            }
            _ => {
                self.roll_back(transaction);
            }
        }
        self.end_of(transaction).await.and(checked)
    }

    /// Rolls back a transaction and those that were begun inside it; returns false if it is already over.
    pub(crate) fn roll_back(&self, transaction: &Arc<AsyncTransaction>) -> bool {
        if !transaction.is_going_on() {
            return false;
        }
        let with_insides = self.insides_of(transaction).into_iter().rev().chain([transaction.clone()]);
        for transaction in with_insides.filter(|transaction| transaction.is_going_on()) {
            transaction.leave(Stage::Ending);
            if let Some(handle) = transaction.handle.get() {
                handle.rollback();
            }
        }
        true
    }

    /// Waits until a transaction has ended, and returns the storage's answer.
    pub(crate) async fn end_of(&self, transaction: &AsyncTransaction) -> Result<(), DbErr> {
        self.until(|_| matches!(transaction.stage(), Stage::Ended(_))).await;
        match transaction.stage() {
            Stage::Ended(Err(error)) => Err(error.into_exec()),
            _ => Ok(()),
        }
    }

    /// The open transactions that were begun inside `transaction`, innermost last.
    fn insides_of(&self, transaction: &Arc<AsyncTransaction>) -> Vec<Arc<AsyncTransaction>> {
        self.state().open.iter().skip_while(|open| !Arc::ptr_eq(open, transaction)).skip(1).cloned().collect()
    }

    fn ended(&self, transaction: &Arc<AsyncTransaction>, outcome: Result<(), StorageError>) {
        if matches!(transaction.stage(), Stage::Ended(_)) {
            return;
        }
        if let Err(error) = &outcome {
            transaction.state.set_rollback_only(error.to_string());
        }
        transaction.leave(Stage::Ended(outcome));
        let is_other = |other: &Arc<AsyncTransaction>| !Arc::ptr_eq(other, transaction);
        let mut state = self.state();
        state.open.retain(is_other);
        state.queue.retain(is_other);
        drop(state);
        self.wake();
    }

    async fn until(&self, is_so: impl Fn(&State) -> bool) {
        poll_fn(|context| self.poll_until(context, &is_so)).await;
    }

    fn poll_until(&self, context: &mut Context<'_>, is_so: impl Fn(&State) -> bool) -> Poll<()> {
        let mut state = self.state();
        if is_so(&state) {
            return Poll::Ready(());
        }
        state.wakers.push(context.waker().clone());
        Poll::Pending
    }

    fn wake(&self) {
        let wakers = std::mem::take(&mut self.state().wakers);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    /// Whether `transaction` may begin: nothing is open inside its parent, and it is first in the queue. Also true if
    /// its parent is over, so that it fails.
    fn is_turn_of(&self, transaction: &Arc<AsyncTransaction>) -> bool {
        let is_over = transaction.parent.as_ref().is_some_and(|parent| parent.state.check().is_err());
        let is_free = same(self.open.last(), transaction.parent.as_ref());
        let first = self.queue.iter().find(|other| same(other.parent.as_ref(), transaction.parent.as_ref()));
        is_over || (is_free && first.is_some_and(|first| Arc::ptr_eq(first, transaction)))
    }
}

fn same(one: Option<&Arc<AsyncTransaction>>, other: Option<&Arc<AsyncTransaction>>) -> bool {
    one.map(Arc::as_ptr) == other.map(Arc::as_ptr)
}

impl AsyncTransaction {
    pub(crate) fn is_outermost(&self) -> bool {
        self.parent.is_none()
    }

    fn stage(&self) -> Stage {
        lock(&self.stage).clone()
    }

    fn is_going_on(&self) -> bool {
        matches!(self.stage(), Stage::Queued | Stage::Open)
    }

    /// Moves to a stage in which the transaction can no longer be used. `Ended` is the last stage.
    fn leave(&self, next: Stage) {
        self.state.end();
        let mut stage = lock(&self.stage);
        if !matches!(*stage, Stage::Ended(_)) {
            *stage = next;
        }
    }
}

/// Passes what the storage reports to all waiting tasks.
struct Notifier {
    open: Arc<AsyncTransactionQueue>,
    transaction: Arc<AsyncTransaction>,
}

impl Watcher for Notifier {
    fn began(&self) {
        let mut stage = lock(&self.transaction.stage);
        if matches!(*stage, Stage::Queued) {
            *stage = Stage::Open;
        }
        drop(stage);
        self.open.wake();
    }

    fn ended(&self, outcome: Result<(), StorageError>) {
        self.open.ended(&self.transaction, outcome);
    }
}

/// Exists until a transaction has begun. If `begin` is dropped before that, the transaction must not begin later.
struct QueuedGuard<'a> {
    open: &'a AsyncTransactionQueue,
    transaction: &'a Arc<AsyncTransaction>,
    given_up: bool,
}

impl Drop for QueuedGuard<'_> {
    fn drop(&mut self) {
        if !self.given_up {
            return;
        }
        if self.transaction.handle.get().is_some() {
            self.open.roll_back(self.transaction);
        } else {
            self.open.ended(self.transaction, Ok(()));
        }
    }
}
