//! How long the first answer of an object takes, from outside.

use std::time::Instant;

use anyhow::Result;

use super::arena::Arena;
use super::figures::Spread;
use super::works::Contestant;

const RESTARTS: usize = 9;
/// Who has an object that can be cold.
pub(super) const CONTESTANTS: [Contestant; 6] =
    [Contestant::Bare, Contestant::Kysely, Contestant::Drizzle, Contestant::Wasm, Contestant::Sqlx, Contestant::Ours];

/// Milliseconds until the first row is found.
pub(super) struct Cold {
    pub(super) contestant: Contestant,
    /// By the first object after workerd was started, which loads the worker.
    pub(super) first: Spread,
    /// By another object of the same worker.
    pub(super) second: Spread,
}

pub(super) fn measure(arena: &mut Arena) -> Result<Vec<Cold>> {
    const OBJECTS: [&str; 2] = ["cold", "cold-too"];
    let mut measured = Vec::new();
    for contestant in CONTESTANTS {
        for object in OBJECTS {
            arena.prepare(contestant, object)?;
            arena.sql(contestant, object, "INSERT INTO task VALUES (1, 'task', TRUE)")?;
        }
        let mut millis = OBJECTS.map(|_| Vec::new());
        for _ in 0..RESTARTS {
            arena.server.restart()?;
            for (object, millis) in OBJECTS.iter().zip(&mut millis) {
                let started = Instant::now();
                arena.run(contestant, object, "find", 1)?;
                millis.push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
        let [first, second] = millis.map(Spread::of);
        if let (Some(first), Some(second)) = (first, second) {
            measured.push(Cold { contestant, first, second });
        }
    }
    Ok(measured)
}
