//! Child processes with a line that says what they do and how long it took.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Runs `command` to its end, its output on the terminal.
///
/// # Errors
/// When it cannot be started or fails; the message names the program.
pub fn run(what: &str, command: &mut Command) -> Result<()> {
    eprintln!("› {what}");
    let started = Instant::now();
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{program} cannot be started"))?;
    if !status.success() {
        bail!("{what}: {program} failed ({status})");
    }
    eprintln!("  done in {:.1} s", started.elapsed().as_secs_f32());
    Ok(())
}

/// What `command` prints.
///
/// # Errors
/// When it cannot be started or fails.
pub fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{program} cannot be started"))?;
    if !output.status.success() {
        bail!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
