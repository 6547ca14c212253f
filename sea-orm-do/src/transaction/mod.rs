//! Transactions: a closure that runs synchronously, or an async transaction that stays open across awaits.

mod closure;
pub(crate) mod foreign_keys;
mod poll;
#[cfg(feature = "stream")]
mod stream;
mod traits;

use std::fmt::Display;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Mutex};

use sea_orm::sea_query::ArrayType;
use sea_orm::{AccessMode, DbErr, TransactionError};
use sea_orm_do_typed::{TypedRow, TypedTuple, kind};

use crate::connection::DoConnection;
use crate::database::async_queue::AsyncTransaction;
use crate::database::transaction_state::TransactionState;
use crate::error::exec_err;
use crate::lock::lock;

/// A running transaction: the argument of a [`DoConnection::transaction_sync`] closure, or what
/// [`begin`](sea_orm::TransactionTrait::begin) returns on a handle
/// [`with_async_transactions`](DoConnection::with_async_transactions).
///
/// All of SeaORM works on it. A nested [`transaction_sync`](Self::transaction_sync) or
/// [`transaction`](sea_orm::TransactionTrait::transaction) is a savepoint. A
/// [`begin`](sea_orm::TransactionTrait::begin) inside a closure joins the closure's transaction: its commit does
/// nothing, because the closure commits; its rollback, or its drop without a commit, makes the whole closure roll back
/// and report an error. A `begin` inside an async transaction is a savepoint.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::{ConnectionTrait, DbErr};
/// # use sea_orm_do::DoConnection;
/// use sea_orm_do::DoTransaction;
///
/// async fn pay(txn: &DoTransaction, from: i32, to: i32) -> Result<(), DbErr> {
///     txn.execute_unprepared(&format!("UPDATE account SET balance = balance - 5 WHERE id = {from}")).await?;
///     txn.execute_unprepared(&format!("UPDATE account SET balance = balance + 5 WHERE id = {to}")).await?;
///     Ok(())
/// }
///
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER CHECK (balance >= 0))").await?;
/// db.execute_unprepared("INSERT INTO account VALUES (1, 5), (2, 0)").await?;
/// assert!(db.transaction_sync(async |txn| pay(txn, 1, 2).await).is_ok());
/// assert!(db.transaction_sync(async |txn| pay(txn, 1, 2).await).is_err());   // account 1 has nothing left
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Debug)]
pub struct DoTransaction {
    connection: DoConnection,
    state: Arc<TransactionState>,
    part: Part,
}

// As for `DoConnection`.
impl UnwindSafe for DoTransaction {}
impl RefUnwindSafe for DoTransaction {}

/// What a handle controls of its transaction.
#[derive(Debug)]
enum Part {
    /// The whole transaction of a closure.
    Closure,
    /// A transaction that was begun inside a closure and joined it.
    Joined(Joined),
    /// A whole async transaction: the one that the connection has as `async_transaction`.
    Async,
    /// Nothing: it reads differently in the same transaction, and can neither begin nor end one.
    View,
}

#[derive(Debug, Default)]
struct Joined {
    finished: bool,
    /// The last error of a statement run through this handle.
    failure: Mutex<Option<String>>,
}

impl DoTransaction {
    /// Joins the closure that is running.
    pub(crate) fn join(connection: DoConnection, state: Arc<TransactionState>) -> Self {
        state.begin_part();
        Self { connection, state, part: Part::Joined(Joined::default()) }
    }

    /// Returns the same transaction, with rows read as [`DoConnection::with_json_rows`] does. Commit the original handle.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, JsonValue, Statement, TransactionError};
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// let rows = db.transaction_sync(async |txn| {
    ///     txn.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write')").await?;
    ///     let select = Statement::from_string(DbBackend::Sqlite, "SELECT title FROM task");
    ///     JsonValue::find_by_statement(select).all(&txn.with_json_rows()).await
    /// });
    /// assert_eq!(rows.unwrap()[0].to_string(), r#"{"title":"Write"}"#);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[cfg(feature = "with-json")]
    #[must_use = "only the returned handle gives plain JSON"]
    pub fn with_json_rows(&self) -> Self {
        self.view(self.connection.with_json_rows())
    }

