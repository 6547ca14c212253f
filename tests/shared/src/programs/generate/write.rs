//! Writes drawn by lot.

use super::Generator;
use super::expression::{Scope, Visible};
use super::select::visible;
use crate::programs::program::{Delete, Expr, Insert, OnConflict, Operator, Output, Select, Source, Update};
use crate::programs::schema::{Column, Table};
use crate::programs::value::{Kind, Scalar};

impl Generator {
    pub(super) fn insert(&mut self) -> Insert {
        let table = self.table();
        let stored: Vec<_> = table.stored().cloned().collect();
        let mut insert = Insert {
            table: table.name.clone(),
            // Of REPLACE with a deferred key SQLite does not notice that it is broken; we do.
            replace: !self.deferred && self.random.chance(6),
            columns: Vec::new(),
            rows: Vec::new(),
            select: None,
            on_conflict: None,
            returning: Vec::new(),
        };
        let chosen = if self.random.chance(60) { stored.clone() } else { self.random.some(&stored, 70) };
        insert.columns = chosen.iter().map(|column| column.name.clone()).collect();
        if self.random.chance(8) {
            insert.select = self.rows_of_a_table(&chosen).map(Box::new);
        }
        if insert.select.is_none() {
            if self.random.chance(3) {
                insert.columns.clear();
            } else {
                let count = match self.random.below(20) {
                    0 => self.random.between(30, 120),
                    1..8 => self.random.between(2, 6),
                    _ => 1,
                };
                insert.rows = (0..count).map(|_| self.row(&chosen, table.loose)).collect();
            }
        }
        if !insert.replace && !insert.columns.is_empty() && self.random.chance(22) {
            insert.on_conflict = Some(self.on_conflict(&table, &stored));
        }
        if self.random.chance(25) {
            insert.returning = self.returning(&table);
        }
        insert
    }

    fn row(&mut self, columns: &[Column], loose: bool) -> Vec<Scalar> {
        columns.iter().map(|column| self.cell(column, loose)).collect()
    }

    /// A SELECT of columns of the same kinds, in a whole order, for the order decides on the rowids.
    fn rows_of_a_table(&mut self, columns: &[Column]) -> Option<Select> {
        let from = self.table();
        let scope = visible(&from, "source");
        let key = from.key();
        if key.is_empty() || from.loose {
            return None;
        }
        let outputs = columns.iter().enumerate().map(|(at, column)| {
            let depth = if column.is_rowid() { 0 } else { 1 };
            self.output(at, column.kind, &scope, depth)
        });
        let outputs = outputs.collect();
        // Where ON CONFLICT follows, SQLite wants a WHERE: https://www.sqlite.org/lang_upsert.html#parsing_ambiguity
        let filter = Some(self.condition(&scope, 1));
        let order = key
            .into_iter()
            .map(|name| crate::programs::program::Order {
                by: Expr::Column("source".to_owned(), name),
                descending: false,
                nulls_first: None,
            })
            .collect();
        let source = Source::Table(from.name, "source".to_owned());
        Some(Select { outputs, from: Some(source), filter, order, limit: Some(10), ..Select::default() })
    }

    fn on_conflict(&mut self, table: &Table, stored: &[Column]) -> OnConflict {
        let key = table.key();
        let target = if !table.unique.is_empty() && self.random.chance(40) {
            self.random.pick(&table.unique).clone()
        } else if key.is_empty() || self.random.chance(5) {
            vec![self.random.pick(stored).name.clone()]
        } else {
            key
        };
        if self.random.chance(25) {
            return OnConflict { target, set: Vec::new(), filter: None };
        }
        let scope = written(table);
        let set = self.random.some(stored, 40).into_iter().map(|column| {
            let value = match self.random.below(3) {
                0 => self.value_for(&column, &scope, table.loose),
                _ => Expr::Column("excluded".to_owned(), column.name.clone()),
            };
            (column.name, value)
        });
        let set = set.collect();
        let filter = self.random.chance(20).then(|| self.condition(&scope, 1));
        OnConflict { target, set, filter }
    }

    fn value_for(&mut self, column: &Column, scope: &Scope, loose: bool) -> Expr {
        if loose || column.is_rowid() || self.random.chance(40) {
            return Expr::Value(self.cell(column, loose));
        }
        // A boolean that was computed is still one.
        let depth = self.random.between(0, 2);
        self.expr(column.kind, scope, depth)
    }

    pub(super) fn update(&mut self) -> Update {
        let table = self.table();
        let stored: Vec<_> = table.stored().cloned().collect();
        let scope = written(&table);
        let columns: Vec<_> = self.random.some(&stored, 25);
        let set = columns.into_iter().map(|column| {
            let value = self.value_for(&column, &scope, table.loose);
            (column.name, value)
        });
        let set = set.collect();
        let filter = self.filter(&scope);
        let returning = if self.random.chance(30) { self.returning(&table) } else { Vec::new() };
        Update { table: table.name, set, filter, returning }
    }

    pub(super) fn delete(&mut self) -> Delete {
        let table = self.table();
        let scope = written(&table);
        let filter = match self.filter(&scope) {
            None if self.random.chance(80) => Some(self.condition(&scope, 1)),
            filter => filter,
        };
        let returning = if self.random.chance(30) { self.returning(&table) } else { Vec::new() };
        Delete { table: table.name, filter, returning }
    }

    fn filter(&mut self, scope: &Scope) -> Option<Expr> {
        if self.random.chance(15) {
            return None;
        }
        let numbers: Vec<_> = scope.0.iter().filter(|column| column.name == "id").cloned().collect();
        if let [id] = &numbers[..]
            && self.random.chance(40)
        {
            let value = Expr::Value(self.scalar(id.kind));
            let operator = *self.random.pick(&[Operator::Equal, Operator::Less, Operator::Greater]);
            return Some(Expr::Binary(Box::new(id.expr()), operator, Box::new(value)));
        }
        let depth = self.random.between(0, 2);
        Some(self.condition(scope, depth))
    }

    /// Within an expression of a RETURNING list, SQLite has a whole REAL as an integer, which SeaORM's own driver does not
    /// read as a float; a column by itself is a REAL.
    fn returning(&mut self, table: &Table) -> Vec<Output> {
        let all = visible(table, "");
        let is_float = |column: &&Visible| matches!(column.kind, Kind::Double | Kind::Float | Kind::Decimal);
        let inside = Scope(all.0.iter().filter(|column| !is_float(column)).cloned().collect());
        (0..self.random.between(1, 3))
            .map(|at| {
                let kind = self.kind_of_output(&all);
                match self.random.below(3) {
                    0 => self.output(at, kind, &inside, 1),
                    _ => self.output(at, kind, &all, 0),
                }
            })
            .collect()
    }
}

/// The columns of a table that is written, by its own name.
fn written(table: &Table) -> Scope {
    visible(table, &table.name)
}
