//! SeaORM driver for the SQLite storage of Cloudflare Durable Objects.
//!
//! What you write is what you read. Anything else is an error that names the column, the parameter or the rule.
//!
//! ```
//! # #[cfg(all(feature = "native", feature = "with-chrono"))]
//! # mod example {
//! use sea_orm::entity::prelude::*;
//! use sea_orm::{Schema, Set};
//! use sea_orm_do::DoConnection;
//!
//! #[sea_orm::model]
//! #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
//! #[sea_orm(table_name = "task")]
//! pub struct Model {
//!     #[sea_orm(primary_key)]
//!     pub id: i32,
//!     pub title: String,
//!     pub done: bool,
//! }
//!
//! impl ActiveModelBehavior for ActiveModel {}
//!
//! # pub
//! async fn work(db: DoConnection) -> Result<Vec<Model>, DbErr> {
//!     let db = db.register::<Entity>();   // the Rust types of its columns
//!     db.execute(&Schema::new(db.get_database_backend()).create_table_from_entity(Entity)).await?;
//!     ActiveModel { title: Set("Write the report".into()), done: Set(false), ..Default::default() }.insert(&db).await?;
//!     Entity::find().filter(Column::Done.eq(false)).all(&db).await
//! }
//! # pub fn run() -> Option<Result<Vec<Model>, DbErr>> {
//! #     use futures_util::FutureExt;
//! #     work(DoConnection::in_memory().ok()?).now_or_never()
//! # }
//! # }
//! # #[cfg(all(feature = "native", feature = "with-chrono"))]
//! # assert_eq!(example::run().unwrap().unwrap().len(), 1);
//! ```
//!
//! Inside a Durable Object, connect with `DoConnection::new(&state)?`, where `state` is the `worker::State` that the
//! object's constructor receives. On the host, with the feature `native`, `DoConnection::in_memory()?` behaves the
//! same.
//!
//! # How it works
//! A Durable Object's storage is synchronous, so every future of this driver is ready at its first poll, except in
//! [async transactions](DoConnection::with_async_transactions).
//! The driver works out a statement's parameters and column types, runs it with `ctx.storage.sql.exec`, and checks the
//! returned rows against the types of the registered entities: a value that does not fit is an error, never a silent
//! `None`.
//!
#![doc = include_str!("features.md")]
#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used)]
// Without a storage, only a remote connection can be made.
#![cfg_attr(not(any(target_arch = "wasm32", feature = "native")), allow(dead_code))]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

#[cfg(feature = "codegen")]
pub mod codegen;
mod connection;
mod database;
#[cfg(all(feature = "draft", not(target_arch = "wasm32")))]
pub mod draft;
mod dump;
mod error;
mod explain;
#[cfg(all(any(test, fuzzing), feature = "native"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod introspect;
mod limits;
mod lock;
#[cfg(feature = "migrate")]
pub mod migrate;
mod observe;
mod program;
#[cfg(feature = "remote")]
pub mod remote;
#[cfg(feature = "schema-sync")]
pub mod schema;
pub mod sql;
mod statement;
mod storage;
mod transaction;
mod types;
mod value;

pub use connection::DoConnection;
pub use connection::introspect::introspect;
#[cfg(target_arch = "wasm32")]
pub use connection::opening::Opening;
#[cfg(feature = "stream")]
pub use connection::stream::DoStream;
#[cfg(feature = "stream")]
pub use dump::Export;
pub use dump::Imported;
pub use error::{Constraint, constraint, sql_err};
pub use explain::{Explanation, PlanStep, Scan};
pub use observe::StatementEvent;
pub use observe::budget::{RowBudget, StatementCost};
pub use transaction::DoTransaction;
pub use typed::{CursorReadAs, LoadAs, PagesAs, ReadAllAs, ReadAs, TypedRow};
#[cfg(feature = "stream")]
pub use typed::{PageStream, StreamAs};

/// Re-exports `sea-orm-do-typed`, which declares at the call what a query reads. The derive here works in crates that
/// depend on `sea-orm-do` alone.
pub mod typed {
    /// Declares what a struct is read from. Derive it beside SeaORM's `FromQueryResult` or `DerivePartialModel`.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, Statement};
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm::FromQueryResult;
    /// use sea_orm_do::{ReadAs, TypedRow};
    ///
    /// #[derive(FromQueryResult, TypedRow)]
    /// struct Tasks {
    ///     done: bool,
    ///     tasks: Option<i32>,
    /// }
    ///
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (done BOOLEAN); INSERT INTO task VALUES (TRUE), (TRUE)").await?;
    /// let sql = "SELECT done, count(*) AS tasks FROM task GROUP BY done";
    /// let select = Statement::from_string(db.get_database_backend(), sql);
    /// let tasks = Tasks::find_by_statement(select).all_as(&db).await?;
    /// assert_eq!((tasks[0].done, tasks[0].tasks), (true, Some(2)));
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub use sea_orm_do_macros::DriverTypedRow as TypedRow;
    #[doc(hidden)]
    pub use sea_orm_do_typed::derive;
    pub use sea_orm_do_typed::derive::TypedRow;
    pub use sea_orm_do_typed::{
        Column, Columns, CursorReadAs, Keys, LoadAs, PagesAs, ReadAllAs, ReadAs, Reads, TypedTuple, TypedValue, kind,
        scope,
    };
    #[cfg(feature = "stream")]
    pub use sea_orm_do_typed::{PageStream, StreamAs};
}
