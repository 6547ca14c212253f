//! What the rounds have shown, for people and as JSON.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;
use sea_orm_do_shared::bank::Sabotage;
use serde::Serialize;

use super::kind::Kind;
use super::round::Outcome;

#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    seed: u64,
    pub(super) seconds: f64,
    rounds: BTreeMap<Kind, usize>,
    /// Writes that were acknowledged, and those that were undone on purpose.
    pub(super) answered: usize,
    /// Writes that were under way at the kill: found done, and not.
    unanswered: (usize, usize),
    /// Of these, the batches.
    batches: (usize, usize),
    /// By how many migrations were found applied, the objects that woke up in one turn, and step by step.
    woken: [BTreeMap<usize, usize>; 2],
    /// Database files that another SQLite has found whole at the end.
    pub(super) files: usize,
    pub(super) noticed: Vec<Noticed>,
    wrong: Vec<String>,
}

/// A bank that did wrong, and how it was found out.
#[derive(Debug, Serialize)]
pub(super) struct Noticed {
    pub(super) sabotage: Sabotage,
    pub(super) rounds: u32,
    pub(super) how: String,
}

impl Report {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    pub(super) fn add(&mut self, number: u32, outcome: Outcome) {
        if let Some(kind) = outcome.kind {
            *self.rounds.entry(kind).or_default() += 1;
        }
        self.answered += outcome.answered;
        self.unanswered.0 += outcome.unanswered.0;
        self.unanswered.1 += outcome.unanswered.1;
        self.batches.0 += outcome.batches.0;
        self.batches.1 += outcome.batches.1;
        for (counts, applied) in self.woken.iter_mut().zip(outcome.woken.into_iter().flatten()) {
            *counts.entry(applied).or_default() += 1;
        }
        self.wrong.extend(outcome.wrong.into_iter().map(|wrong| format!("round {number}: {wrong}")));
    }

    pub(super) fn is_bad(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// Many kills of which none came in the midst of anything have shown nothing.
    pub(super) fn check_reach(&mut self, stages: usize) {
        const MANY: usize = 100;
        let between = |counts: &BTreeMap<usize, usize>| counts.keys().any(|applied| (1..stages - 1).contains(applied));
        let reached = [
            ("a write that was found done", self.unanswered.0 > 0),
            ("a write that was found undone", self.unanswered.1 > 0),
            ("a batch", self.batches.0 + self.batches.1 > 0),
            ("migrations that go step by step", between(&self.woken[1])),
        ];
        if self.rounds.values().sum::<usize>() >= MANY {
            let missed = reached.into_iter().filter(|(_, reached)| !reached);
            self.wrong.extend(missed.map(|(what, _)| format!("no kill came in the midst of {what}")));
        }
    }

    pub(super) fn print(&self, json: bool) -> Result<ExitCode> {
        if json {
            println!("{}", serde_json::to_string_pretty(self)?);
        } else {
            self.print_text();
        }
        Ok(if self.is_bad() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn print_text(&self) {
        let rounds: usize = self.rounds.values().sum();
        let [turn, steps] = &self.woken;
        println!("{rounds} kills in {:.0} s, seed {}", self.seconds, self.seed);
        println!("{} writes acknowledged, or undone on purpose", self.answered);
        let (done, undone) = self.unanswered;
        println!("{} writes not answered: {done} found done, {undone} not", done + undone);
        let (done, undone) = self.batches;
        println!("{} of them batches: {done} found done, {undone} not", done + undone);
        println!("objects killed at waking, by migrations found: in one turn {turn:?}, step by step {steps:?}");
        println!("{} database files checked from outside", self.files);
        println!("{} wrong", self.wrong.len());
        for wrong in &self.wrong {
            println!("WRONG {wrong}");
        }
    }
}
