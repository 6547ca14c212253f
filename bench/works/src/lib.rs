//! The work that `cargo xtask bench` measures, on any connection of SeaORM.

pub mod entities;
pub mod models;
mod reads;
pub mod typed;
