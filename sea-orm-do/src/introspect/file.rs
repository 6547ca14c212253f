//! Reads the schema of a file without a connection that could change it.

use std::path::Path;

use sea_orm::DbErr;

use super::read;
use super::schema::Schema;
use crate::storage::error::StorageError;
use crate::storage::native::NativeStorage;

/// Reads the schema of a SQLite file as [`introspect`](crate::introspect()) does, without writing to the file.
///
/// Another process may have the file open, for instance `wrangler dev`. If the file is in WAL mode, SQLite creates
/// missing `-wal` and `-shm` files next to it and leaves them there; they [contain
/// nothing](https://www.sqlite.org/walformat.html) that the file does not have.
///
/// # Errors
/// `DbErr::Conn` if the file cannot be opened or is not a SQLite database.
///
/// ```
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::DoConnection;
/// use sea_orm_do::introspect::introspect_file;
///
/// # let folder = std::env::temp_dir().join(format!("sea-orm-do-introspect-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// # let path = folder.join("tasks.sqlite");
/// let db = DoConnection::open_file(&path)?;
/// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
/// assert_eq!(introspect_file(&path)?.tables[0].name, "task");
/// # drop(db);
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
pub fn introspect_file(path: impl AsRef<Path>) -> Result<Schema, DbErr> {
    let storage = NativeStorage::read_file(path.as_ref()).map_err(StorageError::into_conn)?;
    read::schema(&storage)
}
