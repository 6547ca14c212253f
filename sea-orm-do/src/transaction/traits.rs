//! SeaORM's transaction traits, and async transactions.

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
    /// Returns a handle whose [`begin`](TransactionTrait::begin) opens an async transaction: the storage keeps it open
    /// across awaits until `commit` or `rollback`, so it may await a fetch, a timer or another object.
    ///
    /// SeaORM's `transaction` methods then open async transactions as well, and nested saves of an `ActiveModelEx`,
    /// which call `begin` themselves, work without a closure. [`transaction_sync`](Self::transaction_sync) does not
    /// change. It is the better choice for code that waits only for the database: it takes microseconds and blocks no
    /// other request.
    ///
    /// - An object has one open transaction at a time; `begin` waits in a queue. Code that has a transaction open and
    ///   calls `begin` on the connection waits for itself: call it on the [`DoTransaction`], where it is a savepoint.
    /// - While one is open, every call on another handle of the object is an error, including `transaction_sync`: it
    ///   would become part of the transaction.
    /// - `commit` waits for the storage's answer and reports it. If its future is dropped, the outcome is unknown.
    ///   Dropping the transaction without a commit undoes everything at once. Statements then wait until the storage
    ///   has ended the transaction. `transaction_sync` cannot wait, so it is an error until you have awaited something.
    /// - Start what you await after `begin`: an event that was already under way is not delivered until the transaction
    ///   ends.
    /// - The runtime delivers no other event to the object while the transaction is open. After 30 seconds it resets
    ///   the object: everything is rolled back, and the requests to the object fail with
    ///   `A call to blockConcurrencyWhile() in a Durable Object waited for too long`.
    ///   <https://developers.cloudflare.com/durable-objects/api/state/#blockconcurrencywhile>
    /// - Anything that keeps the storage from committing also resets the object, such as a cursor with RETURNING that
    ///   the program itself has left open.
    /// - A panic rolls back the open transaction of its object. Other objects may share its wasm instance and end with
    ///   it; the runtime rolls back their open transactions after the 30 seconds.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm::{TransactionSession, TransactionTrait};
    ///
    /// # let db = DoConnection::in_memory()?;
    /// # async fn ask_another_object() {}
    /// assert!(db.begin().await.is_err());
    ///
    /// let db = db.with_async_transactions();
    /// let txn = db.begin().await?;
    /// txn.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write')").await?;
    /// ask_another_object().await;
    /// txn.commit().await?;
    /// assert_eq!(db.execute_unprepared("DELETE FROM task").await?.rows_affected(), 1);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle has async transactions"]
    pub fn with_async_transactions(mut self) -> Self {
        std::sync::Arc::make_mut(&mut self.handle).async_transactions = true;
        self
    }

    /// Runs a callback in an [async transaction](Self::with_async_transactions). Commits if the callback returns `Ok`;
    /// rolls back if it returns `Err` or is dropped. It may await anything.
    ///
    /// # Errors
    /// [`TransactionError::Transaction`] with the callback's own error; [`TransactionError::Connection`] if the
    /// transaction could not begin, as on a handle without `with_async_transactions`, or could not be committed.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbErr};
    /// # use sea_orm_do::DoConnection;
    /// # async fn ask_another_object() -> Result<(), DbErr> {
    /// #     Err(DbErr::Custom("it is asleep".into()))
    /// # }
    /// let db = DoConnection::in_memory()?.with_async_transactions();
    /// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// let failed = db
    ///     .transaction_async(async |txn| {
    ///         txn.execute_unprepared("INSERT INTO task VALUES ('Write')").await?;
    ///         ask_another_object().await
    ///     })
    ///     .await;
    /// assert!(failed.is_err());
    /// assert_eq!(db.execute_unprepared("DELETE FROM task").await?.rows_affected(), 0);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub async fn transaction_async<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: AsyncFnOnce(&DoTransaction) -> Result<T, E>,
        E: Display + Debug,
    {
        let transaction = self.begin_async(None).await.map_err(TransactionError::Connection)?;
        let result = callback(&transaction).await;
        transaction.finish(result).await
    }

    /// Begins an async transaction, inside the handle's own one if it has one.
    pub(crate) async fn begin_async(&self, access_mode: Option<AccessMode>) -> Result<DoTransaction, DbErr> {
        if !self.handle.async_transactions {
            return Err(begin_is_refused());
        }
        if self.database.innermost_transaction().is_some() {
            return Err(exec_err(
                "begin() inside a transaction_sync closure, which cannot wait: begin on the closure's own transaction, \
                 which joins it",
            ));
        }
        let read_only = access_mode == Some(AccessMode::ReadOnly) || self.is_read_only();
        let async_transaction =
            self.database.async_queue.begin(&self.database.storage, self.async_transaction.clone(), read_only).await?;
        let state = async_transaction.state.clone();
        Ok(DoTransaction {
            connection: Self { async_transaction: Some(async_transaction), ..self.clone() },
            state,
            part: Part::Async,
        })
    }
}

