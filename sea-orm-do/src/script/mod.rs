//! A database as an SQL script, and back.

mod dump;
#[cfg(feature = "stream")]
mod export;
mod import;
#[cfg(feature = "stream")]
mod rows;
#[cfg(feature = "stream")]
mod source;

#[cfg(feature = "stream")]
pub use export::Export;
pub use import::Imported;
