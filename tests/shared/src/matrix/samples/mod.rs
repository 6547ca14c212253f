//! Typical values, zero, empty, the ends of each type, and what lies next to a limit of SQLite or of the runtime.
//!
//! Each list is in the order in which SQLite sorts it: numbers by size, the rest by the bytes it is stored as.

pub(super) mod calendar;
pub(super) mod numbers;
pub(super) mod own;
pub(super) mod texts;
