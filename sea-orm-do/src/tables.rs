//! The tables of a database, looked up once each.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::dialect::catalog::{Catalog, Table};
use crate::dialect::tag::quoted;
use crate::storage::{SqlValue, Storage};

/// What the handles of one database share.
#[derive(Debug)]
pub(crate) struct Tables {
    storage: Arc<dyn Storage>,
    known: Mutex<HashMap<String, Option<Arc<Table>>>>,
    generation: AtomicU64,
}

impl Tables {
    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    pub(crate) fn new(storage: Arc<dyn Storage>) -> Self {
        Self { storage, known: Mutex::default(), generation: AtomicU64::new(0) }
    }

    /// Changes whenever what was found out about a statement may be wrong.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Forgets everything: the schema has changed.
    pub(crate) fn forget(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// `None` when there is no such table, or none that may be read.
    fn look_up(&self, name: &str) -> Option<Table> {
        // https://www.sqlite.org/pragma.html#pragma_table_xinfo: cid, name, type, notnull, dflt_value, pk, hidden
        let info = self.storage.exec(&format!("PRAGMA table_xinfo({})", quoted(name)), &[]).ok()?;
        let columns = info.rows.into_iter().filter_map(|row| match <[SqlValue; 7]>::try_from(row).ok()? {
            // The hidden columns of virtual tables are not in `*`; generated columns (2 and 3) are.
            [.., SqlValue::Number(1.0)] => None,
            [_, SqlValue::Text(name), SqlValue::Text(declared), ..] => Some((name, declared)),
            _ => None,
        });
        let columns: Vec<_> = columns.collect();
        if columns.is_empty() {
            return None;
        }
        let sql = "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = ? COLLATE NOCASE";
        let view = self.storage.exec(sql, &[SqlValue::Text(name.to_owned())]).ok()?;
        Some(Table { name: name.to_owned(), is_view: !view.rows.is_empty(), columns })
    }
}

impl Catalog for Tables {
    fn table(&self, name: &str) -> Option<Arc<Table>> {
        let key = name.to_ascii_lowercase();
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let table = self.look_up(name).map(Arc::new);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, table.clone());
        table
    }
}
