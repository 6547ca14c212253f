//! The schema of a database as plain data: read it, compare it, serve it as JSON, or create it again.
//!
//! ```
//! # #[cfg(feature = "native")]
//! # fn main() -> Result<(), sea_orm::DbErr> {
//! # use futures_util::FutureExt;
//! # use sea_orm::ConnectionTrait;
//! # let db = sea_orm_do::DoConnection::in_memory()?;
//! # db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT)").now_or_never().unwrap()?;
//! let schema = sea_orm_do::introspect(&db)?;
//! let task = schema.table("task").unwrap();
//! assert_eq!(task.rowid().map(|id| id.name.as_str()), Some("id"));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "native"))]
//! # fn main() {}
//! ```

mod create;
mod declaration;
mod diff;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
mod file;
mod index;
pub(crate) mod read;
mod schema;
mod sql;
mod text;

pub(crate) use self::declaration::declares_deferred_key;
pub use self::diff::{Difference, Object};
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub use self::file::introspect_file;
pub use self::schema::{
    Action, Check, Column, Conflict, ForeignKey, Generated, Index, IndexColumn, Origin, Schema, Table, Term, Trigger,
    View, VirtualTable,
};
#[cfg(feature = "schema-sync")]
pub(crate) use self::text::tidied;
