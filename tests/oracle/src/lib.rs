//! The matrix of `tests/src/matrix`, the programs of `tests/fuzz` and the shop of the guides, as SeaORM's own SQLite driver
//! sees them.

// The guides import the typed calls from there.
extern crate sea_orm_do_typed as sea_orm_do;

#[path = "../../src/matrix/mod.rs"]
pub mod matrix;
#[path = "../../fuzz/src/programs/mod.rs"]
pub mod programs;
#[path = "../../src/cases/guides/shop/mod.rs"]
pub mod shop;
