//! From plain data to sea-query's statements.

use sea_orm::sea_query::{
    Alias, Asterisk, BinOper, CaseStatement, CommonTableExpression, DeleteStatement, Expr as Built, ExprTrait, Func,
    FunctionCall, InsertStatement, JoinType, LikeExpr, NullOrdering, OnConflict as Conflict, Order as Direction, Query,
    Returning, ReturningClause, SelectStatement, SubQueryStatement, UnionType, UpdateStatement,
};

use super::program::{Compound, Delete, Expr, Insert, Operator, Order, Output, Select, Source, Update};
use super::value::Kind;

fn alias(name: &str) -> Alias {
    Alias::new(name)
}

/// # Errors
/// What sea-query says of rows that have not the length of the list of columns.
pub fn insert(insert: &Insert) -> Result<InsertStatement, String> {
    let mut statement = Query::insert();
    if insert.replace {
        statement.replace();
    }
    statement.into_table(alias(&insert.table)).columns(insert.columns.iter().map(|column| alias(column)));
    if let Some(from) = &insert.select {
        statement.select_from(select(from, false)).map_err(|error| error.to_string())?;
    } else if insert.columns.is_empty() {
        statement.or_default_values();
    }
    for row in &insert.rows {
        let values = row.iter().map(|scalar| Built::val(scalar.value()));
        statement.values(values).map_err(|error| error.to_string())?;
    }
    if let Some(on_conflict) = &insert.on_conflict {
        let mut conflict = Conflict::columns(on_conflict.target.iter().map(|column| alias(column)));
        if on_conflict.set.is_empty() {
            conflict.do_nothing();
        }
        conflict.values(on_conflict.set.iter().map(|(column, value)| (alias(column), expr(value))));
        conflict.action_and_where_option(on_conflict.filter.as_ref().map(expr));
        statement.on_conflict(conflict);
    }
    if let Some(clause) = returning(&insert.returning) {
        statement.returning(clause);
    }
    Ok(statement)
}

pub fn update(update: &Update) -> UpdateStatement {
    let mut statement = Query::update();
    statement.table(alias(&update.table));
    statement.values(update.set.iter().map(|(column, value)| (alias(column), expr(value))));
    statement.and_where_option(update.filter.as_ref().map(expr));
    if let Some(clause) = returning(&update.returning) {
        statement.returning(clause);
    }
    statement
}

pub fn delete(delete: &Delete) -> DeleteStatement {
    let mut statement = Query::delete();
    statement.from_table(alias(&delete.table));
    statement.and_where_option(delete.filter.as_ref().map(expr));
    if let Some(clause) = returning(&delete.returning) {
        statement.returning(clause);
    }
    statement
}

fn returning(outputs: &[Output]) -> Option<ReturningClause> {
    let exprs = outputs.iter().flat_map(|output| parts(output).into_iter().map(|(_, part)| part));
    (!outputs.is_empty()).then(|| Returning::new().exprs(exprs.collect::<Vec<_>>()))
}

/// The result columns that an output takes: one of no type is read as storage class, content and float.
fn parts(output: &Output) -> Vec<(String, Built)> {
    let Output { name, kind, expr: of } = output;
    if *kind != Kind::Any {
        return vec![(name.clone(), expr(of))];
    }
    let class = || Built::from(Func::cust(alias("typeof")).arg(expr(of)));
    let is = |name: &'static str| class().eq(name);
    let hex = || Built::from(Func::cust(alias("hex")).arg(expr(of)));
    let content =
        CaseStatement::new().case(is("integer"), expr(of).cast_as("text")).case(is("text").or(is("blob")), hex());
    let float: Built = CaseStatement::new().case(is("real"), expr(of)).into();
    vec![
        (format!("{name}_class"), class()),
        (format!("{name}_content"), content.into()),
        (format!("{name}_float"), float.cast_as("real")),
    ]
}

