//! Transactions: a closure that runs in one go, or one that is held open across awaits.

mod closure;
pub(crate) mod foreign_keys;
mod poll;
#[cfg(feature = "stream")]
mod stream;
mod traits;

use std::fmt::Display;
use std::sync::{Arc, Mutex};

use sea_orm::sea_query::ArrayType;
use sea_orm::{AccessMode, DbErr, TransactionError};
use sea_orm_do_typed::{TypedRow, TypedTuple, kind};

use crate::connection::DoConnection;
use crate::database::async_queue::AsyncTransaction;
use crate::database::transaction_state::TransactionState;
use crate::error::exec_err;
use crate::lock::lock;

/// A transaction in the making: what the closure of [`DoConnection::transaction_sync`] works on, or what
/// [`begin`](sea_orm::TransactionTrait::begin) gives where transactions may be [held open](DoConnection::with_async_transactions).
///
/// All of SeaORM works on it. Nested [`transaction_sync`](Self::transaction_sync) and
/// [`transaction`](sea_orm::TransactionTrait::transaction) are savepoints of their own. A
/// [`begin`](sea_orm::TransactionTrait::begin) inside of a closure joins: its commit does nothing, since the closure
/// commits, and its rollback, or its drop without a commit, makes the whole closure roll back and report an error. Inside of
/// a transaction that is held open it is a savepoint as well.
#[derive(Debug)]
pub struct DoTransaction {
    connection: DoConnection,
    scope: Arc<TransactionState>,
    part: Part,
}

/// What a handle is of its transaction.
#[derive(Debug)]
enum Part {
    /// All of a closure.
    Closure,
    /// A part that was begun inside of a closure.
    Joined(Joined),
    /// All of a transaction that is held open; the connection names it.
    Async,
    /// Another way to read in it, which neither begins nor ends anything.
    View,
}

#[derive(Debug, Default)]
struct Joined {
    finished: bool,
    /// The last error of a statement in it.
    failure: Mutex<Option<String>>,
}

impl DoTransaction {
    /// A part of the closure that is running.
    pub(crate) fn join(connection: DoConnection, scope: Arc<TransactionState>) -> Self {
        scope.begin_part();
        Self { connection, scope, part: Part::Joined(Joined::default()) }
    }

    /// The same transaction as a handle of [`DoConnection::json`]. Commit the one that it was made from.
    #[cfg(feature = "with-json")]
    #[must_use = "only the returned handle gives plain JSON"]
    pub fn json(&self) -> Self {
        self.view(self.connection.json())
    }

    /// The same transaction as a handle of [`DoConnection::column_type`]: models are read with the one that it was made from.
    #[must_use = "only the returned handle knows the type"]
    pub fn column_type(&self, column: impl Into<String>, ty: ArrayType) -> Self {
        self.view(self.connection.clone().column_type(column, ty))
    }

    /// The same transaction as a handle of [`DoConnection::by_declared_type`].
    #[must_use = "only the returned handle reads by declared type"]
    pub fn by_declared_type(&self) -> Self {
        self.view(self.connection.clone().by_declared_type())
    }

    /// The same transaction as a handle of [`DoConnection::with_inferred_types`].
    #[must_use = "only the returned handle infers types"]
    pub fn with_inferred_types(&self) -> Self {
        self.view(self.connection.clone().with_inferred_types())
    }

