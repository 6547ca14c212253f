//! The suites: each case is an async function, run in a Durable Object of its own inside workerd.
//!
//! The same crate is built twice: for wasm32 as the worker that runs the cases, and for the host as the list of their
//! names, from which `native/` and `workerd/` make ordinary cargo tests.

#[cfg(target_arch = "wasm32")]
mod bank;
pub mod case;
mod cases;
#[cfg(target_arch = "wasm32")]
mod counts;
pub mod entities;
#[cfg(not(target_arch = "wasm32"))]
pub mod host;
pub mod hostile;
mod migrations;
pub mod outside;
#[cfg(target_arch = "wasm32")]
mod worker;

use sea_orm_do_shared::shop;

pub use cases::long::cases as long;
pub use cases::{all, plans};
pub use sea_orm_do_shared::matrix;
