//! Which Rust type a column or an expression has.

pub(crate) mod catalog;
pub(crate) mod declared;
pub(crate) mod expr_type;
pub(crate) mod functions;
pub(crate) mod infer;
pub(crate) mod registry;
pub(crate) mod relations;
pub(crate) mod scope;