    /// Returns the same transaction, with a type set as [`DoConnection::with_column_type`] does. Read models with the
    /// original handle.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm::sea_query::ArrayType;
    ///
    /// # let db = DoConnection::in_memory()?;
    /// let longest = db.transaction_sync(async |txn| {
    ///     txn.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write')").await?;
    ///     let select = Statement::from_string(DbBackend::Sqlite, "SELECT max(length(title)) AS longest FROM task");
    ///     let row = txn.with_column_type("longest", ArrayType::Int).query_one_raw(select).await?;
    ///     row.unwrap().try_get::<i32>("", "longest")
    /// });
    /// assert_eq!(longest.unwrap(), 5);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle knows the type"]
    pub fn with_column_type(&self, column: impl Into<String>, ty: ArrayType) -> Self {
        self.view(self.connection.clone().with_column_type(column, ty))
    }

    /// Returns the same transaction for statements that are meant to scan, as [`DoConnection::allow_scan`] does.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// let db = DoConnection::in_memory()?.deny_scans();
    /// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, done BOOLEAN)").await?;
    /// db.transaction_sync(async |txn| {
    ///     txn.allow_scan("the year is over").execute_unprepared("UPDATE task SET done = TRUE").await
    /// })
    /// .unwrap();
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the statements of the returned handle may scan"]
    #[track_caller]
    pub fn allow_scan(&self, reason: &str) -> Self {
        self.view(self.connection.allow_scan(reason))
    }

    /// Returns the same transaction, with rows read as [`DoConnection::with_declared_types`] does.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// let is_done = db.transaction_sync(async |txn| {
    ///     txn.execute_unprepared("CREATE TABLE task (done BOOLEAN); INSERT INTO task VALUES (TRUE)").await?;
    ///     let select = Statement::from_string(DbBackend::Sqlite, "SELECT done FROM task");
    ///     txn.with_declared_types().query_one_raw(select).await?.unwrap().try_get::<bool>("", "done")
    /// });
    /// assert!(is_done.unwrap());
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle reads by declared type"]
    pub fn with_declared_types(&self) -> Self {
        self.view(self.connection.clone().with_declared_types())
    }

    /// Returns the same transaction, with rows read as [`DoConnection::with_inferred_types`] does.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// let tasks = db.transaction_sync(async |txn| {
    ///     txn.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('A'), ('B')").await?;
    ///     let count = Statement::from_string(DbBackend::Sqlite, "SELECT count(*) AS tasks FROM task");
    ///     txn.with_inferred_types().query_one_raw(count).await?.unwrap().try_get::<i64>("", "tasks")
    /// });
    /// assert_eq!(tasks.unwrap(), 2);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle infers types"]
    pub fn with_inferred_types(&self) -> Self {
        self.view(self.connection.clone().with_inferred_types())
    }

