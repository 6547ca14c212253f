//! Queries drawn by lot. Their order is whole wherever they have one, so that all sides must agree on it.

use super::Generator;
use super::expression::{Scope, Visible};
use crate::programs::program::{Compound, Expr, Join, Operator, Order, Output, Select, Source};
use crate::programs::schema::Table;
use crate::programs::value::Kind;

/// The kinds whose equal values look the same.
const PLAIN: [Kind; 5] = [Kind::Big, Kind::Text, Kind::Double, Kind::Bool, Kind::Bytes];

const NAMES: [&str; 6] = ["o", "Out", "order", "é", "quo\"te", "a b"];

/// Where rows come from, and what tells them apart.
struct From {
    select: Select,
    scope: Scope,
    /// Columns by which no two rows are the same; empty where none are known.
    key: Vec<Expr>,
}

impl Generator {
    pub(super) fn select_step(&mut self) -> Select {
        match self.random.below(10) {
            0..5 => self.plain(),
            5..7 => self.grouped(),
            7 => self.distinct(),
            _ => self.compound(),
        }
    }

    fn plain(&mut self) -> Select {
        let From { mut select, scope, key } = self.from();
        let depth = self.random.between(0, 2);
        for at in 0..self.random.between(1, 5) {
            let kind = self.kind_of_output(&scope);
            let output = self.output(at, kind, &scope, depth);
            select.outputs.push(output);
        }
        if !key.is_empty() && self.random.chance(10) {
            let partition = if self.random.chance(50) { self.columns(&scope.plain(), 1) } else { Vec::new() };
            let at = select.outputs.len();
            let expr = Expr::RowNumber(partition, key.clone());
            select.outputs.push(Output { name: format!("o{at}"), kind: Kind::Big, expr });
        }
        if !key.is_empty() && self.random.chance(60) {
            for _ in 0..self.random.below(3) {
                let kind = self.kind_of_output(&scope);
                let by = self.expr(kind, &scope, 1);
                // An integer by itself would be the number of a column.
                if !matches!(by, Expr::Value(_)) {
                    let order = self.order(by);
                    select.order.push(order);
                }
            }
            let rest: Vec<_> = key.into_iter().map(|by| self.order(by)).collect();
            select.order.extend(rest);
            self.limit(&mut select);
        }
        select
    }

    fn grouped(&mut self) -> Select {
        let From { mut select, scope, .. } = self.from();
        let scope = scope.plain();
        let count = self.random.between(0, 2);
        let group: Vec<_> = self.random.some(&scope.0, 20).into_iter().take(count).collect();
        for (at, column) in group.iter().enumerate() {
            select.outputs.push(Output { name: format!("g{at}"), kind: column.kind, expr: column.expr() });
        }
        for at in 0..self.random.between(1, 3) {
            let (kind, expr) = self.aggregate(&scope);
            select.outputs.push(Output { name: format!("a{at}"), kind, expr });
        }
        select.group = group.iter().map(Visible::expr).collect();
        if !group.is_empty() {
            if self.random.chance(40) {
                let (kind, expr) = self.aggregate(&scope);
                let operator =
                    *self.random.pick(&[Operator::Greater, Operator::Equal, Operator::IsNot, Operator::LessOrEqual]);
                let value = self.expr(kind, &Scope::default(), 0);
                select.having = Some(Expr::Binary(Box::new(expr), operator, Box::new(value)));
            }
            select.order = group.iter().map(|column| self.order(column.expr())).collect();
            self.limit(&mut select);
        }
        select
    }

    fn aggregate(&mut self, scope: &Scope) -> (Kind, Expr) {
        let call = |function: &str, argument| Expr::Call(function.to_owned(), vec![argument]);
        match self.random.below(9) {
            0 => (Kind::Big, Expr::CountAll),
            1 => {
                let kind = self.kind_of_output(scope);
                (Kind::Big, call("count", self.expr(kind, scope, 1)))
            }
            2 => {
                let kind = self.kind_of_output(scope);
                (Kind::Big, Expr::CountDistinct(Box::new(self.expr(kind, scope, 1))))
            }
            3 => (Kind::Big, call("sum", self.expr(Kind::Big, scope, 1))),
            4 => (Kind::Double, call("avg", self.expr(Kind::Big, scope, 0))),
            5 => (Kind::Double, call("total", self.expr(Kind::Big, scope, 0))),
            6 => (Kind::Double, call("sum", self.expr(Kind::Double, scope, 0))),
            _ => {
                let kind = *self.random.pick(&PLAIN);
                let function = *self.random.pick(&["max", "min"]);
                (kind, call(function, self.expr(kind, scope, 1)))
            }
        }
    }

    fn distinct(&mut self) -> Select {
        let From { mut select, scope, .. } = self.from();
        let scope = scope.plain();
        select.distinct = true;
        for at in 0..self.random.between(1, 3) {
            let kind = *self.random.pick(&PLAIN);
            let output = self.output(at, kind, &scope, 1);
            select.outputs.push(output);
        }
        self.order_by_outputs(&mut select);
        select
    }

    fn compound(&mut self) -> Select {
        let kinds: Vec<_> = (0..self.random.between(1, 3)).map(|_| *self.random.pick(&PLAIN)).collect();
        let mut select = self.plain_select_of(&kinds);
        for _ in 0..self.random.between(1, 4) {
            let how = *self.random.pick(&[Compound::Union, Compound::UnionAll, Compound::Intersect, Compound::Except]);
            let other = self.plain_select_of(&kinds);
            select.compound.push((how, other));
        }
        self.order_by_outputs(&mut select);
        select
    }

