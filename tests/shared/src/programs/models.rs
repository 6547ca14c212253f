//! What a program does through entities, as plain data.

use serde::{Deserialize, Serialize};

use super::program::Operator;
use super::value::Scalar;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entity {
    Item,
    Tag,
    Link,
}

/// Columns by name, with what they are set to.
pub type Cells = Vec<(String, Scalar)>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelStep {
    pub entity: Entity,
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// `ActiveModel::insert`.
    Insert(Cells),
    /// `ActiveModel::save`.
    Save(Cells),
    /// `Entity::insert(..).exec`.
    Exec(Cells, Option<Upsert>),
    InsertMany(Vec<Cells>, Way, Option<Upsert>),
    /// `ActiveModel::update` of the first model that is found.
    Change(Find, Cells),
    /// `Model::delete` of the first that is found.
    Remove(Find),
    Find(Find, Found),
    UpdateMany(Cells, Vec<Filter>, bool),
    DeleteMany(Vec<Filter>, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    Exec,
    Count,
    Returning,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Upsert {
    pub target: Vec<String>,
    /// Empty for DO NOTHING.
    pub update: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Find {
    pub filters: Vec<Filter>,
    /// Column, and whether it falls; the key comes last by itself.
    pub order: Vec<(String, bool)>,
    pub limit: Option<u64>,
    pub offset: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    pub column: String,
    pub operator: Operator,
    pub value: Scalar,
}

/// How what is found is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Found {
    All,
    One,
    Count,
    Pages(u64),
    /// By the entity's own cursor, after this key.
    After(i64, u64),
    /// Three columns of an item.
    Tuples,
    /// Each with the one that it points to.
    Also,
    /// Each with those that point to it.
    With,
}
