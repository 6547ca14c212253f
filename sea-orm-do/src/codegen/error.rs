//! Why entities cannot be generated.

use std::fmt::{Display, Formatter};

/// Why entities cannot be generated.
///
/// ```
/// use sea_orm_do::codegen::{CodegenError, Options, generate};
/// use sea_orm_do::introspect::Schema;
///
/// let options = Options { tables: vec!["task".into()], ..Default::default() };
/// let error = generate(&Schema::default(), &options).unwrap_err();
/// assert!(matches!(&error, CodegenError::Problems(problems) if problems.len() == 1));
/// assert!(error.to_string().starts_with("there is no table `task`"));
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodegenError {
    /// All problems with the options; with `strict`, those with the tables as well.
    #[error("{}", list(.0))]
    Problems(Vec<Problem>),
    /// The generator refused its input.
    #[error("sea-orm-codegen cannot write the entities: {0}")]
    Generator(String),
}

/// What keeps a table from having an entity, and what to do about it.
///
/// ```
/// use sea_orm_do::codegen::{CodegenError, Options, Problem, generate};
/// use sea_orm_do::introspect::{Schema, Table};
///
/// let keyless = Table { name: "task".into(), ..Default::default() };
/// let schema = Schema { tables: vec![keyless], ..Default::default() };
/// let generated = generate(&schema, &Options::default())?;
/// assert_eq!(generated.skipped, [Problem::NoPrimaryKey { table: "task".into() }]);
/// let strict = Options { strict: true, ..Default::default() };
/// assert!(matches!(generate(&schema, &strict), Err(CodegenError::Problems(_))));
/// # Ok::<(), CodegenError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A table without a primary key, which SeaORM's entities need.
    #[error("table `{table}` has no primary key: give it one, or ignore it with --ignore-tables '{table}'")]
    NoPrimaryKey {
        /// The table.
        table: String,
    },
    /// A column whose declared type has no Rust type, or that has no declared type.
    #[error(
        "column `{column}` of table `{table}` is declared {}, which has no Rust type: name a type that has one with \
         --column-type '{table}.{column}=text' (or blob, integer, json_text, …), or ignore the table with --ignore-tables \
         '{table}'", ShownType(.declared)
    )]
    NoType {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The declared type; empty if there is none.
        declared: String,
    },
    /// A name without letters and digits.
    #[error("{what} has no name in Rust: rename it, or ignore the table with --ignore-tables '{table}'")]
    NoName {
        /// The table or column, in words.
        what: String,
        /// The table.
        table: String,
    },
    /// A table in the options that does not exist.
    #[error("there is no table `{table}`: the tables are {there}")]
    NoTable {
        /// The table.
        table: String,
        /// The tables of the schema.
        there: String,
    },
    /// An extra derive that is not a path.
    #[error("`{derive}` cannot be derived: --model-extra-derives takes paths, separated by commas")]
    NoDerive {
        /// As it was given.
        derive: String,
    },
    /// An extra attribute that is not valid.
    #[error("`{attribute}` is not an attribute: --model-extra-attributes takes what is in `#[]`, separated by commas")]
    NoAttribute {
        /// As it was given.
        attribute: String,
    },
    /// A column in the options that does not exist.
    #[error("there is no column `{column}` for --column-type: write it as 'table.column=type'")]
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
