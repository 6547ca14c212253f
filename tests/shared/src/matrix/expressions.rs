//! Expressions over the tables of the matrix, each with the Rust type that it is read as.

mod list;
mod read;

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

pub use read::Way;

/// The values of one column, as text; NULL is `None`.
pub type Values = Vec<Option<String>>;

/// The only column of a SELECT, named `it`.
#[derive(Clone, Debug)]
pub struct Expression {
    pub ty: &'static str,
    pub sql: &'static str,
    pub parameters: Vec<Value>,
}

/// All of them.
#[must_use]
pub fn expressions() -> Vec<Expression> {
    let plain = list::PLAIN.iter().map(|&(ty, sql)| Expression { ty, sql, parameters: Vec::new() });
    plain.chain(list::with_parameters()).collect()
}

/// The values of every expression, by its SQL; an error is its message.
pub async fn evaluate_all<C: ConnectionTrait>(db: &C, way: Way) -> BTreeMap<String, Result<Values, String>> {
    let mut values = BTreeMap::new();
    for expression in expressions() {
        let name = format!("{} {:?}", expression.sql, expression.parameters);
        values.insert(name, evaluate(db, expression, way).await.map_err(|error| error.to_string()));
    }
    values
}

/// # Errors
/// Of the driver, and for a type that has no reader.
pub async fn evaluate<C: ConnectionTrait>(db: &C, expression: Expression, way: Way) -> Result<Values, DbErr> {
    let Expression { ty, sql, parameters } = expression;
    read::read(db, Statement::from_sql_and_values(DbBackend::Sqlite, sql, parameters), ty, way).await
}
