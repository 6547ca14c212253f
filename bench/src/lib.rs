//! The Rust contestants of `cargo xtask bench`: `worker::SqlStorage` as it is, and sea-orm-do on top of SeaORM.

// Only workerd runs this; for the host the crate is empty, so that `cargo check --workspace` works there.
#![cfg(target_arch = "wasm32")]

mod bare;
mod entities;
mod models;
mod object;
mod reads;
mod rows;
mod typed;
