//! Files that are checked in and generated: with `SEA_ORM_DO_BLESS=1` they are written.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::root;

/// Compares files with what is checked in, or takes them for it.
pub fn compare(folder: &str, files: &[(String, String)]) -> Result<()> {
    let path = root().join(folder);
    if std::env::var_os("SEA_ORM_DO_BLESS").is_some() {
        return bless(&path, files);
    }
    let blessing = "SEA_ORM_DO_BLESS=1 cargo test -p sea-orm-do-tests -- generated";
    for (name, content) in files {
        let checked_in = fs::read_to_string(path.join(name)).unwrap_or_default();
        ensure!(checked_in == *content, "{folder}/{name} is not what the generator writes; {blessing} rewrites it");
    }
    let count = fs::read_dir(&path)?.count();
    ensure!(count == files.len(), "{folder} has {count} files, not {}: an entity's table is gone", files.len());
    Ok(())
}

fn bless(folder: &Path, files: &[(String, String)]) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(files.iter().try_for_each(|(name, content)| fs::write(folder.join(name), content))?)
}
