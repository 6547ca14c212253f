//! Entities that our generator wrote, and the schemas that they are of. `SEA_ORM_DO_BLESS=1` has the test that compares
//! them write them anew: `tests/native/generated.rs`.

pub mod chinook;
pub mod hard;
pub mod sakila;
pub mod schemas;
