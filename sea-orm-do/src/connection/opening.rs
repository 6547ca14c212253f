//! Opens a database before the object takes its first request.

use std::cell::OnceCell;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;

use sea_orm::{DbErr, RuntimeErr};

use super::DoConnection;
use crate::storage::workerd::block_concurrency_while;

/// A database that is prepared while the object takes no requests. If that fails, every request gets the error.
///
/// An error in an object's constructor, or in its `blockConcurrencyWhile`, would reset the object at each request.
/// `Opening` keeps the error instead: a request gets either an open database or the reason why there is none, never a
/// half-open one. A panic still resets the object and undoes the transaction that was running; the next request opens
/// the database again.
///
/// ```
/// # use sea_orm::DbErr;
/// # use sea_orm_do::{DoConnection, Opening};
/// # use worker::{DurableObject, Env, Request, Response, Result, State, console_error, durable_object};
/// #[durable_object]
/// struct Counter {
///     database: Opening,
/// }
///
/// impl DurableObject for Counter {
///     fn new(state: State, _env: Env) -> Self {
///         Self { database: Opening::new(&state, open) }
///     }
///
///     async fn fetch(&self, _request: Request) -> Result<Response> {
///         match self.database.get() {
///             Ok(db) => answer(&db).await,
///             Err(error) => {
///                 console_error!("{error}");
///                 Response::error("the database is not ready", 500)
///             }
///         }
///     }
/// }
///
/// /// Migrations, `schema::sync`, rows that must be there.
/// async fn open(db: DoConnection) -> std::result::Result<DoConnection, DbErr> {
///     Ok(db)
/// }
/// # async fn answer(_db: &DoConnection) -> Result<Response> {
/// #     Response::ok("")
/// # }
/// ```
///
/// The closure may await anything, such as the old key-value storage, for at most
/// [30 seconds](https://developers.cloudflare.com/durable-objects/api/state/#blockconcurrencywhile); then the runtime
/// resets the object. A closure that awaits only the database needs no `Opening`: migrations are plain functions, and
/// can be called in the constructor.
#[derive(Clone, Debug)]
pub struct Opening {
    outcome: Rc<OnceCell<Result<DoConnection, DbErr>>>,
}

// As for `DoConnection`.
impl UnwindSafe for Opening {}
impl RefUnwindSafe for Opening {}

impl Opening {
    /// Connects to the database of the object that `state` belongs to and prepares it with `step`, inside
    /// [`blockConcurrencyWhile`](https://developers.cloudflare.com/durable-objects/api/state/#blockconcurrencywhile).
    ///
    /// `step` returns the handle that requests will use, with the entities that it registered.
    pub fn new<F>(state: &worker::State, step: F) -> Self
    where
        F: AsyncFnOnce(DoConnection) -> Result<DoConnection, DbErr> + 'static,
    {
        let connection = DoConnection::new(state);
        let outcome = Rc::new(OnceCell::new());
        let opened = Rc::clone(&outcome);
        block_concurrency_while(state, async move {
            let outcome = match connection {
                Ok(connection) => step(connection).await,
                Err(error) => Err(error),
            };
            opened.get_or_init(|| outcome);
        });
        Self { outcome }
    }

    /// Returns the database.
    ///
    /// # Errors
    /// Returns the error of `step`, each time. Returns `DbErr::Conn` while `step` is still running, which no request
    /// ever sees.
    pub fn get(&self) -> Result<DoConnection, DbErr> {
        let early = "the database is not open yet: get() was called in the constructor";
        self.outcome.get().cloned().unwrap_or_else(|| Err(DbErr::Conn(RuntimeErr::Internal(early.to_owned()))))
    }
}
