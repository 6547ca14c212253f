//! Wraps a connection as a `sea_orm::DatabaseConnection`, for the parts of SeaORM that need the concrete type.

use std::sync::{Arc, Mutex, MutexGuard};

use sea_orm::{
    DatabaseConnection, DatabaseConnectionType, DbBackend, DbErr, ProxyDatabaseConnection, ProxyDatabaseTrait,
    ProxyExecResult, ProxyRow, RuntimeErr, Statement, TransactionSession, TransactionTrait,
};

use super::DoConnection;
use crate::error::exec_err;
use crate::lock::lock;
use crate::transaction::DoTransaction;

impl DoConnection {
    /// Returns the same database as a [`DatabaseConnection`].
    ///
    /// SeaORM's proxy interface cannot report an error from `begin` or `commit`. So after a `begin` outside
    /// [`transaction_sync`](Self::transaction_sync), every statement fails with the error that `begin` should have
    /// returned, until the transaction is committed, rolled back or dropped. Inside `transaction_sync`, a `begin` joins
    /// the closure's transaction, as with [`DoTransaction`](crate::DoTransaction): a rollback makes the whole closure
    /// roll back.
    ///
    /// If the handle was made [`with_async_transactions`](Self::with_async_transactions), `begin` opens an async
    /// transaction. Everything done through this connection and its clones is then part of that transaction, because
    /// SeaORM does not say which caller a statement comes from; a nested `begin` is a savepoint. So each task or
    /// request that begins a transaction needs its own `DatabaseConnection`, and must do one thing at a time in the
    /// transaction. A failed commit is reported by the next call; if that is a `begin`, every statement of its
    /// transaction reports it.
    ///
    /// Pass the `DoConnection` itself to functions that take any `ConnectionTrait`: `DoConnection` and `DoTransaction`
    /// keep handles separate and report each error from the call that caused it.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbErr};
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm::DatabaseConnection;
    ///
    /// async fn clear(db: &DatabaseConnection) -> Result<u64, DbErr> {
    ///     Ok(db.execute_unprepared("DELETE FROM task").await?.rows_affected())
    /// }
    ///
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write')").await?;
    /// assert_eq!(clear(&db.to_database_connection()).await?, 1);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn to_database_connection(&self) -> DatabaseConnection {
        proxied(Proxy { connection: self.clone(), state: Mutex::default() })
    }
}

pub(crate) fn proxied(proxy: impl ProxyDatabaseTrait + 'static) -> DatabaseConnection {
    let proxy = ProxyDatabaseConnection::new(DbBackend::Sqlite, Arc::new(Box::new(proxy)));
    DatabaseConnectionType::ProxyDatabaseConnection(Arc::new(proxy)).into()
}

#[derive(Debug)]
struct Proxy {
    connection: DoConnection,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The open transactions, innermost last. A transaction that could not begin is replaced by the reason.
    begun: Vec<Result<Arc<DoTransaction>, String>>,
    /// Why the last commit failed.
    failure: Option<String>,
    /// Whether a `begin`, `commit` or `rollback` was dropped before it finished. SeaORM's handle, which is dropped with
    /// it, then requests the rollback of a transaction that is not in `begun`.
    given_up: bool,
}

impl State {
    /// # Errors
    /// Fails once after a failed commit.
    fn take_failure(&mut self) -> Result<(), DbErr> {
        match self.failure.take() {
            Some(why) => Err(exec_err(format!("the previous commit failed: {why}"))),
            None => Ok(()),
        }
    }
}

/// Exists while a `begin`, `commit` or `rollback` is running.
struct InFlightGuard<'a> {
    proxy: &'a Proxy,
    arrived: bool,
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.proxy.state().given_up = !self.arrived;
    }
}

impl Proxy {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Returns the handle that must run the next statement.
    ///
    /// # Errors
    /// Fails inside a transaction that could not begin or is over, and once after a failed commit.
    async fn active_connection(&self) -> Result<DoConnection, DbErr> {
        self.connection.wait_until_idle().await;
        let mut state = self.state();
        state.take_failure()?;
        match state.begun.last() {
            None => Ok(self.connection.clone()),
            Some(Err(why)) => Err(exec_err(why)),
            Some(Ok(transaction)) => transaction.connection().cloned(),
        }
    }

    async fn begin_inside(&self) -> Result<DoTransaction, DbErr> {
        let outer = {
            let mut state = self.state();
            state.take_failure()?;
            state.begun.last().cloned()
        };
        match outer {
            Some(Ok(outer)) => outer.begin().await,
            Some(Err(why)) => Err(exec_err(why)),
            None => match self.connection.database.innermost_transaction() {
                Some(closure) => Ok(DoTransaction::join(self.connection.clone(), closure)),
                None => self.connection.begin().await,
            },
        }
    }

    /// Ends the innermost transaction, unless it could not begin.
    async fn end<F: Future<Output = Result<(), DbErr>>>(&self, how: impl FnOnce(DoTransaction) -> F) {
        let mut in_flight = InFlightGuard { proxy: self, arrived: false };
        let innermost = self.state().begun.pop();
        if let Some(Ok(innermost)) = innermost {
            let ended = match Arc::into_inner(innermost) {
                Some(transaction) => how(transaction).await,
                None => {
                    Err(exec_err("it was rolled back, because another transaction was about to begin inside of it"))
                }
            };
            self.state().failure = ended.err().map(|error| message(&error));
        }
        in_flight.arrived = true;
    }
}

#[async_trait::async_trait]
impl ProxyDatabaseTrait for Proxy {
    async fn query(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.active_connection().await?.query_sync(&statement)
    }

    async fn execute(&self, statement: Statement) -> Result<ProxyExecResult, DbErr> {
        let connection = self.active_connection().await?;
        // `execute_unprepared` arrives here as a statement without values.
        let result = match &statement.values {
            None => connection.execute_script(&statement.sql),
            Some(_) => connection.execute_sync(&statement),
        };
        result.map(Into::into)
    }

    async fn begin(&self) {
        let mut in_flight = InFlightGuard { proxy: self, arrived: false };
        let begun = self.begin_inside().await.map(Arc::new).map_err(|error| message(&error));
        self.state().begun.push(begun);
        in_flight.arrived = true;
    }

    async fn commit(&self) {
        self.end(DoTransaction::commit).await;
    }

    async fn rollback(&self) {
        self.end(DoTransaction::rollback).await;
    }

    fn start_rollback(&self) {
        let mut state = self.state();
        if !std::mem::take(&mut state.given_up) {
            let innermost = state.begun.pop();
            drop(state);
            drop(innermost);
        }
    }
}

/// The error's message without SeaORM's prefix, to report later.
fn message(error: &DbErr) -> String {
    match error {
        DbErr::Conn(RuntimeErr::Internal(why))
        | DbErr::Exec(RuntimeErr::Internal(why))
        | DbErr::Query(RuntimeErr::Internal(why)) => why.clone(),
        other => other.to_string(),
    }
}
