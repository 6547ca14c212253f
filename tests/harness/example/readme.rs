//! The commands that a README shows print what it shows.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workerd::{Server, root};

/// Test name and file.
pub const FILES: [(&str, &str); 2] = [
    ("the_front_readme_shows_what_its_commands_print", "README.md"),
    ("the_readme_of_the_example_shows_what_its_commands_print", "examples/crud-worker/README.md"),
];

/// Runs the `console` blocks of a file in one shell and compares line by line, times apart.
pub fn shows_what_commands_print(server: &mut Server, file: &str) -> Result<()> {
    let text = std::fs::read_to_string(root().join(file))?;
    let commands: Vec<_> = blocks(&text).flat_map(commands).collect();
    ensure!(!commands.is_empty(), "{file} has no console block with commands");
    let address = server.address().context("workerd is not running")?;
    let mut script = String::new();
    for (command, _) in &commands {
        script.push_str(&format!("{}\necho; echo '{END}'\n", command.replace("127.0.0.1:8787", address)));
    }
    let output = Command::new("bash").args(["-c", &script]).output().context("bash")?;
    let output = String::from_utf8(output.stdout)?;
    ensure!(output.matches(END).count() == commands.len(), "not every command of {file} ran: {output}");
    for ((command, shown), printed) in commands.iter().zip(output.split(END)) {
        let (shown, printed) = (without_times(shown), without_times(printed));
        ensure!(shown == printed, "{command}\nshows   {shown}\nprinted {printed}");
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
