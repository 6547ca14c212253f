//! The `console` blocks of a Markdown file print what they show.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Where the files say that the worker listens.
const ADDRESS: &str = "http://127.0.0.1:8787";

/// Runs the `console` blocks of a file in one shell, in a folder, and compares line by line, times apart. What the file
/// asks of `wrangler dev` is asked of the worker at `base`; `programs` is searched before the `PATH`.
pub fn prints_what_it_shows(file: &Path, base: &str, folder: &Path, programs: &Path) -> Result<()> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("{name}"))?;
    let commands: Vec<_> = blocks(&text).flat_map(commands).collect();
    ensure!(!commands.is_empty(), "{name} has no console block with commands");
    let mut script = String::new();
    for (command, _) in &commands {
        script.push_str(&format!("{}\necho; echo '{END}'\n", command.replace(ADDRESS, base.trim_end_matches('/'))));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([programs.to_owned()].into_iter().chain(std::env::split_paths(&path)))?;
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder).env("PATH", path).output();
    let output = output.context("bash")?;
    let printed = String::from_utf8(output.stdout)?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    ensure!(printed.matches(END).count() == commands.len(), "not every command of {name} ran: {printed}\n{complaints}");
    for ((command, shown), printed) in commands.iter().zip(printed.split(END)) {
        let (shown, printed) = (without_times(shown), without_times(printed));
        ensure!(shown == printed, "{name}: {command}\nshows   {shown}\nprinted {printed}\n{complaints}");
    }
    Ok(())
}

const END: &str = "-- end of command --";

fn blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("```console\n").skip(1).filter_map(|rest| rest.split("\n```").next())
}

/// Each command of a block with the lines below it.
fn commands(block: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), String::new())),
            (None, Some((_, shown))) => shown.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    commands
}

/// A text without blank lines and with each time of creation made the same.
fn without_times(text: &str) -> String {
    const KEY: &str = r#""created_at":""#;
    let mut pieces = text.split(KEY);
    let mut result = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.split_once('"').map_or("", |(_, rest)| rest);
        result.push_str(&format!("{KEY}…\"{rest}"));
    }
    result.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
