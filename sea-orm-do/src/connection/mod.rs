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

use crate::database::Database;
use crate::database::async_queue::AsyncTransaction;
use crate::database::schema_cache::Uncached;
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

/// How a handle reads rows, and the plans that it has cached.
#[derive(Debug, Default)]
pub(crate) struct Handle {
    pub(crate) registry: Registry,
    with_declared_types: bool,
    /// Whether the types of expressions are inferred.
    infers_types: bool,
    /// The types set for result columns, by column name.
    overrides: Arc<HashMap<String, ArrayType>>,
    json: bool,
    /// The type that all rows are read as.
    read_as: Option<Reading>,
    /// Whether `begin` may open an async transaction.
    pub(crate) async_transactions: bool,
    pub(crate) hooks: Hooks,
    plans: Plans,
}

impl Clone for Handle {
    /// For a handle that reads differently: the clone starts with no cached plans.
    fn clone(&self) -> Self {
        Self {
            registry: self.registry.clone(),
            with_declared_types: self.with_declared_types,
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

    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    fn over(database: Arc<Database>) -> Self {
        Self { database, handle: Arc::default(), async_transaction: None }
    }

    /// Registers the Rust types of an entity's columns with the returned handle and its clones.
    ///
    /// Reading a table without a registered entity is an error that names the table. The later of two entities on one
    /// table wins.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, EntityTrait};
    /// # use sea_orm_do::DoConnection;
    /// # mod task {
    /// #     use sea_orm::entity::prelude::*;
    /// #     #[sea_orm::model]
    /// #     #[derive(Clone, Debug, DeriveEntityModel)]
    /// #     #[sea_orm(table_name = "task")]
    /// #     pub struct Model {
    /// #         #[sea_orm(primary_key)]
    /// #         pub id: i32,
    /// #         pub done: bool,
    /// #     }
    /// #     impl ActiveModelBehavior for ActiveModel {}
    /// # }
    /// # let connection = DoConnection::in_memory()?;
    /// connection.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, done BOOLEAN NOT NULL)").await?;
    /// connection.execute_unprepared("INSERT INTO task (done) VALUES (TRUE)").await?;
    /// let error = task::Entity::find().all(&connection).await.unwrap_err();
    /// assert!(error.to_string().contains("task"));
    ///
    /// let db = connection.register::<task::Entity>();
    /// assert!(task::Entity::find().all(&db).await?[0].done);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "the entity is known to the returned handle"]
    pub fn register<E: EntityTrait>(self) -> Self {
        self.register_entity(E::default())
    }

    /// Like [`register`](Self::register), for an entity whose value holds the name of its table. Register it once for
    /// each table name that it is used with.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, Statement};
    /// # use sea_orm_do::DoConnection;
    /// # mod task {
    /// #     use sea_orm::entity::prelude::*;
    /// #     #[derive(Copy, Clone, Debug, Default, DeriveEntity)]
    /// #     pub struct Entity {
    /// #         pub table: Table,
    /// #     }
    /// #     #[derive(Copy, Clone, Debug, Default)]
    /// #     pub enum Table {
    /// #         #[default]
    /// #         Task,
    /// #         Archive,
    /// #     }
    /// #     impl EntityName for Entity {
    /// #         fn table_name(&self) -> &'static str {
    /// #             match self.table {
    /// #                 Table::Task => "task",
    /// #                 Table::Archive => "archive",
    /// #             }
    /// #         }
    /// #     }
    /// #     #[derive(Clone, Debug, DeriveModel, DeriveActiveModel)]
    /// #     pub struct Model {
    /// #         pub id: i32,
    /// #     }
    /// #     #[derive(Copy, Clone, Debug, EnumIter, DeriveColumn)]
    /// #     pub enum Column {
    /// #         Id,
    /// #     }
    /// #     impl ColumnTrait for Column {
    /// #         type EntityName = Entity;
    /// #         fn def(&self) -> ColumnDef {
    /// #             ColumnType::Integer.def()
    /// #         }
    /// #     }
    /// #     #[derive(Copy, Clone, Debug, EnumIter, DerivePrimaryKey)]
    /// #     pub enum PrimaryKey {
    /// #         Id,
    /// #     }
    /// #     impl PrimaryKeyTrait for PrimaryKey {
    /// #         type ValueType = i32;
    /// #         fn auto_increment() -> bool {
    /// #             true
    /// #         }
    /// #     }
    /// #     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    /// #     pub enum Relation {}
    /// #     impl ActiveModelBehavior for ActiveModel {}
    /// # }
    /// let archive = task::Entity { table: task::Table::Archive };
    /// let db = DoConnection::in_memory()?.register_entity(archive);
    /// db.execute_unprepared("CREATE TABLE archive (id INTEGER PRIMARY KEY); INSERT INTO archive VALUES (7)").await?;
    /// let select = Statement::from_string(db.get_database_backend(), "SELECT id FROM archive");
    /// assert_eq!(db.query_one_raw(select).await?.unwrap().try_get::<i32>("", "id")?, 7);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "the entity is known to the returned handle"]
    #[allow(clippy::needless_pass_by_value, reason = "as SeaORM takes entities")]
    pub fn register_entity<E: EntityTrait>(mut self, entity: E) -> Self {
        self.reading_anew().registry.register(&entity);
        self
    }

    /// Returns a handle that reads tables without a registered entity by the declared types of their columns. It maps
    /// them as SeaORM's entity generator does: `integer` is an `i64`, `boolean` a `bool`, `real` an `f64`,
    /// `timestamp_text` a `DateTimeUtc`.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// let db = DoConnection::in_memory()?.with_declared_types();
    /// db.execute_unprepared("CREATE TABLE task (title TEXT, done BOOLEAN)").await?;
    /// db.execute_unprepared("INSERT INTO task VALUES ('Write', TRUE)").await?;
    /// let select = Statement::from_string(DbBackend::Sqlite, "SELECT title, done FROM task");
    /// let row = db.query_one_raw(select).await?.unwrap();
    /// assert_eq!((row.try_get("", "title")?, row.try_get("", "done")?), ("Write".to_owned(), true));
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle reads by declared type"]
    pub fn with_declared_types(mut self) -> Self {
        self.reading_anew().with_declared_types = true;
        self
    }

    /// Returns a handle that reads every result column of this name as the given type, regardless of the statement. A
    /// result without such a column is an error.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm::sea_query::ArrayType;
    ///
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write'), ('Send')").await?;
    /// let longest = Statement::from_string(DbBackend::Sqlite, "SELECT max(length(title)) AS longest FROM task");
    /// assert!(db.query_one_raw(longest.clone()).await.is_err());   // its type is unknown
    /// let row = db.with_column_type("longest", ArrayType::Int).query_one_raw(longest).await?.unwrap();
    /// assert_eq!(row.try_get::<i32>("", "longest")?, 5);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle knows the type"]
    pub fn with_column_type(mut self, column: impl Into<String>, ty: ArrayType) -> Self {
        Arc::make_mut(&mut self.reading_anew().overrides).insert(column.into(), ty);
        self
    }

    /// Returns a handle that infers the types of expressions. It also reads columns that a registered entity lacks by
    /// their declared types, and values without a declared type by their storage class. It is for ported code,
    /// migrations and tools.
    ///
    /// Every other handle is strict: it reads a result column only if its type is certain. An inferred type often
    /// differs from the requested one, and SeaORM reads a value of another type as `None` if the field is an `Option`:
    /// a `COUNT` is an `i64` here, so an `Option<i32>` reads it as `None`.
    /// [The guide](https://docs.rs/crate/sea-orm-do/latest/source/docs/types.md) lists the inferred types.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write'), ('Send')").await?;
    /// let count = Statement::from_string(DbBackend::Sqlite, "SELECT count(*) AS tasks FROM task");
    /// let row = db.with_inferred_types().query_one_raw(count).await?.unwrap();
    /// assert_eq!(row.try_get::<i64>("", "tasks")?, 2);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle infers types"]
    pub fn with_inferred_types(mut self) -> Self {
        self.reading_anew().infers_types = true;
        self
    }

    /// Returns a handle for rows that you decode by hand: it reads each row as the struct or model `R`, by the names of
    /// its columns.
    ///
    /// If SeaORM builds the struct, name the type at the call with [`ReadAs::all_as`](crate::ReadAs::all_as) instead;
    /// this needs no handle.
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
    ///     title: String,
    ///     letters: i32,
    /// }
    ///
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write')").await?;
    /// let select = Statement::from_string(DbBackend::Sqlite, "SELECT title, max(length(title)) AS letters FROM task");
    /// let row = db.read_as::<Longest>().query_one_raw(select).await?.unwrap();
    /// let longest = Longest { title: row.try_get("", "title")?, letters: row.try_get("", "letters")? };
    /// assert_eq!((longest.title.as_str(), longest.letters), ("Write", 5));
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle reads this type"]
    pub fn read_as<R: TypedRow + 'static>(&self) -> Self {
        self.reading(Reading::row::<R>())
    }

    /// Like [`read_as`](Self::read_as), for a tuple, by the positions of the columns.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write'), ('Send')").await?;
    /// let select = Statement::from_string(DbBackend::Sqlite, "SELECT title, length(title) FROM task ORDER BY title");
    /// let rows = db.read_as_tuple::<(String, i32)>().query_all_raw(select).await?;
    /// assert_eq!(rows[1].try_get_many_by_index::<(String, i32)>()?, ("Write".to_owned(), 5));
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the returned handle reads this type"]
    pub fn read_as_tuple<T: TypedTuple<kind::Tuple> + 'static>(&self) -> Self {
        self.reading(Reading::tuple::<T>())
    }

