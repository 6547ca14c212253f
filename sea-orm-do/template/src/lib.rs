//! Banks with accounts and transfers; one Durable Object, with its own SQLite database, a bank.

pub mod account;
pub mod bank;
mod migrations;
#[cfg(target_arch = "wasm32")]
mod object;
