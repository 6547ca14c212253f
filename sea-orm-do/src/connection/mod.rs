//! [`DoConnection`]: SeaORM's `ConnectionTrait` over the storage.

mod bookmark;
mod database_connection;
mod execute;
pub(crate) mod introspect;
#[cfg(target_arch = "wasm32")]
pub(crate) mod opening;
mod query;
#[cfg(feature = "stream")]
pub(crate) mod stream;

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, ExecResult, QueryResult, Statement, Value};
use sea_orm_do_typed::scope::{self, Reading};
use sea_orm_do_typed::{TypedRow, TypedTuple, kind};

use crate::database::async_queue::AsyncTransaction;
use crate::database::{Database, Uncached};
use crate::error::exec_err;
use crate::observe::{Hooks, StatementEvent};
use crate::sql::parser::is_read_only;
use crate::statement::cache::{Plans, parameter_types};
use crate::statement::plan::Plan;
use crate::statement::read_mode::Read;
use crate::storage::error::StorageError;
use crate::storage::{ResultSet, SqlValue, StatementText};
use crate::types::registry::Registry;
use crate::types::relations::Types;

/// A connection to the SQLite database of one Durable Object.
///
/// Cheap to clone; a clone is the same database with the same way of reading it.
#[derive(Clone, Debug)]
pub struct DoConnection {
    pub(crate) database: Arc<Database>,
    pub(crate) handle: Arc<Handle>,
    /// The transaction that is held open for this handle.
    pub(crate) held: Option<Arc<AsyncTransaction>>,
}

/// How a handle reads rows, and what it has found out by it.
#[derive(Debug, Default)]
pub(crate) struct Handle {
    pub(crate) registry: Registry,
    by_declared_type: bool,
    /// Whether the types of expressions are inferred.
    infers_types: bool,
    /// Types by the name of the result column.
    overrides: Arc<HashMap<String, ArrayType>>,
    json: bool,
    /// What all rows are read as.
    read_as: Option<Reading>,
    /// Whether `begin` may hold a transaction open.
    pub(crate) async_transactions: bool,
    pub(crate) hooks: Hooks,
    plans: Plans,
}

impl Clone for Handle {
    /// For a handle that reads in another way: its plans are its own.
    fn clone(&self) -> Self {
        Self {
            registry: self.registry.clone(),
            by_declared_type: self.by_declared_type,
            infers_types: self.infers_types,
            overrides: self.overrides.clone(),
            json: self.json,
            read_as: self.read_as.clone(),
            async_transactions: self.async_transactions,
            hooks: self.hooks.clone(),
            plans: Plans::default(),
        }
    }
}

impl DoConnection {
    /// Connects to the database of the object that `state` belongs to.
    ///
    /// # Errors
    /// `DbErr::Conn` when the object's class is not backed by SQLite: it must be listed under `new_sqlite_classes` in
    /// the [migrations](https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/) of
    /// `wrangler.toml`.
    #[cfg(target_arch = "wasm32")]
    pub fn new(state: &worker::State) -> Result<Self, DbErr> {
        let storage = crate::storage::workerd::storage(state).map_err(StorageError::into_conn)?;
        Ok(Self::over(storage))
    }

    /// Opens a new database in memory that behaves as one inside a Durable Object, for tests on the host.
    ///
    /// # Errors
    /// `DbErr::Conn` when SQLite cannot be opened.
    #[cfg(all(feature = "native", not(target_arch = "wasm32")))]
    pub fn in_memory() -> Result<Self, DbErr> {
        let storage = crate::storage::native::NativeStorage::in_memory().map_err(StorageError::into_conn)?;
        Ok(Self::over(Arc::new(storage)))
    }

    /// Opens a SQLite file, made where it is missing, that behaves as the database of a Durable Object. It can be one
    /// that workerd or wrangler left on disk.
    ///
    /// # Errors
    /// `DbErr::Conn` when the file cannot be opened or is not a SQLite database.
    #[cfg(all(feature = "native", not(target_arch = "wasm32")))]
    pub fn open_file(path: impl AsRef<std::path::Path>) -> Result<Self, DbErr> {
        let storage =
            crate::storage::native::NativeStorage::open_file(path.as_ref()).map_err(StorageError::into_conn)?;
        Ok(Self::over(Arc::new(storage)))
    }

    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    fn over(storage: Arc<dyn crate::storage::Storage>) -> Self {
        Self { database: Database::of(storage), handle: Arc::default(), held: None }
    }

    /// Makes the Rust types of an entity's columns known to this handle and to the clones taken from it.
    ///
    /// Reading a table without a registered entity is an error that names the table. The later of two entities on one
    /// table wins.
    #[must_use = "the entity is known to the returned handle"]
    pub fn register<E: EntityTrait>(self) -> Self {
        self.register_entity(E::default())
    }

