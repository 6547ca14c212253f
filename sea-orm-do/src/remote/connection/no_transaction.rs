//! The transaction that does not exist.

use std::fmt::{Debug, Display};
use std::pin::Pin;

use sea_orm::{
    AccessMode, ConnectionTrait, DbBackend, DbErr, ExecResult, IsolationLevel, QueryResult, Statement,
    TransactionError, TransactionOptions, TransactionSession, TransactionTrait,
};

use super::RemoteConnection;
use crate::error::exec_err;

/// The transaction that a remote connection never begins: there is no value of this type.
#[derive(Debug)]
pub enum NoTransaction {}

pub(super) fn begin_is_refused() -> DbErr {
    exec_err(
        "a remote connection keeps no transaction open: send the statements as one RemoteConnection::batch, which runs \
         all of them or none, or call a method of the object that uses db.transaction_sync(..)",
    )
}

#[async_trait::async_trait]
impl ConnectionTrait for NoTransaction {
    fn get_database_backend(&self) -> DbBackend {
        match *self {}
    }

    async fn execute_raw(&self, _statement: Statement) -> Result<ExecResult, DbErr> {
        match *self {}
    }

    async fn execute_unprepared(&self, _sql: &str) -> Result<ExecResult, DbErr> {
        match *self {}
    }

    async fn query_one_raw(&self, _statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match *self {}
    }

    async fn query_all_raw(&self, _statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match *self {}
    }
}

#[async_trait::async_trait]
impl TransactionSession for NoTransaction {
    async fn commit(self) -> Result<(), DbErr> {
        match self {}
    }

    async fn rollback(self) -> Result<(), DbErr> {
        match self {}
    }
}

/// Implements `TransactionTrait` for a type that begins no transaction.
macro_rules! begins_none {
    ($ty:ty) => {
        #[async_trait::async_trait]
        impl TransactionTrait for $ty {
            type Transaction = NoTransaction;

            /// # Errors
            /// Always fails, and says what to use.
            async fn begin(&self) -> Result<NoTransaction, DbErr> {
                Err(begin_is_refused())
            }

            async fn begin_with_config(
                &self,
                _isolation_level: Option<IsolationLevel>,
                _access_mode: Option<AccessMode>,
            ) -> Result<NoTransaction, DbErr> {
                Err(begin_is_refused())
            }

            async fn begin_with_options(&self, _options: TransactionOptions) -> Result<NoTransaction, DbErr> {
                Err(begin_is_refused())
            }

            async fn transaction<F, T, E>(&self, _callback: F) -> Result<T, TransactionError<E>>
            where
                F: for<'c> FnOnce(&'c NoTransaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
                T: Send,
                E: Display + Debug + Send,
            {
                Err(TransactionError::Connection(begin_is_refused()))
            }

            async fn transaction_with_config<F, T, E>(
                &self,
                _callback: F,
                _isolation_level: Option<IsolationLevel>,
                _access_mode: Option<AccessMode>,
            ) -> Result<T, TransactionError<E>>
            where
                F: for<'c> FnOnce(&'c NoTransaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
                T: Send,
                E: Display + Debug + Send,
            {
                Err(TransactionError::Connection(begin_is_refused()))
            }
        }
    };
}

begins_none!(RemoteConnection);
begins_none!(NoTransaction);
