//! The connection as a `DatabaseConnection`.

use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, ProxyDatabaseTrait, ProxyExecResult, ProxyRow, Statement};

use super::RemoteConnection;
use super::no_transaction::begin_is_refused;
use crate::connection::database_connection::proxied;

pub(super) fn of(connection: RemoteConnection) -> DatabaseConnection {
    proxied(Proxy { connection, begun: AtomicUsize::new(0) })
}

/// The connection as SeaORM's proxy.
#[derive(Debug)]
struct Proxy {
    connection: RemoteConnection,
    /// How many transactions were begun, none of which exists.
    begun: AtomicUsize,
}

impl Proxy {
    /// # Errors
    /// Fails inside a transaction.
    fn check(&self) -> Result<(), DbErr> {
        if self.begun.load(Ordering::Relaxed) == 0 { Ok(()) } else { Err(begin_is_refused()) }
    }

    fn end(&self) {
        // A transaction that ends twice has ended.
        let _ = self.begun.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |begun| begun.checked_sub(1));
    }
}

#[async_trait::async_trait]
impl ProxyDatabaseTrait for Proxy {
    async fn query(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.check()?;
        self.connection.queried(statement).await
    }

    async fn execute(&self, statement: Statement) -> Result<ProxyExecResult, DbErr> {
        self.check()?;
        // `execute_unprepared` arrives here as a statement without values.
        let result = match &statement.values {
            None => self.connection.execute_unprepared(&statement.sql).await,
            Some(_) => self.connection.execute_raw(statement).await,
        };
        result.map(Into::into)
    }

    async fn begin(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    async fn commit(&self) {
        self.end();
    }

    async fn rollback(&self) {
        self.end();
    }

    fn start_rollback(&self) {
        self.end();
    }
}
