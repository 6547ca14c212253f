//! [`DoConnection`]: SeaORM's `ConnectionTrait` over the storage.

mod bookmark;
pub(crate) mod database_connection;
mod execute;
pub(crate) mod introspect;
#[cfg(target_arch = "wasm32")]
pub(crate) mod opening;
mod options;
mod query;
pub(crate) mod settings;
#[cfg(feature = "stream")]
pub(crate) mod stream;

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value};
use sea_orm_do_typed::scope::Reading;

use self::options::Handle;
use crate::database::Database;
use crate::database::async_queue::AsyncTransaction;
use crate::database::schema_cache::Uncached;
use crate::error::exec_err;
use crate::observe::Sent;
use crate::sql::parser::is_read_only;
use crate::statement::cache::parameter_types;
use crate::statement::plan::Plan;
use crate::storage::error::StorageError;
use crate::storage::{ResultSet, SqlValue, StatementText};

/// A connection to the SQLite database of one Durable Object.
///
/// Cheap to clone; a clone uses the same database and reads it in the same way.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::DoConnection;
/// let db = DoConnection::in_memory()?;   // in workerd: DoConnection::new(&state)?
/// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
/// let clone = db.clone();
/// clone.execute_unprepared("INSERT INTO task VALUES ('Write the report')").await?;
/// assert_eq!(db.execute_unprepared("DELETE FROM task").await?.rows_affected(), 1);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct DoConnection {
    pub(crate) database: Arc<Database>,
    pub(crate) handle: Arc<Handle>,
    /// The async transaction that this handle works in.
    pub(crate) async_transaction: Option<Arc<AsyncTransaction>>,
}

// A panic while a handle is used leaves nothing half done behind: what is shared is in locks that are taken even if they
// are poisoned, and a transaction that a panic leaves is rolled back. So a class that holds a handle can be exported to
// JavaScript where panics unwind.
impl UnwindSafe for DoConnection {}
impl RefUnwindSafe for DoConnection {}

impl DoConnection {
    /// Connects to the database of the object that `state` belongs to.
    ///
    /// # Errors
    /// `DbErr::Conn` when the object's class is not backed by SQLite: it needs `storage = "sqlite"` under `exports` in
    /// `wrangler.toml`, or must be listed under `new_sqlite_classes` in its
    /// [migrations](https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/).
    ///
    /// ```
    /// # use sea_orm::DbErr;
    /// use sea_orm_do::DoConnection;
    ///
    /// fn open(state: &worker::State) -> Result<DoConnection, DbErr> {
    ///     Ok(DoConnection::new(state)?.with_declared_types())
    /// }
    /// ```
    #[cfg(target_arch = "wasm32")]
    pub fn new(state: &worker::State) -> Result<Self, DbErr> {
        Ok(Self::over(Database::of_object(state).map_err(StorageError::into_conn)?))
    }

    /// Opens a new in-memory database that behaves like one inside a Durable Object, for tests on the host.
    ///
    /// # Errors
    /// `DbErr::Conn` when SQLite cannot be opened.
    ///
    /// ```
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// let (db, other) = (DoConnection::in_memory()?, DoConnection::in_memory()?);
    /// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// assert!(other.execute_unprepared("DELETE FROM task").await.is_err());   // another database
    /// assert!(db.execute_unprepared("BEGIN").await.is_err());                 // refused, as in a Durable Object
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[cfg(all(feature = "native", not(target_arch = "wasm32")))]
    pub fn in_memory() -> Result<Self, DbErr> {
        let storage = crate::storage::native::NativeStorage::in_memory().map_err(StorageError::into_conn)?;
        Ok(Self::over(Arc::new(Database::new(Arc::new(storage)))))
    }

    /// Opens a SQLite file, or creates it if it is missing. It behaves like the database of a Durable Object, and can
    /// be a file that workerd or wrangler left on disk.
    ///
    /// # Errors
    /// `DbErr::Conn` when the file cannot be opened or is not a SQLite database.
    ///
    /// ```
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// # let folder = std::env::temp_dir().join(format!("sea-orm-do-open-file-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # let path = folder.join("tasks.sqlite");
    /// let db = DoConnection::open_file(&path)?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write the report')").await?;
    /// drop(db);
    /// let again = DoConnection::open_file(&path)?;
    /// assert_eq!(again.execute_unprepared("DELETE FROM task").await?.rows_affected(), 1);
    /// # drop(again);
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[cfg(all(feature = "native", not(target_arch = "wasm32")))]
    pub fn open_file(path: impl AsRef<std::path::Path>) -> Result<Self, DbErr> {
        let storage =
            crate::storage::native::NativeStorage::open_file(path.as_ref()).map_err(StorageError::into_conn)?;
        Ok(Self::over(Arc::new(Database::new(Arc::new(storage)))))
    }

