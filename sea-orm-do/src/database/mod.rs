//! What all handles of one database share: the storage, the cached schema, and the running transactions.

pub(crate) mod async_queue;
#[cfg(feature = "stream")]
pub(crate) mod cursors;
pub(crate) mod transaction_state;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use sea_orm::{DbErr, RuntimeErr};

use self::async_queue::AsyncTransactionQueue;
#[cfg(feature = "stream")]
use self::cursors::WatchedCursor;
use self::transaction_state::TransactionState;
use crate::introspect::declares_deferred_key;
use crate::lock::lock;
use crate::sql::lexer::words;
use crate::sql::parser::{Condition, condition};
use crate::sql::quote::quoted;
use crate::storage::error::{Code, StorageError};
use crate::storage::{Outcome, SqlValue, Storage};
use crate::types::catalog::{Catalog, ColumnKind, Surroundings, Table, TableColumn};
use crate::value::dates::DateFormat;

/// What the handles of one database share.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) storage: Arc<dyn Storage>,
    tables: Mutex<Tables>,
    generation: AtomicU64,
    schema_changes: AtomicU64,
    /// The tables with a foreign key that is checked at commit.
    deferred_keys: Mutex<Option<Arc<[String]>>>,
    /// The surroundings of each table that has any, by its name in lower case; looked up once per schema.
    surroundings: Mutex<Option<HashMap<String, Surroundings>>>,
    /// The error that ended the transaction. The runtime restarts the object after it.
    over: OnceLock<String>,
    /// The running closures, innermost last.
    scopes: Mutex<Vec<Arc<TransactionState>>>,
    pub(crate) async_queue: Arc<AsyncTransactionQueue>,
    #[cfg(feature = "stream")]
    cursors: Mutex<Vec<WatchedCursor>>,
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
    /// Returns the database of the object that `state` belongs to. All connections to one object share it, and with it
    /// the cached schema and the transactions. Fails for a class that is not backed by SQLite.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn of_object(state: &worker::State) -> Result<Arc<Self>, StorageError> {
        use std::cell::RefCell;
        use std::sync::Weak;

        use crate::storage::workerd::{ObjectStorage, WorkerdStorage};

        thread_local! {
            static OPEN: RefCell<Vec<(ObjectStorage, Weak<Database>)>> = const { RefCell::new(Vec::new()) };
        }
        let object = ObjectStorage::of(state);
        OPEN.with_borrow_mut(|open| {
            open.retain(|(_, known)| known.strong_count() > 0);
            let known = open.iter().find(|(known, _)| *known == object).and_then(|(_, known)| known.upgrade());
            if let Some(known) = known {
                return Ok(known);
            }
            let opened = Arc::new(Self::new(Arc::new(WorkerdStorage::open(&object)?)));
            open.push((object, Arc::downgrade(&opened)));
            Ok(opened)
        })
    }

    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    pub(crate) fn new(storage: Arc<dyn Storage>) -> Self {
        Self {
            storage,
            tables: Mutex::default(),
            generation: AtomicU64::new(0),
            schema_changes: AtomicU64::new(0),
            deferred_keys: Mutex::default(),
            surroundings: Mutex::default(),
            over: OnceLock::new(),
            scopes: Mutex::default(),
            async_queue: Arc::default(),
            #[cfg(feature = "stream")]
            cursors: Mutex::default(),
        }
    }

    /// A number that changes whenever a cached plan may be wrong.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// How many statements of this database's handles have changed the schema.
    #[cfg(feature = "stream")]
    pub(crate) fn schema_changes(&self) -> u64 {
        self.schema_changes.load(Ordering::Relaxed)
    }

    /// Records a schema change and invalidates the cached schema.
    pub(crate) fn change_schema(&self) {
        self.schema_changes.fetch_add(1, Ordering::Relaxed);
        self.forget_tables();
    }

    /// Invalidates the cached schema, because it may have changed.
    pub(crate) fn forget_tables(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
        *lock(&self.tables) = Tables::default();
        *lock(&self.deferred_keys) = None;
        *lock(&self.surroundings) = None;
    }

    /// Acts on an error: invalidates the cached schema if a table or column is missing, and remembers if the
    /// transaction is over. Adds the latter to the message.
    pub(crate) fn notice(&self, error: StorageError) -> StorageError {
        if matches!(error.code, Some(Code::NoSuchTable | Code::NoSuchColumn)) {
            self.forget_tables();
        }
        if error.code != Some(Code::Fatal) || !self.storage.has_ended_transaction() {
            return error;
        }
        let why = error.message;
        let over = format!(
            "{why} (it has ended the transaction: what was written in it is lost, and the object fails until the \
             runtime restarts it)"
        );
        StorageError::new(self.over.get_or_init(|| over).clone())
    }

    /// # Errors
    /// Fails if an error, such as SQLITE_FULL, has ended the transaction.
    pub(crate) fn check(&self) -> Result<(), DbErr> {
        match self.over.get() {
            None => Ok(()),
            Some(why) => Err(DbErr::Conn(RuntimeErr::Internal(format!("the database can no longer be used: {why}")))),
        }
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
        if let Some(known) = &*lock(&self.deferred_keys) {
            return Ok(known.clone());
        }
        let declares = |row: Vec<SqlValue>| match &row[..] {
            [SqlValue::Text(table), SqlValue::Text(sql)] if declares_deferred_key(sql) => Some(table.clone()),
            _ => None,
        };
        let found: Arc<[String]> = self.storage.exec(DEFERRED, &[])?.rows.into_iter().filter_map(declares).collect();
        *lock(&self.deferred_keys) = Some(found.clone());
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

    /// Tracks a cursor while it is open, so that a schema change can close it.
    #[cfg(feature = "stream")]
    pub(crate) fn watch(&self, cursor: WatchedCursor) {
        let mut cursors = lock(&self.cursors);
        cursors.retain(WatchedCursor::is_open);
        cursors.push(cursor);
    }

    #[cfg(feature = "stream")]
    pub(crate) fn close_cursors(&self) {
        let cursors = std::mem::take(&mut *lock(&self.cursors));
        cursors.iter().for_each(WatchedCursor::close);
    }

    /// The innermost running closure.
    pub(crate) fn scope(&self) -> Option<Arc<TransactionState>> {
        lock(&self.scopes).last().cloned()
    }

    pub(crate) fn enter(&self, scope: Arc<TransactionState>) {
        lock(&self.scopes).push(scope);
    }

    /// Leaves the innermost closure; returns whether it was the outermost as well.
    pub(crate) fn leave(&self) -> bool {
        let mut scopes = lock(&self.scopes);
        scopes.pop();
        scopes.is_empty()
    }

    /// Runs `step` in a transaction, or in a savepoint if one is open; an error undoes it.
    pub(crate) fn atomically<T>(&self, mut step: impl FnMut() -> Result<T, DbErr>) -> Result<T, DbErr> {
        let mut result = None;
        let committed = self.storage.atomically(&mut || {
            let done = step();
            let outcome = if done.is_ok() { Outcome::Commit } else { Outcome::Rollback };
            result = Some(done);
            outcome
        });
        match (committed, result) {
            (_, Some(Err(error))) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Err(error), _) => Err(error.into_exec()),
            (Ok(()), None) => Err(StorageError::new("the runtime did not run the transaction".to_owned()).into_exec()),
        }
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
        if let Some(known) = lock(&self.tables).known.get(&key) {
            return Some(known.clone());
        }
        // A missing table is not cached: it may be created without this connection.
        let table = Arc::new(self.look_up(name)?);
        lock(&self.tables).keep(key, table.clone());
        Some(table)
    }

    fn surroundings(&self, table: &str) -> Surroundings {
        let table = table.to_ascii_lowercase();
        let of = |known: &HashMap<String, Surroundings>| known.get(&table).copied().unwrap_or_default();
        if let Some(known) = &*lock(&self.surroundings) {
            return of(known);
        }
        // If the lookup fails, assume both: a savepoint that is not needed only costs time.
        let Ok(found) = self.all_surroundings() else {
            return Surroundings { is_reached_by_others: true, replaces: true };
        };
        of(lock(&self.surroundings).insert(found))
    }
}
