//! What the driver adds to a worker, and how big the example is: bytes of wasm as they are uploaded, compressed by gzip.

use anyhow::{Context, Result};
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::process::output;
use sea_orm_do_harness::workspace::Workspace;
use serde::Serialize;

const MEMBER: &str = "bench/size";
const EXAMPLE: &str = "examples/crud-worker";

#[derive(Serialize)]
pub(super) struct Sizes {
    /// A small worker on SeaORM, without a database.
    pub(super) alone: u64,
    /// The same on the driver.
    pub(super) driver: u64,
    /// The same with the feature `remote`, but without a route that answers.
    pub(super) remote_unused: u64,
    /// The same with a route that answers remote connections.
    pub(super) remote: u64,
    /// The same with schemas, plans, exports and imports.
    pub(super) remote_tools: u64,
    pub(super) example: u64,
}

pub(super) fn measure(workspace: &Workspace) -> Result<Sizes> {
    let size = |features: &[&str]| {
        bundle::worker_with(workspace, MEMBER, Build::Release, features)?;
        compressed(workspace, MEMBER)
    };
    let (alone, driver) = (size(&[])?, size(&["driver"])?);
    let (remote_unused, remote) = (size(&["driver", "sea-orm-do/remote"])?, size(&["remote"])?);
    let remote_tools = size(&["tools"])?;
    bundle::worker(workspace, EXAMPLE, Build::Release)?;
    Ok(Sizes { alone, driver, remote_unused, remote, remote_tools, example: compressed(workspace, EXAMPLE)? })
}

fn compressed(workspace: &Workspace, member: &str) -> Result<u64> {
    let script = "const { readFileSync } = require('fs'); const { gzipSync } = require('zlib');\
         console.log(gzipSync(readFileSync(process.argv[1]), { level: 9 }).length)";
    let wasm = workspace.root().join(member).join("build/index_bg.wasm");
    output(workspace.command("node")?.args(["-e", script]).arg(wasm))?.parse().context("node tells no size")
}
