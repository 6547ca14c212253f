//! Child processes with a line that says what they do and how long it took.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

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

/// Runs `command` to its end, and shows what it does, every quarter of a minute its last line, and how long it took. All
/// that it has printed is shown if it fails.
///
/// # Errors
/// When it cannot be started or fails; the message names the program.
pub fn step(what: &str, command: &mut Command) -> Result<()> {
    const PATIENCE: Duration = Duration::from_secs(15);
    say(&format!("› {what}"));
    let begun = Instant::now();
    let program = command.get_program().to_string_lossy().into_owned();
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("{program} cannot be started"))?;
    let streams = [child.stdout.take().map(boxed), child.stderr.take().map(boxed)];
    let printed = Mutex::new(Vec::new());
    let keep = |stream: Box<dyn Read + Send>| {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            printed.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    };
    thread::scope(|scope| {
        let readers: Vec<_> = streams.into_iter().flatten().map(|stream| scope.spawn(|| keep(stream))).collect();
        let mut shown = begun;
        while readers.iter().any(|reader| !reader.is_finished()) {
            thread::sleep(Duration::from_millis(50));
            if shown.elapsed() > PATIENCE {
                shown = Instant::now();
                let printed = printed.lock().unwrap_or_else(PoisonError::into_inner);
                let last = printed.last().map_or("", |line| line.trim());
                say(&format!("  {what}: {:.0} s … {last}", begun.elapsed().as_secs_f32()));
            }
        }
    });
    let status = child.wait()?;
    if !status.success() {
        let printed = printed.into_inner().unwrap_or_else(PoisonError::into_inner);
        bail!("{what}: {program} failed ({status})\n{}", printed.join("\n"));
    }
    say(&format!("  {what}: done in {:.1} s", begun.elapsed().as_secs_f32()));
    Ok(())
}

/// Writes a line at once: wrangler shows each write of a build command as a line.
fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

fn boxed(stream: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(stream)
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
