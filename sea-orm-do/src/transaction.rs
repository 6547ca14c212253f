//! Transactions: a closure, polled to its end while the storage holds its transaction open.
//!
//! Every future of this driver is ready at its first poll, so a whole SeaORM closure runs inside of the storage's
//! synchronous `transactionSync`: <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#transactionsync>.

use std::fmt::{Debug, Display};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{
    AccessMode, ConnectionTrait, DbBackend, DbErr, ExecResult, IsolationLevel, QueryResult, Statement,
    TransactionError, TransactionOptions, TransactionSession, TransactionTrait,
};

use crate::DoConnection;
use crate::database::Database;
use crate::deferred;
use crate::dialect::statement::refused;
use crate::poll::to_its_end;
use crate::scope::Scope;
use crate::storage::Outcome;

/// A transaction in the making: what the closure of [`DoConnection::transaction_sync`] works on.
///
/// All of SeaORM works on it. Nested [`transaction_sync`](Self::transaction_sync) and
/// [`transaction`](TransactionTrait::transaction) are savepoints of their own. A nested
/// [`begin`](TransactionTrait::begin) joins: its commit does nothing, since the closure commits, and its rollback, or
/// its drop without a commit, makes the whole closure roll back and report an error.
#[derive(Debug)]
pub struct DoTransaction {
    connection: DoConnection,
    scope: Arc<Scope>,
    joined: Option<Joined>,
}

/// A part that was begun inside of a closure.
#[derive(Debug, Default)]
struct Joined {
    settled: bool,
    /// The last error of a statement in it.
    failure: Mutex<Option<String>>,
}

impl DoConnection {
    /// Runs a closure in a transaction: commits when it returns `Ok`, and hands the value out; rolls back when it returns
    /// `Err` or panics.
    ///
    /// Only this database may be awaited in it. What waits for anything else, a fetch, a timer, another object, cannot
    /// go on while the storage holds its transaction open: it rolls back with an error that says so. Other handles of
    /// the same database that are used in the closure take part in the transaction, since it is the same storage.
    ///
    /// A panic does not return in wasm: the transaction is rolled back, and the next request finds the object rebuilt.
    ///
    /// # Errors
    /// [`TransactionError::Transaction`] with the closure's own error; [`TransactionError::Connection`] when the
    /// transaction could not be committed: a part of it was rolled back or dropped, the closure waited for something
    /// else, or the storage refused.
    pub fn transaction_sync<T, E, F>(&self, step: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        self.run(Scope::default(), step)
    }

