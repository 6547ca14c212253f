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
pub fn introspect_file(path: impl AsRef<Path>) -> Result<Schema, DbErr> {
    let storage = NativeStorage::read_file(path.as_ref()).map_err(StorageError::into_conn)?;
    read::schema(&storage)
}