    fn plain_select_of(&mut self, kinds: &[Kind]) -> Select {
        let (mut select, scope) = self.simple();
        let scope = scope.plain();
        select.filter = self.random.chance(50).then(|| self.condition(&scope, 1));
        select.outputs = kinds.iter().enumerate().map(|(at, kind)| self.output(at, *kind, &scope, 1)).collect();
        select
    }

    fn order_by_outputs(&mut self, select: &mut Select) {
        if self.random.chance(70) {
            let names: Vec<_> = select.outputs.iter().map(|output| output.name.clone()).collect();
            select.order = names.into_iter().map(|name| self.order(Expr::Column(String::new(), name))).collect();
            self.limit(select);
        }
    }

    fn order(&mut self, by: Expr) -> Order {
        let nulls_first = self.random.chance(15).then(|| self.random.chance(50));
        Order { by, descending: self.random.chance(40), nulls_first }
    }

    fn limit(&mut self, select: &mut Select) {
        if self.random.chance(50) {
            select.limit = Some(self.random.below(12) as u64);
            // The SQLite of the host, 3.51, counts a row too few for OFFSET where it has made a join of an EXISTS.
            let exists = format!("{:?}", select.filter).contains("Exists(");
            select.offset = (!exists && self.random.chance(40)).then(|| self.random.below(4) as u64);
        }
    }

    pub(super) fn kind_of_output(&mut self, scope: &Scope) -> Kind {
        let kinds = scope.kinds();
        if kinds.is_empty() || self.random.chance(30) { *self.random.pick(&PLAIN) } else { *self.random.pick(&kinds) }
    }

    pub(super) fn output(&mut self, at: usize, kind: Kind, scope: &Scope, depth: usize) -> Output {
        let kind = if kind == Kind::Decimal && !scope.kinds().contains(&Kind::Decimal) { Kind::Big } else { kind };
        let name = if self.random.chance(20) { *self.random.pick(&NAMES) } else { "o" };
        Output { name: format!("{name}{at}"), kind, expr: self.expr(kind, scope, depth) }
    }

    fn columns(&mut self, scope: &Scope, count: usize) -> Vec<Expr> {
        if scope.0.is_empty() {
            return Vec::new();
        }
        (0..count).map(|_| self.random.pick(&scope.0).expr()).collect()
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("s{}", self.aliases)
    }

    /// One table.
    pub(super) fn simple(&mut self) -> (Select, Scope) {
        let table = self.table();
        let alias = self.alias();
        let scope = visible(&table, &alias);
        (Select { from: Some(Source::Table(table.name, alias)), ..Select::default() }, scope)
    }

    /// One to three sources, filtered.
    fn from(&mut self) -> From {
        let mut select = Select::default();
        let (source, mut scope, mut key) = self.source(&mut select);
        select.from = Some(source);
        let joins = *self.random.pick(&[0, 0, 0, 1, 1, 2]);
        for _ in 0..joins {
            let (source, columns, other) = self.source(&mut select);
            let ours = scope.clone();
            scope.0.extend(columns.0.iter().cloned());
            let on = self.on(&ours, &columns, &scope);
            select.joins.push(Join { left: self.random.chance(50), source, on });
            key = if key.is_empty() || other.is_empty() { Vec::new() } else { [key, other].concat() };
        }
        if self.random.chance(55) {
            let depth = self.random.between(0, 2);
            select.filter = Some(self.condition(&scope, depth));
        }
        From { select, scope, key }
    }

    /// Mostly equality of two columns of one kind.
    fn on(&mut self, ours: &Scope, theirs: &Scope, all: &Scope) -> Expr {
        for _ in 0..6 {
            let (Some(one), Some(other)) = (self.columns_of(ours), self.columns_of(theirs)) else { break };
            if one.kind == other.kind && self.random.chance(90) {
                return Expr::Binary(Box::new(one.expr()), Operator::Equal, Box::new(other.expr()));
            }
        }
        self.condition(all, 1)
    }

    fn columns_of(&mut self, scope: &Scope) -> Option<Visible> {
        (!scope.0.is_empty()).then(|| self.random.pick(&scope.0).clone())
    }

    fn source(&mut self, select: &mut Select) -> (Source, Scope, Vec<Expr>) {
        let alias = self.alias();
        if self.random.chance(80) {
            let table = self.table();
            let scope = visible(&table, &alias);
            let key = table.key().into_iter().map(|name| Expr::Column(alias.clone(), name)).collect();
            return (Source::Table(table.name, alias), scope, key);
        }
        let (mut inner, scope) = self.simple();
        inner.filter = self.random.chance(50).then(|| self.condition(&scope, 1));
        for at in 0..self.random.between(1, 4) {
            let kind = self.kind_of_output(&scope);
            let output = self.output(at, kind, &scope, 1);
            inner.outputs.push(output);
        }
        // An expression on a column whose equal values look different may be such a one.
        let columns = inner.outputs.iter().map(|output| Visible {
            table: alias.clone(),
            name: output.name.clone(),
            kind: output.kind,
            ambiguous: true,
        });
        let columns = Scope(columns.collect());
        if self.random.chance(50) {
            let name = format!("with {alias}");
            select.with.push((name.clone(), inner));
            return (Source::Table(name, alias), columns, Vec::new());
        }
        (Source::Select(Box::new(inner), alias), columns, Vec::new())
    }
}

pub(super) fn visible(table: &Table, alias: &str) -> Scope {
    let column = |column: &crate::programs::schema::Column| Visible {
        table: alias.to_owned(),
        name: column.name.clone(),
        // What is written there may be of any type.
        kind: if table.loose { Kind::Any } else { column.kind },
        ambiguous: table.loose || column.ambiguous,
    };
    Scope(table.columns.iter().map(column).collect())
}
