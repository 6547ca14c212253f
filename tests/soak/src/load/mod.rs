//! `cargo xtask load`: many clients at many objects, each of which knows what it must be answered. See docs/trust.md.

mod mix;
mod report;
mod run;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};
use sea_orm_do_harness::workspace::Workspace;
use sea_orm_do_shared::bank::Sabotage;

use self::report::Noticed;
use self::run::run;
use crate::bank;

#[derive(clap::Args)]
pub(crate) struct Options {
    #[arg(long, default_value_t = 64)]
    pub(crate) clients: u32,
    #[arg(long, default_value_t = 32)]
    pub(crate) objects: u32,
    #[arg(long, default_value_t = 120)]
    pub(crate) seconds: u64,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What the bank does wrong in turn.
const SABOTAGES: [Sabotage; 5] =
    [Sabotage::Forgotten, Sabotage::Stale, Sabotage::Split, Sabotage::Kept, Sabotage::Leak];

pub(crate) fn run_all(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    bank::build(workspace)?;
    let mut noticed = Vec::new();
    for sabotage in SABOTAGES {
        noticed.push(notice(sabotage, options.seed)?);
    }
    eprintln!("› {} clients, {} objects, {} s", options.clients, options.objects, options.seconds);
    let mut report = run(options, None)?;
    report.noticed = noticed;
    report.print(options.json)
}

/// Shows that the clients notice a bank that does wrong; on a machine that is busy, not always at once.
fn notice(sabotage: Sabotage, seed: u64) -> Result<Noticed> {
    const TRIES: u64 = 3;
    eprintln!("› a bank that does wrong: {sabotage:?}");
    for at in 0..TRIES {
        let options = Options { clients: 8, objects: 2, seconds: 3, seed: seed.wrapping_add(at), json: false };
        if let Some(how) = run(&options, Some(sabotage))?.wrong.into_iter().next() {
            eprintln!("  noticed: {how}");
            return Ok(Noticed { sabotage, how });
        }
    }
    bail!("the clients did not notice a bank that does wrong: {sabotage:?}")
}

impl Options {
    fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// The time between two looks at the memory: a minute, in a run of two or more.
    fn interval(&self) -> Duration {
        if self.seconds >= 120 { Duration::from_secs(60) } else { self.duration() / 4 }
    }
}
