//! Reads a schema from the place that the user names.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use anyhow::{Context, Result, bail};
use sea_orm_do::introspect::{Schema, introspect_file};

use crate::arguments::SchemaSource;
use crate::database::wait;

/// <https://www.sqlite.org/fileformat.html#magic_header_string>
const SQLITE: &[u8] = b"SQLite format 3\0";

impl SchemaSource {
    /// Reads the schema from `--file` or `--url`, or else from a database that wrangler keeps.
    pub(crate) fn read(&self) -> Result<Schema> {
        match (&self.file, self.address.connect()?) {
            (Some(place), _) => read(place),
            (None, Some(db)) => wait(async { Ok(db.schema().await?) }),
            (None, None) => from_file(&self.local.database()?),
        }
    }
}

/// Reads a schema from a file or from standard input.
pub(crate) fn read(place: &str) -> Result<Schema> {
    if place == "-" {
        let mut text = String::new();
        stdin().read_to_string(&mut text).context("standard input")?;
        return from_json(&text, "standard input");
    }
    from_file(Path::new(place))
}

fn from_file(path: &Path) -> Result<Schema> {
    let name = path.display();
    let mut file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    let mut start = Vec::new();
    file.by_ref().take(SQLITE.len() as u64).read_to_end(&mut start).with_context(|| format!("cannot read {name}"))?;
    if start.is_empty() {
        eprintln!("{name} is empty, which SQLite calls a database without tables");
    }
    if start.is_empty() || start == SQLITE {
        return Ok(introspect_file(path)?);
    }
    if start.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        bail!(
            "{name} is neither a SQLite database nor a schema in JSON; wrangler keeps the database of an object in \
             .wrangler/state/v3/do/<worker>-<class>/<id>.sqlite"
        );
    }
    from_json(&std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?, &name.to_string())
}

fn from_json(text: &str, place: &str) -> Result<Schema> {
    serde_json::from_str(text).with_context(|| format!("{place} is not the JSON of sea_orm_do::introspect"))
}
