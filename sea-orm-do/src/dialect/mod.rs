//! The dialect core: pure Rust, no JavaScript and no I/O, so that all of it runs in host tests.

pub(crate) mod bind;
pub(crate) mod columns;
pub(crate) mod decode;
pub(crate) mod lex;
pub(crate) mod registry;
pub(crate) mod statement;
