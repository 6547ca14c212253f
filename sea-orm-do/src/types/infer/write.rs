//! What INSERT, UPDATE and DELETE store and return.

use super::{Analyst, Columns};
use crate::sql::ast::{Assignment, Delete, Expr, Insert, Rows, SelectItem, SourceKind, Term, Update};
use crate::types::catalog::ColumnKind;
use crate::types::expr_type::ColumnType;
use crate::types::scope::{Relation, Scope, unknown};

impl Analyst<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Columns {
        let nothing = Scope::default();
        let around = Scope::with(&insert.ctes, &nothing);
        self.every_cte(&around);
        let target = self.target(&insert.table, insert.alias.as_deref());
        let names = match (&insert.columns, &target.columns) {
            (Some(names), _) => names.clone(),
            (None, Some(columns)) => columns
                .iter()
                .filter(|column| column.kind == ColumnKind::Plain)
                .map(|column| column.name.clone())
                .collect(),
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
                for columns in select.terms.iter().filter_map(Term::result_columns) {
                    for (column, name) in columns.iter().zip(&names) {
                        if let SelectItem::Expr { expr, .. } = column {
                            self.passed_on(expr, name, &target);
                        }
                    }
                }
            }
            Rows::Default => {}
        }
        if !insert.takes_excluded_as_it_is() {
            // An expression over `excluded` sees the value as it was bound, before the column turns it into an integer.
            self.cast_rows(&insert.rows);
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
        let nothing = Scope::default();
        let around = Scope::with(&update.ctes, &nothing);
        self.every_cte(&around);
        let target = self.target(&update.table, update.alias.as_deref());
        let mut scope = Scope::within(&around);
        scope.relations.push(target.clone());
        self.sources(&update.from, &mut scope);
        self.assignments(&update.assignments, &target, &scope);
        self.clauses(&update.clauses, &update.limit, &scope);
        scope.relations.truncate(1);
        self.result_columns(&update.returning, &scope)
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Columns {
        let nothing = Scope::default();
        let around = Scope::with(&delete.ctes, &nothing);
        self.every_cte(&around);
        let mut scope = Scope::within(&around);
        scope.relations.push(self.target(&delete.table, delete.alias.as_deref()));
        self.clauses(&delete.clauses, &delete.limit, &scope);
        self.result_columns(&delete.returning, &scope)
    }

    /// The table that is written to. It is never a common table expression, even if one has its name.
    fn target(&mut self, table: &str, alias: Option<&str>) -> Relation {
        let kind = SourceKind::Table { name: table.to_owned(), is_qualified: true };
        self.relation(&kind, alias, &Scope::default())
    }

    fn cast_rows(&mut self, rows: &Rows) {
        let Rows::Values(rows) = rows else { return };
        for expr in rows.iter().flat_map(|(row, _)| row) {
            if let Some(usage) = self.usage(expr) {
                usage.needs_integer_cast = true;
            }
        }
    }

    /// An expression that passes a parameter on to a column: a decimal must survive there.
    fn passed_on(&mut self, expr: &Expr, column: &str, target: &Relation) {
        match expr.bare() {
            Expr::Parameter(at) => {
                let affinity = target.column(None, column).map_or_else(unknown, |(_, typed)| typed).affinity;
                if let Some(usage) = self.param_uses.get_mut(*at) {
                    if affinity.is_numeric() {
                        usage.stored_as_number = Some(column.to_owned());
                    } else {
                        usage.takes_text = true;
                    }
                }
            }
            Expr::Case { arms, otherwise, .. } => {
                let results = arms.iter().map(|(_, result)| result).chain(otherwise.as_deref());
                results.for_each(|result| self.passed_on(result, column, target));
            }
            Expr::Call { function, arguments, .. }
                if ["coalesce", "ifnull", "iif"].iter().any(|name| function.eq_ignore_ascii_case(name)) =>
            {
                arguments.iter().for_each(|argument| self.passed_on(argument, column, target));
            }
            _ => {}
        }
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

    /// An expression whose value is stored in a column unchanged.
    pub(super) fn stored(&mut self, expr: &Expr, column: Option<&str>, target: &Relation, scope: &Scope<'_>) {
        let Expr::Parameter(at) = expr.bare() else {
            self.value(expr, scope);
            if let Some(column) = column {
                self.passed_on(expr, column, target);
            }
            return;
        };
        let typed = column.and_then(|name| target.column(None, name)).map_or_else(unknown, |(_, typed)| typed);
        let affinity = typed.affinity;
        let Some(usage) = self.param_uses.get_mut(*at) else { return };
        usage.stored_in = column.and_then(|name| ColumnType::new(name, &typed)).or(usage.stored_in.take());
        if affinity.is_numeric() {
            usage.stored_as_number = column.map(str::to_owned);
        } else {
            (usage.needs_integer_cast, usage.takes_text) = (true, true);
        }
    }
}
