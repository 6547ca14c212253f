//! Banks with accounts and transfers. Each bank is one Durable Object with its own SQLite database.

pub mod account;
pub mod bank;
mod migrations;
#[cfg(target_arch = "wasm32")]
mod object;
