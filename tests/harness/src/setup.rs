//! The tools of a build: from the package registries only, kept per user and version so that every clone shares them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::{self, ScopedJoinHandle};

use anyhow::{Context, Result, anyhow, bail};

use crate::process::{output, step};
use crate::target;
use crate::workspace::Workspace;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The programs that turn a crate into a Worker.
pub struct Tools {
    pub worker_build: PathBuf,
    pub wasm_bindgen: PathBuf,
}

/// Installs what is missing: npm's packages and the two programs, all at the same time.
pub fn everything(workspace: &Workspace) -> Result<Tools> {
    everything_beside(workspace, || Ok(()))
}

/// The same, while `other` runs.
pub fn everything_beside(workspace: &Workspace, other: impl FnOnce() -> Result<()>) -> Result<Tools> {
    wasm_target()?;
    thread::scope(|scope| {
        let npm = scope.spawn(|| npm_packages(workspace));
        let wasm_bindgen = scope.spawn(|| wasm_bindgen(workspace));
        // worker-build is released with the worker crate and checks that their versions match.
        let worker_build = scope.spawn(|| {
            program("worker-build", &workspace.version_of("worker")?, |root, version| {
                cargo_install("worker-build", version, root, None)
            })
        });
        other()?;
        joined(npm)?;
        Ok(Tools { wasm_bindgen: joined(wasm_bindgen)?, worker_build: joined(worker_build)? })
    })
}

fn joined<T>(thread: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().map_err(|_| anyhow!("a thread panicked"))?
}

/// Our own `wasm-bindgen`: xtask/wasm-bindgen.
fn wasm_bindgen(workspace: &Workspace) -> Result<PathBuf> {
    program("wasm-bindgen", &workspace.version_of("wasm-bindgen")?, |root, _| {
        const PACKAGE: &str = "wasm-bindgen-tool";
        let mut build = workspace.cargo()?;
        build.args(["build", "--locked", "--package", PACKAGE]);
        step("building wasm-bindgen, once for this user", &mut build)?;
        let built = target().join("debug").join(PACKAGE).with_extension(std::env::consts::EXE_EXTENSION);
        let program = root.join("bin/wasm-bindgen").with_extension(std::env::consts::EXE_EXTENSION);
        std::fs::create_dir_all(root.join("bin"))?;
        std::fs::copy(built, program)?;
        Ok(())
    })
}

pub fn wasm_target() -> Result<()> {
    let directory = output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
    if Path::new(&directory).is_dir() {
        return Ok(());
    }
    step("adding the wasm32 target", Command::new("rustup").args(["target", "add", WASM_TARGET])).with_context(|| {
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
    step(
        "installing the npm tools",
        workspace.command("npm")?.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]),
    )
    .context("npm brings wrangler, workerd and wasm-opt: install Node.js 20 or later with npm, and run this again")?;
    std::fs::write(stamp, asked)?;
    Ok(())
}

/// The path of a program that `cargo install` brings, installed on first use; with its default features, or with these.
pub fn installed(package: &str, version: &str, features: Option<&str>) -> Result<PathBuf> {
    program(package, version, |root, version| cargo_install(package, version, root, features))
}

/// The path of a program of this version: one on the `PATH`, or the one in the cache, which `install` puts into
/// `bin` of a folder on first use.
fn program(name: &str, version: &str, install: impl FnOnce(&Path, &str) -> Result<()>) -> Result<PathBuf> {
    let is_version = |printed: String| printed.split_whitespace().any(|word| word == version);
    if output(Command::new(name).arg("--version")).is_ok_and(is_version) {
        return Ok(name.into());
    }
    let root = cache()?.join(format!("{name}-{version}"));
    let path = root.join("bin").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if path.is_file() {
        return Ok(path);
    }
    // Installed aside and moved, so that an interrupted or a second installation never leaves half of one.
    let aside = cache()?.join(format!("{name}-{version}.{}", std::process::id()));
    let moved = install(&aside, version).map(|()| std::fs::rename(&aside, &root));
    let _ = std::fs::remove_dir_all(&aside);
    moved?.or_else(|error| if path.is_file() { Ok(()) } else { Err(error) })?;
    Ok(path)
}

/// Built without optimisation: such a program runs a few times, and takes minutes less to build.
fn cargo_install(package: &str, version: &str, root: &Path, features: Option<&str>) -> Result<()> {
    step(
        &format!("building {package} {version}, once for this user"),
        Command::new("cargo")
            .args(["install", package, "--version", &format!("={version}"), "--debug", "--root"])
            .arg(root)
            .args(features.map(|features| ["--no-default-features", "--features", features]).into_iter().flatten())
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("CARGO_TARGET_DIR"),
    )
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
