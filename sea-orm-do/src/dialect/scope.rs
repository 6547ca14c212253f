//! Which columns a name can mean at a place in a statement.

use super::catalog::Kind;
use super::declared::Affinity;
use super::typed::{Type, Typed};

/// A table, view, subquery or common table expression under the name that columns use for it.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    pub(crate) name: String,
    /// In order; `None` when they could not be told.
    pub(crate) columns: Option<Vec<Column>>,
    /// The columns that `*` leaves out, because a join before has them.
    pub(crate) shared: Vec<String>,
    /// The rowid, which is a column without being listed.
    pub(crate) rowid: Option<Typed>,
}

#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) typed: Typed,
    pub(crate) kind: Kind,
}

impl Column {
    pub(crate) fn plain(name: String, typed: Typed) -> Self {
        Self { name, typed, kind: Kind::Plain }
    }
}

/// The relations of one SELECT, and those around it.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    pub(crate) relations: Vec<Relation>,
    /// Common table expressions that can be named here.
    pub(crate) ctes: Vec<Relation>,
    pub(crate) outer: Option<&'a Scope<'a>>,
}

impl Scope<'_> {
    pub(crate) fn within<'a>(outer: &'a Scope<'a>) -> Scope<'a> {
        Scope { outer: Some(outer), ..Scope::default() }
    }

    pub(crate) fn cte(&self, name: &str) -> Option<&Relation> {
        let here = self.ctes.iter().rev().find(|cte| cte.name.eq_ignore_ascii_case(name));
        here.or_else(|| self.outer.and_then(|outer| outer.cte(name)))
    }

    /// What a column name means: the innermost SELECT that knows it decides.
    pub(crate) fn column(&self, table: Option<&str>, name: &str) -> Typed {
        let mut candidates =
            self.relations.iter().filter(|relation| table.is_none_or(|t| relation.name.eq_ignore_ascii_case(t)));
        let mut untold = false;
        let found = candidates.find_map(|relation| {
            untold |= relation.columns.is_none();
            relation.column(name)
        });
        match (found, self.outer) {
            // A relation before it that could not be told might have a column of this name as well.
            (Some(typed), _) if !untold => typed,
            (None, Some(outer)) if !untold => outer.column(table, name),
            _ => unknown(),
        }
    }
}

impl Relation {
    pub(crate) fn column(&self, name: &str) -> Option<Typed> {
        let listed = self.columns.iter().flatten().find(|column| column.name.eq_ignore_ascii_case(name));
        match listed {
            Some(column) => Some(column.typed.clone()),
            None => self.rowid.clone().filter(|_| is_rowid(name)),
        }
    }
}

/// The names of the rowid, where no column has them: <https://www.sqlite.org/rowidtable.html>.
pub(crate) fn is_rowid(name: &str) -> bool {
    ["rowid", "_rowid_", "oid"].iter().any(|rowid| name.eq_ignore_ascii_case(rowid))
}

/// A column that was not found. It may have any affinity, and TEXT is the one that needs integers to be cast.
pub(crate) fn unknown() -> Typed {
    Typed { affinity: Affinity::Text, ..Typed::of(Type::Dynamic) }
}
