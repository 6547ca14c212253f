//! The tools of a build: from the package registries only, kept per user and version so that every clone shares them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{output, run};
use crate::workspace::Workspace;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The programs that turn a crate into a Worker.
pub struct Tools {
    pub worker_build: PathBuf,
    pub wasm_bindgen: PathBuf,
}

pub fn everything(workspace: &Workspace) -> Result<Tools> {
    wasm_target()?;
    npm_packages(workspace)?;
    let wasm_bindgen = installed("wasm-bindgen-cli", &workspace.version_of("wasm-bindgen")?, "wasm-bindgen", None)?;
    // worker-build is released with the worker crate and checks that their versions match.
    let worker_build = installed("worker-build", &workspace.version_of("worker")?, "worker-build", None)?;
    Ok(Tools { worker_build, wasm_bindgen })
}

pub fn wasm_target() -> Result<()> {
    let directory = output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
    if Path::new(&directory).is_dir() {
        return Ok(());
    }
    run("adding the wasm32 target", Command::new("rustup").args(["target", "add", WASM_TARGET])).with_context(|| {
        format!(
            "the Rust toolchain has no {WASM_TARGET} target. Where rustup's server is out of reach, build the target \
             from the toolchain's own rust-src component, or copy lib/rustlib/{WASM_TARGET} from a toolchain of the \
             same version to {directory}"
        )
    })
}

/// `npm ci`, unless what package-lock.json asks for is already there.
fn npm_packages(workspace: &Workspace) -> Result<()> {
    let asked = std::fs::read(workspace.root().join("package-lock.json")).context("package-lock.json")?;
    let stamp = workspace.root().join("node_modules/.sea-orm-do-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == asked) {
        return Ok(());
    }
    run(
        "installing the npm tools",
        workspace.command("npm")?.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]),
    )
    .context("npm brings wrangler, workerd and wasm-opt: install Node.js 20 or later with npm, and run this again")?;
    std::fs::write(stamp, asked)?;
    Ok(())
}

/// The path of a program that `cargo install` brings, installed on first use; with its default features, or with these.
///
/// Built without optimisation: they run a few times, and take minutes less to build.
pub fn installed(package: &str, version: &str, program: &str, features: Option<&str>) -> Result<PathBuf> {
    let root = cache()?.join(format!("{package}-{version}"));
    let path = root.join("bin").join(program).with_extension(std::env::consts::EXE_EXTENSION);
    if path.is_file() {
        return Ok(path);
    }
    // Installed aside and moved, so that an interrupted or a second installation never leaves half of one.
    let aside = cache()?.join(format!("{package}-{version}.{}", std::process::id()));
    let result = run(
        &format!("installing {package} {version}, once for this user (some minutes)"),
        Command::new("cargo")
            .args(["install", package, "--version", &format!("={version}"), "--debug", "--quiet", "--root"])
            .arg(&aside)
            .args(features.map(|features| ["--no-default-features", "--features", features]).into_iter().flatten())
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
            .env_remove("CARGO_TARGET_DIR"),
    );
    let moved = result.map(|()| std::fs::rename(&aside, &root));
    let _ = std::fs::remove_dir_all(&aside);
    moved?.or_else(|error| if path.is_file() { Ok(()) } else { Err(error) })?;
    Ok(path)
}

/// `$SEA_ORM_DO_TOOLS`, or a folder in the user's cache.
fn cache() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("SEA_ORM_DO_TOOLS") {
        return Ok(path.into());
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    match cache.or_else(|| Some(std::env::home_dir()?.join(".cache"))) {
        Some(cache) => Ok(cache.join("sea-orm-do")),
        None => bail!("no home folder: set SEA_ORM_DO_TOOLS to a folder where the tools can be kept"),
    }
}