    fn reading(&self, reading: Reading) -> Self {
        let mut handle = self.clone();
        Arc::make_mut(&mut handle.handle).read_as = Some(reading);
        handle
    }

    /// Returns a handle for SeaORM's `into_json`, which reads plain JSON values under the selected names.
    ///
    /// Numbers, booleans, text and JSON stay as they are, bytes become an array of numbers, and dates and times become
    /// the text they are stored as. Its rows are for `into_json` only; read models with the original handle.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, JsonValue, Statement};
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT, due TEXT); INSERT INTO task VALUES ('A', NULL)").await?;
    /// let select = Statement::from_string(DbBackend::Sqlite, "SELECT title, due FROM task");
    /// let rows = JsonValue::find_by_statement(select).all(&db.with_json_rows()).await?;
    /// assert_eq!(rows[0].to_string(), r#"{"due":null,"title":"A"}"#);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[cfg(feature = "with-json")]
    #[must_use = "only the returned handle gives plain JSON"]
    pub fn with_json_rows(&self) -> Self {
        let mut json = self.clone();
        Arc::make_mut(&mut json.handle).json = true;
        json
    }

    /// Returns a handle that calls `hook` after each of its statements, including failed ones. Hooks added earlier
    /// stay.
    ///
    /// The hook sees every statement that the storage runs. If the driver splits a long INSERT, or reads a result again
    /// because it has integers beyond 2^53, the hook sees each statement. It sees a stream once the stream has ended.
    /// It does not see the driver's own queries about the schema, nor what migrations and introspection read. Without a
    /// hook or a `tracing` subscriber, nothing is counted.
    ///
    /// A hook may use the database through a handle that it has captured. Its statements are part of an open
    /// transaction, and no hook sees them. A panic in the hook propagates to the code that ran the statement.
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
    #[must_use = "only the statements of the returned handle call the hook"]
    pub fn on_statement(mut self, hook: impl Fn(&StatementEvent<'_>) + Send + Sync + 'static) -> Self {
        Arc::make_mut(&mut self.handle).hooks.add(hook);
        self
    }

    /// Returns the settings of this handle for a change, and clears the cached plans, which depend on them. Settings
    /// that no other handle shares are changed in place.
    fn reading_anew(&mut self) -> &mut Handle {
        let handle = Arc::make_mut(&mut self.handle);
        handle.plans = Plans::default();
        handle
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

    fn types(&self) -> Types<'_> {
        let Handle { registry, with_declared_types, infers_types, .. } = &*self.handle;
        Types { registry, declared: *with_declared_types, infers: *infers_types }
    }

    /// The type that the next query reads, if its call or this handle names one.
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

    /// Makes a plan without the cached schema.
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

    /// Sends a statement, runs the hooks, and invalidates the cached schema if the error shows that it has changed.
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
