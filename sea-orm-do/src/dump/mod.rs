//! Exports a database as an SQL script, and imports one.

#[cfg(feature = "stream")]
mod export;
mod import;
#[cfg(feature = "stream")]
mod rows;
mod shell;
#[cfg(feature = "stream")]
mod source;

#[cfg(feature = "stream")]
pub use self::export::Export;
pub use self::import::Imported;
