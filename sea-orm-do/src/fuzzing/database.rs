//! SQLite as the judge: it has the tables of the driver's catalog, and compiles statements without running them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::Value;
use rusqlite::{Batch, Connection};

use crate::types::catalog::{Catalog, ColumnKind, Table, TableColumn};

const TABLES: [(&str, &[(&str, &str)]); 3] = [
    ("item", &[("id", "integer"), ("name", "text"), ("price", "real"), ("sold", "boolean"), ("made_at", "timestamp")]),
    ("tag", &[("item_id", "bigint"), ("label", "varchar"), ("id", "integer")]),
    ("note", &[("a", ""), ("b \"c\"", "blob")]),
];

/// The tables as the driver sees them.
pub(super) struct Shop;

impl Catalog for Shop {
    fn table(&self, name: &str) -> Option<Arc<Table>> {
        let (name, columns) = TABLES.iter().find(|(table, _)| table.eq_ignore_ascii_case(name))?;
        let declared = |(name, ty): &(&str, &str)| TableColumn {
            name: (*name).to_owned(),
            ty: (*ty).to_owned(),
            kind: ColumnKind::Plain,
            default: None,
        };
        Some(Arc::new(Table {
            name: (*name).to_owned(),
            view: None,
            is_without_rowid: false,
            refers_to_itself: false,
            rowid: None,
            columns: columns.iter().map(declared).collect(),
        }))
    }
}

/// What SQLite finds in a text.
pub(super) struct Answer {
    /// How many statements it finds before the end or the first error.
    pub(super) statements: usize,
    pub(super) controls_transaction: bool,
}

struct Judge {
    connection: Connection,
    controls: Arc<AtomicBool>,
}

thread_local! {
    static JUDGE: Judge = Judge::new();
}

impl Judge {
    fn new() -> Self {
        let opened = Connection::open_in_memory().and_then(|connection| {
            for (table, columns) in TABLES {
                let columns: Vec<_> =
                    columns.iter().map(|(name, ty)| format!("\"{}\" {ty}", name.replace('"', "\"\""))).collect();
                connection.execute_batch(&format!("CREATE TABLE {table} ({})", columns.join(", ")))?;
            }
            let controls = Arc::new(AtomicBool::new(false));
            let seen = controls.clone();
            connection.authorizer(Some(move |context: AuthContext<'_>| {
                if matches!(context.action, AuthAction::Transaction { .. } | AuthAction::Savepoint { .. }) {
                    seen.store(true, Ordering::Relaxed);
                }
                Authorization::Allow
            }))?;
            Ok(Self { connection, controls })
        });
        opened.unwrap_or_else(|error| panic!("SQLite does not open: {error}"))
    }
}

/// Compiles every statement of a text.
pub(super) fn accepts(sql: &str) -> Answer {
    JUDGE.with(|Judge { connection, controls }| {
        controls.store(false, Ordering::Relaxed);
        let mut batch = Batch::new(connection, sql);
        let mut statements = 0;
        while let Ok(Some(_)) = batch.next() {
            statements += 1;
        }
        Answer { statements, controls_transaction: controls.load(Ordering::Relaxed) }
    })
}

/// The names of a statement's columns; `None` if SQLite does not accept it.
pub(super) fn columns(sql: &str) -> Option<Vec<String>> {
    JUDGE.with(|Judge { connection, .. }| {
        let statement = connection.prepare(sql).ok()?;
        Some(statement.column_names().into_iter().map(str::to_owned).collect())
    })
}

/// The value of a text that is one expression.
pub(super) fn evaluate(expression: &str) -> Value {
    JUDGE.with(|Judge { connection, .. }| {
        let value = connection.query_row(&format!("SELECT {expression}"), [], |row| row.get(0));
        value.unwrap_or_else(|error| panic!("{expression:?}: {error}"))
    })
}
