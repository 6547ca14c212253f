//! Where the driver's time goes, by V8's profiler: shares of what ran by whose code it was.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use sea_orm_do_harness::bundle::Build;
use sea_orm_do_harness::process::output;
use sea_orm_do_harness::workerd::Workerd;
use sea_orm_do_harness::workspace::Workspace;
use serde::Deserialize;

use super::arena::{self, Arena};
use super::rounds;
use super::works::{Contestant, WORKS, Work};

/// Rows, or statements, that a profile is taken of.
const ROWS: u32 = 60_000;
/// Functions that are listed by name.
const FUNCTIONS: usize = 20;

/// A function that ran and how often it was the one that did.
#[derive(Deserialize)]
struct Sampled {
    name: String,
    /// Where it is from: empty for what the runtime itself brings.
    url: String,
    samples: u32,
}

/// Prints the profile of the first work with this in its name.
pub(super) fn print(workspace: &Workspace, name: &str) -> Result<()> {
    let work =
        WORKS.iter().find(|work| work.name.contains(name)).with_context(|| format!("no work is called {name}"))?;
    arena::build(workspace, Build::Named)?;
    let arena = Arena::open(workspace, &Workerd::find()?.inspected(), Build::Named)?;
    rounds::prepare(&arena)?;
    let sampled = profile(workspace, &arena, work)?;
    let total: u32 = sampled.iter().map(|it| it.samples).sum();
    let mut shares: BTreeMap<&str, u32> = BTreeMap::new();
    for it in &sampled {
        *shares.entry(whose(it)).or_default() += it.samples;
    }
    let mut shares: Vec<_> = shares.into_iter().collect();
    shares.sort_by_key(|(_, samples)| std::cmp::Reverse(*samples));
    println!("| {}, {total} samples | |\n| --- | ---: |", work.title);
    for (whose, samples) in shares {
        println!("| {whose} | {:.1} % |", 100.0 * f64::from(samples) / f64::from(total));
    }
    let mut sampled = sampled;
    sampled.sort_by_key(|it| std::cmp::Reverse(it.samples));
    println!("\n| function | |\n| --- | ---: |");
    for Sampled { name, samples, .. } in sampled.iter().take(FUNCTIONS) {
        println!("| `{name}` | {:.1} % |", 100.0 * f64::from(*samples) / f64::from(total));
    }
    Ok(())
}

fn profile(workspace: &Workspace, arena: &Arena, work: &Work) -> Result<Vec<Sampled>> {
    let (Some(inspector), Some(address)) = (arena.server.inspector(), arena.server.address()) else {
        bail!("workerd lets no inspector in");
    };
    let count = ROWS.div_ceil(work.rows);
    // Not profiled: until V8 has compiled what is used much.
    for _ in 0..2 {
        rounds::reset(arena, work, Contestant::Ours, count)?;
        arena.run(Contestant::Ours, rounds::OBJECT, work.call, count)?;
    }
    rounds::reset(arena, work, Contestant::Ours, count)?;
    let path = format!("/{}/{}/{}?count={count}", Contestant::Ours.name(), rounds::OBJECT, work.call);
    let mut node = workspace.command("node")?;
    node.arg("bench/js/profile.mjs").args([inspector, &format!("http://{address}{path}")]);
    let sampled: Vec<Sampled> = serde_json::from_str(&output(&mut node)?)?;
    Ok(sampled.into_iter().filter(|it| it.name != "(idle)").collect())
}

/// Whose code a function is. What V8 makes part of its caller counts as that: the methods of cursors as `bridge.js`.
fn whose(Sampled { name, url, .. }: &Sampled) -> &'static str {
    let has = |part: &str| name.contains(part);
    if name == "(garbage collector)" {
        "V8's garbage collector"
    } else if name == "(program)" {
        "what V8 gives no name, wasm that was compiled again among it"
    } else if url.ends_with(".js") {
        "`bridge.js`, with the cursor's methods"
    } else if !url.contains("wasm") {
        "`sql.exec` and what else the runtime does"
    } else if has("sea_orm_do") {
        "sea-orm-do in wasm"
    } else if has("sea_query") || has("sea_orm") || has("bench_worker") {
        "SeaORM, SeaQuery and the entities in wasm"
    } else if has("dlmalloc") || has("__rust_") {
        "wasm's allocator"
    } else {
        "what they share in wasm: alloc, core, std"
    }
}
