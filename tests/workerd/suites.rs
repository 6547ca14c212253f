//! The cases of the suites, one after the other in one workerd a date: a panic rebuilds the wasm instance that all
//! objects share, so cases that wait for something must not run beside others.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use sea_orm_do_harness::workerd::{Answer, Server, Worker, Workerd};
use sea_orm_do_tests::case::{Case, Expected};

/// What no Worker in production may do.
const NO_EVAL: &str = "
const refuse = () => { throw new Error('code generation is not allowed'); };
globalThis.eval = refuse;
const NoFunction = new Proxy(Function, { apply: refuse, construct: refuse });
Function.prototype.constructor = NoFunction;
globalThis.Function = NoFunction;
";

/// Every case on every date, then the CRUD suite again with `eval` and `Function` made to throw.
pub fn trials(workerd: &Workerd, dates: &[String]) -> Vec<Trial> {
    let cases = sea_orm_do_tests::all();
    let plain: Vec<_> = dates.iter().map(|date| Suites::new(workerd, date, None)).collect();
    let guarded: Vec<_> = dates.iter().map(|date| Suites::new(workerd, date, Some(NO_EVAL))).collect();
    let mut trials = Vec::new();
    // Date within case: neighbours run in different workerds, so the two do not wait for each other.
    for case in &cases {
        trials.extend(plain.iter().map(|suites| suites.trial("", case)));
    }
    for case in cases.iter().filter(|case| case.name.starts_with("crud::") || case.name.starts_with("eval::")) {
        trials.extend(guarded.iter().map(|suites| suites.trial("guarded::", case)));
    }
    trials
}

/// The worker that runs the cases.
pub fn worker(date: &str, prelude: Option<&'static str>) -> Worker {
    let objects = &[("SQLITE", "Sqlite", true), ("PLAIN", "Plain", false)];
    Worker { member: "tests", objects, date: date.to_owned(), prelude, texts: &[] }
}

/// The suites on one date; workerd starts with the first case.
#[derive(Debug)]
struct Suites {
    workerd: Workerd,
    worker: Worker,
    server: Mutex<Option<Server>>,
}

impl Suites {
    fn new(workerd: &Workerd, date: &str, prelude: Option<&'static str>) -> Arc<Self> {
        Arc::new(Self { workerd: workerd.clone(), worker: worker(date, prelude), server: Mutex::default() })
    }

    fn trial(self: &Arc<Self>, prefix: &str, case: &Case) -> Trial {
        let (suites, case) = (self.clone(), case.clone());
        let name = format!("{}::{prefix}{}", self.worker.date, case.name);
        Trial::test(name, move || suites.run(&case).map_err(|error| format!("{error:#}").into()))
    }

    fn run(&self, case: &Case) -> Result<()> {
        let mut slot = self.server.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut server = match slot.take() {
            Some(server) => server,
            None => self.workerd.start(&self.worker)?,
        };
        let result = run(case, &mut server);
        // After a failure, whatever is left of it must not reach the next case.
        *slot = result.is_ok().then_some(server);
        result
    }
}

fn run(case: &Case, server: &mut Server) -> Result<()> {
    for (at, step) in case.steps.iter().enumerate() {
        if step.restart {
            server.restart()?;
        }
        match step.expected {
            Expected::Success => {
                told(server, case, at)?;
            }
            Expected::Reset(message) => {
                let End { answer, panic } = run_step(server, case, at)?;
                let answer = answer.with_context(|| format!("step {at}: {panic}"))?;
                let (Answer { status, body, .. }, log) = (answer, server.log());
                ensure!(status != 200 && log.contains(message), "step {at}: {status} {body}\n{log}");
            }
            Expected::Panic(message) => {
                let End { panic, .. } = run_step(server, case, at)?;
                ensure!(panic.contains(message), "step {at} did not panic with '{message}', but '{panic}'");
            }
        }
    }
    Ok(())
}

/// Runs a step that must succeed and gives back what it tells.
pub fn told(server: &Server, case: &Case, step: usize) -> Result<String> {
    let End { answer, panic } = run_step(server, case, step).with_context(|| server.log())?;
    ensure!(panic.is_empty(), "step {step}: {panic}");
    let answer = answer.context("no answer")?;
    ensure!(answer.status == 200, "step {step}: {} {}\n{}", answer.status, answer.body, server.log());
    Ok(answer.body)
}

/// How a step ended: with an answer, or with the message of a panic.
struct End {
    answer: Option<Answer>,
    panic: String,
}

/// A request whose handler panics is never answered, so its message is asked for while the answer is awaited.
fn run_step(server: &Server, case: &Case, step: usize) -> Result<End> {
    const SUSPICION: Duration = Duration::from_millis(100);
    let (sender, receiver) = mpsc::channel();
    for _ in 0..case.steps.get(step).map_or(1, |step| step.times) {
        let (sender, request) =
            (sender.clone(), server.request("POST", &format!("/run?case={}&step={step}", case.name)));
        // Not joined: after a panic it ends when workerd does.
        std::thread::spawn(move || drop(sender.send(request.send())));
    }
    drop(sender);
    let mut last = None;
    loop {
        let answer = receiver.recv_timeout(SUSPICION);
        let panic = server.request("GET", "/panic").send()?.body;
        match answer {
            _ if !panic.is_empty() => return Ok(End { answer: None, panic }),
            Ok(Ok(answer)) if answer.status == 200 => last = Some(answer),
            Ok(answer) => return Ok(End { answer: Some(answer?), panic }),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(End { answer: last, panic }),
        }
    }
}
