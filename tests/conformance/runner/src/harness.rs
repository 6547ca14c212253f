//! The suite in a workerd: one test after the other, because a panic rebuilds the wasm instance that all objects share.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::workerd::{Answer, Server, Worker, Workerd};
use sea_orm_do_harness::workspace::Workspace;
use serde::{Deserialize, Serialize};

use super::suite;

const PATIENCE: Duration = Duration::from_secs(30);

/// How a test ended: what went wrong is told as text.
pub(super) type Outcome = Result<(), String>;

/// A test as the worker lists it.
#[derive(Deserialize)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) ignored: bool,
    /// A part of the message of the panic that makes it pass.
    pub(super) should_panic: Option<String>,
}

/// The handle that the suite runs on.
#[derive(Clone, Copy, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Mode {
    /// `begin` is refused, and so is a result column whose type nobody gives.
    Default,
    /// `begin` is refused: `DoConnection::with_inferred_types`.
    Inferred,
    /// `begin` holds a transaction open as well: `DoConnection::with_async_transactions`.
    Async,
    /// A remote connection of the host, over http, to a default handle.
    Remote,
}

impl Mode {
    pub(super) const ALL: [Self; 4] = [Self::Default, Self::Inferred, Self::Async, Self::Remote];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Inferred => "inferred",
            Self::Async => "async",
            Self::Remote => "remote",
        }
    }
}

pub(super) struct Harness {
    server: Server,
}

/// How a request ended.
enum End {
    Answered(Answer),
    /// A request whose handler panics is never answered.
    Panicked(String),
    TimedOut,
}

impl Harness {
    /// Starts workerd on its newest compatibility date.
    pub(super) fn start() -> Result<Self> {
        let workerd = Workerd::find()?;
        let date = workerd.newest_date()?;
        let worker = Worker {
            member: suite::WORKER,
            objects: &[("ISOLATED", "Isolated", true)],
            date,
            prelude: None,
            texts: &[],
        };
        Ok(Self { server: workerd.start(&worker)? })
    }

    pub(super) fn tests(&self) -> Result<Vec<Listed>> {
        let answer = self.server.request("GET", "/tests").send()?;
        ensure!(answer.status == 200, "{} {}\n{}", answer.status, answer.body, self.server.log());
        let mut tests: Vec<Listed> = serde_json::from_str(&answer.body).context("the list of tests")?;
        tests.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tests)
    }

    /// Runs tests from the host, and returns their outcomes by their names.
    pub(super) fn run_remotely(&self, workspace: &Workspace, tests: &[&Listed]) -> Result<BTreeMap<String, Outcome>> {
        #[derive(Deserialize)]
        struct Ended {
            test: String,
            error: Option<String>,
        }
        let address = format!("http://{}", self.server.address().context("workerd is not running")?);
        let mut cargo = workspace.cargo()?;
        cargo.current_dir(workspace.root().join(suite::WORKSPACE));
        cargo.args(["run", "--quiet", "--package", "conformance-remote", "--", &address]);
        let output = cargo.args(tests.iter().map(|test| &test.name)).stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "the program of the host has failed");
        let lines = String::from_utf8(output.stdout)?;
        let ended = lines.lines().filter_map(|line| line.strip_prefix("outcome ")).map(|line| {
            let Ended { test, error } = serde_json::from_str(line).context("a line of the program of the host")?;
            Ok((test, error.map_or(Ok(()), Err)))
        });
        ended.collect()
    }

    pub(super) fn run(&mut self, test: &Listed, mode: Mode) -> Result<Outcome> {
        Ok(match (self.end_of(test, mode)?, &test.should_panic) {
            (End::TimedOut, _) => {
                self.server.restart()?;
                Err(format!("no answer in {} s", PATIENCE.as_secs()))
            }
            (End::Panicked(message), Some(expected)) if message.contains(expected) => Ok(()),
            (End::Panicked(message), _) => Err(message),
            (End::Answered(answer), None) if answer.status == 200 => Ok(()),
            (End::Answered(answer), Some(_)) if answer.status == 200 => Err("did not panic".to_owned()),
            // Where the object itself could not run, only the log tells why.
            (End::Answered(answer), _) if answer.body.is_empty() || answer.body == "INTERNAL SERVER ERROR" => {
                Err(self.server.log())
            }
            (End::Answered(answer), _) => Err(answer.body),
        })
    }

    fn end_of(&self, test: &Listed, mode: Mode) -> Result<End> {
        const SUSPICION: Duration = Duration::from_millis(100);
        let (sender, receiver) = mpsc::channel();
        let request = self.server.request("POST", &format!("/run?test={}&mode={}", test.name, mode.name()));
        let started = Instant::now();
        // Not joined: after a panic it ends when workerd does.
        std::thread::spawn(move || drop(sender.send(request.send())));
        while started.elapsed() < PATIENCE {
            match receiver.recv_timeout(SUSPICION) {
                Ok(Ok(answer)) if answer.status == 200 => return Ok(End::Answered(answer)),
                Ok(answer) => {
                    let panic = self.last_panic()?;
                    return if panic.is_empty() { Ok(End::Answered(answer?)) } else { Ok(End::Panicked(panic)) };
                }
                Err(RecvTimeoutError::Timeout) => {
                    let panic = self.last_panic()?;
                    if !panic.is_empty() {
                        return Ok(End::Panicked(panic));
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Ok(End::TimedOut)
    }

    fn last_panic(&self) -> Result<String> {
        Ok(self.server.request("GET", "/panic").send()?.body)
    }
}
