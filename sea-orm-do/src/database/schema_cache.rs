//! The cached schema of a database: what it holds, how it is looked up, and what a schema change invalidates.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::Database;
use crate::introspect::declares_deferred_key;
use crate::lock::lock;
use crate::sql::lexer::words;
use crate::sql::parser::{Condition, condition};
use crate::sql::quote::quoted;
use crate::storage::SqlValue;
use crate::storage::error::StorageError;
use crate::types::catalog::{Catalog, ColumnKind, Surroundings, Table, TableColumn};
use crate::value::dates::DateFormat;

/// What is cached of a schema. A schema change invalidates all of it, and, by the generation, all cached plans.
#[derive(Debug, Default)]
pub(super) struct SchemaCache {
    tables: Mutex<Tables>,
    generation: AtomicU64,
    schema_changes: AtomicU64,
    /// The tables with a foreign key that is checked at commit.
    deferred_keys: Mutex<Option<Arc<[String]>>>,
    /// The surroundings of each table that has any, by its name in lower case; looked up once per schema.
    surroundings: Mutex<Option<HashMap<String, Surroundings>>>,
}

/// The cached tables, by their names in lower case.
#[derive(Debug, Default)]
struct Tables {
    known: HashMap<String, Arc<Table>>,
    bytes: usize,
}

impl Tables {
    /// The memory that the cached tables may take, in bytes: about a thousand tables. When it is exceeded, all are
    /// evicted.
    const MOST: usize = 1024 * 1024;

    fn keep(&mut self, name: String, table: Arc<Table>) {
        let bytes = name.len() + table.bytes();
        if self.bytes + bytes > Self::MOST {
            *self = Self::default();
        }
        self.known.insert(name, table);
        self.bytes += bytes;
    }
}

impl Database {
    /// A number that changes whenever a cached plan may be wrong.
    pub(crate) fn generation(&self) -> u64 {
        self.schema.generation.load(Ordering::Relaxed)
    }

    /// How many statements of this database's handles have changed the schema.
    #[cfg(feature = "stream")]
    pub(crate) fn schema_changes(&self) -> u64 {
        self.schema.schema_changes.load(Ordering::Relaxed)
    }

    /// Records a schema change and invalidates the cached schema.
    pub(crate) fn change_schema(&self) {
        self.schema.schema_changes.fetch_add(1, Ordering::Relaxed);
        self.forget_tables();
    }

    /// Invalidates the cached schema, because it may have changed.
    pub(crate) fn forget_tables(&self) {
        self.schema.generation.fetch_add(1, Ordering::Relaxed);
        *lock(&self.schema.tables) = Tables::default();
        *lock(&self.schema.deferred_keys) = None;
        *lock(&self.schema.surroundings) = None;
    }

    /// Whether a DDL statement changes the schema. With IF EXISTS or IF NOT EXISTS, this depends on whether the object
    /// exists.
    pub(crate) fn changes_schema(&self, sql: &str) -> Result<bool, StorageError> {
        let Some(Condition { exists, types, name }) = condition(sql) else { return Ok(true) };
        let types: Vec<_> = types.iter().map(|ty| format!("'{ty}'")).collect();
        let found = format!(
            "SELECT 1 FROM sqlite_master WHERE type IN ({}) AND name = ? COLLATE NOCASE LIMIT 1",
            types.join(", ")
        );
        Ok(self.storage.exec(&found, &[SqlValue::Text(name)])?.rows.is_empty() != exists)
    }

    /// The tables with a foreign key that is checked at commit; looked up once per schema.
    pub(crate) fn deferred_keys(&self) -> Result<Arc<[String]>, StorageError> {
        const DEFERRED: &str = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%deferred%'";
        if let Some(known) = &*lock(&self.schema.deferred_keys) {
            return Ok(known.clone());
        }
        let declares = |row: Vec<SqlValue>| match &row[..] {
            [SqlValue::Text(table), SqlValue::Text(sql)] if declares_deferred_key(sql) => Some(table.clone()),
            _ => None,
        };
        let found: Arc<[String]> = self.storage.exec(DEFERRED, &[])?.rows.into_iter().filter_map(declares).collect();
        *lock(&self.schema.deferred_keys) = Some(found.clone());
        Ok(found)
    }

    /// The tables with foreign keys.
    pub(crate) fn with_keys(&self) -> Result<Arc<[String]>, StorageError> {
        const KEYS: &str = "SELECT DISTINCT child.name FROM pragma_table_list AS child, \
            pragma_foreign_key_list(child.name) WHERE child.schema = 'main' AND child.type = 'table'";
        let name = |row: Vec<SqlValue>| match row.into_iter().next() {
            Some(SqlValue::Text(table)) => Some(table),
            _ => None,
        };
        Ok(self.storage.exec(KEYS, &[])?.rows.into_iter().filter_map(name).collect())
    }

    fn all_surroundings(&self) -> Result<HashMap<String, Surroundings>, StorageError> {
        // https://www.sqlite.org/foreignkeys.html#fk_actions
        const REACHED: &str = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' UNION \
            SELECT key.\"table\" FROM pragma_table_list AS child, pragma_foreign_key_list(child.name) AS key \
            WHERE child.schema = 'main' AND child.type = 'table' AND (key.on_update NOT IN ('NO ACTION', 'RESTRICT') \
            OR key.on_delete NOT IN ('NO ACTION', 'RESTRICT'))";
        const REPLACING: &str =
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%conflict%replace%'";
        let mut found: HashMap<String, Surroundings> = HashMap::new();
        for row in self.storage.exec(REACHED, &[])?.rows {
            if let Some(SqlValue::Text(table)) = row.first() {
                found.entry(table.to_ascii_lowercase()).or_default().is_reached_by_others = true;
            }
        }
        for row in self.storage.exec(REPLACING, &[])?.rows {
            let [SqlValue::Text(table), SqlValue::Text(sql)] = &row[..] else { continue };
            if replaces(sql) {
                found.entry(table.to_ascii_lowercase()).or_default().replaces = true;
            }
        }
        Ok(found)
    }

