//! What a long stream does to memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use sea_orm_do_harness::workerd::memory_of;

use super::arena::Arena;
use super::works::{Contestant, TASKS_1M};

const OBJECT: &str = "memory";

/// By how much memory grows while a million rows are streamed, in bytes.
pub(super) struct Growth {
    pub(super) wasm: u64,
    /// The most that workerd had at any time; not told where there is no `/proc`.
    pub(super) resident: Option<u64>,
}

pub(super) fn measure(arena: &mut Arena) -> Result<Growth> {
    arena.server.restart()?;
    arena.prepare(Contestant::Ours, OBJECT)?;
    TASKS_1M.iter().try_for_each(|sql| arena.sql(Contestant::Ours, OBJECT, sql).map(drop))?;
    // Not counted: what SQLite and V8 take for any read at all.
    let wasm = |count| -> Result<u64> {
        arena.run(Contestant::Ours, OBJECT, "stream", count)?.memory.context("the Rust worker tells no memory")
    };
    let before = wasm(0)?;
    arena.sql(Contestant::Ours, OBJECT, "SELECT sum(length(title)) FROM task")?;
    let workerd = arena.server.process().ok();
    let resident = || memory_of(workerd?, "VmRSS").ok();
    let resident_before = resident();
    let running = AtomicBool::new(true);
    let (after, most) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = resident();
            while running.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(10));
                most = most.max(resident());
            }
            most
        });
        let after = wasm(1);
        running.store(false, Ordering::Relaxed);
        (after, watch.join().ok().flatten())
    });
    let resident = most.zip(resident_before).map(|(most, before)| most.saturating_sub(before));
    Ok(Growth { wasm: after?.saturating_sub(before), resident })
}
