//! Empties a database: drops everything except what belongs to the runtime and to SQLite.
//!
//! It is the last resort for a broken schema, so it reads only names and foreign keys and parses no declarations.

use sea_orm::{ConnectionTrait, DbErr};

use crate::connection::DoConnection;
use crate::sql::quote::quoted;
use crate::sql::reserved::is_not_platform;
use crate::storage::SqlValue;
use crate::storage::error::StorageError;
use crate::transaction::DoTransaction;

/// Triggers, views and virtual tables, in this order: the objects without a root page.
const OTHERS: &str = concat!(
    "SELECT upper(type), name FROM sqlite_schema WHERE rootpage = 0 AND ",
    is_not_platform!("name"),
    " AND ",
    is_not_platform!("tbl_name"),
    " ORDER BY type = 'table', type, name",
);

const TABLES: &str = concat!(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND ",
    is_not_platform!("name"),
    " AND lower(substr(name, 1, 7)) <> 'sqlite_' ORDER BY name",
);

const KEYS: &str = concat!(
    "SELECT t.name, f.\"table\", f.on_delete \
     FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f \
     WHERE t.type = 'table' AND ",
    is_not_platform!("t.name"),
    " AND f.seq = 0",
);

struct Key {
    child: String,
    parent: String,
    /// Whether it has an action that changes rows on delete.
    acts: bool,
}

/// Drops everything that was created in a database.
pub(super) async fn wipe(db: &DoConnection, transaction: &DoTransaction) -> Result<(), DbErr> {
    // DROP TABLE deletes the rows first, and tables may reference each other in a cycle. The PRAGMA also defers
    // RESTRICT.
    transaction.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
    for [kind, name] in texts(db, OTHERS)? {
        transaction.execute_unprepared(&format!("DROP {kind} {}", quoted(&name))).await?;
    }
    // The shadow tables of virtual tables were dropped together with them.
    let tables = texts(db, TABLES)?.into_iter().map(|[name]| name).collect();
    let key = |[child, parent, action]: [String; 3]| {
        let acts = ["CASCADE", "SET NULL", "SET DEFAULT"].contains(&action.as_str());
        Key { child, parent, acts }
    };
    let keys: Vec<_> = texts(db, KEYS)?.into_iter().map(key).collect();
    let tables = children_first(tables, &keys);
    for table in &tables {
        if keys.iter().any(|key| key.acts && key.child == *table) {
            hold(table, transaction).await?;
        }
    }
    for table in &tables {
        transaction.execute_unprepared(&format!("DROP TABLE {}", quoted(table))).await?;
    }
    Ok(())
}

/// Creates triggers that disable the actions of a table's foreign keys. If a table references itself, or tables
/// reference each other in a cycle, a NOT NULL or a CHECK may forbid a SET NULL, and a CASCADE may exceed the depth
/// limit of triggers. DROP TABLE itself fires no triggers, but the changes that its foreign key actions make to other
/// rows do: <https://www.sqlite.org/foreignkeys.html#fk_schemacommands>.
async fn hold(table: &str, transaction: &DoTransaction) -> Result<(), DbErr> {
    for event in ["UPDATE", "DELETE"] {
        let (trigger, table) = (quoted(&format!("{table} {event}")), quoted(table));
        let sql = format!("CREATE TRIGGER {trigger} BEFORE {event} ON {table} BEGIN SELECT RAISE(IGNORE); END");
        transaction.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Orders tables so that each comes before the tables that it references. In a cycle, any table may come first.
fn children_first(mut left: Vec<String>, keys: &[Key]) -> Vec<String> {
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let refers = |child: &String, parent: &String| {
            child != parent && keys.iter().any(|key| key.child == *child && key.parent.eq_ignore_ascii_case(parent))
        };
        let has_no_child = |parent: &String| !left.iter().any(|child| refers(child, parent));
        let at = left.iter().position(has_no_child).unwrap_or(0);
        ordered.push(left.remove(at));
    }
    ordered
}

/// Runs a query whose rows have exactly `N` texts.
fn texts<const N: usize>(db: &DoConnection, sql: &str) -> Result<Vec<[String; N]>, DbErr> {
    let unexpected = || DbErr::Type(format!("SQLite returned other columns than documented: {sql}"));
    let text = |value: SqlValue| match value {
        SqlValue::Text(text) => Ok(text),
        _ => Err(unexpected()),
    };
    let row = |row: Vec<SqlValue>| {
        let texts = row.into_iter().map(text).collect::<Result<Vec<_>, _>>()?;
        <[String; N]>::try_from(texts).map_err(|_| unexpected())
    };
    db.database.storage.exec(sql, &[]).map_err(StorageError::into_query)?.rows.into_iter().map(row).collect()
}
