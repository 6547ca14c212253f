//! The commands that a README shows print what it shows.

use anyhow::{Context, Result};
use sea_orm_do_harness::console::prints_what_it_shows;
use sea_orm_do_harness::root;
use sea_orm_do_harness::workerd::Server;

/// Test name and file.
pub const FILES: [(&str, &str); 2] = [
    ("the_front_readme_shows_what_its_commands_print", "README.md"),
    ("the_readme_of_the_example_shows_what_its_commands_print", "examples/crud-worker/README.md"),
];

pub fn shows_what_commands_print(server: &mut Server, file: &str) -> Result<()> {
    let base = format!("http://{}", server.address().context("workerd is not running")?);
    prints_what_it_shows(&root().join(file), &base, &root(), &root())
}
