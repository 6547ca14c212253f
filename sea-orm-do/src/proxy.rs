//! The same database as a `sea_orm::DatabaseConnection`, for the parts of SeaORM that want the concrete type.

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{
    DatabaseConnection, DatabaseConnectionType, DbBackend, DbErr, ProxyDatabaseConnection, ProxyDatabaseTrait,
    ProxyExecResult, ProxyRow, Statement,
};

use crate::DoConnection;
use crate::scope::Scope;
use crate::transaction::begin_is_refused;

impl DoConnection {
    /// The same database as a [`DatabaseConnection`].
    ///
    /// SeaORM's interface for it cannot report an error from `begin` or `commit`. So after a `begin` outside of
    /// [`transaction_sync`](Self::transaction_sync) every statement fails, with the error that `begin` should have been,
    /// until the transaction is committed, rolled back or dropped. Inside of `transaction_sync` a `begin` joins it, as
    /// [`DoTransaction`](crate::DoTransaction) does: a rollback makes the whole closure roll back.
    ///
    /// Where a function takes any `ConnectionTrait`, give it the `DoConnection` itself.
    #[must_use]
    pub fn to_database_connection(&self) -> DatabaseConnection {
        let proxy = Proxy { connection: self.clone(), begun: Mutex::default() };
        let proxy = ProxyDatabaseConnection::new(DbBackend::Sqlite, Arc::new(Box::new(proxy)));
        DatabaseConnectionType::ProxyDatabaseConnection(Arc::new(proxy)).into()
    }
}

#[derive(Debug)]
struct Proxy {
    connection: DoConnection,
    /// The transactions that are open, the innermost last: with the closure that it joined, or none, where everything
    /// fails until it ends.
    begun: Mutex<Vec<Option<Arc<Scope>>>>,
}

impl Proxy {
    /// # Errors
    /// Within a transaction that could not begin, and within one whose closure is over.
    fn check(&self) -> Result<(), DbErr> {
        match self.begun.lock().unwrap_or_else(PoisonError::into_inner).last() {
            None => Ok(()),
            Some(None) => Err(begin_is_refused()),
            Some(Some(scope)) => scope.check(),
        }
    }

    fn end(&self) -> Option<Arc<Scope>> {
        let scope = self.begun.lock().unwrap_or_else(PoisonError::into_inner).pop().flatten()?;
        scope.end_part();
        Some(scope)
    }
}

#[async_trait::async_trait]
impl ProxyDatabaseTrait for Proxy {
    async fn query(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.check()?;
        self.connection.query_sync(&statement)
    }

    async fn execute(&self, statement: Statement) -> Result<ProxyExecResult, DbErr> {
        self.check()?;
        // `execute_unprepared` arrives here as a statement without values.
        let result = match &statement.values {
            None => self.connection.execute_script(&statement.sql),
            Some(_) => self.connection.execute_sync(&statement),
        };
        result.map(Into::into)
    }

    async fn begin(&self) {
        let scope = self.connection.database.scope();
        if let Some(scope) = &scope {
            scope.begin_part();
        }
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).push(scope);
    }

    async fn commit(&self) {
        self.end();
    }

    async fn rollback(&self) {
        self.start_rollback();
    }

    fn start_rollback(&self) {
        if let Some(scope) = self.end() {
            scope.doom("a transaction that was begun inside was rolled back".to_owned());
        }
    }
}
