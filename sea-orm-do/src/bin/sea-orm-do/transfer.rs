//! `sea-orm-do export` and `sea-orm-do import`.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use sea_orm_do::remote::RemoteConnection;

use crate::arguments::{Export, Import};
use crate::database::{ask, wait};
use crate::progress::Progress;

pub(crate) fn export(arguments: &Export) -> Result<()> {
    let db = arguments.database.connect()?;
    match &arguments.output {
        None => wait(export_to(&db, stdout().lock())),
        Some(path) => {
            let part = Part::beside(path);
            let file = File::create(&part.0).with_context(|| format!("cannot write {}", part.0.display()))?;
            wait(export_to(&db, file))?;
            fs::rename(&part.0, path).with_context(|| format!("cannot write {}", path.display()))?;
            eprintln!("wrote {}", path.display());
            Ok(())
        }
    }
}

async fn export_to(db: &RemoteConnection, out: impl Write) -> Result<()> {
    let mut out = BufWriter::new(out);
    let progress = Progress::new("{elapsed} {bytes} {spinner}");
    let mut pieces = progress.during(db.export()).await?;
    while let Some(piece) = pieces.try_next().await? {
        out.write_all(piece.as_bytes())?;
        progress.add(piece.len());
        // A local database never waits, and Ctrl-C is to be heard.
        tokio::task::yield_now().await;
    }
    out.flush()?;
    Ok(())
}

/// A file that is not finished; it is deleted unless it gets its name.
struct Part(PathBuf);

impl Part {
    fn beside(path: &Path) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        Self(name.into())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // It is gone once it has its name.
        let _ = fs::remove_file(&self.0);
    }
}

pub(crate) fn import(arguments: &Import) -> Result<()> {
    let script = if arguments.script.as_os_str() == "-" {
        let mut script = String::new();
        stdin().read_to_string(&mut script).context("standard input")?;
        script
    } else {
        fs::read_to_string(&arguments.script).with_context(|| format!("cannot read {}", arguments.script.display()))?
    };
    let db = arguments.database.connect_to_write(&arguments.write, "the import", ask)?;
    let progress = Progress::new("{elapsed} {spinner}");
    let imported = wait(async { Ok(progress.during(db.import(&script)).await?) })?;
    drop(progress);
    say!("{} statements", imported.statements);
    imported.skipped_tables.iter().for_each(|table| eprintln!("skipped: table `{table}` belongs to the platform"));
    Ok(())
}
