//! `sea-orm-do new`: creates a starter worker.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use serde_json::Value;

use crate::arguments::New;

const MANIFEST: &str = include_str!("../../../template/Cargo.toml.template");
const OBJECT: &str = include_str!("../../../template/src/object.rs");

/// Path and content of each file. Cargo does not package a folder that has its own `Cargo.toml`, and git obeys every
/// `.gitignore`, so the template has those under other names.
const FILES: [(&str, &str); 12] = [
    ("Cargo.toml", MANIFEST),
    ("wrangler.toml", include_str!("../../../template/wrangler.toml.template")),
    ("worker.js", include_str!("../../../template/worker.js")),
    ("README.md", include_str!("../../../template/README.md.template")),
    (".gitignore", include_str!("../../../template/gitignore")),
    ("src/lib.rs", include_str!("../../../template/src/lib.rs")),
    ("src/item.rs", include_str!("../../../template/src/item.rs")),
    ("src/stock.rs", include_str!("../../../template/src/stock.rs")),
    ("src/migrations.rs", include_str!("../../../template/src/migrations.rs")),
    ("src/object.rs", OBJECT),
    ("examples/migrate.rs", include_str!("../../../template/examples/migrate.rs")),
    ("tests/stock.rs", include_str!("../../../template/tests/stock.rs")),
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
    let (crate_name, class) = (crate_name(name), class(name));
    for (file, content) in FILES {
        let path = folder.join(file);
        let content = content
            .replace("{name}", name)
            .replace("{crate}", &crate_name)
            .replace("{Class}", &class)
            .replace("{BINDING}", &class.to_shouty_snake_case())
            .replace("{driver}", &driver);
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
    let is_dependency = MANIFEST.lines().any(|line| line.split_once(" =").is_some_and(|(key, _)| key == name));
    ensure!(!is_dependency, "{name} cannot be the name: it is the name of a crate that the project depends on");
    Ok(())
}

/// The name of the library. One that is a keyword of Rust, or the name of one of Rust's own crates, gets an ending.
fn crate_name(name: &str) -> String {
    let name = name.replace('-', "_");
    let is_own = ["alloc", "core", "proc_macro", "std", "test"].contains(&name.as_str());
    if is_own || syn::parse_str::<syn::Ident>(&name).is_err() { format!("{name}_worker") } else { name }
}

/// The name of the class. One that the template or the prelude of Rust uses for something else gets an ending.
fn class(name: &str) -> String {
    const PRELUDE: [&str; 6] = ["Box", "Option", "Self", "Some", "String", "Vec"];
    let class = name.to_upper_camel_case();
    let mut used = OBJECT.split(|character: char| !character.is_alphanumeric() && character != '_').chain(PRELUDE);
    if used.any(|word| word == class) { format!("{class}Object") } else { class }
}

/// The project's dependency on the driver: this version, or a checkout.
fn driver(checkout: Option<&Path>) -> Result<String> {
    let Some(checkout) = checkout else { return Ok(format!("version = {:?}", env!("CARGO_PKG_VERSION"))) };
    let folder = driver_in(checkout)?;
    Ok(format!("path = {:?}", folder.to_str().with_context(|| format!("{} is not UTF-8", folder.display()))?))
}

/// The folder of the driver's crate in a checkout, as cargo finds it.
fn driver_in(checkout: &Path) -> Result<PathBuf> {
    let shown = checkout.display();
    let folder = fs::canonicalize(checkout).with_context(|| format!("there is no folder {shown}"))?;
    let manifest = folder.join("Cargo.toml");
    ensure!(manifest.is_file(), "{shown} is no checkout of sea-orm-do: it has no Cargo.toml");
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(&manifest);
    let output = cargo.output().context("cargo cannot be started")?;
    ensure!(output.status.success(), "cargo cannot read {shown}: {}", String::from_utf8_lossy(&output.stderr).trim());
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let packages: Vec<_> = metadata["packages"].as_array().into_iter().flatten().collect();
    let manifest = packages.iter().find(|package| package["name"] == env!("CARGO_PKG_NAME"));
    match manifest.and_then(|package| Path::new(package["manifest_path"].as_str()?).parent()) {
        Some(folder) => Ok(folder.to_owned()),
        None => {
            let names: Vec<_> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
            bail!("{shown} is no checkout of sea-orm-do: it has the packages {}", names.join(", "))
        }
    }
}
