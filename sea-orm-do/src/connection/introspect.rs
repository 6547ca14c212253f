//! Introspection of a connected database.

use sea_orm::DbErr;

use super::DoConnection;
use crate::introspect::{Schema, read};

/// Reads the tables, indexes, views and triggers of a database, with the columns, keys and checks of its tables.
///
/// Skips objects that belong to SQLite (`sqlite_…`), to the runtime (`_cf_…`) and to wrangler (`__miniflare_…`). Runs
/// five statements, and one more for each view and virtual table.
///
/// # Errors
/// Fails if the database cannot be read, or if another handle has an open transaction.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::DoConnection;
/// use sea_orm_do::introspect;
///
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT NOT NULL)").await?;
/// db.execute_unprepared("CREATE VIEW titles AS SELECT title FROM task").await?;
/// let schema = introspect(&db)?;
/// assert!(schema.tables[0].columns[1].not_null);
/// assert_eq!(schema.views[0].columns, ["title"]);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
pub fn introspect(db: &DoConnection) -> Result<Schema, DbErr> {
    db.check_not_blocked()?;
    read::schema(&*db.database.storage)
}
