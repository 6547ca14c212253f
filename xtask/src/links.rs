//! `cargo xtask links`: checks the links between the Markdown files, and lists those that lead outside.

use anyhow::{Result, bail};
use sea_orm_do_harness::markdown;

pub(crate) fn check() -> Result<()> {
    let files = markdown::files()?;
    let broken = markdown::broken_links(&files)?;
    if !broken.is_empty() {
        bail!("broken links\n{}", broken.join("\n"));
    }
    markdown::external_links(&files)?.iter().for_each(|link| println!("{link}"));
    Ok(())
}
