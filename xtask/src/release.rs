//! `cargo xtask release-check`: what must be so before a tag is published.

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::workspace::Workspace;

pub(crate) fn check(workspace: &Workspace, tag: &str) -> Result<()> {
    let root = workspace.root();
    let version = workspace.version_of("sea-orm-do")?;
    let changelog = std::fs::read_to_string(root.join("CHANGELOG.md")).context("CHANGELOG.md")?;
    let manifest: toml::Table = std::fs::read_to_string(root.join("sea-orm-do/Cargo.toml"))?.parse()?;
    ready(tag, &version, &changelog, &manifest)
}

fn ready(tag: &str, version: &str, changelog: &str, manifest: &toml::Table) -> Result<()> {
    ensure!(tag == format!("v{version}"), "the tag {tag} is not v{version}, the version in Cargo.toml");
    let is_heading = |line: &str| line.strip_prefix("## ").and_then(|line| line.split(' ').next()) == Some(version);
    ensure!(changelog.lines().any(is_heading), "CHANGELOG.md has no heading `## {version}`");
    let repository = manifest.get("package").and_then(|package| package.get("repository"));
    ensure!(
        repository.is_some(),
        "sea-orm-do/Cargo.toml names no repository, which the links of its README on crates.io need"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_published_when_version_changelog_and_repository_agree() {
        let whole = "[package]\nrepository = \"https://example.com\"".parse().unwrap();
        let check = |tag, changelog, manifest: &toml::Table| match ready(tag, "1.2.3", changelog, manifest) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        };
        assert_eq!(check("v1.2.3", "# Changelog\n\n## 1.2.3 - 2026-11-26\n", &whole), "");
        assert!(check("v1.2.4", "## 1.2.3\n", &whole).contains("is not v1.2.3"));
        assert!(check("v1.2.3", "## Unreleased\n## 1.2.30\n", &whole).contains("no heading"));
        assert!(check("v1.2.3", "## 1.2.3\n", &"[package]".parse().unwrap()).contains("no repository"));
    }
}
