//! The matrix of `tests/src/matrix` and the programs of `tests/src/fuzz`, as SeaORM's own SQLite driver sees them.

#[path = "../../src/fuzz/mod.rs"]
pub mod fuzz;
#[path = "../../src/matrix/mod.rs"]
pub mod matrix;
