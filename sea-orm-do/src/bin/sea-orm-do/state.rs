//! The databases that `wrangler dev` keeps: `.wrangler/state/v3/do/<worker>-<class>/<id>.sqlite`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

const STATE: &str = ".wrangler/state";
/// Nobody would read a longer list.
const SHOWN: usize = 10;

/// The only database under `.wrangler/state` of a folder.
pub(crate) fn only_database(folder: &Path) -> Result<PathBuf> {
    let state = folder.join(STATE);
    if !state.is_dir() {
        bail!("there is no {STATE} here: say where the schema is with --file or --url");
    }
    let mut databases = Vec::new();
    find(&state, &mut databases).with_context(|| format!("cannot search {}", state.display()))?;
    databases.sort();
    match &databases[..] {
        [one] => Ok(one.clone()),
        [] => bail!("no Durable Object has a database under {STATE} yet: send it a request, or point --file elsewhere"),
        several => {
            let mut list: Vec<_> = several.iter().take(SHOWN).map(|path| format!("  {}", path.display())).collect();
            if several.len() > SHOWN {
                list.push(format!("  … and {} more", several.len() - SHOWN));
            }
            bail!("{} databases are under {STATE}: pick one with --file\n{}", several.len(), list.join("\n"))
        }
    }
}

/// Finds the databases of objects. Each file is named after the object's id, 64 hexadecimal digits; the runtime keeps
/// other files beside them.
fn find(folder: &Path, databases: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_id = path.file_stem().and_then(|name| name.to_str()).is_some_and(is_id);
        if path.is_dir() {
            find(&path, databases)?;
        } else if is_id && path.extension().is_some_and(|extension| extension == "sqlite") {
            databases.push(path);
        }
    }
    Ok(())
}

fn is_id(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
