//! A bank: accounts, transfers between them, notes, batches of rows and a counter, one database an object.
//!
//! `POST /bank/…` with an [`Order`](sea_orm_do_shared::bank::Order) is answered by the object of that name. `cargo xtask crash` and
//! `cargo xtask load` are its customers.

mod audit;
mod entities;
mod look;
mod object;
mod read;
mod sabotage;
mod schema;
mod transfer;
pub mod write;

pub use object::route;
