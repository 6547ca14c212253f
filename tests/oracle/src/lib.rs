//! The matrix of `tests/src/matrix`, as SeaORM's own SQLite driver sees it.

#[path = "../../src/matrix/mod.rs"]
pub mod matrix;