    /// As [`register`](Self::register), for an entity whose value holds the name of its table: each name that it is used
    /// with is registered by itself.
    #[must_use = "the entity is known to the returned handle"]
    #[allow(clippy::needless_pass_by_value, reason = "as SeaORM takes entities")]
    pub fn register_entity<E: EntityTrait>(mut self, entity: E) -> Self {
        self.reading_anew().registry.register(&entity);
        self
    }

    /// A handle that reads tables without a registered entity by the declared types of their columns, as SeaORM's entity
    /// generator would type them: `integer` is an `i64`, `boolean` a `bool`, `real` an `f64`, `timestamp_text` a
    /// `DateTimeUtc`.
    #[must_use = "only the returned handle reads by declared type"]
    pub fn by_declared_type(mut self) -> Self {
        self.reading_anew().by_declared_type = true;
        self
    }

    /// A handle that reads every result column of this name as the given type, whatever the statement says. A result
    /// without such a column is an error.
    #[must_use = "only the returned handle knows the type"]
    pub fn column_type(mut self, column: impl Into<String>, ty: ArrayType) -> Self {
        Arc::make_mut(&mut self.reading_anew().overrides).insert(column.into(), ty);
        self
    }

    /// A handle that infers the types of expressions, reads columns that a registered entity does without as they are declared,
    /// and takes values without a declared type as they come, for code that is ported, for migrations and for tools.
    ///
    /// Every other handle is strict: a result column is read only where its type is certain. An inferred type is often not
    /// the one that is asked for, and SeaORM reads a value of another type as `None` where the field is an `Option`: a
    /// `COUNT` is an `i64` here, and `None` in an `Option<i32>`. Which types are inferred is in
    /// [the guide](https://docs.rs/crate/sea-orm-do/latest/source/docs/types.md).
    #[must_use = "only the returned handle infers types"]
    pub fn with_inferred_types(mut self) -> Self {
        self.reading_anew().infers_types = true;
        self
    }

