//! SeaORM's own ways to a transaction.

use std::fmt::{Debug, Display};
use std::pin::Pin;

use sea_orm::{
    AccessMode, ConnectionTrait, DbBackend, DbErr, ExecResult, IsolationLevel, QueryResult, Statement,
    TransactionError, TransactionOptions, TransactionSession, TransactionTrait,
};

use super::{DoTransaction, Part};
use crate::connection::DoConnection;
use crate::database::transaction_state::TransactionState;
use crate::error::exec_err;

impl DoConnection {
    /// A handle whose [`begin`](TransactionTrait::begin), `commit` and `rollback` hold a transaction of the storage open
    /// across awaits: a fetch, a timer or another object may be awaited in it.
    ///
    /// SeaORM's `transaction` and its kin then take that way as well, and nested saves of an `ActiveModelEx`, which call
    /// `begin` by themselves, work without a closure. [`transaction_sync`](Self::transaction_sync) stays as it is and is
    /// the better choice for whatever waits for the database alone: it takes microseconds and keeps nobody waiting.
    ///
    /// - One transaction is open in an object at a time; `begin` waits in line. A `begin` on the connection by who already
    ///   has a transaction open waits for itself: use [`DoTransaction`]'s own, which is a savepoint.
    /// - While one is open, everything on another handle of the object is an error, `transaction_sync` included: it would
    ///   be taken in.
    /// - `commit` waits for the storage's answer and reports it; when it is given up, the outcome is unknown. A drop without
    ///   commit undoes everything at once. Statements then wait until the storage has ended the transaction, which
    ///   `transaction_sync` cannot: it is an error until something was awaited.
    /// - Start what you await after `begin`: an event that was under way before it is not delivered until it ends.
    /// - The runtime delivers no other event to the object meanwhile. When that takes more than 30 seconds it resets the
    ///   object: everything is rolled back, and the requests to the object fail with `A call to blockConcurrencyWhile() in
    ///   a Durable Object waited for too long`.
    ///   <https://developers.cloudflare.com/durable-objects/api/state/#blockconcurrencywhile>
    /// - What keeps the storage from committing, such as a cursor with RETURNING that the program itself has left open, resets
    ///   the object as well.
    /// - A panic rolls back what is open in its object. Other objects may share its wasm instance and end with it: what they
    ///   hold open, the runtime rolls back after the 30 seconds.
    #[must_use = "only the returned handle holds transactions open"]
    pub fn with_async_transactions(mut self) -> Self {
        std::sync::Arc::make_mut(&mut self.handle).async_transactions = true;
        self
    }

    /// Runs a callback in a transaction that is [held open](Self::with_async_transactions): commits when it returns `Ok`,
    /// rolls back when it returns `Err` or is dropped. It may await anything.
    ///
    /// # Errors
    /// [`TransactionError::Transaction`] with the callback's own error; [`TransactionError::Connection`] when the
    /// transaction could not begin, as on a handle without `with_async_transactions`, or not be committed.
    pub async fn transaction_async<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        let transaction = self.hold(None).await.map_err(TransactionError::Connection)?;
        let result = callback(&transaction).await;
        transaction.finish(result).await
    }

    /// Begins a transaction that is held open, inside of the one that this handle is of.
    pub(crate) async fn hold(&self, access_mode: Option<AccessMode>) -> Result<DoTransaction, DbErr> {
        if !self.handle.async_transactions {
            return Err(begin_is_refused());
        }
        if self.database.scope().is_some() {
            return Err(exec_err(
                "begin() inside of a transaction_sync closure, which can wait for nothing: begin on the closure's own \
                 transaction, which joins it",
            ));
        }
        let read_only = access_mode == Some(AccessMode::ReadOnly) || self.is_read_only();
        let held = self.database.async_queue.begin(&self.database.storage, self.held.clone(), read_only).await?;
        let scope = held.scope.clone();
        Ok(DoTransaction { connection: Self { held: Some(held), ..self.clone() }, scope, part: Part::Async })
    }
}

