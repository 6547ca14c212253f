//! What a remote connection may do.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use sea_orm::{DbErr, Statement};

use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::dump::Imported;
use crate::error::exec_err;
use crate::explain::Explanation;
use crate::introspect::Schema;

/// What the requests of a route may do, and how much.
///
/// The limits protect the object: a Worker has
/// [128 MB of memory and some seconds of CPU time](https://developers.cloudflare.com/workers/platform/limits/). A request
/// that exceeds one is an error that names it, and what it has written is undone.
///
/// ```
/// use std::time::Duration;
///
/// use sea_orm_do::remote::Access;
///
/// let support = Access::read_only().with_rows(1_000).with_time(Duration::from_secs(2));
/// # let _ = support;
/// ```
#[derive(Clone)]
#[must_use]
pub struct Access {
    pub(super) is_read_only: bool,
    pub(super) request_bytes: usize,
    pub(super) answer_bytes: usize,
    pub(super) rows: usize,
    pub(super) statements: usize,
    pub(super) time: Duration,
    pub(super) tools: Option<Tools>,
    pub(super) migrations: Option<Migrations>,
}

/// What only tools ask for. It is reached through pointers, so that the wasm of an object that does not allow it has none of
/// it.
#[derive(Clone, Copy)]
pub(super) struct Tools {
    pub(super) schema: fn(&DoConnection) -> Result<Schema, DbErr>,
    pub(super) explain: fn(&DoConnection, &Statement) -> Result<Explanation, DbErr>,
    pub(super) export: fn(&DoConnection) -> Result<Pieces, DbErr>,
    pub(super) import: fn(&DoConnection, &str) -> Result<Imported, DbErr>,
}

/// The pieces of an export.
pub(super) type Pieces = Box<dyn Iterator<Item = Result<String, DbErr>> + Send>;

/// The name of a migration, and when it was applied, in seconds since 1970.
pub(in crate::remote) type MigrationStatus = (String, Option<i64>);

/// The migrations of an object, as functions without its type.
#[derive(Clone, Copy)]
pub(super) struct Migrations {
    pub(super) status: fn(&DoConnection) -> Result<Vec<MigrationStatus>, DbErr>,
    pub(super) up: fn(&DoConnection, Option<u32>) -> Result<Vec<String>, DbErr>,
}

impl Debug for Access {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { is_read_only, request_bytes, answer_bytes, rows, statements, time, tools, migrations } = self;
        f.debug_struct("Access")
            .field("is_read_only", is_read_only)
            .field("request_bytes", request_bytes)
            .field("answer_bytes", answer_bytes)
            .field("rows", rows)
            .field("statements", statements)
            .field("time", time)
            .field("tools", &tools.is_some())
            .field("migrations", &migrations.is_some())
            .finish()
    }
}

