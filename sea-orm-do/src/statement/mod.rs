//! Analyses a statement, prepares the SQL to send for it, and decodes the rows that come back.

pub(crate) mod atomicity;
pub(crate) mod cache;
pub(crate) mod exact;
pub(crate) mod info;
pub(crate) mod layout;
mod parameters;
pub(crate) mod plan;
pub(crate) mod read_mode;
pub(crate) mod returning;
pub(crate) mod rows;
pub(crate) mod template;
