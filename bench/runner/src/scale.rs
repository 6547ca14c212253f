//! Many objects in one instance: the time and memory that each takes, and the requests a second of many clients.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::workerd::memory_of;

use super::arena::Arena;
use super::works::{Contestant, TABLES};

const CONTESTANTS: [Contestant; 3] = [Contestant::Bare, Contestant::Drizzle, Contestant::Ours];
const OBJECTS: [u32; 3] = [1, 100, 1_000];
const CLIENTS: u32 = 64;
/// How long the clients ask.
const PERIOD: Duration = Duration::from_secs(3);
const CALLS: [(&str, &str); 2] = [("find", "find by id"), ("insert_returning", "insert with RETURNING")];

/// What an object takes when there are so many, on average.
pub(super) struct Crowd {
    pub(super) contestant: Contestant,
    pub(super) objects: u32,
    /// Milliseconds of its first request, by which it is opened.
    pub(super) cold: f64,
    /// Milliseconds of its second.
    pub(super) warm: f64,
    /// Bytes of wasm memory, and of workerd's, beyond those with one object.
    pub(super) wasm: Option<f64>,
    pub(super) resident: Option<f64>,
}

/// Requests a second, by clients of another process on the same machine.
pub(super) struct Rate {
    pub(super) contestant: Contestant,
    pub(super) title: &'static str,
    pub(super) objects: u32,
    pub(super) a_second: f64,
}

pub(super) fn measure(arena: &mut Arena) -> Result<(Vec<Crowd>, Vec<Rate>)> {
    let (mut crowds, mut rates) = (Vec::new(), Vec::new());
    for contestant in CONTESTANTS {
        for at in 0..OBJECTS[2] {
            arena.sql(contestant, &name(at), TABLES)?;
            arena.sql(contestant, &name(at), "INSERT OR IGNORE INTO task VALUES (1, 'task', TRUE)")?;
        }
        for objects in OBJECTS {
            crowds.push(crowd(arena, contestant, objects)?);
        }
    }
    for (call, title) in CALLS {
        for objects in [1, 100] {
            for contestant in CONTESTANTS {
                arena.server.restart()?;
                rates.push(Rate { contestant, title, objects, a_second: a_second(arena, contestant, call, objects)? });
            }
        }
    }
    Ok((crowds, rates))
}

fn name(at: u32) -> String {
    format!("scale-{at}")
}

fn crowd(arena: &mut Arena, contestant: Contestant, objects: u32) -> Result<Crowd> {
    arena.server.restart()?;
    let find = |at: u32| arena.run(contestant, &name(at), "find", 1);
    let resident = || memory_of(arena.server.process().ok()?, "VmRSS").ok();
    let started = Instant::now();
    let first = find(0)?;
    let (resident_of_one, mut last) = (resident(), first.memory);
    for at in 1..objects {
        last = find(at)?.memory;
    }
    let cold = started.elapsed();
    let resident_of_all = resident();
    let started = Instant::now();
    for at in 0..objects {
        find(at)?;
    }
    let warm = started.elapsed();
    let each = |total: Duration| total.as_secs_f64() * 1e3 / f64::from(objects);
    #[allow(clippy::cast_precision_loss, reason = "bytes of memory")]
    let beyond = |all: Option<u64>, one: Option<u64>| {
        (objects > 1).then_some(())?;
        Some(all?.saturating_sub(one?) as f64 / f64::from(objects - 1))
    };
    Ok(Crowd {
        contestant,
        objects,
        cold: each(cold),
        warm: each(warm),
        wasm: beyond(last, first.memory),
        resident: beyond(resident_of_all, resident_of_one),
    })
}

fn a_second(arena: &Arena, contestant: Contestant, call: &str, objects: u32) -> Result<f64> {
    let url = format!("http://{}/{}", arena.server.address().context("workerd does not run")?, contestant.name());
    // The first requests open the objects.
    for at in 0..objects {
        arena.run(contestant, &name(at), call, 1)?;
    }
    let (running, answered) = (AtomicBool::new(true), AtomicU64::new(0));
    let client = |client: u32| -> Result<()> {
        let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PERIOD * 20)).build().into();
        let url = format!("{url}/{}/{call}?count=1", name(client % objects));
        while running.load(Ordering::Relaxed) {
            let answer = agent.post(&url).send_empty()?.body_mut().read_to_string()?;
            ensure!(answer.contains("sum"), "{url}: {answer}");
            answered.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let client = &client;
        let clients: Vec<_> = (0..CLIENTS).map(|at| scope.spawn(move || client(at))).collect();
        std::thread::sleep(PERIOD);
        running.store(false, Ordering::Relaxed);
        clients
            .into_iter()
            .try_for_each(|client| client.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    #[allow(clippy::cast_precision_loss, reason = "a few thousand requests")]
    Ok(answered.into_inner() as f64 / PERIOD.as_secs_f64())
}