    /// A handle for rows that are read by hand: each is read as the struct or model `R`, by the names of its columns.
    ///
    /// Where SeaORM makes the struct, [`ReadAs::all_as`](crate::ReadAs::all_as) says the type at the call, and no handle is
    /// needed.
    #[must_use = "only the returned handle reads this type"]
    pub fn read_as<R: TypedRow + 'static>(&self) -> Self {
        self.reading(Reading::row::<R>())
    }

    /// The same for a tuple, by the positions of the columns.
    #[must_use = "only the returned handle reads this type"]
    pub fn read_as_tuple<T: TypedTuple<kind::Tuple> + 'static>(&self) -> Self {
        self.reading(Reading::tuple::<T>())
    }

    fn reading(&self, reading: Reading) -> Self {
        let mut handle = self.clone();
        Arc::make_mut(&mut handle.handle).read_as = Some(reading);
        handle
    }

    /// A handle for SeaORM's `into_json`: plain JSON values under the selected names.
    ///
    /// Numbers, booleans and text as such, JSON as itself, bytes as an array of numbers, dates and times as the text
    /// they are stored as. Its rows are for `into_json` only; models are read with the handle it was made from.
    #[cfg(feature = "with-json")]
    #[must_use = "only the returned handle gives plain JSON"]
    pub fn json(&self) -> Self {
        let mut json = self.clone();
        Arc::make_mut(&mut json.handle).json = true;
        json
    }

    /// A handle that calls `hook` after each of its statements, those that failed among them; hooks that it has already stay.
    ///
    /// Told are the statements that the storage was given: where the driver cuts a long INSERT, or reads a result again
    /// because it holds integers beyond 2^53, each by itself; a stream once it has ended. Not told are the driver's own
    /// questions about the schema, and what migrations and introspection read. Nothing is counted for a handle without hooks.
    ///
    /// A hook may use the database itself, through a handle that it has brought along; what it runs is part of a
    /// transaction that is open, and is not told. A panic in it is one of the program that ran the statement.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # fn main() -> Result<(), sea_orm::DbErr> {
    /// # use futures_util::FutureExt;
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    ///
    /// let failed = Arc::new(AtomicU64::new(0));
    /// let counter = failed.clone();
    /// # let db = DoConnection::in_memory()?;
    /// let db = db.on_statement(move |statement| {
    ///     counter.fetch_add(statement.error.is_some().into(), Relaxed);
    /// });
    /// # let done = db.execute_unprepared("INSERT INTO nowhere VALUES (1)").now_or_never().unwrap();
    /// # assert!(done.is_err());
    /// assert_eq!(failed.load(Relaxed), 1);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "native"))]
    /// # fn main() {}
    /// ```
    #[must_use = "only the statements of the returned handle are told"]
    pub fn on_statement(mut self, hook: impl Fn(&StatementEvent<'_>) + Send + Sync + 'static) -> Self {
        Arc::make_mut(&mut self.handle).hooks.add(hook);
        self
    }

    /// The handle, for a change of what plans are made from or rows are read by: one that nobody shares is changed in
    /// place, plans and all.
    fn reading_anew(&mut self) -> &mut Handle {
        let handle = Arc::make_mut(&mut self.handle);
        handle.plans = Plans::default();
        handle
    }

    /// Forgets what is remembered of the tables, on all handles of this database, so that it is read again.
    ///
    /// The driver sees a schema change by its own statements, by the columns that come back, and by SQLite's errors. What raw
    /// SQL does behind it can go unseen where all names stay: call this after a table was made anew with other types, as by
    /// `state.storage().sql()`.
    ///
    /// ```
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// db.forget_schema();
    /// # Ok::<(), sea_orm::DbErr>(())
    /// ```
    pub fn forget_schema(&self) {
        self.database.forget_tables();
    }

    /// The size of the database in bytes: the pages that are in use, those of indexes and of the runtime's own tables among
    /// them. A Durable Object may [have 10 GB](https://developers.cloudflare.com/durable-objects/platform/limits/).
    ///
    /// # Errors
    /// When it cannot be read, or another handle holds a transaction open on it.
    pub fn database_size(&self) -> Result<u64, DbErr> {
        self.check_not_blocked()?;
        self.database.storage.database_size().map_err(StorageError::into_query)
    }

    /// # Errors
    /// When a transaction is held open that this handle is not of, or a read-only one is running, on whichever handle, and
    /// the statement may write.
    pub(crate) fn check_writable(&self, sql: &str) -> Result<(), DbErr> {
        self.check_not_blocked()?;
        if self.is_read_only() && !is_read_only(sql) {
            return Err(exec_err("the transaction is read-only: it was opened with AccessMode::ReadOnly"));
        }
        Ok(())
    }

    /// # Errors
    /// When a transaction is held open that this handle is not of, and when an error has ended the transaction.
    pub(crate) fn check_not_blocked(&self) -> Result<(), DbErr> {
        self.database.check()?;
        self.database.async_queue.check_not_blocked(self.held.as_ref())
    }

    /// Waits until a transaction that was held open has ended, when it is about to.
    pub(crate) async fn wait_until_idle(&self) {
        self.database.async_queue.wait_until_idle().await;
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.scope.read_only)
            || self.database.scope().is_some_and(|scope| scope.read_only)
    }

    fn types(&self) -> Types<'_> {
        let Handle { registry, by_declared_type, infers_types, .. } = &*self.handle;
        Types { registry, declared: *by_declared_type, infers: *infers_types }
    }

    /// What the query that is about to run reads, if its call or this handle says so.
    pub(crate) fn asked(&self) -> Option<Reading> {
        scope::take().or_else(|| self.handle.read_as.clone())
    }

    fn read(&self, asked: Option<&Reading>) -> Read {
        let Handle { json, infers_types, overrides, .. } = &*self.handle;
        match asked {
            Some(asked) => Read::Typed(asked.columns()),
            None if *json => Read::Json,
            None => Read::Plain { overrides: overrides.clone(), infers: *infers_types },
        }
    }

    /// A plan that trusts nothing that is remembered.
    pub(crate) fn plan_anew(&self, sql: &str, values: &[Value], asked: Option<&Reading>) -> Result<Plan, DbErr> {
        Plan::new(sql, &parameter_types(values)?, &Uncached(&self.database), self.types(), self.read(asked))
    }

    pub(crate) fn plan(&self, sql: &str, values: &[Value], asked: Option<&Reading>) -> Result<Arc<Plan>, DbErr> {
        let make =
            |parameters: &[ArrayType]| Plan::new(sql, parameters, &*self.database, self.types(), self.read(asked));
        self.handle.plans.get(sql, values, asked, self.database.generation(), make)
    }

    pub(crate) fn exec(&self, text: &StatementText, params: &[SqlValue]) -> Result<ResultSet, StorageError> {
        self.send(&text.sql, |set: &ResultSet| set.rows.len(), || self.database.storage.read(text, params))
    }

    /// Sends a statement, which hooks observe, and whose error can tell that the schema is another.
    pub(crate) fn send<T>(
        &self,
        sql: &str,
        rows: impl FnOnce(&T) -> usize,
        run: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.handle.hooks.observed(&*self.database.storage, sql, rows, run).map_err(|error| self.database.notice(error))
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
