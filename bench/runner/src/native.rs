//! SeaORM's own SQLite driver: a process that does the work on a file of this machine.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use sea_orm_do_harness::bundle::Build;
use sea_orm_do_harness::oracle;
use tempfile::TempDir;

use super::arena::Batch;

pub(super) struct Native {
    process: Child,
    talk: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
    _folder: TempDir,
}

impl Native {
    pub(super) fn start(build: Build) -> Result<Self> {
        let program = oracle::built(if build == Build::Quick { "dev" } else { "release" })?;
        let folder = tempfile::Builder::new().prefix("sea-orm-do-bench-").tempdir()?;
        let mut command = Command::new(program);
        command.arg("bench").arg(folder.path().join("bench.sqlite"));
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let pipes = process.stdin.take().zip(process.stdout.take()).context("the oracle has no pipes")?;
        Ok(Self { process, talk: RefCell::new((pipes.0, BufReader::new(pipes.1))), _folder: folder })
    }

    pub(super) fn run(&self, call: &str, count: u32) -> Result<Batch> {
        let answer = self.ask(&format!("{call} {count}"))?;
        let (micros, sum) = answer.split_once(' ').with_context(|| answer.clone())?;
        Ok(Batch { inside: Duration::from_micros(micros.parse()?), sum: sum.to_owned(), memory: None })
    }

    /// Sends a line and returns the line that answers it.
    pub(super) fn ask(&self, line: &str) -> Result<String> {
        let (to, from) = &mut *self.talk.borrow_mut();
        writeln!(to, "{line}")?;
        let mut answer = String::new();
        let length = from.read_line(&mut answer)?;
        anyhow::ensure!(length > 0, "SeaORM's own driver has ended at: {line}");
        Ok(answer.trim_end().to_owned())
    }
}

impl Drop for Native {
    /// The process ends with its input.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
