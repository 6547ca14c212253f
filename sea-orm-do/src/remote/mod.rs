//! The database of an object from outside: from the Worker in front of it, from another object, from a script on the
//! host, and from the command `sea-orm-do`.
//!
//! The object answers on a route that you write, behind a check that you make, with [`serve`] or [`answer`]. Whoever asks
//! has a [`RemoteConnection`], which is a SeaORM connection. [The
//! guide](https://docs.rs/crate/sea-orm-do/latest/source/docs/remote.md) shows both sides, and what they cost and expose.
//!
//! - Values are exact in both directions: both sides encode them by the table that columns are stored by.
//! - Every statement takes the same way as one of the object's own code: the same checks, hooks and errors.
//!   [`StatementEvent::is_remote`](crate::StatementEvent::is_remote) says that it came from outside.
//! - A request that may write runs once, even if somebody records it and sends it again.
//! - Without the feature `remote`, and in an object that never calls [`serve`] or [`answer`], none of this is in the wasm.
//!
//! [`serve`]: https://docs.rs/sea-orm-do/latest/wasm32-unknown-unknown/sea_orm_do/remote/fn.serve.html

mod answer;
mod connection;
mod protocol;
mod transport;

pub use self::answer::access::Access;
pub use self::answer::secret::is_bearer;
#[cfg(target_arch = "wasm32")]
pub use self::answer::serve::serve;
pub use self::answer::{Answer, answer};
pub use self::connection::RemoteConnection;
pub use self::connection::batch::{Batch, BatchError, BatchResults};
pub use self::connection::no_transaction::NoTransaction;
pub use self::connection::stream::{RemoteExport, RemoteStream, StoredRows};
#[cfg(all(feature = "remote-http", not(target_arch = "wasm32")))]
pub use self::transport::Http;
#[cfg(target_arch = "wasm32")]
pub use self::transport::Stub;
pub use self::transport::{Body, InProcess, Transport};

pub(crate) use self::protocol::profile::Profiles;

/// The content type of requests and answers.
#[cfg(any(target_arch = "wasm32", feature = "remote-http"))]
const CONTENT: &str = "application/vnd.sea-orm-do";
