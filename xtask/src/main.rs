//! `cargo xtask …`: every developer command. Each does the set-up it needs and skips what is there.

mod bank;
mod bench;
mod bundle;
mod conformance;
mod crash;
mod deny;
mod fuzz;
mod fuzz_targets;
mod links;
mod lint;
mod load;
mod origins;
mod process;
mod project;
mod random;
mod release;
mod sea_orm_cli;
mod semver;
mod serve;
mod setup;
mod smoke;
mod suites;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::bundle::Build;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Developer commands of sea-orm-do")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install the wasm target, wasm-bindgen, worker-build and the npm tools, where they are missing
    Setup,
    /// Build the example and serve it on 127.0.0.1:8787
    Dev {
        #[arg(long, default_value_t = 8787)]
        port: u16,
    },
    /// Build the example for workerd
    Build {
        /// Optimised with LTO and wasm-opt, as `wrangler deploy` ships it
        #[arg(long)]
        release: bool,
    },
    /// Build the suites and the example for workerd
    Bundle,
    /// Run every test, inside workerd and on the host
    Test {
        /// One compatibility date instead of all five
        #[arg(long)]
        date: Option<String>,
        /// Arguments for the test runner: a filter, --list, …
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run SeaORM's own integration suite inside workerd
    Conformance {
        /// Only the tests with this in their names
        filter: Option<String>,
        /// Print what came of it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Run random programs on the driver, in workerd and on the host, and on SeaORM's own SQLite driver: all must agree
    Fuzz(fuzz::Options),
    /// Compare what the driver says of the columns and parameters of random statements with what SQLite says
    Origins(origins::Options),
    /// Measure the driver beside the bare storage and the JavaScript ORMs, in one workerd
    Bench {
        /// Do each piece of work a few times and check what comes of it, on an unoptimised build
        #[arg(long)]
        quick: bool,
        /// Only the work with this in its name
        #[arg(long)]
        only: Option<String>,
        /// Rounds of each piece of work
        #[arg(long, default_value_t = 11)]
        rounds: usize,
        /// Print the figures as JSON
        #[arg(long)]
        json: bool,
        /// Tell where the time of this work goes, by V8's profiler, instead of how long it takes
        #[arg(long, value_name = "WORK")]
        profile: Option<String>,
    },
    /// Kill workerd at random moments under writers, and check that what was acknowledged is there
    Crash {
        #[arg(long, default_value_t = 300)]
        rounds: u32,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print what came of it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Let many clients work at many objects, check every answer, and watch the memory
    Load {
        #[arg(long, default_value_t = 64)]
        clients: u32,
        #[arg(long, default_value_t = 32)]
        objects: u32,
        #[arg(long, default_value_t = 120)]
        seconds: u64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print what came of it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show that the entities of SeaORM's own command decode through the driver; builds it first
    SeaOrmCli,
    /// Fuzz what reads and writes SQL text, guided by coverage; needs a nightly toolchain
    FuzzTargets {
        /// For each target
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Only this target
        target: Option<String>,
    },
    /// Check the licences, duplicates and sources of the dependencies
    Deny {
        /// Ask for advisories too, which needs github.com
        #[arg(long)]
        advisories: bool,
    },
    /// Make a project with `sea-orm-do new`, run its tests, and ask its worker in workerd what its README shows
    Project,
    /// Ask a worker at an address what the console blocks of a README show
    Smoke {
        /// The README of a project that `sea-orm-do new` has made
        readme: PathBuf,
        /// For instance https://name.account.workers.dev
        base: String,
    },
    /// Check the links between the Markdown files, and list those that lead outside
    Links,
    /// Compare the driver's public API with a released one; installs cargo-semver-checks first
    Semver {
        /// A released version, or a git revision after `rev:`; without it the newest release
        baseline: Option<String>,
    },
    /// Check that a tag may be published: version, changelog, repository
    ReleaseCheck { tag: String },
    /// Formatting, clippy and rustdoc, with warnings as errors
    Lint,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    match command {
        Command::Setup => setup::everything(&workspace).map(|_| ()),
        Command::Dev { port } => serve::dev(&workspace, port),
        Command::Build { release } => {
            let is_for_good = release || bundle::wrangler_publishes();
            bundle::example(&workspace, if is_for_good { Build::Release } else { Build::Quick })
        }
        Command::Bundle => bundle::for_tests(&workspace),
        Command::Test { date, arguments } => suites::run_all(&workspace, date.as_deref(), &arguments),
        Command::Conformance { filter, json } => {
            return conformance::run_all(&workspace, filter.as_deref(), json);
        }
        Command::Fuzz(options) => return fuzz::run_all(&workspace, &options),
        Command::Bench { quick, only, rounds, json, profile } => {
            bench::run_all(&workspace, &bench::Options { quick, only, rounds, json, profile })
        }
        Command::Crash { rounds, seed, json } => {
            return crash::run_all(&workspace, &crash::Options { rounds, seed, json });
        }
        Command::Load { clients, objects, seconds, seed, json } => {
            return load::run_all(&workspace, &load::Options { clients, objects, seconds, seed, json });
        }
        Command::SeaOrmCli => sea_orm_cli::check(&workspace),
        Command::Origins(options) => origins::run_all(&workspace, &options),
        Command::FuzzTargets { seconds, target } => fuzz_targets::run_all(&workspace, seconds, target.as_deref()),
        Command::Deny { advisories } => deny::check(&workspace, advisories),
        Command::Project => project::check(&workspace),
        Command::Smoke { readme, base } => smoke::check(&readme, &base),
        Command::Links => links::check(),
        Command::Semver { baseline } => semver::check(&workspace, baseline.as_deref()),
        Command::ReleaseCheck { tag } => release::check(&workspace, &tag),
        Command::Lint => lint::run_all(&workspace),
    }?;
    Ok(ExitCode::SUCCESS)
}
