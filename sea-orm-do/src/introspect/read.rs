//! Reads the [`Schema`] of a database with a handful of statements, regardless of the number of tables.
//!
//! PRAGMAs are queried as table-valued functions, <https://www.sqlite.org/pragma.html#pragfunc>, which the runtime
//! allows. What they do not report is parsed from the texts in `sqlite_schema`.

use std::collections::HashMap;

use sea_orm::DbErr;

use super::declaration::{Declaration, KeyColumn};
use super::schema::{
    Action, Column, Conflict, ForeignKey, Generated, Index, IndexColumn, Origin, Schema, Table, Term, Trigger, View,
    VirtualTable,
};
use super::text::tidied;
use super::{declaration, index};
use crate::sql::quote::quoted;
use crate::sql::reserved::{is_not_platform, is_platform, is_sqlite};
use crate::storage::SqlValue::{Number, Text};
use crate::storage::error::StorageError;
use crate::storage::{SqlValue, Storage};

const OBJECTS: &str = "SELECT type, name, tbl_name, rootpage, coalesce(sql, '') FROM sqlite_schema ORDER BY name";

const TABLES: &str = "SELECT name, type, wr, strict FROM pragma_table_list WHERE \"schema\" = 'main'";

// Only of ordinary tables, which have a root page: views and virtual tables have none, and querying the columns of a
// broken one would be an error. So would querying the runtime's own tables.
const COLUMNS: &str = concat!(
    "SELECT t.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden \
     FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c \
     WHERE t.type = 'table' AND t.rootpage > 0 AND ",
    is_not_platform!("t.name"),
    " ORDER BY t.name, c.cid",
);

const INDEXES: &str = concat!(
    "SELECT t.name, i.name, i.\"unique\", i.origin, c.name, c.\"desc\", c.coll \
     FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_xinfo(i.name) AS c \
     WHERE t.type = 'table' AND t.rootpage > 0 AND ",
    is_not_platform!("t.name"),
    " AND c.key = 1 ORDER BY t.name, i.seq, c.seqno",
);

/// The foreign key that was declared last has the lowest id.
const FOREIGN_KEYS: &str = concat!(
    "SELECT t.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete \
     FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f \
     WHERE t.type = 'table' AND t.rootpage > 0 AND ",
    is_not_platform!("t.name"),
    " ORDER BY t.name, f.id DESC, f.seq",
);

/// Reads the whole schema; an error names the statement or the table.
pub(crate) fn schema(storage: &dyn Storage) -> Result<Schema, DbErr> {
    let reader = Reader { storage };
    let objects: Vec<_> = reader.objects()?.into_iter().filter(|object| !is_reserved(object)).collect();
    let kinds = reader.kinds()?;
    let is_shadow = |name: &str| kinds.get(name).is_some_and(|kind| kind.shadow);
    let (mut columns, mut indexes) = (reader.columns()?, reader.indexes(&objects)?);
    let mut foreign_keys = reader.foreign_keys()?;
    let mut schema = Schema::default();
    for Object { ty, name, table, stored, sql } in objects {
        match ty.as_str() {
            "table" if is_shadow(&name) => {}
            "table" if stored => schema.tables.push(
                Parts {
                    kind: kinds.get(&name).copied().unwrap_or_default(),
                    columns: columns.remove(&name).unwrap_or_default(),
                    indexes: indexes.remove(&name).unwrap_or_default(),
                    foreign_keys: foreign_keys.remove(&name).unwrap_or_default(),
                    declaration: declaration::read(&sql).ok_or_else(|| unreadable("table", &name, &sql))?,
                    name,
                }
                .table()?,
            ),
            "table" => schema.virtual_tables.push(VirtualTable { columns: reader.names_of_columns(&name), name, sql }),
            "view" => schema.views.push(View { columns: reader.names_of_columns(&name), name, sql }),
            "trigger" => schema.triggers.push(Trigger { name, table, sql }),
            _ => {}
        }
    }
    Ok(schema)
}

/// A row of `sqlite_schema`.
struct Object {
    ty: String,
    name: String,
    table: String,
    stored: bool,
    sql: String,
}

/// Whether it belongs to SQLite or to the runtime. Indexes that SQLite created are read from the PRAGMAs instead.
fn is_reserved(object: &Object) -> bool {
    [&object.name, &object.table].into_iter().any(|name| is_sqlite(name) || is_platform(name))
}

#[derive(Clone, Copy, Default)]
struct TableKind {
    /// Whether it is a shadow table, in which a virtual table stores its rows.
    shadow: bool,
    without_rowid: bool,
    strict: bool,
}

struct Reader<'a> {
    storage: &'a dyn Storage,
}

