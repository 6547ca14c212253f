//! `cargo xtask …`: every developer command. Each does the set-up it needs and skips what is there.

mod deny;
mod fuzz;
mod fuzz_targets;
mod links;
mod lint;
mod origins;
mod project;
mod release;
mod runner;
mod sea_orm_cli;
mod semver;
mod serve;
mod smoke;
mod suites;
mod unwind;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::setup;
use sea_orm_do_harness::workspace::Workspace;

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
    /// Run the suites inside workerd where a panic unwinds; builds the standard library from rust-src
    Unwind {
        /// Arguments for the test runner
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run SeaORM's own integration suite inside workerd
    #[command(disable_help_flag = true)]
    Conformance {
        /// Its options: --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run random programs on the driver, in workerd and on the host, and on SeaORM's own SQLite driver: all must agree
    #[command(disable_help_flag = true)]
    Fuzz {
        /// Its options: --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Compare what the driver says of the columns and parameters of random statements with what SQLite says
    Origins(origins::Options),
    /// Count the allocations and instructions of a statement on the host, and compare them with checked-in figures
    #[command(disable_help_flag = true)]
    Costs {
        /// Its options: --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Measure the driver beside the bare storage and the JavaScript ORMs, in one workerd
    #[command(disable_help_flag = true)]
    Bench {
        /// Its options: --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Kill workerd at random moments under writers, and check that what was acknowledged is there
    #[command(disable_help_flag = true)]
    Crash {
        /// Its options: --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Let many clients work at many objects, check every answer, and watch the memory
    #[command(disable_help_flag = true)]
    Load {
        /// Its options: --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
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
        Command::Unwind { arguments } => unwind::run_all(&workspace, &arguments),
        Command::Conformance { arguments } => return runner::run(&workspace, "conformance-runner", &[], &arguments),
        Command::Fuzz { arguments } => return fuzz::run_all(&workspace, &arguments),
        Command::Bench { arguments } => return runner::run(&workspace, "bench-runner", &[], &arguments),
        Command::Costs { arguments } => {
            return runner::code_of(runner::optimized(&workspace, "bench-costs", &arguments)?);
        }
        Command::Crash { arguments } => return runner::run(&workspace, "sea-orm-do-soak", &["crash"], &arguments),
        Command::Load { arguments } => return runner::run(&workspace, "sea-orm-do-soak", &["load"], &arguments),
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
