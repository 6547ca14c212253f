//! Why a schema has no entities.

use std::fmt::{Display, Formatter};

/// Why entities cannot be written.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodegenError {
    /// What is wrong with the tables, all of it.
    #[error("{}", list(.0))]
    Problems(Vec<Problem>),
    /// The generator refused what it was given.
    #[error("sea-orm-codegen cannot write the entities: {0}")]
    Generator(String),
}

/// What keeps a table from having an entity, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// SeaORM has no entities without a primary key.
    #[error("table `{table}` has no primary key: give it one, or leave it out with --ignore-tables '{table}'")]
    NoPrimaryKey {
        /// The table.
        table: String,
    },
    /// A declared type that no Rust type belongs to, or none at all.
    #[error(
        "column `{column}` of table `{table}` is declared {}, which has no Rust type: name one that has with \
         --column-type '{table}.{column}=text' (or blob, integer, json_text, …), or leave the table out with --ignore-tables \
         '{table}'", ShownType(.declared)
    )]
    NoType {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The declared type; empty where there is none.
        declared: String,
    },
    /// A name out of which no Rust name can be made.
    #[error("{what} has no name in Rust: rename it, or leave the table out with --ignore-tables '{table}'")]
    NoName {
        /// A table or a column of one.
        what: String,
        /// The table.
        table: String,
    },
    /// Two names that are the same in Rust.
    #[error(
        "{what} has the same name in Rust as `{other}`: rename one, or leave the table out with --ignore-tables '{table}'"
    )]
    SameName {
        /// A table or a column of one.
        what: String,
        /// The name of the other.
        other: String,
        /// The table.
        table: String,
    },
    /// A table that the options name is not there.
    #[error("there is no table `{table}`: the tables are {there}")]
    NoTable {
        /// The table.
        table: String,
        /// The tables of the schema.
        there: String,
    },
    /// A further derive that is no path.
    #[error("`{derive}` cannot be derived: --model-extra-derives takes paths, separated by commas")]
    NoDerive {
        /// As it was given.
        derive: String,
    },
    /// A further attribute that is none.
    #[error("`{attribute}` is no attribute: --model-extra-attributes takes what stands in `#[]`, separated by commas")]
    NoAttribute {
        /// As it was given.
        attribute: String,
    },
    /// A column that the options name is not there.
    #[error("there is no column `{column}` that --column-type could mean: write it as 'table.column=type'")]
    NoColumn {
        /// As it was given.
        column: String,
    },
}

struct ShownType<'a>(&'a str);

impl Display for ShownType<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            "" => f.write_str("without a type"),
            declared => write!(f, "`{declared}`"),
        }
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}
