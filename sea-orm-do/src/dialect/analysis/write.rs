//! What INSERT, UPDATE and DELETE store and return.

use super::{Analyst, Columns};
use crate::dialect::scope::{Relation, Scope, unknown};
use crate::dialect::syntax::{Assignment, Delete, Expr, Insert, Rows, SourceKind, Update};

impl Analyst<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Columns {
        let mut around = Scope::default();
        self.ctes(&insert.ctes, &mut around);
        let target = self.target(&insert.table, insert.alias.as_deref(), &around);
        let names = match (&insert.columns, &target.columns) {
            (Some(names), _) => names.clone(),
            (None, Some(columns)) => columns.iter().map(|column| column.name.clone()).collect(),
            (None, None) => Vec::new(),
        };
        match &insert.rows {
            Rows::Values(rows) => {
                for (row, _) in rows {
                    for (at, expr) in row.iter().enumerate() {
                        self.stored(expr, names.get(at).map(String::as_str), &target, &around);
                    }
                }
            }
            Rows::Select(select) => {
                self.select(select, &around);
            }
            Rows::Default => {}
        }
        let mut scope = Scope::within(&around);
        scope.relations.push(target.clone());
        scope.relations.push(Relation { name: "excluded".to_owned(), ..target.clone() });
        self.assignments(&insert.upsert, &target, &scope);
        for condition in &insert.conditions {
            self.value(condition, &scope);
        }
        scope.relations.pop();
        self.result_columns(&insert.returning, &scope)
    }

    pub(super) fn update(&mut self, update: &Update) -> Columns {
        let mut around = Scope::default();
        self.ctes(&update.ctes, &mut around);
        let target = self.target(&update.table, update.alias.as_deref(), &around);
        let mut scope = Scope::within(&around);
        scope.relations.push(target.clone());
        self.sources(&update.from, &mut scope);
        self.assignments(&update.assignments, &target, &scope);
        self.clauses(&update.clauses, &update.limit, &scope);
        scope.relations.truncate(1);
        self.result_columns(&update.returning, &scope)
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Columns {
        let mut around = Scope::default();
        self.ctes(&delete.ctes, &mut around);
        let mut scope = Scope::within(&around);
        scope.relations.push(self.target(&delete.table, delete.alias.as_deref(), &around));
        self.clauses(&delete.clauses, &delete.limit, &scope);
        self.result_columns(&delete.returning, &scope)
    }

    pub(super) fn target(&mut self, table: &str, alias: Option<&str>, scope: &Scope<'_>) -> Relation {
        self.relation(&SourceKind::Table(table.to_owned()), alias, scope)
    }

    pub(super) fn clauses(&mut self, clauses: &[Expr], limit: &[Expr], scope: &Scope<'_>) {
        for clause in clauses.iter().chain(limit) {
            self.term_of_order(clause, scope);
        }
    }

    pub(super) fn assignments(&mut self, assignments: &[Assignment], target: &Relation, scope: &Scope<'_>) {
        for Assignment { columns, value } in assignments {
            match (value, columns.as_slice()) {
                (Expr::Row(values), columns) => {
                    for (at, value) in values.iter().enumerate() {
                        self.stored(value, columns.get(at).map(String::as_str), target, scope);
                    }
                }
                (value, columns) => self.stored(value, columns.first().map(String::as_str), target, scope),
            }
        }
    }

    /// An expression whose value goes into a column as it is.
    pub(super) fn stored(&mut self, expr: &Expr, column: Option<&str>, target: &Relation, scope: &Scope<'_>) {
        let Expr::Parameter(at) = expr else {
            self.value(expr, scope);
            return;
        };
        let affinity = column.and_then(|name| target.column(name)).unwrap_or_else(unknown).affinity;
        let Some(usage) = self.usages.get_mut(*at) else { return };
        usage.cast |= !affinity.is_numeric();
        if affinity.is_numeric() {
            usage.stored_as_number = column.map(str::to_owned);
        }
    }
}