/// A SELECT; as a statement of its own, one whose result is read.
pub fn select(select: &Select, is_read: bool) -> SelectStatement {
    let mut statement = Query::select();
    for (name, of) in &select.with {
        let mut table = CommonTableExpression::new();
        table.table_name(alias(name)).query(self::select(of, false));
        statement.with_cte(table);
    }
    if select.distinct {
        statement.distinct();
    }
    for output in &select.outputs {
        if is_read {
            for (name, part) in parts(output) {
                statement.expr_as(part, alias(&name));
            }
        } else {
            statement.expr_as(expr(&output.expr), alias(&output.name));
        }
    }
    match &select.from {
        None => {}
        Some(Source::Table(name, of)) => drop(statement.from_as(alias(name), alias(of))),
        Some(Source::Select(from, of)) => drop(statement.from_subquery(self::select(from, false), alias(of))),
    }
    for join in &select.joins {
        let how = if join.left { JoinType::LeftJoin } else { JoinType::InnerJoin };
        let on = expr(&join.on);
        match &join.source {
            Source::Table(name, of) => statement.join_as(how, alias(name), alias(of), on),
            Source::Select(from, of) => statement.join_subquery(how, self::select(from, false), alias(of), on),
        };
    }
    statement.and_where_option(select.filter.as_ref().map(expr));
    for by in &select.group {
        statement.add_group_by([expr(by)]);
    }
    if let Some(having) = &select.having {
        statement.and_having(expr(having));
    }
    for (compound, other) in &select.compound {
        let how = match compound {
            Compound::Union => UnionType::Distinct,
            Compound::UnionAll => UnionType::All,
            Compound::Intersect => UnionType::Intersect,
            Compound::Except => UnionType::Except,
        };
        statement.union(how, self::select(other, is_read));
    }
    for Order { by, descending, nulls_first } in &select.order {
        let direction = if *descending { Direction::Desc } else { Direction::Asc };
        match nulls_first {
            None => statement.order_by_expr(expr(by), direction),
            Some(true) => statement.order_by_expr_with_nulls(expr(by), direction, NullOrdering::First),
            Some(false) => statement.order_by_expr_with_nulls(expr(by), direction, NullOrdering::Last),
        };
    }
    // SQLite has no OFFSET without a LIMIT.
    if let Some(limit) = select.limit {
        statement.limit(limit);
        if let Some(offset) = select.offset {
            statement.offset(offset);
        }
    }
    statement
}

fn expr(of: &Expr) -> Built {
    match of {
        Expr::Column(table, name) if table.is_empty() => Built::col(alias(name)),
        Expr::Column(table, name) => Built::col((alias(table), alias(name))),
        Expr::Value(scalar) => Built::val(scalar.value()),
        Expr::Binary(one, operator, other) => expr(one).binary(binary(*operator), expr(other)),
        Expr::Not(operand) => expr(operand).not(),
        Expr::Negative(operand) => Built::cust_with_expr("-(?)", expr(operand)),
        Expr::IsNull(operand) => expr(operand).is_null(),
        Expr::In(operand, values) => expr(operand).is_in(values.iter().map(super::value::Scalar::value)),
        Expr::InSelect(operand, of) => expr(operand).in_subquery(select(of, false)),
        Expr::Between(operand, low, high) => expr(operand).between(expr(low), expr(high)),
        Expr::Like(operand, pattern) => expr(operand).like(LikeExpr::new(pattern.clone()).escape('\\')),
        Expr::Case(arms, otherwise) => {
            let case = arms.iter().fold(CaseStatement::new(), |case, (when, then)| case.case(expr(when), expr(then)));
            match otherwise {
                Some(otherwise) => case.finally(expr(otherwise)).into(),
                None => case.into(),
            }
        }
        Expr::Call(function, arguments) => call(function, arguments).into(),
        Expr::CountAll => Func::count(Built::col(Asterisk)).into(),
        Expr::CountDistinct(operand) => Func::count_distinct(expr(operand)).into(),
        Expr::Cast(operand, ty) => expr(operand).cast_as(alias(ty)),
        Expr::Exists(of) => Built::exists(select(of, false)),
        Expr::Scalar(of) => Built::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(select(of, false)))),
        Expr::RowNumber(partition, order) => row_number(partition, order),
    }
}

fn call(function: &str, arguments: &[Expr]) -> FunctionCall {
    Func::cust(alias(function)).args(arguments.iter().map(expr))
}

/// sea-query has windows for result columns alone; as an expression it is written out.
fn row_number(partition: &[Expr], order: &[Expr]) -> Built {
    let list = |exprs: &[Expr]| vec!["?"; exprs.len()].join(", ");
    let by = if partition.is_empty() { String::new() } else { format!("PARTITION BY {} ", list(partition)) };
    let sql = format!("ROW_NUMBER() OVER ({by}ORDER BY {})", list(order));
    Built::cust_with_exprs(sql, partition.iter().chain(order).map(expr))
}

fn binary(operator: Operator) -> BinOper {
    match operator {
        Operator::Add => BinOper::Add,
        Operator::Subtract => BinOper::Sub,
        Operator::Multiply => BinOper::Mul,
        Operator::Divide => BinOper::Div,
        Operator::Modulo => BinOper::Mod,
        Operator::BitAnd => BinOper::BitAnd,
        Operator::BitOr => BinOper::BitOr,
        Operator::ShiftLeft => BinOper::LShift,
        Operator::ShiftRight => BinOper::RShift,
        Operator::Concat => BinOper::Custom("||"),
        Operator::Equal => BinOper::Equal,
        Operator::NotEqual => BinOper::NotEqual,
        Operator::Less => BinOper::SmallerThan,
        Operator::LessOrEqual => BinOper::SmallerThanOrEqual,
        Operator::Greater => BinOper::GreaterThan,
        Operator::GreaterOrEqual => BinOper::GreaterThanOrEqual,
        Operator::Is => BinOper::Is,
        Operator::IsNot => BinOper::IsNot,
        Operator::And => BinOper::And,
        Operator::Or => BinOper::Or,
        Operator::Glob => BinOper::Custom("GLOB"),
    }
}
