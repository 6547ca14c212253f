//! The columns of a SELECT and of the tables it reads.

use super::{Analyst, ColumnSyntax, Columns, ResultColumn, Selected};
use crate::limits;
use crate::sql::ast::{Expr, FromItem, Literal, Select, SelectItem, Shared, SourceKind, Term, Unary};
use crate::sql::parser::parse_view;
use crate::types::catalog::Table;
use crate::types::expr_type::{ExprType, common};
use crate::types::relations::function_columns;
use crate::types::scope::{Column, Known, Relation, Scope, joined, once, star, unknown};

/// The deepest nesting of views that is followed; SQLite follows no more than its parsing depth.
const VIEWS: usize = 16;

impl Analyst<'_> {
    pub(super) fn select(&mut self, select: &Select, outer: &Scope<'_>) -> Columns {
        self.select_known_as(None, select, outer)
    }

    /// A SELECT whose terms after the first can name it: the body of a common table expression that may be recursive.
    fn select_known_as(&mut self, own: Option<(&Scope<'_>, usize)>, select: &Select, outer: &Scope<'_>) -> Columns {
        if let Err(why) = limits::compound_terms(select.terms.len()) {
            self.refusal.get_or_insert(why);
        }
        if select.terms.len() > 1 || matches!(&select.terms[..], [Term::Values(rows)] if rows.len() > 1) {
            select.terms.iter().for_each(|term| self.term_of_compound(term));
        }
        let around = Scope::with(&select.ctes, outer);
        let mut terms = select.terms.iter();
        let first = terms.next()?;
        // ORDER BY sees the tables of a SELECT that is not a compound.
        let (mut columns, scope) = self.term(first, &around);
        for expr in &select.order {
            self.term_of_order(expr, &scope);
        }
        for expr in &select.limit {
            self.value(expr, &scope);
            if let Some(usage) = self.usage(expr) {
                usage.is_limit = true;
            }
        }
        drop(scope);
        if let Some((scope, at)) = own
            && let (Some(cte), Some(known)) = (scope.with.ctes.get(at), scope.with.known.borrow_mut().get_mut(at))
        {
            *known = Known::Running(Some(relation_of(&cte.name, columns.as_deref(), &cte.columns)));
        }
        for term in terms {
            let (others, _) = self.term(term, &around);
            columns = match (columns, others) {
                (Some(columns), Some(others)) if columns.len() == others.len() => {
                    Some(columns.into_iter().zip(others).map(|(one, other)| one.or(other)).collect())
                }
                _ => None,
            };
        }
        self.every_cte(&around);
        if select.sorts_as_subquery() {
            // SQLite then sorts a subquery, whose columns have other names.
            columns.iter_mut().flatten().for_each(|column| column.output.name = None);
        }
        columns
    }

    fn term_of_compound(&mut self, term: &Term) {
        match term {
            Term::Select { columns, .. } => {
                for column in columns {
                    if let SelectItem::Expr { expr, .. } = column {
                        self.column_of_compound(expr);
                    }
                }
            }
            Term::Values(rows) => rows.iter().flatten().for_each(|expr| self.column_of_compound(expr)),
        }
    }

    /// Marks the parameters that have the same type as the expression: `sqlite3ExprDataType()` in SQLite's expr.c.
    fn column_of_compound(&mut self, expr: &Expr) {
        match expr {
            Expr::Parameter(_) => {
                if let Some(usage) = self.usage(expr) {
                    usage.is_in_compound = true;
                }
            }
            Expr::Unary(Unary::Sign | Unary::Collate, operand) => self.column_of_compound(operand),
            Expr::Case { arms, otherwise, .. } => {
                let values = arms.iter().map(|(_, then)| then).chain(otherwise.as_deref());
                values.for_each(|value| self.column_of_compound(value));
            }
            _ => {}
        }
    }

    /// Analyses all common table expressions, since an unused one may have parameters too.
    pub(super) fn every_cte(&mut self, scope: &Scope<'_>) {
        for at in 0..scope.with.ctes.len() {
            self.cte(scope, at);
        }
    }

    /// The columns of a common table expression.
    fn cte(&mut self, scope: &Scope<'_>, at: usize) -> Relation {
        let Some(cte) = scope.with.ctes.get(at) else { return Relation::unknown("") };
        let known = scope.with.known.borrow().get(at).cloned().unwrap_or_default();
        match known {
            Known::Done(relation) | Known::Running(Some(relation)) => return relation,
            Known::Running(None) => return Relation::unknown(&cte.name),
            Known::Nothing => {}
        }
        let remember = |known: Known| {
            if let Some(place) = scope.with.known.borrow_mut().get_mut(at) {
                *place = known;
            }
        };
        remember(Known::Running(None));
        let columns = self.select_known_as(Some((scope, at)), &cte.body, scope);
        let relation = relation_of(&cte.name, columns.as_deref(), &cte.columns);
        remember(Known::Done(relation.clone()));
        relation
    }

    pub(super) fn term<'s>(&mut self, term: &Term, outer: &'s Scope<'s>) -> (Columns, Scope<'s>) {
        let mut scope = Scope::within(outer);
        let columns = match term {
            Term::Select { columns, from, clauses } => {
                self.sources(from, &mut scope);
                for clause in clauses {
                    self.term_of_order(clause, &scope);
                }
                self.result_columns(columns, &scope)
            }
            Term::Values(rows) => {
                let mut rows = rows.iter().map(|row| {
                    row.iter().map(|expr| (self.value(expr, &Scope::within(outer)), expr)).collect::<Vec<_>>()
                });
                let first = rows.next().unwrap_or_default();
                let rest: Vec<_> = rows.collect();
                let columns = first.into_iter().enumerate().map(|(at, (typed, _))| {
                    let others = rest.iter().filter_map(|row| row.get(at)).map(|(typed, _)| typed.clone());
                    let typed = common(std::iter::once(typed).chain(others));
                    let name = Some(format!("column{}", at + 1));
                    let (typed, ty) = (typed.clone().uncertain(), typed.ty);
                    let output =
                        ResultColumn { name, ty, span: None, syntax: ColumnSyntax::Expression, is_certain: false };
                    Selected { output, typed, written: None }
                });
                Some(columns.collect())
            }
        };
        (columns, scope)
    }

    pub(super) fn sources(&mut self, sources: &[FromItem], scope: &mut Scope<'_>) {
        for (at, source) in sources.iter().enumerate() {
            // SQLite joins no more, and shared columns are looked up in every table before.
            if scope.relations.len() > limits::TABLES {
                return;
            }
            let before = scope.relations.len();
            match &source.kind {
                // Parentheses around the first source change nothing.
                SourceKind::Join(inner) if at == 0 && source.alias.is_none() => self.sources(inner, scope),
                SourceKind::Join(inner) => {
                    let relation = self.in_brackets(inner, source.alias.as_deref(), scope);
                    scope.relations.push(relation);
                }
                kind => {
                    let relation = self.relation(kind, source.alias.as_deref(), scope);
                    scope.relations.push(relation);
                }
            }
            let (left, right) = scope.relations.split_at_mut(before);
            if let Some(relation) = right.first_mut().filter(|_| at > 0) {
                relation.join = source.join;
                match &source.shared {
                    Shared::None => {}
                    Shared::Using(names) => relation.shared.clone_from(names),
                    Shared::Natural => relation.share_with(left),
                }
            }
            if let Some(on) = &source.on {
                self.value(on, scope);
            }
        }
    }

    /// A source in parentheses. A single one takes the alias after them instead of its own; several are a subquery.
    fn in_brackets(&mut self, inner: &[FromItem], alias: Option<&str>, scope: &Scope<'_>) -> Relation {
        if let [FromItem { kind, .. }] = inner {
            return match kind {
                SourceKind::Join(inner) => self.in_brackets(inner, alias, scope),
                kind => self.relation(kind, alias, scope),
            };
        }
        let mut joined_scope = Scope { outer: scope.outer, ..Scope::default() };
        self.sources(inner, &mut joined_scope);
        joined(alias.unwrap_or_default(), joined_scope.relations)
    }

    pub(super) fn relation(&mut self, kind: &SourceKind, alias: Option<&str>, scope: &Scope<'_>) -> Relation {
        match kind {
            SourceKind::Table { name, is_qualified } => {
                let name_here = alias.unwrap_or(name);
                if let Some((with, at)) = scope.cte(name).filter(|_| !is_qualified) {
                    return Relation { name: name_here.to_owned(), ..self.cte(with, at) };
                }
                match self.catalog.table(name) {
                    Some(table) => self.of_view(&table, self.types.relation(&table, alias)),
                    None => {
                        self.lacks_table = true;
                        Relation::unknown(name_here)
                    }
                }
            }
            SourceKind::Function(name, arguments) => {
                for argument in arguments {
                    self.value(argument, scope);
                }
                let columns = function_columns(name);
                // A PRAGMA, or a virtual table: https://www.sqlite.org/vtab.html#tabfunc2
                match self.catalog.table(name).filter(|_| columns.is_none()) {
                    Some(table) => self.types.relation(&table, alias),
                    None => Relation { columns, rowid: Some(unknown()), ..Relation::unknown(alias.unwrap_or(name)) },
                }
            }
            SourceKind::Subquery(select) => {
                // It sees what is around the SELECT that it is a source of, but not the other sources.
                let columns = self.select(select, scope.outer.unwrap_or(&Scope::default()));
                relation_of(alias.unwrap_or_default(), columns.as_deref(), &[])
            }
            SourceKind::Join(inner) => self.in_brackets(inner, alias, scope),
        }
    }

    /// A view without an entity passes on the types of the columns that it selects.
    fn of_view(&mut self, view: &Table, relation: Relation) -> Relation {
        // The text of a view is not always analysed, so it counts as random.
        self.is_random |= view.view.is_some();
        let Some(body) = view.view.as_deref().filter(|_| self.types.registry.table(&view.name).is_none()) else {
            return relation;
        };
        if self.views == VIEWS {
            return relation;
        }
        self.views += 1;
        // A view has no parameters, and its names are looked up in the schema alone.
        let selected = parse_view(body).and_then(|select| self.select(&select, &Scope::default()));
        self.views -= 1;
        let Some(selected) = selected else { return relation };
        let columns = relation.columns.as_ref().filter(|columns| columns.len() == selected.len());
        let columns = columns.map(|columns| {
            let pairs = columns.iter().zip(selected);
            let passed_on = pairs.map(|(column, Selected { typed, .. })| {
                let typed = ExprType { affinity: column.typed.affinity, is_registered: false, ..typed };
                // An expression has no declared type.
                if typed.is_certain || self.types.infers {
                    Column::plain(column.name.clone(), typed)
                } else {
                    column.clone()
                }
            });
            passed_on.collect()
        });
        match columns {
            Some(columns) => Relation { columns: Some(columns), ..relation },
            None => relation,
        }
    }

    pub(super) fn result_columns(&mut self, columns: &[SelectItem], scope: &Scope<'_>) -> Columns {
        let mut selected = Vec::new();
        for column in columns {
            // Each nested `*` may double the columns; SQLite accepts no more.
            if selected.len() > limits::COLUMNS {
                return None;
            }
            match column {
                SelectItem::All(table, span) => {
                    for Column { name, typed, .. } in star(&scope.relations, table.as_deref())? {
                        if selected.len() > limits::COLUMNS {
                            return None;
                        }
                        let name = Some(name).filter(|name| !name.is_empty());
                        let (ty, span) = (typed.ty.clone(), Some(span.clone()));
                        let output =
                            ResultColumn { name, ty, span, syntax: ColumnSyntax::Star, is_certain: typed.is_certain };
                        selected.push(Selected { output, typed, written: None });
                    }
                }
                SelectItem::Expr { expr, alias, span } => {
                    let typed = self.value(expr, scope);
                    // SQLite names a column as its table does, and a rowid after the column that is the rowid.
                    let (own, written) = match expr {
                        Expr::Column { table, name } => {
                            let own = scope.named(table.as_deref(), name).map(|(own, _)| own);
                            (own.filter(|own| !own.is_empty()), Some(name.clone()))
                        }
                        Expr::Literal(Literal::Bool(name)) => (scope.named(None, name).map(|(own, _)| own), None),
                        _ => (None, None),
                    };
                    let name = alias.clone().or(own);
                    let syntax = if alias.is_some() { ColumnSyntax::Aliased } else { ColumnSyntax::Expression };
                    let (ty, span, is_certain) = (typed.ty.clone(), Some(span.clone()), typed.is_certain);
                    let output = ResultColumn { name, ty, span, syntax, is_certain };
                    selected.push(Selected { output, typed, written: alias.clone().or(written) });
                }
            }
        }
        Some(selected)
    }
}

impl Selected {
    /// The column of a compound SELECT: named by the first term, typed by both.
    fn or(self, other: Self) -> Self {
        let is_certain = self.typed.is_certain && other.typed.is_certain && self.typed.ty == other.typed.ty;
        let typed = ExprType { is_certain, ..common([self.typed, other.typed]).uncertain() };
        Self { output: ResultColumn { ty: typed.ty.clone(), is_certain, ..self.output }, typed, written: self.written }
    }
}

/// A subquery as a table: its columns have the names that are written in it, made unique.
fn relation_of(name: &str, columns: Option<&[Selected]>, names: &[String]) -> Relation {
    let columns = columns.map(|columns| {
        let mut named: Vec<Column> = Vec::new();
        for (at, Selected { output, typed, written }) in columns.iter().enumerate() {
            let own = names.get(at).or(written.as_ref()).or(output.name.as_ref()).cloned().unwrap_or_default();
            let own = if names.is_empty() { once(own, &named).0 } else { own };
            named.push(Column::plain(own, typed.clone()));
        }
        named
    });
    Relation { columns, ..Relation::unknown(name) }
}
