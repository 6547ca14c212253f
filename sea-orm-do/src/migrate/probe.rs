//! What migrations ask of a schema.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

/// Asks a SQLite database for tables, columns and indexes.
///
/// `SchemaManager::has_table` and its kin are compiled into sea-orm-migration only together with sqlx, which wasm cannot
/// have: elsewhere they answer `BackendNotSupported` before they ask any connection. So ask the connection itself; the
/// same migration then runs on SeaORM's own SQLite driver as well.
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
/// ```
#[async_trait::async_trait]
pub trait Probe: ConnectionTrait {
    /// Whether there is a table of this name; a view is none. Names compare as SQLite compares them, without regard to
    /// ASCII case.
    ///
    /// # Errors
    /// What the database reports.
    async fn has_table(&self, table: &str) -> Result<bool, DbErr> {
        found(self, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE", [table]).await
    }

    /// Whether a table or view has a column of this name, generated ones among them.
    ///
    /// # Errors
    /// What the database reports.
    async fn has_column(&self, table: &str, column: &str) -> Result<bool, DbErr> {
        found(self, "SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE", [table, column]).await
    }

    /// Whether a table has an index of this name.
    ///
    /// # Errors
    /// What the database reports.
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
