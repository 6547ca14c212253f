//! Transactions that run a closure: it is polled to completion while the storage keeps its transaction open.
//!
//! Every future of this driver is ready at its first poll, so a whole SeaORM closure runs inside the storage's
//! synchronous `transactionSync`:
//! <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#transactionsync>.

use std::fmt::{Debug, Display};
use std::sync::Arc;

use sea_orm::{AccessMode, DbErr, TransactionError};

use super::poll::poll_to_completion;
use super::{DoTransaction, Part, foreign_keys};
use crate::connection::DoConnection;
use crate::database::Database;
use crate::database::transaction_state::TransactionState;
use crate::error::exec_err;
use crate::storage::Outcome;

impl DoConnection {
    /// Runs a closure in a transaction. Commits and returns the value if the closure returns `Ok`; rolls back if it
    /// returns `Err` or panics.
    ///
    /// The closure may await only this database. If it waits for anything else, such as a fetch, a timer or another
    /// object, it cannot continue while the transaction is open: the transaction is rolled back with an error that says
    /// so. Other handles of the same database that the closure uses take part in the transaction, because they use the
    /// same storage.
    ///
    /// A panic does not unwind in wasm: the transaction is rolled back, and the next request finds the object
    /// restarted.
    ///
    /// # Errors
    /// [`TransactionError::Transaction`] with the closure's own error; [`TransactionError::Connection`] if the
    /// transaction could not be committed: a transaction begun inside it was rolled back or dropped, the closure waited
    /// for something else, or the storage refused.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbErr};
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm::TransactionError;
    ///
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// let refused = db.transaction_sync(async |txn| {
    ///     txn.execute_unprepared("INSERT INTO task VALUES ('Write')").await?;
    ///     Err::<(), _>(DbErr::Custom("not today".into()))
    /// });
    /// assert!(matches!(refused, Err(TransactionError::Transaction(DbErr::Custom(_)))));
    /// assert_eq!(db.execute_unprepared("DELETE FROM task").await?.rows_affected(), 0);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub fn transaction_sync<T, E, F>(&self, step: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        self.run(TransactionState::default(), step)
    }

    pub(super) fn run<T, E, F>(&self, state: TransactionState, step: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        self.check_not_blocked().map_err(TransactionError::Connection)?;
        let state = Arc::new(TransactionState::new(state.read_only || self.is_read_only()));
        let transaction = DoTransaction { connection: self.clone(), state: state.clone(), part: Part::Closure };
        let mut step = Some(step);
        let mut result = None;
        let schema = self.database.generation();
        let ran = self.database.storage.atomically(&mut || {
            let Some(step) = step.take() else { return Outcome::Rollback };
            let time = ClosureGuard::begin(&self.database, &state);
            let ended = poll_to_completion(step(&transaction));
            let outermost = time.end() && self.async_transaction.is_none();
            let ended = match (ended, state.rollback_only()) {
                (Ok(Err(error)), _) => Err(TransactionError::Transaction(error)),
                (Err(error), _) => Err(TransactionError::Connection(error)),
                (Ok(Ok(_)), Some(why)) => Err(TransactionError::Connection(rolled_back(&why))),
                (Ok(Ok(value)), None) if outermost => match foreign_keys::check(&self.database) {
                    Ok(()) => Ok(value),
                    Err(error) => Err(TransactionError::Connection(error)),
                },
                (Ok(Ok(value)), None) => Ok(value),
            };
            let outcome = if ended.is_ok() { Outcome::Commit } else { Outcome::Rollback };
            if outermost && outcome == Outcome::Rollback {
                foreign_keys::reset_defer_foreign_keys(&self.database);
            }
            result = Some(ended);
            outcome
        });
        let committed = ran.is_ok() && matches!(result, Some(Ok(_)));
        if !committed && self.database.generation() != schema {
            // Any schema changes in between are undone.
            self.database.forget_tables();
        }
        match (ran, result) {
            (_, Some(Err(error))) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Err(error), _) => Err(TransactionError::Connection(error.into_exec())),
            (Ok(()), None) => Err(TransactionError::Connection(rolled_back("the storage did not run the closure"))),
        }
    }
}

impl DoTransaction {
    /// Runs a closure in a savepoint: an `Err` undoes only the savepoint, and this transaction continues.
    ///
    /// # Errors
    /// Fails as [`DoConnection::transaction_sync`] does, and if this transaction is over.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbErr};
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// let kept = db.transaction_sync(async |txn| {
    ///     txn.execute_unprepared("INSERT INTO task VALUES ('Write')").await?;
    ///     let undone = txn.transaction_sync(async |txn| {
    ///         txn.execute_unprepared("INSERT INTO task VALUES ('Send')").await?;
    ///         txn.execute_unprepared("INSERT INTO nowhere VALUES (1)").await
    ///     });
    ///     assert!(undone.is_err());
    ///     Ok::<_, DbErr>(txn.execute_unprepared("UPDATE task SET title = 'Write now'").await?.rows_affected())
    /// });
    /// assert_eq!(kept.unwrap(), 1);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub fn transaction_sync<T, E, F>(&self, step: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        self.run(None, step)
    }

    pub(super) fn run<T, E, F>(&self, access_mode: Option<AccessMode>, step: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        self.state.check().map_err(TransactionError::Connection)?;
        let read_only = self.state.read_only || access_mode == Some(AccessMode::ReadOnly);
        self.note(self.connection.run(TransactionState::new(read_only), step))
    }
}

/// Exists while a closure runs. Dropping it ends the transaction state, also when the closure panics.
struct ClosureGuard<'a> {
    database: &'a Database,
    state: &'a TransactionState,
    over: bool,
}

impl<'a> ClosureGuard<'a> {
    fn begin(database: &'a Database, state: &'a Arc<TransactionState>) -> Self {
        database.enter(state.clone());
        Self { database, state, over: false }
    }

    /// Returns whether this was the outermost closure.
    fn end(mut self) -> bool {
        self.over = true;
        self.state.end();
        self.database.leave()
    }
}

impl Drop for ClosureGuard<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.state.end();
            self.database.leave();
            // The panic undoes any schema changes of the closure.
            self.database.forget_tables();
        }
    }
}

fn rolled_back(why: &str) -> DbErr {
    exec_err(format!("the transaction was rolled back: {why}"))
}
