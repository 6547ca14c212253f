//! Every Rust type that SeaORM stores in SQLite, each in a table of its own, and what is done with all of them.
//!
//! Nothing here knows the driver: `tests/oracle` compiles the same sources against SeaORM's own SQLite driver, for the
//! two drivers do not fit into one build (see its Cargo.toml).

mod check;
pub mod expressions;
mod it;
mod kind;
pub mod kinds;
pub mod misfits;
pub mod note;
pub mod reading;
pub mod refused;
pub mod report;
mod samples;
mod table;
mod types;

pub use check::{add_notes, check, check_json};
pub use kind::{Kind, Row};
pub use kinds::{Visitor, every_kind, tables};
pub use table::{Of, Table};
