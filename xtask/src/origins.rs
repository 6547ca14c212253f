//! `cargo xtask origins`: random statements, and what SQLite says of their columns and parameters; and 20,000 of them inside
//! workerd and on the host. See tests/README.md.

use anyhow::Result;
use clap::Args;
use sea_orm_do_harness::process::run;
use sea_orm_do_harness::workspace::Workspace;

/// All that the tests of the library are built with.
const FEATURES: &str = "native,migrate,schema-sync,codegen,with-rust_decimal,with-time,with-bigdecimal";

#[derive(Args)]
pub(crate) struct Options {
    /// What all statements follow from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many valid statements
    #[arg(long, default_value_t = 1_000_000)]
    statements: u64,
}

/// Makes the statements and compares what the driver says of them.
pub(crate) fn run_all(workspace: &Workspace, Options { seed, statements }: &Options) -> Result<()> {
    let mut cargo = workspace.cargo()?;
    cargo.args(["test", "--locked", "--profile", "fuzz", "--package", "sea-orm-do", "--lib", "--features", FEATURES]);
    cargo.args(["--", "--nocapture", "fuzzing::origins", "fuzzing::parameters"]);
    cargo.env("SEA_ORM_DO_SEED", seed.to_string()).env("SEA_ORM_DO_STATEMENTS", statements.to_string());
    run("comparing statements with SQLite", &mut cargo)?;
    let mut cargo = workspace.cargo()?;
    cargo.args(["test", "--locked", "--package", "sea-orm-do-tests", "--test", "workerd"]);
    cargo.args(["--", "--ignored", "--nocapture", "long::statements_by_the_thousand"]);
    run("comparing statements inside workerd with the host", &mut cargo)
}
