//! `cargo xtask fuzz`: random programs on our driver inside workerd, on its native storage, and on SeaORM's own SQLite
//! driver, the oracle.

#[cfg(not(target_arch = "wasm32"))]
mod command;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../../harness/oracle/program.rs"]
#[allow(dead_code, reason = "shared with the suites")]
mod oracle;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../../harness/workerd.rs"]
#[allow(dead_code, reason = "shared with the suites")]
mod workerd;

use std::process::ExitCode;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> ExitCode {
    command::main()
}

#[cfg(target_arch = "wasm32")]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
