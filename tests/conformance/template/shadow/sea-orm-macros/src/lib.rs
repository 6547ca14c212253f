//! SeaORM's macros as the suite sees them: all but `test`, which is ours.

pub use test_macro::test;
pub use upstream::*;