impl DoTransaction {
    /// Like [`DoConnection::transaction_async`], in a savepoint: an `Err` undoes only the savepoint.
    ///
    /// # Errors
    /// Fails as that does, and inside a [`transaction_sync`](DoConnection::transaction_sync) closure, which may await
    /// only its database.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbErr};
    /// # use sea_orm_do::DoConnection;
    /// # async fn ask_another_object() -> Result<(), DbErr> {
    /// #     Err(DbErr::Custom("it is asleep".into()))
    /// # }
    /// use sea_orm::{TransactionSession, TransactionTrait};
    ///
    /// let db = DoConnection::in_memory()?.with_async_transactions();
    /// let txn = db.begin().await?;
    /// txn.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write')").await?;
    /// let undone = txn
    ///     .transaction_async(async |txn| {
    ///         txn.execute_unprepared("DELETE FROM task").await?;
    ///         ask_another_object().await
    ///     })
    ///     .await;
    /// assert!(undone.is_err());
    /// txn.commit().await?;
    /// assert_eq!(db.execute_unprepared("DELETE FROM task").await?.rows_affected(), 1);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
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
    /// Commits an async transaction. A transaction that was begun inside a closure only ends: the closure commits by
    /// returning `Ok`.
    async fn commit(self) -> Result<(), DbErr> {
        self.commit_part().await
    }

    /// Rolls back an async transaction. For a transaction that was begun inside a closure, this makes the whole closure
    /// roll back.
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

/// A Durable Object runs one transaction at a time, so every transaction is serializable, whichever isolation level is
/// requested. A read-only transaction refuses every statement that may write.
#[async_trait::async_trait]
impl TransactionTrait for DoConnection {
    type Transaction = DoTransaction;

    /// # Errors
    /// Always fails on a handle without [`with_async_transactions`](Self::with_async_transactions), which cannot keep a
    /// transaction open between two calls.
    async fn begin(&self) -> Result<DoTransaction, DbErr> {
        self.begin_async(None).await
    }

    async fn begin_with_config(
        &self,
        _isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<DoTransaction, DbErr> {
        self.begin_async(access_mode).await
    }

    async fn begin_with_options(&self, options: TransactionOptions) -> Result<DoTransaction, DbErr> {
        self.begin_async(options.access_mode).await
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
            let state = TransactionState::new(access_mode == Some(AccessMode::ReadOnly));
            return self.run(state, async move |txn: &DoTransaction| callback(txn).await);
        }
        let transaction = self.begin_async(access_mode).await.map_err(TransactionError::Connection)?;
        let result = callback(&transaction).await;
        transaction.finish(result).await
    }
}

/// The error of `begin` on a handle without async transactions.
fn begin_is_refused() -> DbErr {
    exec_err(
        "this handle keeps no transaction open after begin(): run it as a closure, as in \
         db.transaction_sync(async |txn| model.save(txn).await), or use a handle with_async_transactions() if it has \
         to await something else",
    )
}