    /// Opens an existing SQLite file, which nothing that is done through this connection changes.
    ///
    /// # Errors
    /// `DbErr::Conn` when there is no such file, or it is not a SQLite database.
    ///
    /// ```
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// # let folder = std::env::temp_dir().join(format!("sea-orm-do-read-only-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # let path = folder.join("tasks.sqlite");
    /// # DoConnection::open_file(&path)?.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// let db = DoConnection::open_file_read_only(&path)?;
    /// assert!(db.execute_unprepared("DROP TABLE task").await.is_err());
    /// # drop(db);
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[cfg(all(feature = "native", not(target_arch = "wasm32")))]
    pub fn open_file_read_only(path: impl AsRef<std::path::Path>) -> Result<Self, DbErr> {
        let storage =
            crate::storage::native::NativeStorage::read_file(path.as_ref()).map_err(StorageError::into_conn)?;
        Ok(Self::over(Arc::new(Database::new(Arc::new(storage)))))
    }

    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    fn over(database: Arc<Database>) -> Self {
        Self { database, handle: Arc::new(Handle::of_connection()), async_transaction: None }
    }

    /// Invalidates the cached schema on all handles of this database, so that it is read again.
    ///
    /// The driver notices a schema change from its own statements, from the returned columns and from SQLite's errors.
    /// It can miss a change made by other means, such as `state.storage().sql()`, if all names stay the same: call this
    /// after such code has recreated a table with other types.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # fn main() -> Result<(), sea_orm::DbErr> {
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// db.forget_schema();
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "native"))]
    /// # fn main() {}
    /// ```
    pub fn forget_schema(&self) {
        self.database.forget_tables();
    }

    /// Returns the size of the database in bytes. This counts the pages in use, including those of indexes and of the
    /// runtime's own tables. A Durable Object may
    /// [have 10 GB](https://developers.cloudflare.com/durable-objects/platform/limits/).
    ///
    /// # Errors
    /// Fails if it cannot be read, or if another handle has an open transaction.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// let before = db.database_size()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// assert!(db.database_size()? > before);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub fn database_size(&self) -> Result<u64, DbErr> {
        self.check_not_blocked()?;
        self.database.storage.database_size().map_err(StorageError::into_query)
    }

    /// # Errors
    /// Fails if another handle has an open transaction. Also fails if the statement may write and a read-only
    /// transaction is running, on any handle.
    pub(crate) fn check_writable(&self, sql: &str) -> Result<(), DbErr> {
        self.check_not_blocked()?;
        if self.is_read_only() && !is_read_only(sql) {
            return Err(exec_err("the transaction is read-only: it was opened with AccessMode::ReadOnly"));
        }
        Ok(())
    }

    /// # Errors
    /// Fails if another handle has an open transaction, or if an error has ended the transaction.
    pub(crate) fn check_not_blocked(&self) -> Result<(), DbErr> {
        self.database.check()?;
        self.database.async_queue.check_not_blocked(self.async_transaction.as_ref())
    }

    /// Waits for an async transaction that is ending.
    pub(crate) async fn wait_until_idle(&self) {
        self.database.async_queue.wait_until_idle().await;
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.async_transaction.as_ref().is_some_and(|async_transaction| async_transaction.state.read_only)
            || self.database.innermost_transaction().is_some_and(|state| state.read_only)
    }

    /// Makes a plan without the cached schema.
    pub(crate) fn plan_anew(&self, sql: &str, values: &[Value], asked: Option<&Reading>) -> Result<Plan, DbErr> {
        Plan::new(
            sql,
            &parameter_types(values)?,
            &Uncached(&self.database),
            self.handle.settings.types(),
            self.handle.settings.read(asked),
        )
    }

    pub(crate) fn plan(&self, sql: &str, values: &[Value], asked: Option<&Reading>) -> Result<Arc<Plan>, DbErr> {
        let make = |parameters: &[ArrayType]| {
            Plan::new(sql, parameters, &*self.database, self.handle.settings.types(), self.handle.settings.read(asked))
        };
        self.handle.plans.get(sql, values, asked, self.database.generation(), make)
    }

    pub(crate) fn exec(&self, text: &StatementText, params: &[SqlValue]) -> Result<ResultSet, StorageError> {
        self.send(&text.sql, params, |set: &ResultSet| set.rows.len(), || self.database.storage.read(text, params))
    }

    /// Sends a statement, shows it to the observers, and invalidates the cached schema if the error shows that it has changed.
    pub(crate) fn send<T>(
        &self,
        sql: &str,
        params: &[SqlValue],
        rows: impl FnOnce(&T) -> usize,
        run: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let sent = Sent { storage: &*self.database.storage, sql, params };
        self.handle.observers.observed(sent, rows, run).map_err(|error| self.database.notice(error))
    }
}

pub(crate) fn values(statement: &Statement) -> &[Value] {
    statement.values.as_ref().map_or(&[], |values| values.0.as_slice())
}

#[async_trait::async_trait]
impl ConnectionTrait for DoConnection {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    fn support_returning(&self) -> bool {
        true
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.wait_until_idle().await;
        self.execute_sync(&statement)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.wait_until_idle().await;
        self.execute_script(sql)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.wait_until_idle().await;
        Ok(self.query_sync(&statement)?.into_iter().next().map(Into::into))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.wait_until_idle().await;
        Ok(self.query_sync(&statement)?.into_iter().map(Into::into).collect())
    }
}
