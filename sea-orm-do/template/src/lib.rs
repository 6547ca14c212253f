//! Items and orders. Each stock of items is one Durable Object with its own SQLite database.

pub mod item;
pub mod migrations;
#[cfg(target_arch = "wasm32")]
mod object;
pub mod stock;