impl DoTransaction {
    /// As [`DoConnection::transaction_async`], in a savepoint: its `Err` undoes it alone.
    ///
    /// # Errors
    /// As there, and inside of a closure of [`transaction_sync`](DoConnection::transaction_sync), which can await nothing.
    pub async fn transaction_async<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        let connection = self.connection().map_err(TransactionError::Connection)?;
        connection.transaction_async(callback).await
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
        self.connection.wait_until_idle().await;
        self.note(self.connection()?.execute_sync(&statement))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.connection.wait_until_idle().await;
        self.note(self.connection()?.execute_script(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.connection.wait_until_idle().await;
        let rows = self.note(self.connection()?.query_sync(&statement))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[async_trait::async_trait]
impl TransactionSession for DoTransaction {
    /// Commits a transaction that is held open. Of a part that was begun inside of a closure it is the end only: the
    /// closure itself commits by returning `Ok`.
    async fn commit(self) -> Result<(), DbErr> {
        self.commit_part().await
    }

    /// Rolls back a transaction that is held open. Of a part that was begun inside of a closure it makes the closure roll
    /// back.
    async fn rollback(self) -> Result<(), DbErr> {
        self.roll_back_part().await
    }
}

#[async_trait::async_trait]
impl TransactionTrait for DoTransaction {
    type Transaction = DoTransaction;

    async fn begin(&self) -> Result<DoTransaction, DbErr> {
        self.begin_inside(None).await
    }

    async fn begin_with_config(
        &self,
        _isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<DoTransaction, DbErr> {
        self.begin_inside(access_mode).await
    }

    async fn begin_with_options(&self, options: TransactionOptions) -> Result<DoTransaction, DbErr> {
        self.begin_inside(options.access_mode).await
    }

    async fn transaction<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c DoTransaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        self.transaction_with_config(callback, None, None).await
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
        if !matches!(self.part, Part::Async) {
            return self.run(access_mode, async move |txn: &DoTransaction| callback(txn).await);
        }
        let transaction = self.begin_inside(access_mode).await.map_err(TransactionError::Connection)?;
        let result = callback(&transaction).await;
        transaction.finish(result).await
    }
}

/// A Durable Object runs one thing at a time, so every isolation level that is asked for is kept: what it gives is
/// serializable. A read-only transaction refuses every statement that may write.
#[async_trait::async_trait]
impl TransactionTrait for DoConnection {
    type Transaction = DoTransaction;

    /// # Errors
    /// Always, on a handle without [`with_async_transactions`](Self::with_async_transactions): the storage has no
    /// transaction that stays open between two calls.
    async fn begin(&self) -> Result<DoTransaction, DbErr> {
        self.hold(None).await
    }

    async fn begin_with_config(
        &self,
        _isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<DoTransaction, DbErr> {
        self.hold(access_mode).await
    }

    async fn begin_with_options(&self, options: TransactionOptions) -> Result<DoTransaction, DbErr> {
        self.hold(options.access_mode).await
    }

    async fn transaction<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c DoTransaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        self.transaction_with_config(callback, None, None).await
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
        if !self.handle.async_transactions {
            let scope = TransactionState::new(access_mode == Some(AccessMode::ReadOnly));
            return self.run(scope, async move |txn: &DoTransaction| callback(txn).await);
        }
        let transaction = self.hold(access_mode).await.map_err(TransactionError::Connection)?;
        let result = callback(&transaction).await;
        transaction.finish(result).await
    }
}

/// The answer to every `begin` outside of a closure.
fn begin_is_refused() -> DbErr {
    exec_err(
        "this handle keeps no transaction open after begin(): run it as a closure, as in \
         db.transaction_sync(async |txn| model.save(txn).await), or take a handle with_async_transactions() where it has to \
         await something else",
    )
}
