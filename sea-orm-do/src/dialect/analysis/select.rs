//! The columns of a SELECT and of the tables it reads.

use super::{Analyst, Columns, Form, Output, Selected};
use crate::dialect::catalog::{Kind, function_columns, is_pragma};
use crate::dialect::limits;
use crate::dialect::scope::{Column, Relation, Scope, is_rowid};
use crate::dialect::syntax::{Cte, Expr, ResultColumn, Select, Shared, Source, SourceKind, Term};
use crate::dialect::typed::{Typed, common};

impl Analyst<'_> {
    pub(super) fn select(&mut self, select: &Select, outer: &Scope<'_>) -> Columns {
        self.select_known_as(None, select, outer)
    }

    /// A SELECT whose terms behind the first can name it: the body of a common table expression that may be recursive.
    fn select_known_as(&mut self, cte: Option<&Cte>, select: &Select, outer: &Scope<'_>) -> Columns {
        if let Err(why) = limits::compound_terms(select.terms.len()) {
            self.refusal.get_or_insert(why);
        }
        let mut around = Scope::within(outer);
        self.ctes(&select.ctes, &mut around);
        let mut terms = select.terms.iter();
        let first = terms.next()?;
        // ORDER BY sees the tables of a SELECT that stands alone.
        let (mut columns, scope) = self.term(first, &around);
        for expr in &select.order {
            self.term_of_order(expr, &scope);
        }
        for expr in &select.limit {
            self.value(expr, &scope);
            if let Expr::Parameter(at) = expr
                && let Some(usage) = self.usages.get_mut(*at)
            {
                usage.is_limit = true;
            }
        }
        drop(scope);
        if let Some(cte) = cte {
            around.ctes.push(relation_of(&cte.name, columns.as_deref(), &cte.columns));
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
        columns
    }

    pub(super) fn ctes(&mut self, ctes: &[Cte], scope: &mut Scope<'_>) {
        for cte in ctes {
            let columns = self.select_known_as(Some(cte), &cte.body, scope);
            scope.ctes.push(relation_of(&cte.name, columns.as_deref(), &cte.columns));
        }
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
                    let output = Output { name, ty, span: None, form: Form::Expression, is_certain: false };
                    Selected { output, typed }
                });
                Some(columns.collect())
            }
        };
        (columns, scope)
    }

    pub(super) fn sources(&mut self, sources: &[Source], scope: &mut Scope<'_>) {
        for source in sources {
            let before = scope.relations.len();
            // SQLite joins no more, and what they share is looked up in each that stands before.
            if before > limits::TABLES {
                return;
            }
            match &source.kind {
                SourceKind::Join(inner) => self.sources(inner, scope),
                kind => {
                    let relation = self.relation(kind, source.alias.as_deref(), scope);
                    scope.relations.push(relation);
                }
            }
            let (left, right) = scope.relations.split_at_mut(before);
            let listed = |name: &str| left.iter().any(|relation| relation.column(name).is_some());
            for relation in right {
                match &source.shared {
                    Shared::None => {}
                    Shared::Using(names) => relation.shared.extend(names.iter().cloned()),
                    Shared::Natural => {
                        let columns = relation.columns.iter().flatten().map(|column| column.name.clone());
                        relation.shared = columns.filter(|name| listed(name)).collect();
                    }
                }
            }
            if let Some(on) = &source.on {
                self.value(on, scope);
            }
        }
    }

    pub(super) fn relation(&mut self, kind: &SourceKind, alias: Option<&str>, scope: &Scope<'_>) -> Relation {
        let untold = |name: &str| Relation { name: name.to_owned(), columns: None, shared: Vec::new(), rowid: None };
        match kind {
            SourceKind::Table(name) => {
                let name_here = alias.unwrap_or(name);
                if let Some(cte) = scope.cte(name) {
                    return Relation { name: name_here.to_owned(), ..cte.clone() };
                }
                match self.catalog.table(name) {
                    Some(table) => self.types.relation(&table, alias),
                    None => {
                        self.lacks_table = true;
                        untold(name_here)
                    }
                }
            }
            SourceKind::Function(name, arguments) => {
                for argument in arguments {
                    self.value(argument, scope);
                }
                match self.catalog.table(name).filter(|_| is_pragma(name)) {
                    Some(pragma) => self.types.relation(&pragma, alias),
                    None => Relation { columns: function_columns(name), ..untold(alias.unwrap_or(name)) },
                }
            }
            SourceKind::Subquery(select) => {
                let around = Scope { relations: Vec::new(), ctes: Vec::new(), outer: Some(scope) };
                let columns = self.select(select, &around);
                relation_of(alias.unwrap_or_default(), columns.as_deref(), &[])
            }
            // Flattened by the caller.
            SourceKind::Join(_) => untold(alias.unwrap_or_default()),
        }
    }

    pub(super) fn result_columns(&mut self, columns: &[ResultColumn], scope: &Scope<'_>) -> Columns {
        let mut selected = Vec::new();
        for column in columns {
            // Each `*` of a `*` may double them; SQLite takes no more.
            if selected.len() > limits::COLUMNS {
                return None;
            }
            match column {
                ResultColumn::All(table, span) => {
                    let all = table.as_deref();
                    let relations =
                        scope.relations.iter().filter(|r| all.is_none_or(|name| r.name.eq_ignore_ascii_case(name)));
                    for relation in relations {
                        if selected.len() > limits::COLUMNS {
                            return None;
                        }
                        let shared = |name: &str| {
                            all.is_none() && relation.shared.iter().any(|shared| shared.eq_ignore_ascii_case(name))
                        };
                        for Column { name, typed, in_star, kind } in relation.columns.as_ref()? {
                            if !shared(name) && *kind != Kind::Hidden {
                                let name = Some(name.clone()).filter(|name| !name.is_empty());
                                let (ty, span) = (in_star.clone(), Some(span.clone()));
                                let output =
                                    Output { name, ty, span, form: Form::Star, is_certain: typed.is_certain };
                                let typed = Typed { ty: in_star.clone(), ..typed.clone() };
                                selected.push(Selected { output, typed });
                            }
                        }
                    }
                }
                ResultColumn::Expr { expr, alias, span } => {
                    let typed = self.value(expr, scope);
                    let own = match expr {
                        // SQLite names a rowid after the column that it is.
                        Expr::Column { name, .. } if !is_rowid(name) => Some(name.clone()),
                        _ => None,
                    };
                    let name = alias.clone().or(own);
                    let form = if alias.is_some() { Form::Aliased } else { Form::Expression };
                    let (ty, span, is_certain) = (typed.ty.clone(), Some(span.clone()), typed.is_certain);
                    let output = Output { name, ty, span, form, is_certain };
                    selected.push(Selected { output, typed });
                }
            }
        }
        Some(selected)
    }
}

impl Selected {
    /// The column of a compound SELECT: the name of its first term, the type of both.
    fn or(self, other: Self) -> Self {
        let is_certain = self.typed.is_certain && other.typed.is_certain && self.typed.ty == other.typed.ty;
        let typed = Typed { is_certain, ..common([self.typed, other.typed]).uncertain() };
        Self { output: Output { ty: typed.ty.clone(), is_certain, ..self.output }, typed }
    }
}

fn relation_of(name: &str, columns: Option<&[Selected]>, names: &[String]) -> Relation {
    let columns = columns.map(|columns| {
        let named = columns.iter().enumerate().map(|(at, Selected { output, typed })| {
            let name = names.get(at).or(output.name.as_ref());
            Column::plain(name.cloned().unwrap_or_default(), typed.clone())
        });
        named.collect()
    });
    Relation { name: name.to_owned(), columns, shared: Vec::new(), rowid: None }
}
