//! Programs, as plain data.

use serde::{Deserialize, Serialize};

use super::models::ModelStep;
use super::schema::Table;
use super::value::{Kind, Scalar};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// Whether transactions stay open across awaits, which makes `begin` possible.
    pub is_async: bool,
    pub tables: Vec<Table>,
    pub steps: Vec<Step>,
}

impl Program {
    /// Whether a step works with an entity.
    #[must_use]
    pub fn has_models(&self) -> bool {
        fn has(steps: &[Step]) -> bool {
            steps.iter().any(|step| match step {
                Step::Model(_) => true,
                Step::Transaction(transaction) => has(&transaction.steps),
                _ => false,
            })
        }
        has(&self.steps)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    Insert(Insert),
    Update(Update),
    Delete(Delete),
    Select(Select),
    /// A change of the schema, in SQL.
    Schema(String),
    Transaction(Transaction),
    Model(ModelStep),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transaction {
    /// `begin` and `commit`, instead of a closure.
    pub begin: bool,
    pub commit: bool,
    /// Whether the first error rolls it back.
    pub stop: bool,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Insert {
    pub table: String,
    pub replace: bool,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Scalar>>,
    /// Instead of rows.
    pub select: Option<Box<Select>>,
    pub on_conflict: Option<OnConflict>,
    pub returning: Vec<Output>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnConflict {
    pub target: Vec<String>,
    /// Empty for DO NOTHING.
    pub set: Vec<(String, Expr)>,
    pub filter: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    pub table: String,
    pub set: Vec<(String, Expr)>,
    pub filter: Option<Expr>,
    pub returning: Vec<Output>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delete {
    pub table: String,
    pub filter: Option<Expr>,
    pub returning: Vec<Output>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Select {
    pub with: Vec<(String, Select)>,
    pub distinct: bool,
    pub outputs: Vec<Output>,
    pub from: Option<Source>,
    pub joins: Vec<Join>,
    pub filter: Option<Expr>,
    pub group: Vec<Expr>,
    pub having: Option<Expr>,
    pub compound: Vec<(Compound, Select)>,
    pub order: Vec<Order>,
    pub limit: Option<u64>,
    pub offset: Option<u64>,
}

/// A result column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Output {
    pub name: String,
    pub kind: Kind,
    pub expr: Expr,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// A table, a view or a common table expression, and its alias.
    Table(String, String),
    Select(Box<Select>, String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Join {
    pub left: bool,
    pub source: Source,
    pub on: Expr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compound {
    Union,
    UnionAll,
    Intersect,
    Except,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub by: Expr,
    pub descending: bool,
    pub nulls_first: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    /// Of the table or alias, which can be empty.
    Column(String, String),
    Value(Scalar),
    Binary(Box<Expr>, Operator, Box<Expr>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    IsNull(Box<Expr>),
    In(Box<Expr>, Vec<Scalar>),
    InSelect(Box<Expr>, Box<Select>),
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    Like(Box<Expr>, String),
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    Call(String, Vec<Expr>),
    CountAll,
    CountDistinct(Box<Expr>),
    Cast(Box<Expr>, String),
    Exists(Box<Select>),
    Scalar(Box<Select>),
    /// Number of the row in a partition, by a key that is unique.
    RowNumber(Vec<Expr>, Vec<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    BitAnd,
    BitOr,
    ShiftLeft,
    ShiftRight,
    Concat,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Is,
    IsNot,
    And,
    Or,
    Glob,
}
