//! `cargo xtask dev`: the example under wrangler.

use anyhow::{Context, Result};
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::workspace::Workspace;

/// Builds the example and serves it until it is interrupted; wrangler builds it again when a source changes.
pub(crate) fn dev(workspace: &Workspace, port: u16) -> Result<()> {
    bundle::example(workspace, Build::Quick)?;
    let mut wrangler = workspace.command("wrangler")?;
    wrangler
        .args(["dev", "--ip", "127.0.0.1", "--port", &port.to_string()])
        .env("WRANGLER_SEND_METRICS", "false")
        .env("WRANGLER_HIDE_BANNER", "true")
        // Where a request comes from is a placeholder on this machine.
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    eprintln!("› wrangler dev (Ctrl-C ends it): http://127.0.0.1:{port}/w/demo");
    become_process(&mut wrangler).context("wrangler dev")
}

/// Replaces this process, so that a signal reaches wrangler itself.
#[cfg(unix)]
fn become_process(command: &mut std::process::Command) -> Result<()> {
    Err(std::os::unix::process::CommandExt::exec(command).into())
}

#[cfg(not(unix))]
fn become_process(command: &mut std::process::Command) -> Result<()> {
    let status = command.status()?;
    anyhow::ensure!(status.success(), "{status}");
    Ok(())
}
