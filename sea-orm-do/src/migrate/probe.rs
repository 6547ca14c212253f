//! Schema checks for migrations.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

/// Checks whether a SQLite database has a table, a column or an index.
///
/// sea-orm-migration compiles `SchemaManager::has_table` and similar methods only with sqlx, which does not build for
/// wasm. Without sqlx they return `BackendNotSupported` before they query any connection. Call these methods on the
/// connection instead; the same migration then also runs on SeaORM's own SQLite driver.
///
/// ```
/// # use sea_orm_migration::prelude::*;
/// use sea_orm_do::migrate::Probe;
///
/// # async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
/// if !manager.get_connection().has_column("task", "done").await? {
///     manager.alter_table(Table::alter().table("task").add_column(boolean_null("done")).to_owned()).await?;
/// }
/// # Ok(())
/// # }
/// # use sea_orm_migration::schema::boolean_null;
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # let db = sea_orm_do::DoConnection::in_memory()?;
/// # db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
/// # let db = db.to_database_connection();
/// # for _ in 0..2 {
/// #     up(&SchemaManager::new(&db)).await?;
/// # }
/// # assert!(db.has_column("task", "done").await?);
/// # Ok::<_, DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[async_trait::async_trait]
pub trait Probe: ConnectionTrait {
    /// Returns whether there is a table with this name; a view does not count. Names are compared as in SQLite,
    /// ignoring ASCII case.
    ///
    /// # Errors
    /// The error of the database.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm_do::migrate::Probe;
    ///
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); CREATE VIEW titles AS SELECT title FROM task").await?;
    /// assert!(db.has_table("Task").await?);
    /// assert!(!db.has_table("titles").await?);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    async fn has_table(&self, table: &str) -> Result<bool, DbErr> {
        found(self, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE", [table]).await
    }

    /// Returns whether a table or view has a column with this name, including generated columns.
    ///
    /// # Errors
    /// The error of the database.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm_do::migrate::Probe;
    ///
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// assert!(db.has_column("task", "title").await?);
    /// assert!(!db.has_column("task", "done").await?);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    async fn has_column(&self, table: &str, column: &str) -> Result<bool, DbErr> {
        found(self, "SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE", [table, column]).await
    }

    /// Returns whether a table has an index with this name.
    ///
    /// # Errors
    /// The error of the database.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm_do::migrate::Probe;
    ///
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); CREATE INDEX titles ON task (title)").await?;
    /// assert!(db.has_index("task", "titles").await?);
    /// assert!(!db.has_index("tag", "titles").await?);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    async fn has_index(&self, table: &str, index: &str) -> Result<bool, DbErr> {
        let sql = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND tbl_name = ? COLLATE NOCASE \
                   AND name = ? COLLATE NOCASE";
        found(self, sql, [table, index]).await
    }
}

impl<C: ConnectionTrait> Probe for C {}

async fn found<C, const N: usize>(db: &C, sql: &str, names: [&str; N]) -> Result<bool, DbErr>
where
    C: ConnectionTrait + ?Sized,
{
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, names.map(Value::from));
    Ok(db.query_one_raw(statement).await?.is_some())
}
