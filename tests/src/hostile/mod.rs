//! Hostile input, as a table: what is done, and how exactly it ends.
//!
//! After each input the rest of the database is as it was, and the next statement works: `cases/hostile.rs` sees to it.

mod act;
mod injected;
mod javascript;
mod lengths;
mod names;
pub mod past;
mod shapes;
mod statements;
mod stored;
mod values;

use past::Raw;
use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

pub use act::act;

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: &'static str,
    pub act: Act,
    /// What comes of it: what was read, or the whole text of the error; up to a `…` at its end.
    pub ends: String,
    /// Where the storage of the host differs, for the reason that stands beside it.
    pub natively: Option<String>,
}

/// What is done.
#[derive(Clone, Debug)]
pub enum Act {
    /// A value goes into a column without a type, and is read back by the driver and past it.
    Store(Value),
    /// A statement with its values, whose rows nobody asks for.
    Execute(String, Vec<Value>),
    /// A statement with its values, whose rows are read.
    Query(String, Vec<Value>),
    /// A script.
    Script(String),
    /// The name of a table, a column, an index and an alias, and the type of a result column by its name.
    Name(String),
    /// The name of an index alone.
    Index(&'static str),
    /// Written past the driver into that column, then read as this type.
    Read(Raw, ArrayType),
    /// The first is left open, past the driver; then the other is done; then the first is read to its end.
    Behind(&'static str, Box<Act>),
}

impl Input {
    fn new(name: &'static str, act: Act, ends: impl Into<String>) -> Self {
        Self { name, act, ends: ends.into(), natively: None }
    }

    /// The storage of the host ends otherwise.
    fn natively(self, ends: impl Into<String>) -> Self {
        Self { natively: Some(ends.into()), ..self }
    }
}

fn store(name: &'static str, value: impl Into<Value>, ends: impl Into<String>) -> Input {
    Input::new(name, Act::Store(value.into()), ends)
}

fn execute(
    name: &'static str,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
    ends: impl Into<String>,
) -> Input {
    Input::new(name, Act::Execute(sql.into(), values.into_iter().collect()), ends)
}

fn query(
    name: &'static str,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
    ends: impl Into<String>,
) -> Input {
    Input::new(name, Act::Query(sql.into(), values.into_iter().collect()), ends)
}

fn script(name: &'static str, sql: impl Into<String>, ends: impl Into<String>) -> Input {
    Input::new(name, Act::Script(sql.into()), ends)
}

/// A part of the table.
pub type Part = fn() -> Vec<Input>;

/// The table, part by part; the last part needs JavaScript.
pub const PARTS: [Part; 8] = [
    values::inputs,
    lengths::inputs,
    shapes::inputs,
    statements::inputs,
    injected::inputs,
    names::inputs,
    stored::inputs,
    javascript::inputs,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::PARTS;

    #[test]
    fn the_table_has_at_least_120_inputs_of_different_names() {
        let names: Vec<_> = PARTS.iter().flat_map(|part| part()).map(|input| input.name).collect();
        let different: BTreeSet<_> = names.iter().collect();
        assert!(names.len() >= 120 && different.len() == names.len(), "{} of {}", different.len(), names.len());
        let counts: Vec<_> = PARTS.iter().map(|part| part().len()).collect();
        let told = include_str!("../../../docs/trust.md");
        assert!(told.contains(&format!("a table of {} hostile inputs", names.len())), "{} of {counts:?}", names.len());
    }
}
