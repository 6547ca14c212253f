//! The dialect core: pure Rust, no JavaScript and no I/O, so that all of it runs in host tests.

pub(crate) mod analysis;
pub(crate) mod bind;
pub(crate) mod catalog;
pub(crate) mod dates;
pub(crate) mod declared;
pub(crate) mod decode;
pub(crate) mod form;
mod functions;
#[cfg(feature = "with-json")]
pub(crate) mod json;
pub(crate) mod lex;
pub(crate) mod limits;
pub(crate) mod literal;
pub(crate) mod parse;
pub(crate) mod plan;
pub(crate) mod read;
pub(crate) mod registry;
pub(crate) mod returning;
pub(crate) mod rows;
mod scope;
pub(crate) mod statement;
pub(crate) mod syntax;
pub(crate) mod tag;
pub(crate) mod typed;
pub(crate) mod whole;

#[cfg(all(
    test,
    feature = "with-bigdecimal",
    feature = "with-chrono",
    feature = "with-json",
    feature = "with-rust_decimal",
    feature = "with-time",
    feature = "with-uuid"
))]
mod documentation;
