//! The side that asks: SeaORM's traits over a transport.

pub(super) mod batch;
mod frames;
pub(super) mod no_transaction;
mod proxy;
pub(super) mod stream;

use std::sync::{Arc, Mutex, OnceLock};

use sea_orm::sea_query::ArrayType;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, ExecResult, ProxyExecResult, ProxyRow,
    QueryResult, Statement,
};
use sea_orm_do_typed::scope::Reading;
use sea_orm_do_typed::{TypedRow, TypedTuple, kind};
use serde::de::DeserializeOwned;

use self::batch::{Batch, BatchError, BatchResult, BatchResults};
use self::frames::{Frames, unfit};
use self::stream::{RemoteExport, StoredRows};
#[cfg(feature = "migrate")]
use super::answer::access::MigrationStatus;
use super::protocol::error::conn_err;
use super::protocol::profile::{self, Asked};
use super::protocol::value::WireStatement;
use super::protocol::{Failure, Frame, Id, Operation, Request, WireQuery, decode};
use super::transport::Transport;
use crate::connection::settings::{RowForm, Settings};
use crate::dump::Imported;
use crate::explain::Explanation;
use crate::introspect::Schema;
use crate::lock::lock;

/// A connection to the database of an object somewhere else.
///
/// It is a SeaORM connection: entities, typed calls, pages and streams work as inside of the object, with the same
/// values and the same errors. What it reads is what the object's own handle has registered, and what is registered
/// here on top of that. Each call is one request. `begin` is an error, because nothing can keep a transaction open
/// across a network: send a [`Batch`].
///
/// Cheap to clone; a clone reads in the same way.
///
/// ```
/// # use futures_util::FutureExt;
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
/// use sea_orm::{ConnectionTrait, EntityTrait};
/// use sea_orm_do::DoConnection;
/// use sea_orm_do::remote::{Access, InProcess, RemoteConnection};
///
/// # async {
/// let object = DoConnection::in_memory()?;
/// object.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, done BOOLEAN NOT NULL)").await?;
/// object.execute_unprepared("INSERT INTO task (done) VALUES (TRUE)").await?;
///
/// // In a Worker: Stub::new(stub). On the host: Http::new("https://…", "secret").
/// let db = RemoteConnection::new(InProcess::new(&object, Access::read_only())).register::<task::Entity>();
/// assert!(task::Entity::find().all(&db).await?[0].done);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }.now_or_never().unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct RemoteConnection {
    transport: Arc<dyn Transport>,
    settings: Arc<Settings>,
    /// The settings as they are sent, once they were.
    profile: Arc<OnceLock<Vec<u8>>>,
    /// The last known epoch of the object.
    epoch: Arc<Mutex<Id>>,
}

