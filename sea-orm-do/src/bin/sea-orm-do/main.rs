//! The command `sea-orm-do`: creates a starter worker, generates entities, drafts migrations, and works with the databases
//! of Durable Objects, near and far: queries, schemas, exports, imports, and what a statement costs.

#![warn(clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

/// Prints a line. Where nobody reads any more, as behind `| head`, the command ends.
macro_rules! say {
    ($($line:tt)*) => {
        $crate::say(format_args!($($line)*))
    };
}

mod arguments;
mod cost;
mod database;
mod diff;
mod entities;
mod explain;
mod folder;
mod migrate;
mod migrator;
mod new;
mod progress;
mod query;
mod schema;
mod size;
mod source;
mod state;
mod transfer;

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::arguments::{Cli, Command, Generate};

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", explained(&error));
            ExitCode::from(2)
        }
    }
}

/// Prints a line.
fn say(line: Arguments<'_>) {
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{line}") {
        if error.kind() != ErrorKind::BrokenPipe {
            eprintln!("error: {error}");
        }
        std::process::exit(if error.kind() == ErrorKind::BrokenPipe { 0 } else { 2 });
    }
}

/// Whether an error says that nobody reads the output any more.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.into_iter().any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

/// An error with its causes. SeaORM's errors repeat theirs.
pub(crate) fn explained(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |text, cause| match text.as_str() {
        "" => cause,
        before if before.contains(&cause) => text,
        _ => format!("{text}: {cause}"),
    })
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::New(arguments) => new::write(&arguments)?,
        Command::Generate { what: Generate::Entity(arguments) } => entities::generate(&arguments)?,
        Command::Migrate { what } => return migrate::run(&what),
        Command::Query(arguments) => query::run(&arguments)?,
        Command::Export(arguments) => transfer::export(&arguments)?,
        Command::Import(arguments) => transfer::import(&arguments)?,
        Command::Size(arguments) => size::print(&arguments)?,
        Command::Explain(arguments) => explain::print(&arguments)?,
        Command::Cost(arguments) => return cost::print(&arguments),
        Command::Schema { source, json } => schema::print(&source, json)?,
        Command::Diff(arguments) => return diff::print(&arguments),
    }
    Ok(ExitCode::SUCCESS)
}
