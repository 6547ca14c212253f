//! The names of tables, indexes and columns by the root pages of their b-trees.

use super::scan::{Column, Source};
use crate::program::Program;
use crate::sql::quote::quoted;
use crate::sql::reserved::{is_not_platform, is_platform, is_sqlite};
use crate::storage::error::StorageError;
use crate::storage::{SqlValue, Storage};
use crate::value::decode::number::whole;

/// Every table and index that has a root page. A virtual table has none: 0.
const OBJECTS: &str = "SELECT type, name, tbl_name, rootpage FROM sqlite_schema WHERE type IN ('table', 'index')";

/// The stored columns of tables, in the order of a record. Columns that are computed at each read are not stored. A
/// table WITHOUT ROWID is stored as its primary key.
const COLUMNS: &str = concat!(
    "SELECT t.rootpage, c.name, c.cid AS at, '' \
     FROM sqlite_schema AS t, pragma_table_list(t.name) AS l, pragma_table_xinfo(t.name) AS c \
     WHERE t.type = 'table' AND t.rootpage > 0 AND l.\"schema\" = 'main' AND NOT l.wr AND c.hidden <> 2 AND ",
    is_not_platform!("t.name"),
    " UNION ALL SELECT t.rootpage, c.name, c.seqno, c.coll FROM sqlite_schema AS t, pragma_table_list(t.name) AS l, \
     pragma_index_list(t.name) AS i, pragma_index_xinfo(i.name) AS c \
     WHERE t.type = 'table' AND t.rootpage > 0 AND l.\"schema\" = 'main' AND l.wr AND i.origin = 'pk' AND ",
    is_not_platform!("t.name"),
    " UNION ALL SELECT i.rootpage, c.name, c.seqno, c.coll FROM sqlite_schema AS i, pragma_index_xinfo(i.name) AS c \
     WHERE i.type = 'index' AND i.rootpage > 0 AND ",
    is_not_platform!("i.tbl_name"),
    " ORDER BY 1, 3",
);

/// The partial indexes.
const PARTIAL: &str = concat!(
    "SELECT i.name FROM sqlite_schema AS t, pragma_index_list(t.name) AS i \
     WHERE t.type = 'table' AND t.rootpage > 0 AND i.partial AND ",
    is_not_platform!("t.name"),
);

pub(super) struct Names<'a> {
    storage: &'a dyn Storage,
    objects: Vec<Object>,
    /// The columns of all b-trees, in the order of a record.
    columns: Vec<Stored>,
    partial: Vec<String>,
}

/// A column of a b-tree by its root page. An expression has no name.
struct Stored {
    root: i64,
    name: Option<String>,
    collation: String,
}

/// A column of an index that would help.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) descending: bool,
    pub(super) collation: String,
}

struct Object {
    is_table: bool,
    name: String,
    table: String,
    root: i64,
}

impl<'a> Names<'a> {
    pub(super) fn read(storage: &'a dyn Storage) -> Result<Self, StorageError> {
        let rows = |sql| storage.exec(sql, &[]).map(|set| set.rows);
        let objects = rows(OBJECTS)?.into_iter().filter_map(|row| match &row[..] {
            [SqlValue::Text(kind), SqlValue::Text(name), SqlValue::Text(table), SqlValue::Number(root)] => {
                Some(Object {
                    is_table: kind == "table",
                    name: name.clone(),
                    table: table.clone(),
                    root: whole(*root)?,
                })
            }
            _ => None,
        });
        let objects = objects.collect();
        let columns = rows(COLUMNS)?.into_iter().filter_map(|row| {
            let [SqlValue::Number(root), name, _, collation] = &row[..] else { return None };
            let text = |value: &SqlValue| match value {
                SqlValue::Text(text) => Some(text.clone()),
                _ => None,
            };
            Some(Stored { root: whole(*root)?, name: text(name), collation: text(collation).unwrap_or_default() })
        });
        let columns = columns.collect();
        let partial = rows(PARTIAL)?.into_iter().filter_map(|row| match row.into_iter().next() {
            Some(SqlValue::Text(name)) => Some(name),
            _ => None,
        });
        Ok(Self { storage, objects, columns, partial: partial.collect() })
    }

    /// The table that is scanned, and the index if that is read instead. `None` for what does not count as a scan.
    pub(super) fn scanned(&self, source: &Source) -> Option<(String, Option<String>)> {
        let Object { is_table, name, table, .. } = match source {
            Source::Root(root) => self.objects.iter().find(|object| object.root == *root)?,
            Source::Virtual(address) => self.virtual_table(address)?,
        };
        // A partial index has the rows that the statement asks for.
        if is_sqlite(table) || is_platform(table) || self.partial.contains(name) {
            return None;
        }
        Some((table.clone(), (!is_table).then(|| name.clone())))
    }

    /// The virtual table that a program opens under this address. A table-valued function, such as a PRAGMA, is none.
    fn virtual_table(&self, address: &str) -> Option<&Object> {
        let is_it = |object: &&Object| {
            let select = format!("SELECT * FROM {}", quoted(&object.name));
            let program = Program::of(&select, |explain| self.storage.exec(explain, &[])).ok().flatten();
            let ops = program.iter().flat_map(|program| &program.parts).flatten();
            ops.filter(|op| op.code == "VOpen").any(|op| op.p4 == address)
        };
        self.objects.iter().filter(|object| object.is_table && object.root == 0).find(is_it)
    }

    /// Whether an index of the table begins with these columns already.
    pub(super) fn has_index(&self, table: &str, columns: &[Named]) -> bool {
        let begins = |root: i64| {
            let mut of_index = self.columns.iter().filter(|stored| stored.root == root);
            columns.iter().all(|column| {
                of_index.next().is_some_and(|stored| {
                    stored.name.as_ref() == Some(&column.name)
                        && stored.collation.eq_ignore_ascii_case(&column.collation)
                })
            })
        };
        let mut indexes = self.objects.iter().filter(|object| !object.is_table && object.table == table);
        indexes.any(|index| !self.partial.contains(&index.name) && begins(index.root))
    }

    /// The columns with their names. `None` if one is an expression.
    pub(super) fn columns(&self, columns: &[Column]) -> Option<Vec<Named>> {
        let named = |column: &Column| {
            let mut of_root = self.columns.iter().filter(|stored| stored.root == column.root);
            let stored = of_root.nth(usize::try_from(column.position).ok()?)?;
            let Column { descending, collation, .. } = column.clone();
            Some(Named { name: stored.name.clone()?, descending, collation })
        };
        columns.iter().map(named).collect()
    }
}