impl RemoteConnection {
    /// Makes a connection over a transport. Nothing is sent.
    ///
    /// ```
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm_do::remote::{Access, InProcess, RemoteConnection};
    ///
    /// # let object = DoConnection::in_memory()?;
    /// let db = RemoteConnection::new(InProcess::new(&object, Access::read_only()));
    /// # let _ = db;
    /// # Ok::<_, sea_orm::DbErr>(())
    /// ```
    #[must_use]
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self {
            transport: Arc::new(transport),
            settings: Arc::default(),
            profile: Arc::default(),
            epoch: Arc::default(),
        }
    }

    /// The settings for a change, which the next request sends.
    fn reading_anew(&mut self) -> &mut Settings {
        self.profile = Arc::default();
        Arc::make_mut(&mut self.settings)
    }

    /// Registers the Rust types of an entity's columns, as [`DoConnection::register`](crate::DoConnection::register)
    /// does. An entity that the object's own handle has registered needs no second registration.
    ///
    /// ```
    /// # use sea_orm_do::remote::RemoteConnection;
    /// # use sea_orm_do::typed as _;
    /// # mod task {
    /// #     use sea_orm::entity::prelude::*;
    /// #     #[sea_orm::model]
    /// #     #[derive(Clone, Debug, DeriveEntityModel)]
    /// #     #[sea_orm(table_name = "task")]
    /// #     pub struct Model {
    /// #         #[sea_orm(primary_key)]
    /// #         pub id: i32,
    /// #     }
    /// #     impl ActiveModelBehavior for ActiveModel {}
    /// # }
    /// fn with_entities(db: RemoteConnection) -> RemoteConnection {
    ///     db.register::<task::Entity>()
    /// }
    /// # let _ = with_entities;
    /// ```
    #[must_use = "the entity is known to the returned handle"]
    pub fn register<E: EntityTrait>(self) -> Self {
        self.register_entity(E::default())
    }

    /// Like [`register`](Self::register), for an entity whose value holds the name of its table.
    ///
    /// ```
    /// # use sea_orm::EntityTrait;
    /// # use sea_orm_do::remote::RemoteConnection;
    /// fn with_entity<E: EntityTrait>(db: RemoteConnection, entity: E) -> RemoteConnection {
    ///     db.register_entity(entity)
    /// }
    /// ```
    #[must_use = "the entity is known to the returned handle"]
    #[allow(clippy::needless_pass_by_value, reason = "as SeaORM takes entities")]
    pub fn register_entity<E: EntityTrait>(mut self, entity: E) -> Self {
        self.reading_anew().registry.register(&entity);
        self
    }

    /// Reads tables without a registered entity by the declared types of their columns, as
    /// [`DoConnection::with_declared_types`](crate::DoConnection::with_declared_types) does.
    ///
    /// ```
    /// # use sea_orm_do::remote::RemoteConnection;
    /// fn for_a_tool(db: RemoteConnection) -> RemoteConnection {
    ///     db.with_declared_types()
    /// }
    /// # let _ = for_a_tool;
    /// ```
    #[must_use = "only the returned handle reads by declared type"]
    pub fn with_declared_types(mut self) -> Self {
        self.reading_anew().with_declared_types = true;
        self
    }

    /// Infers the types of expressions, as
    /// [`DoConnection::with_inferred_types`](crate::DoConnection::with_inferred_types) does.
    ///
    /// ```
    /// # use sea_orm_do::remote::RemoteConnection;
    /// fn for_ported_code(db: RemoteConnection) -> RemoteConnection {
    ///     db.with_inferred_types()
    /// }
    /// # let _ = for_ported_code;
    /// ```
    #[must_use = "only the returned handle infers types"]
    pub fn with_inferred_types(mut self) -> Self {
        self.reading_anew().infers_types = true;
        self
    }

    /// Reads every result column of this name as the given type, as
    /// [`DoConnection::with_column_type`](crate::DoConnection::with_column_type) does.
    ///
    /// ```
    /// # use sea_orm::sea_query::ArrayType;
    /// # use sea_orm_do::remote::RemoteConnection;
    /// fn for_counts(db: RemoteConnection) -> RemoteConnection {
    ///     db.with_column_type("tasks", ArrayType::BigInt)
    /// }
    /// # let _ = for_counts;
    /// ```
    #[must_use = "only the returned handle knows the type"]
    pub fn with_column_type(mut self, column: impl Into<String>, ty: ArrayType) -> Self {
        self.reading_anew().set_type(column.into(), ty);
        self
    }

    /// Returns a handle that reads each row as the struct or model `R`, as
    /// [`DoConnection::read_as`](crate::DoConnection::read_as) does.
    ///
    /// ```
    /// # use sea_orm_do::remote::RemoteConnection;
    /// # use sea_orm_do::typed::TypedRow;
    /// fn reads<R: TypedRow + 'static>(db: &RemoteConnection) -> RemoteConnection {
    ///     db.read_as::<R>()
    /// }
    /// ```
    #[must_use = "only the returned handle reads this type"]
    pub fn read_as<R: TypedRow + 'static>(&self) -> Self {
        self.reading(Reading::row::<R>())
    }

    /// Like [`read_as`](Self::read_as), for a tuple, by the positions of the columns.
    ///
    /// ```
    /// # use sea_orm_do::remote::RemoteConnection;
    /// fn reads_counts(db: &RemoteConnection) -> RemoteConnection {
    ///     db.read_as_tuple::<(i64,)>()
    /// }
    /// # let _ = reads_counts;
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

    /// Returns a handle for SeaORM's `into_json`, as
    /// [`DoConnection::with_json_rows`](crate::DoConnection::with_json_rows) does.
    ///
    /// ```
    /// # use sea_orm_do::remote::RemoteConnection;
    /// fn for_json(db: &RemoteConnection) -> RemoteConnection {
    ///     db.with_json_rows()
    /// }
    /// # let _ = for_json;
    /// ```
    #[cfg(feature = "with-json")]
    #[must_use = "only the returned handle gives plain JSON"]
    pub fn with_json_rows(&self) -> Self {
        self.with_form(RowForm::Json)
    }

    fn with_form(&self, form: RowForm) -> Self {
        let mut handle = self.clone();
        handle.reading_anew().form = form;
        handle
    }

    /// Runs a batch: all of its statements, or none.
    ///
    /// # Errors
    /// [`BatchError`], with the statement that failed or that ended otherwise than expected. Nothing is written then. If
    /// the connection breaks before the answer arrives, it is not known whether the batch ran.
    ///
    /// ```
    /// # use sea_orm::{DbBackend, Statement};
    /// # use sea_orm_do::remote::{Batch, BatchError, RemoteConnection};
    /// async fn finish(db: &RemoteConnection, task: i32) -> Result<(), BatchError> {
    ///     let sql = "UPDATE task SET done = TRUE WHERE id = ? AND NOT done";
    ///     let update = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [task.into()]);
    ///     db.batch(Batch::new().execute(update).only_if_affected(1)).await?;
    ///     Ok(())
    /// }
    /// # let _ = finish;
    /// ```
    pub async fn batch(&self, batch: Batch) -> Result<BatchResults, BatchError> {
        let mut frames = self.ask(Operation::Batch(batch.encode()?)).await?;
        let mut results = Vec::new();
        let mut result = BatchResult::default();
        loop {
            match frames.next().await {
                Ok(Some(Frame::End)) => results.push(std::mem::take(&mut result)),
                Ok(Some(Frame::Executed { rows_affected, last_insert_id })) => {
                    (result.rows_affected, result.last_insert_id) = (rows_affected, last_insert_id);
                }
                Ok(Some(frame)) => result.rows.extend(frames.rows(frame)?.into_iter().map(QueryResult::from)),
                Ok(None) => return Ok(BatchResults { results }),
                Err(Failure { at, is_unexpected, error }) => {
                    return Err(BatchError::new(at, error.into(), is_unexpected));
                }
            }
        }
    }

    /// Reads the schema of the database, as [`introspect`](crate::introspect()) does.
    ///
    /// # Errors
    /// Fails as that does, and if the object cannot be reached.
    ///
    /// ```
    /// # use sea_orm::DbErr;
    /// # use sea_orm_do::remote::RemoteConnection;
    /// async fn tables(db: &RemoteConnection) -> Result<Vec<String>, DbErr> {
    ///     Ok(db.schema().await?.tables.into_iter().map(|table| table.name).collect())
    /// }
    /// # let _ = tables;
    /// ```
    pub async fn schema(&self) -> Result<Schema, DbErr> {
        self.ask_for(Operation::Schema).await
    }

    /// Explains a statement, as [`DoConnection::explain`](crate::DoConnection::explain) does.
    ///
    /// # Errors
    /// Fails as that does, and if the object cannot be reached.
    ///
    /// ```
    /// # use sea_orm::{DbErr, Statement};
    /// # use sea_orm_do::remote::RemoteConnection;
    /// async fn scans(db: &RemoteConnection, statement: &Statement) -> Result<bool, DbErr> {
    ///     Ok(!db.explain(statement).await?.scans.is_empty())
    /// }
    /// # let _ = scans;
    /// ```
    pub async fn explain(&self, statement: &Statement) -> Result<Explanation, DbErr> {
        self.ask_for(Operation::Explain(WireStatement::encode(statement)?)).await
    }

    /// Returns the size of the database in bytes, as
    /// [`DoConnection::database_size`](crate::DoConnection::database_size) does.
    ///
    /// # Errors
    /// Fails as that does, and if the object cannot be reached.
    ///
    /// ```
    /// # use sea_orm::DbErr;
    /// # use sea_orm_do::remote::RemoteConnection;
    /// async fn is_large(db: &RemoteConnection) -> Result<bool, DbErr> {
    ///     Ok(db.database_size().await? > 1 << 30)
    /// }
    /// # let _ = is_large;
    /// ```
    pub async fn database_size(&self) -> Result<u64, DbErr> {
        self.ask_for(Operation::Size).await
    }

    /// Exports the database as an SQL script, in pieces, as [`DoConnection::export`](crate::DoConnection::export) does.
    /// It is read while it is sent: a write to a database of more than 8 MiB in between ends it with an error.
    ///
    /// # Errors
    /// Fails as that does, and if the object cannot be reached.
    ///
    /// ```
    /// # use futures_util::TryStreamExt;
    /// # use sea_orm::DbErr;
    /// # use sea_orm_do::remote::RemoteConnection;
    /// async fn dump(db: &RemoteConnection) -> Result<String, DbErr> {
    ///     db.export().await?.try_collect().await
    /// }
    /// # let _ = dump;
    /// ```
    pub async fn export(&self) -> Result<RemoteExport, DbErr> {
        Ok(RemoteExport::new(self.ask_for_frames(Operation::Export).await?))
    }

    /// Imports a script: all of it, or nothing, as [`DoConnection::import`](crate::DoConnection::import) does. It is one
    /// request, whose length [`Access::with_request_bytes`](super::Access::with_request_bytes) limits.
    ///
    /// # Errors
    /// Fails as that does, and if the object cannot be reached.
    ///
    /// ```
    /// # use sea_orm::DbErr;
    /// # use sea_orm_do::remote::RemoteConnection;
    /// async fn restore(db: &RemoteConnection, script: &str) -> Result<u64, DbErr> {
    ///     Ok(db.import(script).await?.statements)
    /// }
    /// # let _ = restore;
    /// ```
    pub async fn import(&self, script: &str) -> Result<Imported, DbErr> {
        let (statements, skipped_tables) = self.ask_for(Operation::Import(script.to_owned())).await?;
        Ok(Imported { statements, skipped_tables })
    }

    /// Returns the migrations of the object, and which it has applied. The object answers this if its access was made
    /// [`with_migrations`](super::Access::with_migrations).
    ///
    /// # Errors
    /// Fails as [`migrate::status`](crate::migrate::status) does, and if the object cannot be reached.
    ///
    /// ```
    /// # use sea_orm::DbErr;
    /// # use sea_orm_do::remote::RemoteConnection;
    /// async fn is_new(db: &RemoteConnection) -> Result<bool, DbErr> {
    ///     Ok(db.migrations().await?.iter().all(|migration| migration.applied_at.is_some()))
    /// }
    /// # let _ = is_new;
    /// ```
    #[cfg(feature = "migrate")]
    pub async fn migrations(&self) -> Result<Vec<crate::migrate::Status>, DbErr> {
        let all: Vec<MigrationStatus> = self.ask_for(Operation::MigrationStatus).await?;
        Ok(all.into_iter().map(|(name, applied_at)| crate::migrate::Status { name, applied_at }).collect())
    }

    /// Lets the object apply its next migrations, all or that many, and returns their names.
    ///
    /// # Errors
    /// Fails as [`migrate::up`](crate::migrate::up) does, and if the object cannot be reached.
    ///
    /// ```
    /// # use sea_orm::DbErr;
    /// # use sea_orm_do::remote::RemoteConnection;
    /// async fn catch_up(db: &RemoteConnection) -> Result<Vec<String>, DbErr> {
    ///     db.migrate(None).await
    /// }
    /// # let _ = catch_up;
    /// ```
    pub async fn migrate(&self, steps: Option<u32>) -> Result<Vec<String>, DbErr> {
        self.ask_for(Operation::Migrate { steps }).await
    }

    /// Runs a statement and reads its rows as they are stored, for tools: an INTEGER is an `i64`, a REAL an `f64`, a TEXT
    /// a `String`, a BLOB bytes. The rows arrive while they are read.
    ///
    /// # Errors
    /// Fails as a query does.
    ///
    /// ```
    /// # use futures_util::{FutureExt, TryStreamExt};
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// # use sea_orm_do::remote::{Access, InProcess, RemoteConnection};
    /// # async {
    /// # let db = DoConnection::in_memory()?;
    /// # let db = RemoteConnection::new(InProcess::new(&db, Access::read_only()));
    /// let select = Statement::from_string(DbBackend::Sqlite, "SELECT 2.0 AS hours, 9007199254740993 AS id");
    /// let mut rows = db.stored_rows(select).await?;
    /// let row = rows.try_next().await?.unwrap();
    /// assert_eq!(rows.columns(), ["hours", "id"]);
    /// assert_eq!(row, [2.0.into(), 9_007_199_254_740_993_i64.into()]);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }.now_or_never().unwrap().unwrap();
    /// ```
    pub async fn stored_rows(&self, statement: Statement) -> Result<StoredRows, DbErr> {
        let statement = WireStatement::encode(&statement)?;
        let operation = Operation::Stream(WireQuery { statement, asked: None });
        Ok(StoredRows::new(self.with_form(RowForm::Stored).ask_for_frames(operation).await?))
    }

    /// Returns the same connection as a [`DatabaseConnection`], for the parts of SeaORM that need the concrete type.
    ///
    /// SeaORM's proxy interface cannot report an error from `begin`. So after a `begin`, every statement fails with that
    /// error, until the transaction is committed, rolled back or dropped.
    ///
    /// ```
    /// # use futures_util::FutureExt;
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm_do::remote::{Access, InProcess, RemoteConnection};
    ///
    /// # async {
    /// # let object = DoConnection::in_memory()?;
    /// let db = RemoteConnection::new(InProcess::new(&object, Access::read_write())).to_database_connection();
    /// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }.now_or_never().unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn to_database_connection(&self) -> DatabaseConnection {
        proxy::of(self.clone())
    }

    /// Sends a request, and waits for the beginning of its answer. A request that was meant for another epoch of the
    /// object has done nothing, and is sent once more.
    async fn ask(&self, operation: Operation) -> Result<Frames, DbErr> {
        let profile = self.profile.get_or_init(|| profile::encoded(&self.settings)).clone();
        let is_private = self.transport.is_private();
        let epoch = (!is_private).then(|| *lock(&self.epoch));
        let mut request = Request { epoch, id: random(), profile, operation };
        for _ in 0..2 {
            let body = self.transport.send(request.encode()).await?;
            let mut frames = Frames::new(body);
            let Some(Frame::Begin { epoch, is_stale }) = frames.next().await? else { return Err(unfit()) };
            *lock(&self.epoch) = epoch;
            if !is_stale {
                return Ok(frames);
            }
            request.epoch = Some(epoch);
        }
        Err(conn_err("the object was restarted while it was asked: nothing was done, ask again"))
    }

    /// Sends a request whose answer is read later. It may begin with an error.
    async fn ask_for_frames(&self, operation: Operation) -> Result<Frames, DbErr> {
        let mut frames = self.ask(operation).await?;
        frames.read_first().await?;
        Ok(frames)
    }

    async fn ask_for<T: DeserializeOwned>(&self, operation: Operation) -> Result<T, DbErr> {
        let mut frames = self.ask(operation).await?;
        let Some(Frame::Value(value)) = frames.next().await? else { return Err(unfit()) };
        frames.end().await?;
        decode(&value)
    }

    async fn executed(&self, operation: Operation) -> Result<ExecResult, DbErr> {
        let mut frames = self.ask(operation).await?;
        let Some(Frame::Executed { rows_affected, last_insert_id }) = frames.next().await? else { return Err(unfit()) };
        frames.end().await?;
        Ok(ProxyExecResult { rows_affected, last_insert_id }.into())
    }

    async fn queried(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        // Before anything is awaited: the call sets what it reads for each poll.
        let asked = self.settings.asked();
        let asked = asked.as_ref().map(Asked::encode).transpose()?;
        let statement = WireStatement::encode(&statement)?;
        let mut frames = self.ask(Operation::Query(WireQuery { statement, asked })).await?;
        let mut rows = Vec::new();
        while let Some(frame) = frames.next().await? {
            rows.extend(frames.rows(frame)?);
        }
        Ok(rows)
    }
}

/// A number that no other request has.
fn random() -> Id {
    #[cfg(target_arch = "wasm32")]
    let half = || js_sys::Math::random().to_bits();
    #[cfg(not(target_arch = "wasm32"))]
    let half = || {
        use std::hash::{BuildHasher, RandomState};

        RandomState::new().hash_one(std::time::SystemTime::now())
    };
    let mut id = Id::default();
    id[..8].copy_from_slice(&half().to_le_bytes());
    id[8..].copy_from_slice(&half().to_le_bytes());
    id
}

#[async_trait::async_trait]
impl ConnectionTrait for RemoteConnection {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    fn support_returning(&self) -> bool {
        true
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.executed(Operation::Execute(WireStatement::encode(&statement)?)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.executed(Operation::Script(sql.to_owned())).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.queried(statement).await?.into_iter().next().map(Into::into))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        Ok(self.queried(statement).await?.into_iter().map(Into::into).collect())
    }
}
