//! What is known about the tables of a database.

use std::sync::Arc;

use crate::value::dates::DateFormat;

/// A table or view as the database declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// The text of a view; empty if it cannot be read.
    pub(crate) view: Option<String>,
    pub(crate) is_without_rowid: bool,
    /// Whether a foreign key points to the table itself.
    pub(crate) refers_to_itself: bool,
    /// The column that is the rowid: an INTEGER PRIMARY KEY.
    pub(crate) rowid: Option<String>,
    pub(crate) columns: Vec<TableColumn>,
}

impl Table {
    /// The memory it takes in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let names = [Some(&self.name), self.view.as_ref(), self.rowid.as_ref()];
        let column = |column: &TableColumn| size_of::<TableColumn>() + column.name.len() + column.ty.len();
        size_of::<Self>()
            + names.into_iter().flatten().map(String::len).sum::<usize>()
            + self.columns.iter().map(column).sum::<usize>()
    }
}

/// A column as the database declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableColumn {
    pub(crate) name: String,
    /// The declared type; empty if there is none.
    pub(crate) ty: String,
    pub(crate) kind: ColumnKind,
    /// The format of its default, if that is a date or time.
    pub(crate) default: Option<DateFormat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Plain,
    /// Computed by SQLite: no INSERT stores it.
    Generated,
    /// A column of a virtual table that `*` does not list.
    Hidden,
}

/// Looks up the tables that a statement names.
pub(crate) trait Catalog {
    /// `None` if there is no such table; SQLite reports that itself.
    fn table(&self, name: &str) -> Option<Arc<Table>>;

    /// What else happens when the table is written to.
    fn surroundings(&self, _table: &str) -> Surroundings {
        Surroundings::default()
    }
}

/// What else happens when a table is written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// Whether writing to it runs a trigger or a foreign key action.
    pub(crate) is_reached_by_others: bool,
    /// Whether one of its constraints says `ON CONFLICT REPLACE`.
    pub(crate) replaces: bool,
}

/// A PRAGMA as a table: <https://www.sqlite.org/pragma.html#pragfunc>.
pub(crate) fn is_pragma(table: &str) -> bool {
    table.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("pragma_"))
}
