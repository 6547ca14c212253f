//! Throughput, latencies and memory, for people and as JSON.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use sea_orm_do_shared::bank::Sabotage;
use serde::Serialize;

use super::Options;
use super::run::CLASSES;
use crate::bank::Class;

const KIB: u64 = 1024;
const MIB: u64 = KIB * KIB;
/// By how much the memory of the wasm instance may grow from the first mark to the last.
const WASM_GROWTH: u64 = MIB;
/// And that of workerd, where SQLite's page caches and V8's heap fill up with the data.
const RESIDENT_GROWTH: u64 = 256 * MIB;

/// How long a request took.
pub(super) struct Timing {
    pub(super) class: Class,
    pub(super) took: Duration,
}

/// The memory at some time.
#[derive(Debug, Serialize)]
pub(super) struct Mark {
    pub(super) seconds: f64,
    /// Bytes of the wasm instance's memory.
    pub(super) wasm: u64,
    /// Bytes of workerd in RAM.
    pub(super) resident: u64,
    pub(super) requests: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Report {
    clients: u32,
    objects: u32,
    seed: u64,
    seconds: f64,
    requests: usize,
    requests_per_second: f64,
    latencies: Vec<Latencies>,
    memory: Vec<Mark>,
    pub(super) noticed: Vec<Noticed>,
    pub(super) wrong: Vec<String>,
}

/// In milliseconds.
#[derive(Debug, Serialize)]
struct Latencies {
    class: &'static str,
    requests: usize,
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

/// A bank that did wrong, and how it was found out.
#[derive(Debug, Serialize)]
pub(super) struct Noticed {
    pub(super) sabotage: Sabotage,
    pub(super) how: String,
}

impl Report {
    pub(super) fn new(
        options: &Options,
        seconds: f64,
        timings: &[Timing],
        memory: Vec<Mark>,
        mut wrong: Vec<String>,
    ) -> Self {
        let latencies = CLASSES.iter().filter_map(|class| Latencies::of(*class, timings)).collect();
        wrong.extend(growth(&memory));
        #[allow(clippy::cast_precision_loss, reason = "a rate")]
        let requests_per_second = timings.len() as f64 / seconds;
        Self {
            clients: options.clients,
            objects: options.objects,
            seed: options.seed,
            seconds,
            requests: timings.len(),
            requests_per_second,
            latencies,
            memory,
            noticed: Vec::new(),
            wrong,
        }
    }

    pub(super) fn print(&self, json: bool) -> Result<ExitCode> {
        if json {
            println!("{}", serde_json::to_string_pretty(self)?);
        } else {
            self.print_text();
        }
        Ok(if self.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn print_text(&self) {
        let Self { clients, objects, seconds, requests, requests_per_second, .. } = self;
        println!(
            "{clients} clients, {objects} objects, {seconds:.0} s: {requests} requests, {requests_per_second:.0} a second"
        );
        println!(
            "\n| milliseconds | requests | median | 90 % | 99 % | longest |\n| --- | ---: | ---: | ---: | ---: | ---: |"
        );
        for Latencies { class, requests, p50, p90, p99, max } in &self.latencies {
            println!("| {class} | {requests} | {p50:.1} | {p90:.1} | {p99:.1} | {max:.1} |");
        }
        println!("\n| seconds | requests | wasm, KiB | workerd's RSS, MiB |\n| ---: | ---: | ---: | ---: |");
        for Mark { seconds, wasm, resident, requests } in &self.memory {
            println!("| {seconds:.0} | {requests} | {} | {} |", wasm / KIB, resident / MIB);
        }
        println!("\n{} wrong", self.wrong.len());
        for wrong in &self.wrong {
            println!("WRONG {wrong}");
        }
    }
}

/// What has grown beyond its bound, from the first mark, when everything has been done at least once, to the last.
fn growth(memory: &[Mark]) -> Vec<String> {
    let (Some(first), Some(last)) = (memory.first(), memory.last()) else {
        return vec!["the memory was not looked at".to_owned()];
    };
    let grown = [
        ("the wasm instance", last.wasm.saturating_sub(first.wasm), WASM_GROWTH),
        ("workerd", last.resident.saturating_sub(first.resident), RESIDENT_GROWTH),
    ];
    let beyond = grown.into_iter().filter(|(_, by, most)| by > most);
    beyond.map(|(what, by, most)| format!("{what} grew by {} KiB, more than {}", by / KIB, most / KIB)).collect()
}

impl Latencies {
    fn of(class: Class, timings: &[Timing]) -> Option<Self> {
        let of_class = timings.iter().filter(|timing| timing.class == class);
        let mut millis: Vec<f64> = of_class.map(|timing| timing.took.as_secs_f64() * 1e3).collect();
        millis.sort_by(f64::total_cmp);
        let at = |percent: usize| millis.get((millis.len() - 1) * percent / 100).copied();
        let requests = millis.len();
        if requests == 0 {
            return None;
        }
        let class = match class {
            Class::Read => "read",
            Class::Write => "write",
            Class::Transaction => "transaction",
            Class::Error => "error on purpose",
        };
        Some(Self { class, requests, p50: at(50)?, p90: at(90)?, p99: at(99)?, max: at(100)? })
    }
}
