//! `sea-orm-do new`: creates a starter worker.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::arguments::New;

const MANIFEST: &str = include_str!("../../../template/Cargo.toml.template");

/// Path and content of each file. Cargo does not package a folder that has its own `Cargo.toml`, and git obeys every
/// `.gitignore`, so the template has those under other names.
const FILES: [(&str, &str); 9] = [
    ("Cargo.toml", MANIFEST),
    ("wrangler.toml", include_str!("../../../template/wrangler.toml.template")),
    ("README.md", include_str!("../../../template/README.md.template")),
    (".gitignore", include_str!("../../../template/gitignore")),
    ("src/lib.rs", include_str!("../../../template/src/lib.rs")),
    ("src/account.rs", include_str!("../../../template/src/account.rs")),
    ("src/bank.rs", include_str!("../../../template/src/bank.rs")),
    ("src/migrations.rs", include_str!("../../../template/src/migrations.rs")),
    ("src/object.rs", include_str!("../../../template/src/object.rs")),
];

/// The most characters of a [host name label](https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4), which a worker's
/// name becomes.
const LONGEST: usize = 63;

pub(crate) fn write(New { name, path }: &New) -> Result<()> {
    check(name)?;
    let driver = driver(path.as_deref())?;
    let folder = Path::new(name);
    match fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!("{name} exists already: nothing was written"),
        made => made.with_context(|| format!("cannot make the folder {name}"))?,
    }
    for (file, content) in FILES {
        let path = folder.join(file);
        let content = content.replace("{name}", name).replace("{driver}", &driver);
        path.parent().map_or(Ok(()), fs::create_dir_all).with_context(|| format!("cannot make {name}/src"))?;
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    eprintln!("wrote {name}: cd {name}, then cargo test, then npx wrangler dev; its README.md says more");
    Ok(())
}

/// Checks a name, which the package, the worker and the worker's host share.
fn check(name: &str) -> Result<()> {
    let is_label = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-');
    ensure!(
        is_label && name.len() <= LONGEST,
        "{name:?} cannot be the name: it takes 1 to {LONGEST} lowercase letters, digits and hyphens, begins with a \
         letter and does not end with a hyphen"
    );
    let is_keyword = syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_err();
    ensure!(!is_keyword, "{name} cannot be the name: it is a keyword of Rust");
    ensure!(
        !["alloc", "core", "std", "test"].contains(&name),
        "{name} cannot be the name: it is the name of a crate of Rust itself"
    );
    let is_dependency = MANIFEST.lines().any(|line| line.split_once(" =").is_some_and(|(key, _)| key == name));
    ensure!(!is_dependency, "{name} cannot be the name: it is the name of a crate that the project depends on");
    Ok(())
}

/// The project's dependency on the driver: this version, or a checkout.
fn driver(checkout: Option<&Path>) -> Result<String> {
    let Some(checkout) = checkout else { return Ok(format!("version = {:?}", env!("CARGO_PKG_VERSION"))) };
    let folder = fs::canonicalize(checkout).with_context(|| format!("there is no folder {}", checkout.display()))?;
    ensure!(folder.join("Cargo.toml").is_file(), "{} has no Cargo.toml", checkout.display());
    Ok(format!("path = {:?}", folder.to_str().with_context(|| format!("{} is not UTF-8", folder.display()))?))
}
