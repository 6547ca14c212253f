//! The clients at work, and a watch on the memory.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use sea_orm_do_harness::workerd::{Server, memory_of};
use sea_orm_do_shared::bank::{Ask, Reply, Sabotage};

use super::report::{Mark, Report, Timing};
use super::{Options, mix};
use crate::bank::{self, Class, Client, Object, Trouble, Work};

/// When so much was wrong, nothing more is learned by going on.
const ENOUGH: usize = 20;

/// What all clients share.
struct Arena {
    objects: Vec<Object>,
    until: Instant,
    over: AtomicBool,
    requests: AtomicUsize,
    wrong: Mutex<Vec<String>>,
}

pub(super) fn run(options: &Options, sabotage: Option<Sabotage>) -> Result<Report> {
    let server = bank::open()?;
    let mut random = Rng::with_seed(options.seed);
    let mut client = |number: u32| {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        Client::new(number, server.address().unwrap_or_default(), random.fork(), sabotage)
    };
    let watch = client(0);
    let clients: Vec<_> = (1..=options.clients).map(&mut client).collect();
    let arena = Arena {
        objects: (0..options.objects).map(|at| Object::new(format!("load-{at}"))).collect(),
        until: Instant::now() + options.duration(),
        over: AtomicBool::new(false),
        requests: AtomicUsize::new(0),
        wrong: Mutex::default(),
    };
    let started = Instant::now();
    let (timings, marks) = std::thread::scope(|scope| -> Result<_> {
        let arena = &arena;
        let clients: Vec<_> = clients.into_iter().map(|client| scope.spawn(move || arena.serve(client))).collect();
        let marks = arena.watch(&watch, &server, options.interval());
        arena.over.fetch_or(marks.is_err(), Ordering::Relaxed);
        let mut timings = Vec::new();
        for client in clients {
            timings.extend(client.join().ok().context("a client panicked")?);
        }
        Ok((timings, marks?))
    })?;
    let seconds = started.elapsed().as_secs_f64();
    arena.check_all(&watch)?;
    let wrong = arena.wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Report::new(options, seconds, &timings, marks, wrong))
}

impl Arena {
    /// Works at objects taken at random until the time is over.
    fn serve(&self, mut client: Client) -> Vec<Timing> {
        let mut timings = Vec::new();
        while Instant::now() < self.until && !self.over.load(Ordering::Relaxed) {
            let work = mix::pick(&mut client.random);
            let Some(object) = client.random.choice(&self.objects) else { break };
            let started = Instant::now();
            let worked = client.work(work, object);
            timings.push(Timing { class: work.class(), took: started.elapsed() });
            self.requests.fetch_add(1, Ordering::Relaxed);
            if let Err(trouble) = worked {
                self.note(work, object, trouble);
            }
        }
        timings
    }

    fn note(&self, work: Work, object: &Object, trouble: Trouble) {
        let why = match trouble {
            Trouble::Lost(why) => format!("no answer: {why}"),
            Trouble::Wrong(why) => why,
        };
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.push(format!("{work:?} in {}: {why}", object.name));
        if wrong.len() >= ENOUGH {
            self.over.store(true, Ordering::Relaxed);
        }
    }

    /// Looks at the memory at the start and after each interval.
    fn watch(&self, client: &Client, server: &Server, interval: Duration) -> Result<Vec<Mark>> {
        let started = Instant::now();
        let mut marks = Vec::new();
        let mut told = started;
        while Instant::now() < self.until && !self.over.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(50));
            let next = interval * u32::try_from(marks.len() + 1)?;
            // The last one falls together with the end.
            if started.elapsed() + Duration::from_millis(100) >= next {
                marks.push(self.mark(client, server, started.elapsed())?);
            }
            if told.elapsed() > Duration::from_secs(10) {
                told = Instant::now();
                let Mark { seconds, wasm, resident, requests } = self.mark(client, server, started.elapsed())?;
                eprintln!("  {seconds:.0} s, {requests} requests, wasm {wasm} bytes, RSS {resident} bytes");
            }
        }
        Ok(marks)
    }

    fn mark(&self, client: &Client, server: &Server, time: Duration) -> Result<Mark> {
        let object = self.objects.first().context("there is no object")?;
        let wasm = match client.ask(object, Ask::Memory) {
            Ok(Ok(Reply::Memory(bytes))) => bytes,
            other => bail!("the memory is {other:?}"),
        };
        let resident = memory_of(server.process()?, "VmRSS")?;
        Ok(Mark { seconds: time.as_secs_f64(), wasm, resident, requests: self.requests.load(Ordering::Relaxed) })
    }

    /// Compares what is in the objects with what was acknowledged.
    fn check_all(&self, client: &Client) -> Result<()> {
        for object in &self.objects {
            let audit = match client.ask(object, Ask::Audit) {
                Ok(Ok(Reply::Audit(audit))) => audit,
                other => bail!("the audit of {} is {other:?}", object.name),
            };
            let findings = object.ledger().check(&audit);
            let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
            wrong.extend(findings.wrong.into_iter().map(|wrong| format!("in the end, {}: {wrong}", object.name)));
        }
        Ok(())
    }
}

/// All classes, for the report.
pub(super) const CLASSES: [Class; 4] = [Class::Read, Class::Write, Class::Transaction, Class::Error];
