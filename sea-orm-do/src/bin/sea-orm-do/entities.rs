//! `sea-orm-do generate entity`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sea_orm_do::codegen::{Generated, generate as entities};
use sea_orm_do::introspect::Table;

use crate::arguments::Entity;

pub(crate) fn generate(arguments: &Entity) -> Result<()> {
    let schema = arguments.source.read()?;
    let options = arguments.options();
    let Generated { files, skipped, .. } = entities(&schema, &options)?;
    let folder = &arguments.output_dir;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut written = Vec::new();
    for file in files {
        let path = folder.join(&file.name);
        fs::write(&path, file.content).with_context(|| format!("cannot write {}", path.display()))?;
        eprintln!("wrote {}", path.display());
        written.push(path);
    }
    format(&written);
    eprintln!("{} files are in {}", written.len(), absolute(folder).display());
    let is_ignored = |table: &&Table| options.ignore_tables.iter().any(|name| name.eq_ignore_ascii_case(&table.name));
    let ignored: Vec<_> = schema.tables.iter().filter(is_ignored).map(|table| &table.name).collect();
    ignored.iter().for_each(|table| eprintln!("ignored: table `{table}`"));
    let skipped: Vec<_> = skipped.iter().map(ToString::to_string).collect();
    skipped.iter().for_each(|problem| eprintln!("skipped: {problem}"));
    if arguments.json {
        say!("{}", serde_json::json!({ "files": written, "ignored": ignored, "skipped": skipped }));
    }
    Ok(())
}

/// Formats the files with the rustfmt settings of their folder. Without rustfmt they are still formatted, by
/// prettyplease.
fn format(files: &[PathBuf]) {
    match Command::new("rustfmt").args(["--edition", "2024"]).args(files).status() {
        Ok(status) if status.success() => {}
        Ok(status) => eprintln!("rustfmt ended with {status}: the files are not formatted in your style"),
        Err(error) => eprintln!("rustfmt cannot be started ({error}): the files are not formatted in your style"),
    }
}

fn absolute(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}
