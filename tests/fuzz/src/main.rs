//! `cargo xtask fuzz`: random programs on our driver inside workerd, on its native storage, and on SeaORM's own SQLite
//! driver, the oracle.

#[cfg(not(target_arch = "wasm32"))]
mod command;

use std::process::ExitCode;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> ExitCode {
    command::main()
}

#[cfg(target_arch = "wasm32")]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
