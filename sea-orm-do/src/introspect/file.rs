//! The schema of a file, without a connection that could change it.

use std::path::Path;

use sea_orm::DbErr;

use super::read;
use super::schema::Schema;
use crate::storage::error::StorageError;
use crate::storage::native::NativeStorage;

/// Reads the schema of a SQLite file as [`introspect`](super::introspect()) does, and writes nothing to it: the file may be
/// in use, by `wrangler dev` for instance. Beside a file in WAL mode SQLite makes the `-wal` and `-shm` files that are not
/// there and leaves them, [empty of anything](https://www.sqlite.org/walformat.html) that the file does not have.
///
/// # Errors
/// `DbErr::Conn` when the file cannot be opened or is not a SQLite database.
pub fn introspect_file(path: impl AsRef<Path>) -> Result<Schema, DbErr> {
    let storage = NativeStorage::read_file(path.as_ref()).map_err(StorageError::into_conn)?;
    read::schema(&storage)
}
