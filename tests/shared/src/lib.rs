//! What the suites share with programs that are built without the driver: `tests/oracle`, which is SeaORM's own SQLite
//! driver, and `tests/soak`, the customers of the bank.

// The code of the guides imports the typed calls from there.
extern crate sea_orm_do_typed as sea_orm_do;

pub mod bank;
pub mod matrix;
pub mod programs;
pub mod shop;
