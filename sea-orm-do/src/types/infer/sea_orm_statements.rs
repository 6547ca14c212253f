//! The statements that SeaORM builds and reads for itself, with result columns that are not plain columns of an entity.

use sea_orm::sea_query::ArrayType;

use super::{Analyst, Columns, Selected};
use crate::sql::ast::{Binary, Expr, FromItem, Literal, Select, SelectItem, SourceKind, Term};
use crate::types::expr_type::{ExprType, Type};

impl Analyst<'_> {
    /// The columns of a SELECT, with the types that SeaORM reads in a statement that it built.
    pub(super) fn of_sea_orm(&mut self, select: &Select, columns: Columns) -> Columns {
        let [Term::Select { columns: written, from, clauses }] = &select.terms[..] else { return columns };
        if select.ctes.is_empty() && (is_count(written, from) || self.is_presence(written, from)) {
            self.is_of_sea_orm = true;
            return Some(columns?.into_iter().map(|column| column.read_as(ArrayType::BigInt)).collect());
        }
        let keys = self.junction_keys(written, from, clauses);
        let columns =
            columns?.into_iter().enumerate().map(|(at, column)| match keys.iter().find(|(key, _)| *key == at) {
                Some((_, ty)) => column.read_as(ty.clone()),
                None => column,
            });
        Some(columns.collect())
    }

    /// Whether it selects the 1 of `exists()`, for which SeaORM only checks that there is a row:
    /// sea-orm-2.0.4/src/executor/select_ext.rs:25.
    fn is_presence(&self, written: &[SelectItem], from: &[FromItem]) -> bool {
        let is_one = |column: &SelectItem| match column {
            SelectItem::Expr { expr: Expr::Literal(Literal::Integer), alias: None, span } => {
                self.sql.get(span.clone()) == Some("1")
            }
            _ => false,
        };
        !from.is_empty() && matches!(written, [column] if is_one(column))
    }

    /// The positions of the junction table's keys, which loaders select after a whole model, each with the type that
    /// they read it as: that of the models they were given, whose keys are the values of `IN`.
    /// sea-orm-2.0.4/src/query/loader.rs:1252
    fn junction_keys(&self, written: &[SelectItem], from: &[FromItem], clauses: &[Expr]) -> Vec<(usize, ArrayType)> {
        let [FromItem { kind: SourceKind::Table { name: model, .. }, alias: None, .. }, .., junction] = from else {
            return Vec::new();
        };
        let (SourceKind::Table { name: junction, .. }, Some(entity)) =
            (&junction.kind, self.types.registry.table(model))
        else {
            return Vec::new();
        };
        let column = |column: &SelectItem, of: &str| match column {
            SelectItem::Expr { expr: Expr::Column { table: Some(table), name }, alias: None, .. } if table == of => {
                Some(name.clone())
            }
            _ => None,
        };
        let Some((of_model, keys)) = written.split_at_checked(entity.names().len()) else { return Vec::new() };
        let is_model = of_model.iter().zip(entity.names()).all(|(written, name)| match written {
            SelectItem::Expr { alias: Some(alias), .. } => alias == name,
            SelectItem::Expr { .. } => column(written, model).as_ref() == Some(name),
            SelectItem::All(..) => false,
        });
        if !is_model {
            return Vec::new();
        }
        let keys: Option<Vec<_>> = keys.iter().map(|key| column(key, junction)).collect();
        let asked = clauses.iter().flat_map(|clause| self.compared_keys(clause, junction)).collect::<Vec<_>>();
        let typed = keys.unwrap_or_default().into_iter().enumerate().filter_map(|(at, key)| {
            let (_, ty) = asked.iter().find(|(name, _)| *name == key)?;
            Some((of_model.len() + at, ty.clone()))
        });
        typed.collect()
    }

    /// The columns of a table that `IN` compares with parameters, each with the type of its parameter.
    fn compared_keys(&self, clause: &Expr, table: &str) -> Vec<(String, ArrayType)> {
        let is_of_table = |expr: &Expr| match expr {
            Expr::Column { table: Some(of), name } if of == table => Some(name.clone()),
            _ => None,
        };
        let parameter = |expr: &Expr| match expr {
            Expr::Parameter(at) => self.parameters.get(*at).cloned(),
            _ => None,
        };
        match clause {
            Expr::Binary(Binary::Logic, one, other) => {
                [one, other].into_iter().flat_map(|clause| self.compared_keys(clause, table)).collect()
            }
            Expr::In(value, list) => match (&**value, list.first()) {
                (Expr::Row(columns), Some(Expr::Row(values))) => {
                    let pairs = columns.iter().zip(values);
                    pairs.filter_map(|(column, value)| Some((is_of_table(column)?, parameter(value)?))).collect()
                }
                (column, Some(value)) => is_of_table(column).zip(parameter(value)).into_iter().collect(),
                (_, None) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

impl Selected {
    fn read_as(self, ty: ArrayType) -> Self {
        let typed = ExprType { ty: Type::Known(ty), is_certain: true, ..self.typed };
        let output = super::ResultColumn { ty: typed.ty.clone(), is_certain: true, ..self.output };
        Self { output, typed, ..self }
    }
}

/// Whether it is the count of `count()` and of paginators: sea-orm-2.0.4/src/executor/paginator.rs:74.
fn is_count(written: &[SelectItem], from: &[FromItem]) -> bool {
    let is_all = |column: &SelectItem| match column {
        SelectItem::Expr { expr: Expr::Call { function, arguments, clauses }, alias: Some(alias), .. } => {
            function.eq_ignore_ascii_case("count") && arguments.is_empty() && clauses.is_empty() && alias == "num_items"
        }
        _ => false,
    };
    let [FromItem { kind: SourceKind::Subquery(_), alias: Some(alias), .. }] = from else { return false };
    alias == "sub_query" && matches!(written, [column] if is_all(column))
}
