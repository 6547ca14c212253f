//! The databases that `wrangler dev` keeps: `.wrangler/state/v3/do/<worker>-<class>/<id>.sqlite`.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, OpenFlags};

use crate::arguments::LocalObject;

/// Wrangler's own databases, such as its traces, are in other folders of the state.
const OBJECTS: &str = ".wrangler/state/v3/do";
/// Nobody would read a longer list.
const SHOWN: usize = 10;

/// The database of an object.
struct Object {
    /// The folder: the worker and the class.
    class: String,
    /// The id, 64 hexadecimal digits.
    id: String,
    /// The name, if the object has one: <https://developers.cloudflare.com/durable-objects/api/id/#name>.
    name: Option<String>,
    path: PathBuf,
}

impl LocalObject {
    /// The database of this object in the current folder.
    pub(crate) fn database(&self) -> Result<PathBuf> {
        let file = database(Path::new("."), self.class.as_deref(), self.object.as_deref())?;
        eprintln!("reading {}", file.display());
        Ok(file)
    }
}

/// The database of the object that `class` and `object` select; without them, the only one below a folder.
fn database(folder: &Path, class: Option<&str>, object: Option<&str>) -> Result<PathBuf> {
    let state = folder.join(OBJECTS);
    let all = objects(&state).with_context(|| format!("cannot search {}", state.display()))?;
    if all.is_empty() {
        bail!(
            "no Durable Object has a database under {OBJECTS}: send one a request under `wrangler dev`, or say where the \
             schema is with --file or --url"
        );
    }
    let is_class =
        |found: &&Object| class.is_none_or(|class| found.class == class || found.class.ends_with(&format!("-{class}")));
    let is_object =
        |found: &&Object| object.is_none_or(|object| found.id == object || found.name.as_deref() == Some(object));
    let selected: Vec<_> = all.iter().filter(is_class).filter(is_object).collect();
    match selected[..] {
        [one] => Ok(one.path.clone()),
        [] => bail!("no database under {OBJECTS} is that object's; there are:\n{}", list(&all)),
        _ => {
            let option = if object.is_none() { "--object" } else { "--class" };
            bail!("{} databases are under {OBJECTS}: pick one with {option}\n{}", selected.len(), list(selected))
        }
    }
}

/// The objects of all classes. Beside their files, the runtime keeps others, such as `metadata.sqlite`.
fn objects(state: &Path) -> io::Result<Vec<Object>> {
    let mut objects = Vec::new();
    for class in entries(state)? {
        let name = class.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for path in if class.is_dir() { entries(&class)? } else { Vec::new() } {
            let id = path.file_stem().and_then(|id| id.to_str()).filter(|id| is_id(id)).map(str::to_owned);
            if let Some(id) = id
                && path.extension().is_some_and(|extension| extension == "sqlite")
            {
                objects.push(Object { class: name.clone(), id, name: name_of(&path), path });
            }
        }
    }
    Ok(objects)
}

/// The files and folders in a folder, sorted; nothing if there is no such folder.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_id(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The name that wrangler has recorded in the database of an object.
fn name_of(file: &Path) -> Option<String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).ok()?;
    connection.query_row("SELECT name FROM __miniflare_do_name WHERE id = 1", [], |row| row.get(0)).ok()
}

fn list<'a>(objects: impl IntoIterator<Item = &'a Object>) -> String {
    let objects: Vec<_> = objects.into_iter().collect();
    let name = |object: &Object| object.name.clone().unwrap_or_else(|| "(no name)".to_owned());
    let width = objects.iter().take(SHOWN).map(|object| name(object).chars().count()).max().unwrap_or_default();
    let line = |object: &&Object| format!("  {:width$}  {}  {}", name(object), object.class, object.id);
    let mut lines: Vec<_> = objects.iter().take(SHOWN).map(line).collect();
    if objects.len() > SHOWN {
        lines.push(format!("  … and {} more", objects.len() - SHOWN));
    }
    lines.join("\n")
}
