//! The Rust contestants of `cargo xtask bench`: `worker::SqlStorage` as it is, and sea-orm-do on top of SeaORM.

#[cfg(target_arch = "wasm32")]
mod bare;
pub mod entities;
pub mod models;
#[cfg(target_arch = "wasm32")]
mod object;
mod reads;
#[cfg(target_arch = "wasm32")]
mod rows;
pub mod typed;
