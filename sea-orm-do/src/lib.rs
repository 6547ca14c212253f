//! SeaORM driver for the SQLite storage of Cloudflare Durable Objects.
//!
//! One promise orders everything else: what you wrote is what you read; anything else is an error that names the
//! column, the parameter or the rule.
//!
//! ```ignore
//! let db = DoConnection::new(&state)?        // worker::State, in the object's constructor
//!     .register::<task::Entity>()            // the Rust types of its columns
//!     .register::<project::Entity>();
//!
//! task::ActiveModel { title: Set("Write the report".into()), ..Default::default() }.insert(&db).await?;
//! let open = task::Entity::find().filter(task::Column::Done.eq(false)).all(&db).await?;
//! ```
//!
//! # How it works
//! A Durable Object's storage is synchronous, so every future of this driver is ready when it is first polled.
//! A statement passes through the dialect core (parameters, column types), then through `ctx.storage.sql.exec`, and its
//! rows come back checked against the types of the registered entities: a value that does not fit is an error, never
//! a silent `None`.

#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod connection;
mod dialect;
mod error;
mod plans;
mod storage;
mod tables;

pub use connection::DoConnection;
pub use error::sql_err;
