//! Differential fuzz: random programs, and our driver as one of the sides that run them.
//!
//! Built twice, as the suites are: for wasm32 as the worker that runs programs inside workerd, and for the host as the
//! command that compares the sides.

mod side;
#[cfg(target_arch = "wasm32")]
mod worker;

pub use side::handle;
