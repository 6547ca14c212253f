//! Rounds: each contestant in turn, so that what disturbs the machine disturbs all of them.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::arena::Arena;
use super::figures::Figures;
use super::works::{Contestant, Work};

/// What a batch of bare JavaScript should take: enough for a clock of whole milliseconds.
const BATCH: Duration = Duration::from_millis(60);
pub(super) const OBJECT: &str = "rounds";

/// How much to do.
#[derive(Clone, Copy)]
pub(super) enum Effort {
    /// Each piece of work so many times, once, for what comes of it.
    Function(u32),
    /// So many rounds, for the figures.
    Rounds(usize),
}

/// Makes the tables of everybody.
pub(super) fn prepare(arena: &Arena) -> Result<()> {
    let databases = Contestant::ALL.iter().filter(|contestant| **contestant != Contestant::Rows);
    databases.into_iter().try_for_each(|contestant| arena.prepare(*contestant, OBJECT))
}

/// Has everybody do a piece of work.
///
/// # Errors
/// When what came of it is not the same for all.
pub(super) fn measure(arena: &Arena, work: &Work, effort: Effort) -> Result<Figures> {
    let (count, rounds) = match effort {
        Effort::Function(count) => (count, 1),
        Effort::Rounds(rounds) => (batch_size(arena, work)?, rounds),
    };
    if let Effort::Rounds(_) = effort {
        // Not counted: what is compiled and cached on first use.
        round(arena, work, count, 0)?;
    }
    let mut figures = Figures::default();
    for at in 0..rounds {
        figures.add_round(round(arena, work, count, at)?);
    }
    Ok(figures)
}

/// Microseconds a row of each contestant.
fn round(arena: &Arena, work: &Work, count: u32, at: usize) -> Result<HashMap<Contestant, f64>> {
    let mut order = work.by.to_vec();
    order.rotate_left(at % work.by.len());
    let mut micros = HashMap::new();
    let mut expected: Option<(Contestant, (String, String))> = None;
    for contestant in order {
        reset(arena, work, contestant, count)?;
        let batch = arena.run(contestant, OBJECT, work.call, count)?;
        micros.insert(contestant, batch.inside.as_secs_f64() * 1e6 / f64::from(count) / f64::from(work.rows));
        if contestant == Contestant::Rows {
            continue;
        }
        let outcome = (batch.sum, arena.sql(contestant, OBJECT, work.check)?);
        let (first, expected) = expected.get_or_insert_with(|| (contestant, outcome.clone()));
        let (title, other) = (contestant.title(), first.title());
        ensure!(outcome == *expected, "{}: {title} has {outcome:?}, and {other} {expected:?}", work.name);
    }
    Ok(micros)
}

pub(super) fn reset(arena: &Arena, work: &Work, contestant: Contestant, count: u32) -> Result<()> {
    if contestant == Contestant::Rows {
        return Ok(());
    }
    let fill = |sql: &&str| arena.sql(contestant, OBJECT, &sql.replace("{count}", &count.to_string()));
    work.reset.iter().try_for_each(|sql| fill(sql).map(drop))
}

/// How often bare JavaScript does it in the time of a batch.
fn batch_size(arena: &Arena, work: &Work) -> Result<u32> {
    let mut count = 1;
    loop {
        reset(arena, work, Contestant::Bare, count)?;
        let took = arena.run(Contestant::Bare, OBJECT, work.call, count)?.inside;
        if took >= BATCH {
            return Ok(count);
        }
        count = if took * 4 < BATCH { count * 4 } else { count + count.div_ceil(2) };
    }
}