    fn run<T, E, F>(&self, scope: Scope, step: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        let within_read_only = self.database.scope().is_some_and(|outer| outer.read_only);
        let scope = Arc::new(Scope::new(scope.read_only || within_read_only));
        let transaction = DoTransaction { connection: self.clone(), scope: scope.clone(), joined: None };
        let mut step = Some(step);
        let mut result = None;
        let schema = self.database.generation();
        let ran = self.database.storage.atomically(&mut || {
            let Some(step) = step.take() else { return Outcome::Rollback };
            let time = Time::begin(&self.database, &scope);
            let ended = to_its_end(step(&transaction));
            let outermost = time.end();
            let ended = match (ended, scope.doomed()) {
                (Ok(Err(error)), _) => Err(TransactionError::Transaction(error)),
                (Err(error), _) => Err(TransactionError::Connection(error)),
                (Ok(Ok(_)), Some(why)) => Err(TransactionError::Connection(rolled_back(&why))),
                (Ok(Ok(value)), None) if outermost => match deferred::check(&self.database) {
                    Ok(()) => Ok(value),
                    Err(error) => Err(TransactionError::Connection(error)),
                },
                (Ok(Ok(value)), None) => Ok(value),
            };
            let outcome = if ended.is_ok() { Outcome::Commit } else { Outcome::Rollback };
            result = Some(ended);
            outcome
        });
        let committed = ran.is_ok() && matches!(result, Some(Ok(_)));
        if !committed && self.database.generation() != schema {
            // What was seen of the schema in between is undone.
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
    /// Runs a closure in a savepoint: its `Err` undoes it alone, and this transaction goes on.
    ///
    /// # Errors
    /// As [`DoConnection::transaction_sync`], and when this transaction is over.
    pub fn transaction_sync<T, E, F>(&self, step: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        self.run(None, step)
    }

    fn run<T, E, F>(&self, access_mode: Option<AccessMode>, step: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        self.scope.check().map_err(TransactionError::Connection)?;
        let read_only = self.scope.read_only || access_mode == Some(AccessMode::ReadOnly);
        self.note(self.connection.run(Scope::new(read_only), step))
    }

    #[cfg(feature = "stream")]
    pub(crate) fn open(&self, statement: &Statement) -> Result<crate::DoStream, DbErr> {
        self.scope.check()?;
        let opened = self.note(self.connection.open(statement, crate::connection::values(statement)))?;
        Ok(crate::DoStream::new(self.connection.clone(), opened, Some(self.scope.clone())))
    }

    /// Keeps the last error of a joined part, to be named when the part is dropped.
    fn note<T, E: Display>(&self, result: Result<T, E>) -> Result<T, E> {
        if let (Err(error), Some(joined)) = (&result, &self.joined) {
            *joined.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
        }
        result
    }

    /// Ends a joined part; false when there is none, or when it has ended before.
    fn settle(&mut self) -> bool {
        let Some(joined) = self.joined.as_mut().filter(|joined| !joined.settled) else { return false };
        joined.settled = true;
        self.scope.end_part();
        true
    }

    fn doom(&self, what: &str) {
        let failure = self
            .joined
            .as_ref()
            .and_then(|joined| joined.failure.lock().unwrap_or_else(PoisonError::into_inner).take());
        let after = failure.map(|error| format!(", after: {error}")).unwrap_or_default();
        self.scope.doom(format!("{what}{after}"));
    }
}

impl Drop for DoTransaction {
    fn drop(&mut self) {
        if self.settle() && self.scope.check().is_ok() {
            self.doom("a transaction that was begun inside was dropped without commit");
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for DoTransaction {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    fn support_returning(&self) -> bool {
        true
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.scope.check()?;
        self.note(self.connection.execute_sync(&statement))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.scope.check()?;
        self.note(self.connection.execute_script(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.scope.check()?;
        let rows = self.note(self.connection.query_sync(&statement))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[async_trait::async_trait]
impl TransactionSession for DoTransaction {
    /// Ends a part that was begun inside of a closure; the closure itself commits by returning `Ok`.
    async fn commit(mut self) -> Result<(), DbErr> {
        self.scope.check()?;
        self.settle();
        Ok(())
    }

    /// Makes the closure that this part was begun in roll back.
    async fn rollback(mut self) -> Result<(), DbErr> {
        self.scope.check()?;
        self.settle();
        self.doom("a transaction that was begun inside was rolled back");
        Ok(())
    }
}

#[async_trait::async_trait]
impl TransactionTrait for DoTransaction {
    type Transaction = DoTransaction;

    async fn begin(&self) -> Result<DoTransaction, DbErr> {
        self.begin_with_config(None, None).await
    }

    async fn begin_with_config(
        &self,
        _isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<DoTransaction, DbErr> {
        self.scope.check()?;
        if access_mode == Some(AccessMode::ReadOnly) && !self.scope.read_only {
            return Err(refused("a part that is begun inside cannot be read-only: use transaction_with_config"));
        }
        self.scope.begin_part();
        let joined = Some(Joined::default());
        Ok(DoTransaction { connection: self.connection.clone(), scope: self.scope.clone(), joined })
    }

    async fn begin_with_options(&self, options: TransactionOptions) -> Result<DoTransaction, DbErr> {
        self.begin_with_config(options.isolation_level, options.access_mode).await
    }

    async fn transaction<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c DoTransaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        self.run(None, async move |txn: &DoTransaction| callback(txn).await)
    }

    async fn transaction_with_config<F, T, E>(
        &self,
        callback: F,
        _isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c DoTransaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        self.run(access_mode, async move |txn: &DoTransaction| callback(txn).await)
    }
}

/// A Durable Object runs one thing at a time, so every isolation level that is asked for is kept: what it gives is
/// serializable. A read-only transaction refuses every statement that may write.
#[async_trait::async_trait]
impl TransactionTrait for DoConnection {
    type Transaction = DoTransaction;

    /// # Errors
    /// Always: the storage has no transaction that stays open between two calls.
    async fn begin(&self) -> Result<DoTransaction, DbErr> {
        Err(begin_is_refused())
    }

    /// # Errors
    /// As [`begin`](Self::begin).
    async fn begin_with_config(
        &self,
        _isolation_level: Option<IsolationLevel>,
        _access_mode: Option<AccessMode>,
    ) -> Result<DoTransaction, DbErr> {
        Err(begin_is_refused())
    }

    /// # Errors
    /// As [`begin`](Self::begin).
    async fn begin_with_options(&self, _options: TransactionOptions) -> Result<DoTransaction, DbErr> {
        Err(begin_is_refused())
    }

    async fn transaction<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c DoTransaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        self.run(Scope::default(), async move |txn: &DoTransaction| callback(txn).await)
    }

    async fn transaction_with_config<F, T, E>(
        &self,
        callback: F,
        _isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c DoTransaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        let scope = Scope::new(access_mode == Some(AccessMode::ReadOnly));
        self.run(scope, async move |txn: &DoTransaction| callback(txn).await)
    }
}

/// The time in which a closure runs; it ends with the closure, also when that panics.
struct Time<'a> {
    database: &'a Database,
    scope: &'a Scope,
    over: bool,
}

impl<'a> Time<'a> {
    fn begin(database: &'a Database, scope: &'a Arc<Scope>) -> Self {
        database.enter(scope.clone());
        Self { database, scope, over: false }
    }

    /// True when no other closure is left around it.
    fn end(mut self) -> bool {
        self.over = true;
        self.scope.end();
        self.database.leave()
    }
}

impl Drop for Time<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.scope.end();
            self.database.leave();
            // The panic undoes what the closure did to the schema.
            self.database.forget_tables();
        }
    }
}

fn rolled_back(why: &str) -> DbErr {
    refused(format!("the transaction was rolled back: {why}"))
}

/// The answer to every `begin` outside of a closure.
pub(crate) fn begin_is_refused() -> DbErr {
    refused(
        "a Durable Object cannot keep a transaction open after begin(): run it as a closure, as in \
         db.transaction_sync(async |txn| model.save(txn).await)",
    )
}
