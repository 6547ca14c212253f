//! The environment of the suite: wasm has none.

use std::env::VarError;

/// There are no files to read variables from.
pub fn from_filename(_: &str) -> Result<(), VarError> {
    Ok(())
}

/// `DATABASE_URL` is set, to what our `Database::connect` does not look at.
pub fn var(name: &str) -> Result<String, VarError> {
    if name == "DATABASE_URL" { Ok("sqlite::memory:".to_owned()) } else { Err(VarError::NotPresent) }
}