    /// The same transaction as a handle of [`DoConnection::read_as`].
    #[must_use = "only the returned handle reads this type"]
    pub fn read_as<R: TypedRow + 'static>(&self) -> Self {
        self.view(self.connection.read_as::<R>())
    }

    /// The same transaction as a handle of [`DoConnection::read_as_tuple`].
    #[must_use = "only the returned handle reads this type"]
    pub fn read_as_tuple<T: TypedTuple<kind::Tuple> + 'static>(&self) -> Self {
        self.view(self.connection.read_as_tuple::<T>())
    }

    fn view(&self, connection: DoConnection) -> Self {
        Self { connection, scope: self.scope.clone(), part: Part::View }
    }

    /// # Errors
    /// When it is another way to read in a transaction.
    fn ends(&self) -> Result<(), DbErr> {
        match self.part {
            Part::View => Err(exec_err(
                "this handle reads in a transaction that another handle has begun: begin, commit and roll back with that one",
            )),
            Part::Closure | Part::Joined(_) | Part::Async => Ok(()),
        }
    }

    /// # Errors
    /// When it is over.
    pub(crate) fn connection(&self) -> Result<&DoConnection, DbErr> {
        self.scope.check()?;
        Ok(&self.connection)
    }

    #[cfg(feature = "stream")]
    pub(crate) fn open(&self, statement: &sea_orm::Statement) -> Result<crate::DoStream, DbErr> {
        let connection = self.connection()?;
        let opened = self.note(connection.open(statement, crate::connection::values(statement)))?;
        Ok(crate::DoStream::new(connection.clone(), opened, Some(self.scope.clone())))
    }

    /// Begins a part of this transaction.
    async fn begin_inside(&self, access_mode: Option<AccessMode>) -> Result<DoTransaction, DbErr> {
        self.ends()?;
        let connection = self.connection()?;
        if matches!(self.part, Part::Async) {
            return connection.hold(access_mode).await;
        }
        if access_mode == Some(AccessMode::ReadOnly) && !self.scope.read_only {
            return Err(exec_err("a part that is begun inside cannot be read-only: use transaction_with_config"));
        }
        Ok(Self::join(connection.clone(), self.scope.clone()))
    }

    /// Commits or rolls back, as the result of a callback says.
    async fn finish<T, E: Display + std::fmt::Debug>(self, result: Result<T, E>) -> Result<T, TransactionError<E>> {
        match result {
            Ok(value) => self.commit_part().await.map(|()| value).map_err(TransactionError::Connection),
            Err(error) => {
                // Whatever ended it before, nothing of it is left.
                let _ = self.roll_back_part().await;
                Err(TransactionError::Transaction(error))
            }
        }
    }

    async fn commit_part(mut self) -> Result<(), DbErr> {
        self.ends()?;
        let database = self.connection()?.database.clone();
        let Some(held) = self.held().cloned() else {
            self.finish_part();
            return Ok(());
        };
        let check = || if held.is_outermost() { foreign_keys::check(&database) } else { Ok(()) };
        let committed = database.async_queue.commit(&held, check).await;
        if committed.is_err() {
            database.forget_tables();
        }
        committed
    }

    async fn roll_back_part(mut self) -> Result<(), DbErr> {
        self.ends()?;
        let database = self.connection()?.database.clone();
        let Some(held) = self.held().cloned() else {
            self.finish_part();
            self.set_rollback_only("a transaction that was begun inside was rolled back");
            return Ok(());
        };
        drop(self);
        database.async_queue.end_of(&held).await
    }

    /// The transaction that is held open, where this handle is all of it.
    fn held(&self) -> Option<&Arc<AsyncTransaction>> {
        self.connection.held.as_ref().filter(|_| matches!(self.part, Part::Async))
    }

    /// Keeps the last error of a joined part, to be named when the part is dropped.
    fn note<T, E: Display>(&self, result: Result<T, E>) -> Result<T, E> {
        if let (Err(error), Part::Joined(joined)) = (&result, &self.part) {
            *lock(&joined.failure) = Some(error.to_string());
        }
        result
    }

    /// Ends a joined part; false when there is none, or when it has ended before.
    fn finish_part(&mut self) -> bool {
        let Part::Joined(joined) = &mut self.part else { return false };
        if !std::mem::replace(&mut joined.finished, true) {
            self.scope.end_part();
            return true;
        }
        false
    }

    fn set_rollback_only(&self, what: &str) {
        let failure = match &self.part {
            Part::Joined(joined) => lock(&joined.failure).take(),
            Part::Closure | Part::Async | Part::View => None,
        };
        let after = failure.map(|error| format!(", after: {error}")).unwrap_or_default();
        self.scope.set_rollback_only(format!("{what}{after}"));
    }
}

impl Drop for DoTransaction {
    fn drop(&mut self) {
        if self.finish_part() && self.scope.check().is_ok() {
            self.set_rollback_only("a transaction that was begun inside was dropped without commit");
        }
        if let Some(held) = self.held()
            && self.connection.database.async_queue.roll_back(held)
        {
            // What was seen of the schema in between is undone.
            self.connection.database.forget_tables();
        }
    }
}
