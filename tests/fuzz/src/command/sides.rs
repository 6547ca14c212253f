//! Who runs programs: our driver in two places, and the oracle.

use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use futures_util::FutureExt;
use sea_orm_do::DoConnection;
use sea_orm_do_fuzz::handle;
use sea_orm_do_harness::oracle;
use sea_orm_do_harness::workerd::{self, Server, Workerd};
use sea_orm_do_shared::programs::{Answer, Outcome, Program, Request, program, run};

/// The outcome of a program that does not come to an end.
fn panicked(message: &str) -> Outcome {
    Outcome(vec![format!("a panic: {message}")])
}

pub trait Side: Send {
    fn name(&self) -> &'static str;

    fn ask(&mut self, request: &Request) -> Result<Answer>;

    fn digests(&mut self, seed: u64, from: u64, to: u64) -> Result<Vec<u64>> {
        match self.ask(&Request::Digests { seed, from, to })? {
            Answer::Digests(digests) => Ok(digests),
            Answer::Outcome(_) => bail!("an outcome instead of digests"),
        }
    }

    fn outcome(&mut self, program: &Program) -> Result<Outcome> {
        match self.ask(&Request::Outcome(Box::new(program.clone())))? {
            Answer::Outcome(outcome) => Ok(outcome),
            Answer::Digests(_) => bail!("digests instead of an outcome"),
        }
    }
}

/// Our driver on its native storage: a database in memory for each program.
pub struct Native;

impl Native {
    fn alone(program: &Program) -> Outcome {
        let run_alone = || -> Result<Outcome> {
            let db = handle(&DoConnection::in_memory()?, program);
            run(&db, program, sea_orm_do::sql_err).now_or_never().context("the driver waits")
        };
        match catch_unwind(AssertUnwindSafe(run_alone)) {
            Ok(outcome) => outcome.unwrap_or_else(|error| Outcome(vec![format!("{error:#}")])),
            Err(panic) => {
                let message = panic.downcast_ref::<String>().map(String::as_str);
                panicked(message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default())
            }
        }
    }
}

impl Side for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn ask(&mut self, request: &Request) -> Result<Answer> {
        Ok(match request {
            Request::Digests { seed, from, to } => {
                Answer::Digests((*from..*to).map(|case| Self::alone(&program(*seed, case)).digest()).collect())
            }
            Request::Outcome(program) => Answer::Outcome(Self::alone(program)),
        })
    }
}

/// Our driver inside workerd: many programs in one object, whose tables are dropped after each.
pub struct Worker {
    server: Server,
}

impl Worker {
    pub fn start() -> Result<Self> {
        let workerd = Workerd::find()?;
        let objects = &[("PROGRAMS", "Programs", true)];
        let date = workerd.newest_date()?;
        let worker = workerd::Worker { member: "tests/fuzz", objects, date, prelude: None, texts: &[] };
        Ok(Self { server: workerd.start(&worker)? })
    }

    /// A request whose handler panics is never answered, so its message is asked for while the answer is awaited.
    fn send(&mut self, request: &Request) -> Result<Result<Answer, String>> {
        const SUSPICION: Duration = Duration::from_secs(2);
        let sent = self.server.request("POST", "/fuzz").body("application/json", &serde_json::to_string(request)?);
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || drop(sender.send(sent.send())));
        loop {
            match receiver.recv_timeout(SUSPICION) {
                Ok(answer) => {
                    let answer = answer.with_context(|| self.server.log())?;
                    if answer.status == 200 {
                        return Ok(Ok(serde_json::from_str(&answer.body)?));
                    }
                    return Ok(Err(format!("{} {}", answer.status, answer.body)));
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let panic = self.server.request("GET", "/panic").send()?.body;
                    if !panic.is_empty() {
                        return Ok(Err(panic));
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => bail!("no answer"),
            }
        }
    }
}

impl Side for Worker {
    fn name(&self) -> &'static str {
        "workerd"
    }

    fn ask(&mut self, request: &Request) -> Result<Answer> {
        let failure = match self.send(request)? {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        // What is left of it must not reach the next program, so that starts on an empty disk.
        *self = Self::start()?;
        match request {
            Request::Outcome(_) => Ok(Answer::Outcome(panicked(&failure))),
            Request::Digests { from, to, .. } if from + 1 == *to => Ok(Answer::Digests(vec![0])),
            Request::Digests { seed, from, to } => {
                let mut digests = Vec::new();
                for case in *from..*to {
                    digests.extend(self.digests(*seed, case, case + 1)?);
                }
                Ok(Answer::Digests(digests))
            }
        }
    }
}

/// SeaORM's own SQLite driver, a program of its own.
pub struct Oracle {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    pub fn start() -> Result<Self> {
        let mut child = Command::new(oracle::built("fuzz")?)
            .arg("programs")
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("no pipe from the oracle")?);
        Ok(Self { child, requests, answers })
    }
}

impl Side for Oracle {
    fn name(&self) -> &'static str {
        "oracle"
    }

    fn ask(&mut self, request: &Request) -> Result<Answer> {
        let requests = self.requests.as_mut().ok_or_else(|| anyhow!("the oracle has ended"))?;
        writeln!(requests, "{}", serde_json::to_string(request)?)?;
        requests.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("the oracle says {line}"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.requests.take());
        let _ = self.child.wait();
    }
}
