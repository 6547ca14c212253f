//! Tables of programs, as plain data and as SQL.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::value::Kind;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub strict: bool,
    pub without_rowid: bool,
    pub columns: Vec<Column>,
    /// Of more than one column, or of one that is no rowid; empty where a column says so itself.
    pub primary_key: Vec<String>,
    pub unique: Vec<Vec<String>>,
    /// SQL.
    pub checks: Vec<String>,
    pub foreign_keys: Vec<ForeignKey>,
    /// Whole statements: indexes and triggers.
    pub extras: Vec<String>,
    /// Whether values of other types than the columns' are written.
    pub loose: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    /// The declared type.
    pub ty: String,
    pub kind: Kind,
    /// `PRIMARY KEY`, `NOT NULL`, `DEFAULT`, `COLLATE` and the like.
    pub constraints: String,
    /// Computed by SQLite: no INSERT names it.
    pub generated: bool,
    /// Equal values of it may look different, so which of them a DISTINCT shows is left to the plan.
    pub ambiguous: bool,
    pub not_null: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForeignKey {
    pub column: String,
    pub table: String,
    pub to: String,
    /// `ON DELETE …`, `ON UPDATE …`, `DEFERRABLE INITIALLY DEFERRED`.
    pub actions: String,
}

impl Column {
    /// Whether it is the rowid, or would be in a table that has one.
    #[must_use]
    pub fn is_rowid(&self) -> bool {
        self.kind == Kind::Big && self.constraints.contains("PRIMARY KEY")
    }
}

/// An identifier in quotes.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

impl Table {
    /// The table, and what belongs to it.
    #[must_use]
    pub fn create(&self) -> Vec<String> {
        let mut parts: Vec<String> = self
            .columns
            .iter()
            .map(|Column { name, ty, constraints, .. }| {
                format!("{} {ty} {constraints}", quoted(name)).trim().to_owned()
            })
            .collect();
        if !self.primary_key.is_empty() {
            parts.push(format!("PRIMARY KEY ({})", list(&self.primary_key)));
        }
        parts.extend(self.unique.iter().map(|columns| format!("UNIQUE ({})", list(columns))));
        parts.extend(self.checks.iter().map(|check| format!("CHECK ({check})")));
        parts.extend(self.foreign_keys.iter().map(|ForeignKey { column, table, to, actions }| {
            let (column, table, to) = (quoted(column), quoted(table), quoted(to));
            format!("FOREIGN KEY ({column}) REFERENCES {table} ({to}) {actions}").trim().to_owned()
        }));
        let mut sql = format!("CREATE TABLE {} ({})", quoted(&self.name), parts.join(", "));
        let options: Vec<_> = [(self.strict, "STRICT"), (self.without_rowid, "WITHOUT ROWID")]
            .into_iter()
            .filter_map(|(given, option)| given.then_some(option))
            .collect();
        if !options.is_empty() {
            let _ = write!(sql, " {}", options.join(", "));
        }
        [sql].into_iter().chain(self.extras.iter().cloned()).collect()
    }

    /// The columns of the primary key.
    #[must_use]
    pub fn key(&self) -> Vec<String> {
        if !self.primary_key.is_empty() {
            return self.primary_key.clone();
        }
        let key = self.columns.iter().filter(|column| column.constraints.contains("PRIMARY KEY"));
        key.map(|column| column.name.clone()).collect()
    }

    /// The columns that hold what was written.
    pub fn stored(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| !column.generated)
    }
}
