//! The type of an expression, and how the parameters in it are used.

use sea_orm::sea_query::ArrayType;

use super::Analyst;
use crate::sql::ast::{Binary, Comparison, Expr, Literal, Unary};
use crate::types::declared::{Affinity, rust_type};
use crate::types::expr_type::{Adapts, ColumnType, ExprType, Type, bits, common, numeric};
use crate::types::functions;
use crate::types::scope::{Scope, unknown};
use crate::value::dates::DateFormat;

impl Analyst<'_> {
    /// A term of ORDER BY or GROUP BY, or any other clause. An integer literal there would be a column position, even
    /// after a sign.
    pub(super) fn term_of_order(&mut self, expr: &Expr, scope: &Scope<'_>) {
        self.value(expr, scope);
        let mut unsigned = expr;
        while let Expr::Unary(Unary::Sign | Unary::Collate, operand) = unsigned {
            unsigned = operand;
        }
        if let Some(usage) = self.usage(unsigned) {
            usage.is_ordinal = true;
        }
    }

    /// The type of an expression. If it is a parameter, an integer must arrive as an INTEGER.
    pub(super) fn value(&mut self, expr: &Expr, scope: &Scope<'_>) -> ExprType {
        if let Some(usage) = self.usage(expr) {
            usage.needs_integer_cast = true;
        }
        self.typed(expr, scope)
    }

    pub(super) fn values<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>, scope: &Scope<'_>) -> Vec<ExprType> {
        exprs.into_iter().map(|expr| self.value(expr, scope)).collect()
    }

    /// Both sides of a comparison. Against a column with TEXT affinity, a number becomes text, and '1.0' is not '1'.
    /// Against anything else, the REAL of a whole number compares like the integer.
    fn compared(&mut self, comparison: Comparison, one: &Expr, other: &Expr, scope: &Scope<'_>) -> ExprType {
        if let (Expr::Row(ones), Expr::Row(others)) = (one, other) {
            for (one, other) in ones.iter().zip(others) {
                self.compared(comparison, one, other, scope);
            }
        } else {
            let left = self.typed(one, scope);
            self.compared_to(comparison, one, &left, [other], scope);
        }
        ExprType::known(ArrayType::Bool)
    }

    /// Compares one expression with each of several others.
    fn compared_to<'e>(
        &mut self,
        comparison: Comparison,
        one: &Expr,
        left: &ExprType,
        others: impl IntoIterator<Item = &'e Expr>,
        scope: &Scope<'_>,
    ) {
        for other in others {
            let right = self.typed(other, scope);
            self.compared_with(comparison, one, other, &right);
            self.compared_with(comparison, other, one, left);
            self.dates_compared(comparison, (one, left), (other, &right));
        }
    }

    /// Refuses to compare the dates or times of two columns, or of a column and a function, in different formats.
    fn dates_compared(&mut self, comparison: Comparison, one: (&Expr, &ExprType), other: (&Expr, &ExprType)) {
        let form = |(expr, typed): (&Expr, &ExprType)| match (expr.bare(), &typed.ty) {
            (Expr::Column { .. }, Type::Known(ty)) if typed.is_registered => DateFormat::of(ty),
            (Expr::Call { function, .. }, _) => DateFormat::of_function(function),
            (Expr::Literal(Literal::Now(function)), _) => DateFormat::of_function(function),
            _ => None,
        };
        let (Some(one_form), Some(other_form)) = (form(one), form(other)) else { return };
        let is_of_column = one.1.is_registered || other.1.is_registered;
        if is_of_column && !one_form.compares_with(other_form, comparison) {
            self.refusal.get_or_insert_with(|| {
                let shown = |(expr, typed): (&Expr, &ExprType)| match (expr.bare(), &typed.ty) {
                    (Expr::Column { name, .. }, Type::Known(ty)) => format!("column `{name}`, which is {ty:?},"),
                    (Expr::Call { function, .. }, _) => format!("{}(..)", function.to_ascii_lowercase()),
                    (Expr::Literal(Literal::Now(function)), _) => format!("{function}('now')"),
                    _ => String::new(),
                };
                format!(
                    "{} is compared with {} in another text format, so SQLite does not compare them as times: \
                     compare julianday(..) with julianday(..)",
                    shown(one),
                    shown(other)
                )
            });
        }
    }

    /// Records that an expression is compared with a column, or with anything else.
    fn compared_with(&mut self, comparison: Comparison, expr: &Expr, other: &Expr, other_type: &ExprType) {
        if let Some(usage) = self.usage(expr) {
            if other_type.affinity == Affinity::Text {
                (usage.needs_integer_cast, usage.takes_text) = (true, true);
            } else {
                usage.is_compared = true;
            }
            if let Expr::Column { name, .. } = other.bare() {
                usage.compared_with.extend(ColumnType::new(name, other_type).map(|column| (column, comparison)));
            }
        }
    }

    /// Marks the parameters that SQLite converts to text.
    fn texts<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        for expr in exprs {
            if let Some(usage) = self.usage(expr) {
                usage.takes_text = true;
            }
        }
    }

    fn pattern(&mut self, expr: &Expr) {
        match expr.bare() {
            Expr::Parameter(_) => {
                if let Some(usage) = self.usage(expr) {
                    usage.is_pattern = true;
                }
            }
            // With ESCAPE.
            Expr::Row(parts) => parts.iter().take(1).for_each(|pattern| self.pattern(pattern)),
            _ => {}
        }
    }

    pub(super) fn typed(&mut self, expr: &Expr, scope: &Scope<'_>) -> ExprType {
        let bool = || ExprType::known(ArrayType::Bool);
        match expr {
            Expr::Column { table, name } => scope.column(table.as_deref(), name),
            Expr::Parameter(at) => {
                let ty = self.parameters.get(*at).cloned().map_or(Type::Dynamic, Type::Known);
                ExprType { adapts: Adapts::Parameter, ..ExprType::of(ty) }
            }
            Expr::Literal(Literal::Bool(name)) if !scope.lacks(name) => scope.column(None, name),
            Expr::Literal(literal) => literal_type(*literal),
            Expr::Unary(Unary::Collate, operand) => self.typed(operand, scope).uncertain(),
            Expr::Unary(unary, operand) => {
                let operand = self.value(operand, scope).computed();
                match unary {
                    Unary::Sign => numeric(&operand, &operand),
                    Unary::Bits => bits(numeric(&operand, &operand)),
                    Unary::Logic | Unary::Collate => bool(),
                }
            }
            Expr::Binary(Binary::Compare(comparison), one, other) => self.compared(*comparison, one, other, scope),
            Expr::Binary(operator, one, other) => {
                if *operator == Binary::Like {
                    self.pattern(other);
                }
                if matches!(
                    operator,
                    Binary::Concat | Binary::JsonText | Binary::JsonValue | Binary::Like | Binary::Match
                ) {
                    self.texts([&**one, &**other]);
                }
                let (one, other) = (self.value(one, scope), self.value(other, scope));
                match operator {
                    Binary::Logic | Binary::Like | Binary::Match | Binary::Compare(_) => bool(),
                    Binary::Arithmetic => numeric(&one.computed(), &other.computed()),
                    Binary::Bits => bits(numeric(&one.computed(), &other.computed())),
                    Binary::Concat | Binary::JsonText => ExprType::known(ArrayType::String),
                    Binary::JsonValue => ExprType::dynamic(),
                }
            }
            Expr::Between(value, low, high) => {
                let left = self.typed(value, scope);
                self.compared_to(Comparison::Order, value, &left, [&**low, &**high], scope);
                bool()
            }
            Expr::In(value, list) => {
                if let Expr::Row(values) = &**value {
                    let lefts: Vec<_> = values.iter().map(|value| self.typed(value, scope)).collect();
                    for item in list {
                        let Expr::Row(others) = item else {
                            self.value(item, scope);
                            continue;
                        };
                        for ((value, left), other) in values.iter().zip(&lefts).zip(others) {
                            self.compared_to(Comparison::Equality, value, left, [other], scope);
                        }
                    }
                } else {
                    let left = self.typed(value, scope);
                    self.compared_to(Comparison::Equality, value, &left, list, scope);
                }
                bool()
            }
            Expr::InSelect(value, select) => {
                let columns = self.select(select, scope).unwrap_or_default();
                let values =
                    if let Expr::Row(values) = &**value { values.as_slice() } else { std::slice::from_ref(&**value) };
                for (position, value) in values.iter().enumerate() {
                    self.typed(value, scope);
                    let other = columns.get(position).map_or_else(unknown, |column| column.typed.clone());
                    if let Some(usage) = self.usage(value) {
                        usage.needs_integer_cast |= other.affinity == Affinity::Text;
                        usage.takes_text |= other.affinity == Affinity::Text;
                        usage.is_compared = true;
                        let column = columns.get(position).and_then(|column| column.output.name.as_deref());
                        let column = column.and_then(|name| ColumnType::new(name, &other));
                        usage.compared_with.extend(column.map(|column| (column, Comparison::Equality)));
                    }
                }
                bool()
            }
            Expr::Exists(select) => {
                self.select(select, scope);
                bool()
            }
            Expr::Subquery(select) => {
                let columns = self.select(select, scope).unwrap_or_default();
                columns.into_iter().next().map_or_else(unknown, |column| column.typed)
            }
            Expr::Row(values) => {
                self.values(values, scope);
                ExprType::dynamic()
            }
            Expr::Cast(value, declared) => {
                self.texts([&**value]);
                let of_value = self.value(value, scope);
                if of_value.select_as.as_ref().is_some_and(|ty| ty.eq_ignore_ascii_case(declared)) {
                    // SeaORM selects the column with this cast, and reads it as its field.
                    return ExprType { affinity: Affinity::of(declared), select_as: None, ..of_value };
                }
                let ty = rust_type(declared).map_or(Type::Dynamic, Type::Known);
                ExprType { affinity: Affinity::of(declared), ..ExprType::of(ty) }
            }
            Expr::Case { operand, arms, otherwise } => {
                let mut results = Vec::new();
                let operand = operand.as_ref().map(|operand| (operand, self.typed(operand, scope)));
                for (condition, result) in arms {
                    match &operand {
                        Some((operand, typed)) => {
                            self.compared_to(Comparison::Equality, operand, typed, [condition], scope)
                        }
                        None => drop(self.value(condition, scope)),
                    }
                    results.push(self.value(result, scope));
                }
                results.extend(otherwise.as_ref().map(|otherwise| self.value(otherwise, scope)));
                common(results).computed()
            }
            Expr::Call { function, arguments, clauses } => {
                if functions::takes_text(function) {
                    self.texts(arguments);
                }
                let arguments = self.values(arguments, scope);
                self.values(clauses, scope);
                self.is_random |= functions::is_random(function);
                functions::result(function, arguments)
            }
        }
    }
}

fn literal_type(literal: Literal) -> ExprType {
    let ty = match literal {
        Literal::Null => return ExprType::of(Type::Null),
        Literal::Integer => ArrayType::BigInt,
        Literal::Real => ArrayType::Double,
        Literal::Text | Literal::Now(_) => ArrayType::String,
        Literal::Blob => ArrayType::Bytes,
        Literal::Bool(_) => ArrayType::Bool,
    };
    ExprType { adapts: Adapts::Literal, ..ExprType::known(ty) }
}
