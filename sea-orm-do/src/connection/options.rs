//! The settings of a handle: what it reads and as which types, and the hooks of its statements.

use std::sync::Arc;

use sea_orm::EntityTrait;
use sea_orm::sea_query::ArrayType;
use sea_orm_do_typed::scope::Reading;
use sea_orm_do_typed::{TypedRow, TypedTuple, kind};

use super::DoConnection;
#[cfg(feature = "with-json")]
use super::settings::RowForm;
use super::settings::Settings;
use crate::observe::{Observers, StatementEvent};
use crate::statement::cache::Plans;

/// How a handle reads rows, the plans that it has cached for that, and what observes its statements.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handle {
    pub(crate) settings: Arc<Settings>,
    /// Whether `begin` may open an async transaction.
    pub(crate) async_transactions: bool,
    pub(crate) observers: Observers,
    /// Shared with the handles that read in the same way.
    pub(crate) plans: Arc<Plans>,
}

impl Handle {
    /// The settings of a new connection.
    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    pub(super) fn of_connection() -> Self {
        Self { observers: Observers::of_connection(), ..Self::default() }
    }
}

impl DoConnection {
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
        self.reading_anew().set_type(column.into(), ty);
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
        handle.reading_anew().read_as = Some(reading);
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
        json.reading_anew().form = RowForm::Json;
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
        Arc::make_mut(&mut self.handle).observers.add_hook(hook);
        self
    }

    /// Returns the settings of this handle for a change, without cached plans, which depend on them. Settings
    /// that no other handle shares are changed in place.
    fn reading_anew(&mut self) -> &mut Settings {
        let handle = Arc::make_mut(&mut self.handle);
        handle.plans = Arc::default();
        Arc::make_mut(&mut handle.settings)
    }
}
