//! Programs drawn by lot.

mod expression;
mod models;
mod schema;
mod select;
mod values;
mod write;

use super::program::{Program, Step, Transaction};
use super::random::Random;
use super::schema::{Table, quoted};

/// The program of a case.
#[must_use]
pub fn program(seed: u64, case: u64) -> Program {
    let mut random = Random::new(seed, case);
    // A deferred foreign key that is broken outside of a transaction is noticed by nobody in a Durable Object.
    let deferred = random.chance(10);
    let with_models = random.chance(40);
    let mut generator = Generator { random, tables: Vec::new(), deferred, aliases: 0 };
    generator.tables(with_models);
    let is_async = generator.random.chance(15);
    let mut steps = Vec::new();
    for _ in 0..generator.random.between(3, 14) {
        let step = generator.step(is_async, 0);
        steps.push(step);
    }
    Program { is_async, tables: generator.tables, steps }
}

pub(super) struct Generator {
    pub(super) random: Random,
    pub(super) tables: Vec<Table>,
    pub(super) deferred: bool,
    /// How many aliases there are, so that no two are the same.
    pub(super) aliases: usize,
}

impl Generator {
    fn step(&mut self, is_async: bool, depth: usize) -> Step {
        let must_be_inside = self.deferred && depth == 0;
        if depth < 3 && (must_be_inside || self.random.chance(12)) {
            return Step::Transaction(self.transaction(is_async, depth));
        }
        match self.random.below(100) {
            0..34 => Step::Insert(self.insert()),
            34..48 => Step::Update(self.update()),
            48..54 => Step::Delete(self.delete()),
            54..57 => Step::Schema(self.change_of_schema()),
            57..72 if self.has_models() => Step::Model(self.model_step()),
            _ => Step::Select(self.select_step()),
        }
    }

    fn transaction(&mut self, is_async: bool, depth: usize) -> Transaction {
        let steps = (0..self.random.between(1, 5)).map(|_| self.step(is_async, depth + 1)).collect();
        Transaction {
            begin: is_async && self.random.chance(60),
            commit: self.random.chance(70),
            stop: self.random.chance(50),
            steps,
        }
    }

    fn change_of_schema(&mut self) -> String {
        let table = self.table();
        let column = quoted(&self.random.pick(&table.columns).name);
        let name = quoted(&table.name);
        match self.random.below(5) {
            0 => format!("CREATE INDEX IF NOT EXISTS \"later\" ON {name} ({column})"),
            1 => "DROP INDEX IF EXISTS \"later\"".to_owned(),
            2 => format!("ALTER TABLE {name} ADD COLUMN \"added\" INTEGER DEFAULT 5"),
            3 => format!("CREATE UNIQUE INDEX IF NOT EXISTS \"one of each\" ON {name} ({column})"),
            _ => "ANALYZE".to_owned(),
        }
    }

    pub(super) fn table(&mut self) -> Table {
        self.random.pick(&self.tables).clone()
    }
}
