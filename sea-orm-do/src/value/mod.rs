//! Encodes SeaORM's values for the runtime, and decodes what the runtime returns.

pub(crate) mod dates;
pub(crate) mod decode;
pub(crate) mod encode;
#[cfg(feature = "with-json")]
pub(crate) mod json;
pub(crate) mod literal;
pub(crate) mod types;

#[cfg(all(
    test,
    feature = "with-bigdecimal",
    feature = "with-chrono",
    feature = "with-json",
    feature = "with-rust_decimal",
    feature = "with-time",
    feature = "with-uuid"
))]
mod type_table_test;