impl Reader<'_> {
    /// Runs a statement whose rows have exactly `N` values.
    fn rows<const N: usize>(&self, sql: &str) -> Result<Vec<[SqlValue; N]>, DbErr> {
        let rows = self.storage.exec(sql, &[]).map_err(StorageError::into_query)?.rows;
        rows.into_iter().map(|row| row.try_into().map_err(|_| unexpected(sql))).collect()
    }

    fn objects(&self) -> Result<Vec<Object>, DbErr> {
        let object = |row: [SqlValue; 5]| match row {
            [Text(ty), Text(name), Text(table), Number(page), Text(sql)] => {
                Ok(Object { ty, name, table, stored: page > 0.0, sql })
            }
            _ => Err(unexpected(OBJECTS)),
        };
        self.rows(OBJECTS)?.into_iter().map(object).collect()
    }

    fn kinds(&self) -> Result<HashMap<String, TableKind>, DbErr> {
        let kind = |row: [SqlValue; 4]| match row {
            [Text(name), Text(ty), Number(wr), Number(strict)] => {
                Ok((name, TableKind { shadow: ty == "shadow", without_rowid: wr != 0.0, strict: strict != 0.0 }))
            }
            _ => Err(unexpected(TABLES)),
        };
        self.rows(TABLES)?.into_iter().map(kind).collect()
    }

    fn columns(&self) -> Result<HashMap<String, Vec<Column>>, DbErr> {
        let mut columns: HashMap<String, Vec<Column>> = HashMap::new();
        for row in self.rows(COLUMNS)? {
            let [Text(table), Text(name), Text(ty), Number(not_null), default, Number(key), Number(hidden)] = row
            else {
                return Err(unexpected(COLUMNS));
            };
            let default = match default {
                Text(default) => Some(tidied(&default)),
                _ => None,
            };
            // 2: computed when it is read; 3: stored. https://www.sqlite.org/pragma.html#pragma_table_xinfo
            let generated = (hidden >= 2.0).then(|| Generated { stored: hidden == 3.0, ..Default::default() });
            columns.entry(table).or_default().push(Column {
                name,
                declared_type: ty,
                not_null: not_null != 0.0,
                default,
                primary_key: position(key),
                generated,
                ..Default::default()
            });
        }
        Ok(columns)
    }

    fn indexes(&self, objects: &[Object]) -> Result<HashMap<String, Vec<Index>>, DbErr> {
        let texts: HashMap<_, _> =
            objects.iter().filter(|object| object.ty == "index").map(|object| (&object.name, &object.sql)).collect();
        let mut indexes: HashMap<String, Vec<(String, Index)>> = HashMap::new();
        for row in self.rows(INDEXES)? {
            let [Text(table), Text(name), Number(unique), Text(origin), column, Number(descending), Text(collation)] =
                row
            else {
                return Err(unexpected(INDEXES));
            };
            let of_table = indexes.entry(table).or_default();
            if of_table.last().is_none_or(|(last, _)| *last != name) {
                let origin = match origin.as_str() {
                    "u" => Origin::Unique,
                    "pk" => Origin::PrimaryKey,
                    _ => Origin::Statement,
                };
                let own_name = (origin == Origin::Statement).then(|| name.clone());
                let index = Index { name: own_name, origin, unique: unique != 0.0, ..Default::default() };
                of_table.push((name, index));
            }
            // The text of an expression is filled in below.
            let term = match column {
                Text(column) => Term::Column(column),
                _ => Term::Expression(String::new()),
            };
            if let Some((_, index)) = of_table.last_mut() {
                let (descending, collation) = (descending != 0.0, collation.to_ascii_uppercase());
                index.columns.push(IndexColumn { term, descending, collation });
            }
        }
        let complete = |(name, index): (String, Index)| match texts.get(&name) {
            Some(sql) if index.origin == Origin::Statement => with_text(index, &name, sql),
            _ => Ok(index),
        };
        let complete_all = |(table, indexes): (String, Vec<_>)| {
            Ok((table, indexes.into_iter().map(complete).collect::<Result<_, DbErr>>()?))
        };
        indexes.into_iter().map(complete_all).collect()
    }

    fn foreign_keys(&self) -> Result<HashMap<String, Vec<ForeignKey>>, DbErr> {
        let mut keys: HashMap<String, Vec<ForeignKey>> = HashMap::new();
        let mut last = None;
        for row in self.rows(FOREIGN_KEYS)? {
            let [Text(child), Number(id), Text(table), Text(from), to, Text(on_update), Text(on_delete)] = row else {
                return Err(unexpected(FOREIGN_KEYS));
            };
            let this = Some((child.clone(), id));
            let of_child = keys.entry(child).or_default();
            if last != this {
                let (on_update, on_delete) = (action(&on_update), action(&on_delete));
                of_child.push(ForeignKey { table, on_update, on_delete, ..Default::default() });
                last = this;
            }
            if let Some(key) = of_child.last_mut() {
                key.columns.push(from);
                // NULL if the declaration names no referenced columns.
                if let Text(to) = to {
                    key.references.push(to);
                }
            }
        }
        Ok(keys)
    }

    /// The column names of a view or virtual table; empty if SQLite cannot list them, because it selects from something
    /// that does not exist.
    fn names_of_columns(&self, table: &str) -> Vec<String> {
        let rows = self.rows::<7>(&format!("PRAGMA table_xinfo({})", quoted(table))).unwrap_or_default();
        let name = |row: [SqlValue; 7]| match row {
            [_, Text(name), _, _, _, _, Number(hidden)] if hidden != 1.0 => Some(name),
            _ => None,
        };
        rows.into_iter().filter_map(name).collect()
    }
}

