//! The command `sea-orm-do`: creates a starter worker, generates entities, drafts migrations, explains statements and
//! what they cost, and prints and compares the schemas of Durable Objects.

#![warn(clippy::unwrap_used, clippy::expect_used)]

mod arguments;
mod cost;
mod diff;
mod entities;
mod explain;
mod folder;
mod migrate;
mod migrator;
mod new;
mod schema;
mod source;
mod state;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::arguments::{Cli, Command, Generate};

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::New(arguments) => new::write(&arguments)?,
        Command::Generate { what: Generate::Entity(arguments) } => entities::generate(&arguments)?,
        Command::Migrate { what } => return migrate::run(&what),
        Command::Explain(arguments) => explain::print(&arguments)?,
        Command::Cost(arguments) => return cost::print(&arguments),
        Command::Schema { source, json } => schema::print(&source, json)?,
        Command::Diff { before, after, token, json } => return diff::print(&before, &after, token.as_deref(), json),
    }
    Ok(ExitCode::SUCCESS)
}
