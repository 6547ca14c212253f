//! What a database is made of: plain data, without a connection.

use serde::{Deserialize, Serialize};

/// Everything that a user has declared in a database, each list in the order of its names.
///
/// Two schemas are equal when SQLite would treat them alike: how a statement was written, its comments and its quotes do
/// not count. The names of constraints count for `CHECK` only, where an error shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The tables, without SQLite's own, the runtime's (`_cf_…`) and those that a virtual table keeps for itself.
    pub tables: Vec<Table>,
    /// The virtual tables, such as those of FTS5.
    pub virtual_tables: Vec<VirtualTable>,
    /// The views.
    pub views: Vec<View>,
    /// The triggers.
    pub triggers: Vec<Trigger>,
}

/// A table with rows of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name, without quotes.
    pub name: String,
    /// Whether it is [STRICT](https://www.sqlite.org/stricttables.html).
    pub strict: bool,
    /// Whether it is [WITHOUT ROWID](https://www.sqlite.org/withoutrowid.html).
    pub without_rowid: bool,
    /// Whether its key is declared [AUTOINCREMENT](https://www.sqlite.org/autoinc.html).
    pub autoincrement: bool,
    /// What its primary key does with a conflict.
    pub primary_key_conflict: Conflict,
    /// Its columns, in the order of their declaration.
    pub columns: Vec<Column>,
    /// Its indexes, also those that SQLite made for a constraint, in a fixed order.
    pub indexes: Vec<Index>,
    /// Its foreign keys, in a fixed order.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its checks, those of its columns as well, in a fixed order.
    pub checks: Vec<Check>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name, without quotes.
    pub name: String,
    /// The declared type as SQLite tells it, the standard ones in capitals; empty where there is none.
    pub declared_type: String,
    /// Whether it is NOT NULL, by declaration or as the key of a table WITHOUT ROWID.
    pub not_null: bool,
    /// What NOT NULL does with a conflict.
    pub not_null_conflict: Conflict,
    /// The default as an SQL expression, without brackets around it: `'text'`, `CURRENT_TIMESTAMP`, `1 + 1`.
    pub default: Option<String>,
    /// The position in the primary key, from 1.
    pub primary_key: Option<u32>,
    /// How SQLite computes it, if it does.
    pub generated: Option<Generated>,
    /// The name of its collating sequence; `BINARY` where none is declared.
    pub collation: String,
}

/// A [generated column](https://www.sqlite.org/gencol.html)'s expression.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// The expression, without the brackets around it.
    pub expression: String,
    /// Whether its values are stored, or computed when they are read.
    pub stored: bool,
}

/// An index of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Index {
    /// `None` for the index of a constraint: SQLite names it.
    pub name: Option<String>,
    /// What it comes from.
    pub origin: Origin,
    /// Whether it keeps values unique.
    pub unique: bool,
    /// What it sorts by, in this order.
    pub columns: Vec<IndexColumn>,
    /// The WHERE clause of a [partial index](https://www.sqlite.org/partialindex.html).
    pub predicate: Option<String>,
    /// What a UNIQUE constraint does with a conflict.
    pub conflict: Conflict,
}

/// What an index comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// `CREATE INDEX`.
    #[default]
    Statement,
    /// A UNIQUE constraint.
    Unique,
    /// A primary key that is not the rowid.
    PrimaryKey,
}

/// One of the values that an index sorts by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IndexColumn {
    /// The value.
    pub term: Term,
    /// Whether the largest value comes first.
    pub descending: bool,
    /// The name of the collating sequence that it is compared by.
    pub collation: String,
}

/// A value that an index sorts by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// The column of this name.
    Column(String),
    /// An SQL expression: <https://www.sqlite.org/expridx.html>.
    Expression(String),
}

/// A foreign key of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The columns of this table.
    pub columns: Vec<String>,
    /// The table that they point to.
    pub table: String,
    /// The columns there; empty where the declaration leaves them out, which means the primary key.
    pub references: Vec<String>,
    /// What happens to a row when the row it points to is deleted.
    pub on_delete: Action,
    /// What happens to a row when the key it points to is changed.
    pub on_update: Action,
    /// Whether it is checked at commit only: `DEFERRABLE INITIALLY DEFERRED`.
    pub deferred: bool,
}

/// What a foreign key does: <https://www.sqlite.org/foreignkeys.html#fk_actions>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing by itself: the row must go on to point somewhere when the key is checked.
    #[default]
    NoAction,
    /// The change is refused at once.
    Restrict,
    /// The columns become NULL.
    SetNull,
    /// The columns become their defaults.
    SetDefault,
    /// The row goes along.
    Cascade,
}

/// What a constraint does with a conflict: <https://www.sqlite.org/lang_conflict.html>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// The statement is undone: SQLite's default.
    #[default]
    Abort,
    /// The statement ends, and what it did stays.
    Fail,
    /// The row is left out.
    Ignore,
    /// The row takes the place of those in its way.
    Replace,
    /// The whole transaction is undone.
    Rollback,
}

/// A CHECK constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Check {
    /// The name that an error shows.
    pub name: Option<String>,
    /// The expression, without the brackets around it.
    pub expression: String,
}

/// A [virtual table](https://www.sqlite.org/vtab.html).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VirtualTable {
    /// Its name, without quotes.
    pub name: String,
    /// The names of its columns, those that `*` leaves out not among them.
    pub columns: Vec<String>,
    /// The statement that made it.
    pub sql: String,
}

/// A view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its name, without quotes.
    pub name: String,
    /// The names of its columns; none where SQLite cannot tell, because it selects from what is not there.
    pub columns: Vec<String>,
    /// The statement that made it.
    pub sql: String,
}

/// A trigger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Its name, without quotes.
    pub name: String,
    /// The table or view that it belongs to.
    pub table: String,
    /// The statement that made it.
    pub sql: String,
}

impl Schema {
    /// The table of this name, in any case.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }
}

impl Table {
    /// The column of this name, in any case.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The columns of the primary key, in its order; none for a table without one.
    #[must_use]
    pub fn primary_key(&self) -> Vec<&Column> {
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.primary_key.is_some()).collect();
        key.sort_by_key(|column| column.primary_key);
        key
    }

    /// The column that is the rowid: an [INTEGER PRIMARY KEY](https://www.sqlite.org/lang_createtable.html#rowid).
    #[must_use]
    pub fn rowid(&self) -> Option<&Column> {
        // A primary key that is not the rowid has an index.
        match self.primary_key()[..] {
            [key] if !self.without_rowid && self.index_of_primary_key().is_none() => Some(key),
            _ => None,
        }
    }

    /// The index that SQLite made for a primary key that is not the rowid.
    pub(super) fn index_of_primary_key(&self) -> Option<&Index> {
        self.indexes.iter().find(|index| index.origin == Origin::PrimaryKey)
    }
}
