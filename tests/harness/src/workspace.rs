//! Where things lie, and which versions Cargo.lock holds.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package};

pub struct Workspace {
    metadata: Metadata,
}

impl Workspace {
    pub fn locate() -> Result<Self> {
        let metadata = MetadataCommand::new()
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .other_options(vec!["--locked".to_owned()])
            .exec()
            .context("cargo metadata failed")?;
        Ok(Self { metadata })
    }

    pub fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// The version of a dependency in Cargo.lock.
    pub fn version_of(&self, dependency: &str) -> Result<String> {
        self.package(dependency).map(|package| package.version.to_string())
    }

    /// Where cargo keeps the source of a dependency.
    pub fn folder_of(&self, dependency: &str) -> Result<PathBuf> {
        let manifest = &self.package(dependency)?.manifest_path;
        Ok(manifest.parent().context("a manifest without a folder")?.into())
    }

    fn package(&self, dependency: &str) -> Result<&Package> {
        let mut packages = self.metadata.packages.iter();
        packages
            .find(|package| package.name.as_str() == dependency)
            .with_context(|| format!("{dependency} is not in Cargo.lock"))
    }

    /// The workspace's own Cargo.toml.
    pub fn manifest(&self) -> Result<toml::Table> {
        Ok(std::fs::read_to_string(self.root().join("Cargo.toml"))?.parse()?)
    }

    /// Where npm puts the commands of its packages.
    pub fn npm_bin(&self) -> PathBuf {
        self.root().join("node_modules/.bin")
    }

    /// A command at the workspace's root that finds npm's programs, npm's Node.js among them, before all others.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Result<Command> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(self.npm_bin()).chain(std::env::split_paths(&path)))?;
        let mut command = Command::new(program);
        command.current_dir(self.root()).env("PATH", path);
        Ok(command)
    }

    /// `cargo`, the one that runs us.
    pub fn cargo(&self) -> Result<Command> {
        self.command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }
}