    /// Returns the same transaction, with rows read as [`DoConnection::read_as`] does.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm_do::TypedRow;
    ///
    /// #[derive(TypedRow)]
    /// struct Longest {
    ///     letters: i32,
    /// }
    ///
    /// # let db = DoConnection::in_memory()?;
    /// let longest = db.transaction_sync(async |txn| {
    ///     txn.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write')").await?;
    ///     let select = Statement::from_string(DbBackend::Sqlite, "SELECT max(length(title)) AS letters FROM task");
    ///     let row = txn.read_as::<Longest>().query_one_raw(select).await?.unwrap();
    ///     Ok::<_, sea_orm::DbErr>(Longest { letters: row.try_get("", "letters")? })
    /// });
    /// assert_eq!(longest.unwrap().letters, 5);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle reads this type"]
    pub fn read_as<R: TypedRow + 'static>(&self) -> Self {
        self.view(self.connection.read_as::<R>())
    }

    /// Returns the same transaction, with rows read as [`DoConnection::read_as_tuple`] does.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// let longest = db.transaction_sync(async |txn| {
    ///     txn.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write')").await?;
    ///     let select = Statement::from_string(DbBackend::Sqlite, "SELECT max(length(title)) FROM task");
    ///     let row = txn.read_as_tuple::<(i32,)>().query_one_raw(select).await?.unwrap();
    ///     row.try_get_by_index::<i32>(0)
    /// });
    /// assert_eq!(longest.unwrap(), 5);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle reads this type"]
    pub fn read_as_tuple<T: TypedTuple<kind::Tuple> + 'static>(&self) -> Self {
        self.view(self.connection.read_as_tuple::<T>())
    }

    fn view(&self, connection: DoConnection) -> Self {
        Self { connection, state: self.state.clone(), part: Part::View }
    }

    /// Checks that this handle may begin and end transactions.
    ///
    /// # Errors
    /// Fails for a [`Part::View`].
    fn ends(&self) -> Result<(), DbErr> {
        match self.part {
            Part::View => Err(exec_err(
                "this handle reads in a transaction that another handle has begun: begin, commit and roll back with \
                 that one",
            )),
            Part::Closure | Part::Joined(_) | Part::Async => Ok(()),
        }
    }

    /// # Errors
    /// Fails if the transaction is over.
    pub(crate) fn connection(&self) -> Result<&DoConnection, DbErr> {
        self.state.check()?;
        Ok(&self.connection)
    }

    #[cfg(feature = "stream")]
    pub(crate) fn open(&self, statement: &sea_orm::Statement) -> Result<crate::DoStream, DbErr> {
        let connection = self.connection()?;
        let opened = self.note(connection.open(statement, connection.handle.settings.asked().as_ref()))?;
        Ok(crate::DoStream::new(connection.clone(), opened, Some(self.state.clone())))
    }

    /// Begins a transaction inside this one.
    async fn begin_inside(&self, access_mode: Option<AccessMode>) -> Result<DoTransaction, DbErr> {
        self.ends()?;
        let connection = self.connection()?;
        if matches!(self.part, Part::Async) {
            return connection.begin_async(access_mode).await;
        }
        if access_mode == Some(AccessMode::ReadOnly) && !self.state.read_only {
            return Err(exec_err("begin() inside a closure cannot be read-only: use transaction_with_config"));
        }
        Ok(Self::join(connection.clone(), self.state.clone()))
    }

    /// Commits or rolls back, depending on the result of a callback.
    async fn finish<T, E: Display + std::fmt::Debug>(self, result: Result<T, E>) -> Result<T, TransactionError<E>> {
        match result {
            Ok(value) => self.commit_part().await.map(|()| value).map_err(TransactionError::Connection),
            Err(error) => {
                // If this fails, the transaction has already been undone.
                let _ = self.roll_back_part().await;
                Err(TransactionError::Transaction(error))
            }
        }
    }

    async fn commit_part(mut self) -> Result<(), DbErr> {
        self.ends()?;
        let database = self.connection()?.database.clone();
        let Some(async_transaction) = self.async_transaction().cloned() else {
            self.finish_part();
            return Ok(());
        };
        let check = || if async_transaction.is_outermost() { foreign_keys::check(&database) } else { Ok(()) };
        let committed = database.async_queue.commit(&async_transaction, check).await;
        if committed.is_err() {
            database.forget_tables();
        }
        committed
    }

    async fn roll_back_part(mut self) -> Result<(), DbErr> {
        self.ends()?;
        let database = self.connection()?.database.clone();
        let Some(async_transaction) = self.async_transaction().cloned() else {
            self.finish_part();
            self.set_rollback_only("a transaction begun inside it was rolled back");
            return Ok(());
        };
        drop(self);
        database.async_queue.end_of(&async_transaction).await
    }

    /// The async transaction, if this handle controls it.
    fn async_transaction(&self) -> Option<&Arc<AsyncTransaction>> {
        self.connection.async_transaction.as_ref().filter(|_| matches!(self.part, Part::Async))
    }

    /// Keeps the last error of a joined transaction, to report it if the transaction is dropped or rolled back.
    fn note<T, E: Display>(&self, result: Result<T, E>) -> Result<T, E> {
        if let (Err(error), Part::Joined(joined)) = (&result, &self.part) {
            *lock(&joined.failure) = Some(error.to_string());
        }
        result
    }

    /// Ends a joined transaction; returns false if this handle has none, or if it has already ended.
    fn finish_part(&mut self) -> bool {
        let Part::Joined(joined) = &mut self.part else { return false };
        if !std::mem::replace(&mut joined.finished, true) {
            self.state.end_part();
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
        self.state.set_rollback_only(format!("{what}{after}"));
    }
}

impl Drop for DoTransaction {
    fn drop(&mut self) {
        if self.finish_part() && self.state.check().is_ok() {
            self.set_rollback_only("a transaction begun inside it was dropped without commit");
        }
        if let Some(async_transaction) = self.async_transaction()
            && self.connection.database.async_queue.roll_back(async_transaction)
        {
            // Any schema changes in between are undone.
            self.connection.database.forget_tables();
        }
    }
}