    fn text_of_view(&self, name: &str) -> Option<String> {
        let text = "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ? COLLATE NOCASE";
        let rows = self.storage.exec(text, &[SqlValue::Text(name.to_owned())]).ok()?.rows;
        match rows.into_iter().next()?.pop()? {
            SqlValue::Text(sql) => Some(sql),
            SqlValue::Null | SqlValue::Number(_) | SqlValue::Blob(_) => None,
        }
    }

    /// `None` if the table does not exist or may not be read.
    fn look_up(&self, name: &str) -> Option<Table> {
        // https://www.sqlite.org/pragma.html#pragma_table_xinfo: cid, name, type, notnull, dflt_value, pk, hidden
        let info = self.storage.exec(&format!("PRAGMA table_xinfo({})", quoted(name)), &[]).ok()?;
        let (mut columns, mut keys) = (Vec::new(), Vec::new());
        for row in info.rows {
            let [
                _,
                SqlValue::Text(name),
                SqlValue::Text(ty),
                _,
                default,
                SqlValue::Number(key),
                SqlValue::Number(hidden),
            ] = <[SqlValue; 7]>::try_from(row).ok()?
            else {
                continue;
            };
            if key > 0.0 {
                keys.push((name.clone(), ty.clone()));
            }
            let kind = match hidden {
                0.0 => ColumnKind::Plain,
                1.0 => ColumnKind::Hidden,
                _ => ColumnKind::Generated,
            };
            let default = if let SqlValue::Text(default) = default { DateFormat::of_default(&default) } else { None };
            columns.push(TableColumn { name, ty, kind, default });
        }
        if columns.is_empty() {
            return None;
        }
        // https://www.sqlite.org/lang_createtable.html#rowid: the only key column, of exactly this type.
        let rowid = match &keys[..] {
            [(key, ty)] if ty.eq_ignore_ascii_case("INTEGER") => Some(key.clone()),
            _ => None,
        };
        // https://www.sqlite.org/pragma.html#pragma_table_list: schema, name, type, ncol, wr, strict
        let list = self.storage.exec(&format!("PRAGMA table_list({})", quoted(name)), &[]).ok()?;
        let of_main = |row: &&Vec<SqlValue>| matches!(row.first(), Some(SqlValue::Text(schema)) if schema == "main");
        let kind = list.rows.iter().find(of_main);
        // https://www.sqlite.org/pragma.html#pragma_foreign_key_list: id, seq, table, …
        let keys = self.storage.exec(&format!("PRAGMA foreign_key_list({})", quoted(name)), &[]).ok()?;
        let to_itself = |row: &Vec<SqlValue>| matches!(row.get(2), Some(SqlValue::Text(parent)) if parent.eq_ignore_ascii_case(name));
        let is_view = kind.is_some_and(|row| matches!(row.get(2), Some(SqlValue::Text(kind)) if kind == "view"));
        Some(Table {
            name: name.to_owned(),
            view: is_view.then(|| self.text_of_view(name).unwrap_or_default()),
            is_without_rowid: kind.is_some_and(|row| row.get(4) == Some(&SqlValue::Number(1.0))),
            refers_to_itself: keys.rows.iter().any(to_itself),
            rowid,
            columns,
        })
    }
}

/// Whether a constraint of a table says `ON CONFLICT REPLACE`. No other part of CREATE TABLE can contain these words.
fn replaces(create: &str) -> bool {
    let words: Vec<_> = words(create).collect();
    let clause = ["ON", "CONFLICT", "REPLACE"];
    words.windows(clause.len()).any(|part| part.iter().zip(clause).all(|(token, word)| token.is_word(word)))
}

/// The catalog without the cached tables.
pub(crate) struct Uncached<'a>(pub(crate) &'a Database);

impl Catalog for Uncached<'_> {
    fn table(&self, name: &str) -> Option<Arc<Table>> {
        self.0.look_up(name).map(Arc::new)
    }

    fn surroundings(&self, table: &str) -> Surroundings {
        self.0.surroundings(table)
    }
}

impl Catalog for Database {
    fn table(&self, name: &str) -> Option<Arc<Table>> {
        let key = name.to_ascii_lowercase();
        if let Some(known) = lock(&self.schema.tables).known.get(&key) {
            return Some(known.clone());
        }
        // A missing table is not cached: it may be created without this connection.
        let table = Arc::new(self.look_up(name)?);
        lock(&self.schema.tables).keep(key, table.clone());
        Some(table)
    }

    fn surroundings(&self, table: &str) -> Surroundings {
        let table = table.to_ascii_lowercase();
        let of = |known: &HashMap<String, Surroundings>| known.get(&table).copied().unwrap_or_default();
        if let Some(known) = &*lock(&self.schema.surroundings) {
            return of(known);
        }
        // If the lookup fails, assume both: a savepoint that is not needed only costs time.
        let Ok(found) = self.all_surroundings() else {
            return Surroundings { is_reached_by_others: true, replaces: true };
        };
        of(lock(&self.schema.surroundings).insert(found))
    }
}