impl Access {
    /// Statements that only read. Every other statement is refused before it runs.
    ///
    /// ```
    /// # use futures_util::FutureExt;
    /// # use sea_orm::ConnectionTrait;
    /// use sea_orm_do::DoConnection;
    /// use sea_orm_do::remote::{Access, InProcess, RemoteConnection};
    ///
    /// # async {
    /// let db = DoConnection::in_memory()?;
    /// let remote = RemoteConnection::new(InProcess::new(&db, Access::read_only()));
    /// assert!(remote.execute_unprepared("CREATE TABLE task (title TEXT)").await.is_err());
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }.now_or_never().unwrap().unwrap();
    /// ```
    pub fn read_only() -> Self {
        Self { is_read_only: true, ..Self::read_write() }
    }

    /// All statements, scripts and imports.
    ///
    /// ```
    /// # use futures_util::FutureExt;
    /// # use sea_orm::ConnectionTrait;
    /// use sea_orm_do::DoConnection;
    /// use sea_orm_do::remote::{Access, InProcess, RemoteConnection};
    ///
    /// # async {
    /// let db = DoConnection::in_memory()?;
    /// let remote = RemoteConnection::new(InProcess::new(&db, Access::read_write()));
    /// remote.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }.now_or_never().unwrap().unwrap();
    /// ```
    pub fn read_write() -> Self {
        Self {
            is_read_only: false,
            request_bytes: 8 << 20,
            answer_bytes: 32 << 20,
            rows: 10_000,
            statements: 100,
            time: Duration::from_secs(10),
            tools: None,
            migrations: None,
        }
    }

    /// Sets the most bytes of a request: 8 MiB if this is not called. An import is one request.
    ///
    /// ```
    /// # use sea_orm_do::remote::Access;
    /// let access = Access::read_write().with_request_bytes(64 << 20);
    /// # let _ = access;
    /// ```
    pub fn with_request_bytes(mut self, most: usize) -> Self {
        self.request_bytes = most;
        self
    }

    /// Sets the most bytes of an answer: 32 MiB if this is not called. A stream and an export are sent while they are
    /// read, and are not counted.
    ///
    /// ```
    /// # use sea_orm_do::remote::Access;
    /// let access = Access::read_only().with_answer_bytes(1 << 20);
    /// # let _ = access;
    /// ```
    pub fn with_answer_bytes(mut self, most: usize) -> Self {
        self.answer_bytes = most;
        self
    }

    /// Sets the most rows of an answer: 10,000 if this is not called. A stream counts as well; an export does not.
    ///
    /// ```
    /// # use sea_orm_do::remote::Access;
    /// let access = Access::read_only().with_rows(1_000_000);
    /// # let _ = access;
    /// ```
    pub fn with_rows(mut self, most: usize) -> Self {
        self.rows = most;
        self
    }

    /// Sets the most statements of a batch or a script: 100 if this is not called.
    ///
    /// ```
    /// # use sea_orm_do::remote::Access;
    /// let access = Access::read_write().with_statements(1);
    /// # let _ = access;
    /// ```
    pub fn with_statements(mut self, most: usize) -> Self {
        self.statements = most;
        self
    }

    /// Sets the time after which no statement of a batch begins and no more rows are read: ten seconds if this is not
    /// called. A statement that runs is not interrupted, because the runtime cannot do that, and the clock of a deployed
    /// Worker [does not advance](https://developers.cloudflare.com/workers/runtime-apis/performance/) while it runs: there,
    /// this limits streams, and the runtime's own limit of CPU time ends the rest.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sea_orm_do::remote::Access;
    /// let access = Access::read_only().with_time(Duration::from_secs(1));
    /// # let _ = access;
    /// ```
    pub fn with_time(mut self, most: Duration) -> Self {
        self.time = most;
        self
    }

    /// Lets requests ask for the schema, for the plan of a statement and for an export, and import scripts unless the access
    /// is read-only: what the command `sea-orm-do` does.
    ///
    /// ```
    /// # use futures_util::FutureExt;
    /// use sea_orm_do::DoConnection;
    /// use sea_orm_do::remote::{Access, InProcess, RemoteConnection};
    ///
    /// # async {
    /// # let db = DoConnection::in_memory()?;
    /// let remote = RemoteConnection::new(InProcess::new(&db, Access::read_only().with_tools()));
    /// assert!(remote.schema().await?.tables.is_empty());
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }.now_or_never().unwrap().unwrap();
    /// ```
    pub fn with_tools(mut self) -> Self {
        self.tools = Some(Tools {
            schema: introspect,
            explain: DoConnection::explain,
            export: |db| Ok(Box::new(db.export()?)),
            import: DoConnection::import,
        });
        self
    }

    /// Lets requests ask for the state of these migrations, and apply them unless the access is read-only.
    ///
    /// ```
    #[doc = include_str!("../../migrate/migrator.txt")]
    /// use sea_orm_do::remote::{Access, InProcess, RemoteConnection};
    ///
    /// # use futures_util::FutureExt;
    /// # async {
    /// # let db = DoConnection::in_memory()?;
    /// let access = Access::read_write().with_migrations::<Migrator>();
    /// let remote = RemoteConnection::new(InProcess::new(&db, access));
    /// assert!(!remote.migrate(None).await?.is_empty());
    /// assert!(remote.migrations().await?.iter().all(|migration| migration.applied_at.is_some()));
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }.now_or_never().unwrap().unwrap();
    /// ```
    #[cfg(feature = "migrate")]
    pub fn with_migrations<M: sea_orm_migration::MigratorTrait>(mut self) -> Self {
        use crate::migrate;

        self.migrations = Some(Migrations {
            status: |db| {
                let all = migrate::status::<M>(db).map_err(of_migrations)?;
                Ok(all.into_iter().map(|migration| (migration.name, migration.applied_at)).collect())
            },
            up: |db, steps| migrate::up::<M>(db, steps).map_err(of_migrations),
        });
        self
    }

    /// # Errors
    /// Fails for a request that may write, if the access is read-only.
    pub(super) fn check_may_write(&self, what: &str) -> Result<(), DbErr> {
        if self.is_read_only { Err(exec_err(format!("this access is read-only: {what}"))) } else { Ok(()) }
    }

    /// # Errors
    /// Fails if the access does not allow tools.
    pub(super) fn tools(&self) -> Result<Tools, DbErr> {
        self.tools.ok_or_else(|| exec_err("this access is not for tools: it was made without with_tools"))
    }

    /// # Errors
    /// Fails if the access has no migrations.
    pub(super) fn migrations(&self) -> Result<Migrations, DbErr> {
        self.migrations.ok_or_else(|| exec_err("this access has no migrations: it was made without with_migrations"))
    }

    /// # Errors
    /// Fails for too many statements.
    pub(super) fn check_statements(&self, count: usize) -> Result<(), DbErr> {
        if count > self.statements {
            let most = self.statements;
            return Err(exec_err(format!("{count} statements, but this access allows {most} in one request")));
        }
        Ok(())
    }
}

#[cfg(feature = "migrate")]
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn of_migrations(error: crate::migrate::Error) -> DbErr {
    DbErr::Migration(error.to_string())
}
