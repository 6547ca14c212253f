//! `cargo xtask costs`: what a statement of the benchmark costs on the host, as figures that noise cannot change.
//!
//! Allocations are counted by the allocator, instructions by valgrind's cachegrind. Both are compared with `figures.json`.

mod works;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use works::{WORKS, Work};

/// A figure may change by so much, in per cent.
const TOLERANCE: f64 = 2.0;

#[derive(Parser)]
#[command(name = "cargo xtask costs")]
struct Options {
    /// Write the figures to bench/costs/figures.json instead of comparing with them
    #[arg(long)]
    bless: bool,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// Only do this work, for valgrind
    #[arg(long, hide = true, requires = "times")]
    work: Option<String>,
    /// How often
    #[arg(long, hide = true)]
    times: Option<i32>,
}

#[derive(Debug)]
struct Figures {
    /// The processor: libraries choose instructions by it, so that of another one are not compared.
    processor: String,
    /// By the name of the work: for one statement, or for one row of a query.
    costs: BTreeMap<String, Costs>,
}

#[derive(Clone, Copy, Debug)]
struct Costs {
    allocations: f64,
    /// `None` without valgrind.
    instructions: Option<f64>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<ExitCode> {
    if let (Some(name), Some(times)) = (&options.work, options.times) {
        let work = WORKS.iter().find(|work| work.name == name).with_context(|| format!("no work is called {name}"))?;
        work.open()?.run(times)?;
        return Ok(ExitCode::SUCCESS);
    }
    let has_valgrind = Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success());
    if !has_valgrind {
        eprintln!("without valgrind, no instructions are counted: apt-get install valgrind");
    }
    let mut figures = Figures { processor: processor(), costs: BTreeMap::new() };
    for work in WORKS {
        eprintln!("› {}", work.name);
        let instructions = has_valgrind.then(|| instructions(work)).transpose()?;
        figures.costs.insert(work.name.to_owned(), Costs { allocations: allocations(work)?, instructions });
    }
    if options.json {
        println!("{}", to_json(&figures));
    } else {
        println!("{:<24} {:>12} {:>14}", "one statement or row", "allocations", "instructions");
        for (name, costs) in &figures.costs {
            let instructions = costs.instructions.map(|count| format!("{count:.0}")).unwrap_or_default();
            println!("{name:<24} {:>12.2} {instructions:>14}", costs.allocations);
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures.json");
    if options.bless {
        std::fs::write(file, format!("{}\n", to_json(&figures)))?;
        return Ok(ExitCode::SUCCESS);
    }
    compare(&figures, &from_json(&std::fs::read_to_string(file)?)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Allocations of one statement or row, once everything that is cached is cached.
fn allocations(work: &Work) -> Result<f64> {
    const TIMES: i32 = 20;
    let mut opened = work.open()?;
    opened.run(TIMES)?;
    let mut outcome = Ok(());
    let counted = allocation_counter::measure(|| outcome = opened.run(TIMES));
    outcome?;
    Ok(average(counted.count_total, TIMES, work))
}

/// Instructions of one statement or row: twice as much work, minus the work.
fn instructions(work: &Work) -> Result<f64> {
    let times = work.times_for_valgrind;
    let (once, twice) = (references(work.name, times)?, references(work.name, 2 * times)?);
    Ok(average(twice.saturating_sub(once), times, work))
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn average(total: u64, times: i32, work: &Work) -> f64 {
    total as f64 / (f64::from(times) * f64::from(work.rows))
}

/// All instructions of a process that does the work so often.
fn references(work: &str, times: i32) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
    valgrind.arg(std::env::current_exe()?).args(["--work", work, "--times", &times.to_string()]);
    let output = valgrind.output()?;
    let printed = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "valgrind: {printed}");
    let count = printed.lines().find_map(|line| line.split_once("I refs:").or_else(|| line.split_once("I   refs:")));
    let (_, count) = count.with_context(|| format!("valgrind counts nothing: {printed}"))?;
    count.trim().replace(',', "").parse().context("valgrind's count")
}

fn compare(now: &Figures, before: &Figures) -> Result<()> {
    let mut differing = Vec::new();
    let mut check = |name: &str, what: &str, now: f64, before: f64| {
        if (now - before).abs() > before * TOLERANCE / 100.0 {
            differing.push(format!("{name}: {what} {before:.2} before, {now:.2} now"));
        }
    };
    let is_same = now.processor == before.processor;
    if !is_same {
        eprintln!(
            "instructions are not compared: the figures are of {:?}, this is {:?}",
            before.processor, now.processor
        );
    }
    for (name, costs) in &now.costs {
        let before =
            before.costs.get(name).with_context(|| format!("figures.json has no {name}: --bless writes it"))?;
        check(name, "allocations", costs.allocations, before.allocations);
        if let (true, Some(now), Some(before)) = (is_same, costs.instructions, before.instructions) {
            check(name, "instructions", now, before);
        }
    }
    if !differing.is_empty() {
        bail!(
            "more than {TOLERANCE} % away from bench/costs/figures.json, which --bless writes:\n{}",
            differing.join("\n")
        );
    }
    Ok(())
}

fn to_json(figures: &Figures) -> String {
    let of = |costs: &Costs| match costs.instructions {
        Some(instructions) => {
            format!("{{ \"allocations\": {:.2}, \"instructions\": {instructions:.0} }}", costs.allocations)
        }
        None => format!("{{ \"allocations\": {:.2} }}", costs.allocations),
    };
    let lines: Vec<_> = figures.costs.iter().map(|(name, costs)| format!("  {name:?}: {}", of(costs))).collect();
    format!("{{\n  \"processor\": {:?},\n{}\n}}", figures.processor, lines.join(",\n"))
}

fn from_json(text: &str) -> Result<Figures> {
    let mut json: serde_json::Map<_, _> = serde_json::from_str(text).context("figures.json")?;
    let processor = json.remove("processor").and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default();
    let of = |(name, costs): (String, serde_json::Value)| {
        let allocations = costs["allocations"].as_f64().with_context(|| format!("no allocations of {name}"))?;
        Ok((name, Costs { allocations, instructions: costs["instructions"].as_f64() }))
    };
    Ok(Figures { processor, costs: json.into_iter().map(of).collect::<Result<_>>()? })
}

/// The name of the processor; empty where nothing tells it.
fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map(|(_, name)| name.to_owned()).unwrap_or_default()
}
