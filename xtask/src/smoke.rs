//! `cargo xtask smoke`: a worker that is reached over the network does what a README shows.

use std::path::Path;

use anyhow::Result;
use sea_orm_do_harness::console::prints_what_it_shows;

pub(crate) fn check(readme: &Path, base: &str) -> Result<()> {
    let here = std::env::current_dir()?;
    prints_what_it_shows(readme, base, &here, &here)?;
    eprintln!("{base} answers as {} shows", readme.display());
    Ok(())
}
