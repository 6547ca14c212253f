//! The matrix of `tests/src/matrix` and the programs of `tests/fuzz`, as SeaORM's own SQLite driver sees them.

#[path = "../../src/matrix/mod.rs"]
pub mod matrix;
#[path = "../../fuzz/src/programs/mod.rs"]
pub mod programs;
