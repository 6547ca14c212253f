//! Medians and spread.

use std::collections::HashMap;

use serde::Serialize;

use super::works::Contestant;

/// The rounds of one piece of work.
#[derive(Debug, Default)]
pub(super) struct Figures {
    rounds: Vec<HashMap<Contestant, f64>>,
}

/// A median, and the quartiles around it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Spread {
    pub(super) low: f64,
    pub(super) median: f64,
    pub(super) high: f64,
}

impl Figures {
    pub(super) fn add_round(&mut self, micros: HashMap<Contestant, f64>) {
        self.rounds.push(micros);
    }

    /// Microseconds a row.
    pub(super) fn micros(&self, contestant: Contestant) -> Option<Spread> {
        Spread::of(self.rounds.iter().filter_map(|round| round.get(&contestant).copied()).collect())
    }

    /// How many times the time of another, each round by itself.
    pub(super) fn ratio(&self, contestant: Contestant, to: Contestant) -> Option<Spread> {
        let of_round = |round: &HashMap<_, f64>| Some(round.get(&contestant)? / round.get(&to)?);
        Spread::of(self.rounds.iter().filter_map(of_round).collect())
    }
}

impl Spread {
    pub(super) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| values.get((values.len().checked_sub(1)? * quarter + 2) / 4).copied();
        Some(Self { low: at(1)?, median: at(2)?, high: at(3)? })
    }
}
