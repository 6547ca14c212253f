//! A temporary folder.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// A folder that is deleted in the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(purpose: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("sea-orm-do-{purpose}-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    /// What cannot be deleted is left to the system, whose folder it is.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
