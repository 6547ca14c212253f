//! What `cargo package` puts into the driver's crate.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::root;

use crate::Test;

pub const TESTS: [(&str, Test); 2] = [
    ("package::has_what_the_crate_needs", has_what_the_crate_needs),
    ("package::features_are_in_the_tables", features_are_in_the_tables),
];

fn has_what_the_crate_needs() -> Result<()> {
    let output = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline", "--package", "sea-orm-do"])
        .current_dir(root())
        .output()
        .context("cargo package")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout)?;
    let has = |file: &str| listed.lines().any(|line| line.replace('\\', "/") == file);
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/lib.rs", "src/storage/workerd/bridge.js"] {
        ensure!(has(file), "{file} is missing in\n{listed}");
    }
    for text in ["sea-orm-do/src/lib.rs", "sea-orm-do/src/migrate/mod.rs", "sea-orm-do/src/bin/sea-orm-do/new.rs"] {
        let folder = root().join(text).parent().map(ToOwned::to_owned).unwrap_or_default();
        let source = fs::read_to_string(root().join(text))?;
        for name in source.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let path = folder.join(name).canonicalize().with_context(|| format!("{text}: {name}"))?;
            let path = path.strip_prefix(root().join("sea-orm-do").canonicalize()?)?.display().to_string();
            ensure!(has(&path), "{path}, which {text} includes, is missing in\n{listed}");
        }
    }
    for (licence, copy) in [("LICENSE-MIT", "sea-orm-do/LICENSE-MIT"), ("LICENSE-APACHE", "sea-orm-do/LICENSE-APACHE")]
    {
        ensure!(fs::read(root().join(licence))? == fs::read(root().join(copy))?, "{copy} is not {licence}");
    }
    Ok(())
}

fn features_are_in_the_tables() -> Result<()> {
    let manifest: toml::Table = fs::read_to_string(root().join("sea-orm-do/Cargo.toml"))?.parse()?;
    let features = manifest["features"].as_table().context("no features")?;
    let default = features["default"].as_array().context("no default features")?;
    let table = fs::read_to_string(root().join("sea-orm-do/src/features.md"))?;
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| `")).collect();
    ensure!(fs::read_to_string(root().join("README.md"))?.contains(&rows.join("\n")), "README.md has another table");
    let named: Vec<_> =
        rows.iter().flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2)).collect();
    for feature in features.keys().filter(|feature| *feature != "default") {
        let row =
            rows.iter().find(|row| row.contains(&format!("`{feature}`"))).with_context(|| format!("no {feature}"))?;
        let is_default = default.iter().any(|name| name.as_str() == Some(feature));
        ensure!(row.contains("| yes |") == is_default, "{row}");
    }
    ensure!(named.len() == features.len() - 1, "the table has features that are none: {named:?}");
    Ok(())
}