/// The parts of a table, each from its own source.
struct Parts {
    name: String,
    kind: TableKind,
    columns: Vec<Column>,
    indexes: Vec<Index>,
    foreign_keys: Vec<ForeignKey>,
    declaration: Declaration,
}

impl Parts {
    fn table(self) -> Result<Table, DbErr> {
        let Self { name, kind, mut columns, mut indexes, mut foreign_keys, declaration } = self;
        let odd = || DbErr::Type(format!("table `{name}` is not declared as SQLite describes it"));
        if columns.len() != declaration.columns.len() || foreign_keys.len() != declaration.deferred.len() {
            return Err(odd());
        }
        for (column, declared) in columns.iter_mut().zip(declaration.columns) {
            if !column.name.eq_ignore_ascii_case(&declared.name) {
                return Err(odd());
            }
            if !declared.type_is_quoted {
                column.declared_type = tidied(&column.declared_type);
            }
            column.collation = declared.collation.map_or_else(|| "BINARY".to_owned(), |name| name.to_ascii_uppercase());
            column.not_null_conflict = declared.not_null_conflict;
            if let Some(generated) = &mut column.generated {
                generated.expression = declared.generated.unwrap_or_default();
            }
        }
        for index in indexes.iter_mut().filter(|index| index.origin == Origin::Unique) {
            index.conflict = conflict(index, &declaration.unique, &columns);
        }
        // A UNIQUE constraint on the columns of the primary key shares the key's index.
        let of_key = indexes.iter().find(|index| index.origin == Origin::PrimaryKey);
        let of_key = of_key.map(|index| conflict(index, &declaration.unique, &columns)).unwrap_or_default();
        for (key, deferred) in foreign_keys.iter_mut().zip(declaration.deferred) {
            key.deferred = deferred;
        }
        // The order of constraints does not matter, and duplicates change nothing.
        let mut checks = declaration.checks;
        indexes.sort();
        foreign_keys.sort();
        foreign_keys.dedup();
        checks.sort();
        checks.dedup();
        Ok(Table {
            name,
            strict: kind.strict,
            without_rowid: kind.without_rowid,
            autoincrement: declaration.autoincrement,
            primary_key_conflict: declaration.primary_key_conflict.max(of_key),
            columns,
            indexes,
            foreign_keys,
            checks,
        })
    }
}

/// What the UNIQUE constraint of an index does on a conflict. SQLite creates one index for two constraints on the same
/// columns with the same collations.
fn conflict(index: &Index, declared: &[(Vec<KeyColumn>, Conflict)], of_table: &[Column]) -> Conflict {
    let is_one = |(own, key): (&IndexColumn, &KeyColumn)| {
        let Term::Column(name) = &own.term else { return false };
        let inherited = || of_table.iter().find(|column| column.name == *name).map(|column| &column.collation);
        let collation = key.collation.as_ref().or_else(inherited);
        name.eq_ignore_ascii_case(&key.name)
            && collation.is_some_and(|collation| collation.eq_ignore_ascii_case(&own.collation))
    };
    let is_same = |keys: &[KeyColumn]| keys.len() == index.columns.len() && index.columns.iter().zip(keys).all(is_one);
    let conflicts = declared.iter().filter(|(keys, _)| is_same(keys)).map(|(_, conflict)| *conflict);
    conflicts.max().unwrap_or_default()
}

/// Adds the expressions and the WHERE clause to an index.
fn with_text(mut index: Index, name: &str, sql: &str) -> Result<Index, DbErr> {
    let text = index::read(sql).filter(|text| text.terms.len() == index.columns.len());
    let text = text.ok_or_else(|| unreadable("index", name, sql))?;
    for (column, expression) in index.columns.iter_mut().zip(text.terms) {
        if matches!(column.term, Term::Expression(_)) {
            column.term = Term::Expression(expression);
        }
    }
    index.predicate = text.predicate;
    Ok(index)
}

fn action(name: &str) -> Action {
    match name {
        "RESTRICT" => Action::Restrict,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        "CASCADE" => Action::Cascade,
        _ => Action::NoAction,
    }
}

/// A position, counted from 1; `None` for 0.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a table has at most 2000 columns")]
fn position(number: f64) -> Option<u32> {
    (number > 0.0).then_some(number as u32)
}

fn unexpected(sql: &str) -> DbErr {
    DbErr::Type(format!("SQLite returned other columns than documented: {sql}"))
}

fn unreadable(what: &str, name: &str, sql: &str) -> DbErr {
    DbErr::Type(format!("the declaration of {what} `{name}` cannot be read: {sql}"))
}
