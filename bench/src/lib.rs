//! The Rust contestants of `cargo xtask bench`: `worker::SqlStorage` as it is, and SeaORM on sea-orm-do.

#[cfg(target_arch = "wasm32")]
mod bare;
pub mod models;
#[cfg(target_arch = "wasm32")]
mod object;
#[cfg(target_arch = "wasm32")]
mod rows;
