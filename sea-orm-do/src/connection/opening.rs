//! Opening a database before the first request is let in.

use std::cell::OnceCell;
use std::rc::Rc;

use sea_orm::{DbErr, RuntimeErr};

use super::DoConnection;
use crate::storage::workerd::block_concurrency_while;

/// A database that is made ready while the object takes no requests; what went wrong is kept for all of them.
///
/// An error in the constructor of an object, or in its `blockConcurrencyWhile`, would reset the object at each request. Here
/// it waits for the requests, which find either an open database or the reason why there is none: never one that is half
/// open. A panic still resets the object, with what the transaction that was running had written; the next request opens it
/// again.
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
/// The closure may await anything, the old key-value storage for instance, for at most the
/// [30 seconds](https://developers.cloudflare.com/durable-objects/api/state/#blockconcurrencywhile) after which the
/// runtime resets the object. Where it awaits the database alone it needs no `Opening`: migrations are a plain function, and
/// can as well be called in the constructor.
#[derive(Clone, Debug)]
pub struct Opening {
    outcome: Rc<OnceCell<Result<DoConnection, DbErr>>>,
}

impl Opening {
    /// Connects to the database of the object that `state` belongs to and makes it ready with `step`, inside
    /// [`blockConcurrencyWhile`](https://developers.cloudflare.com/durable-objects/api/state/#blockconcurrencywhile).
    ///
    /// `step` gives back the handle that requests are to use, with the entities that it registered.
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

    /// The database.
    ///
    /// # Errors
    /// What the step failed with, each time; `DbErr::Conn` while it is still running, which no request ever sees.
    pub fn get(&self) -> Result<DoConnection, DbErr> {
        let early = "the database is not open yet: it is asked for in the constructor";
        self.outcome.get().cloned().unwrap_or_else(|| Err(DbErr::Conn(RuntimeErr::Internal(early.to_owned()))))
    }
}
