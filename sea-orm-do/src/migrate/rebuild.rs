//! Runs a script that recreates tables, without losing or changing the rows that reference them.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::sql::lexer::statements;
use crate::sql::parser::{dropped_table, sets_pragma};
use crate::sql::quote::quoted;
use crate::value::literal::text as literal;

/// Runs a script that recreates tables, as drizzle-kit, Prisma and other generators write it for SQLite:
/// `PRAGMA foreign_keys=OFF`, a new table, its rows, `DROP TABLE`, `ALTER TABLE … RENAME TO`.
///
/// In a Durable Object that PRAGMA has no effect, and `DROP TABLE` would delete or change the rows that reference the
/// table, for instance with ON DELETE CASCADE. So this function sets those rows aside and restores them after the
/// script; foreign keys are checked at the end of the transaction. It also creates the triggers of all these tables
/// again. Call it in a migration, which is rolled back as a whole if something fails.
///
/// ```
/// # #[cfg(feature = "native")]
/// # mod example {
/// use sea_orm_do::migrate;
/// use sea_orm_migration::prelude::*;
///
/// const SCRIPT: &str = "
///     PRAGMA foreign_keys=OFF;
///     CREATE TABLE __new_chats (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
///     INSERT INTO __new_chats SELECT id, title FROM chats;
///     DROP TABLE chats;
///     ALTER TABLE __new_chats RENAME TO chats;
///     PRAGMA foreign_keys=ON;
/// ";
///
/// # pub
/// async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
///     migrate::rebuild(manager.get_connection(), SCRIPT).await
/// }
/// # }
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # let db = sea_orm_do::DoConnection::in_memory()?;
/// # db.import(
/// #     "CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT);
/// #     CREATE TABLE lines (chat INTEGER REFERENCES chats ON DELETE CASCADE);
/// #     INSERT INTO chats VALUES (1, 'first'); INSERT INTO lines VALUES (1)",
/// # )?;
/// # let migrated = db.transaction_sync(async |_| {
/// #     let db = db.to_database_connection();
/// #     example::up(&sea_orm_migration::SchemaManager::new(&db)).await
/// # });
/// # migrated.unwrap();
/// # assert!(sea_orm_do::introspect(&db)?.table("chats").unwrap().columns[1].not_null);
/// # assert_eq!(db.execute_unprepared("DELETE FROM lines").await?.rows_affected(), 1);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
///
/// # Errors
/// The error of the first statement that fails. A foreign key that is still broken at the end fails the transaction.
pub async fn rebuild<C: ConnectionTrait>(db: &C, script: &str) -> Result<(), DbErr> {
    let is_of_keys = |sql: &&str| ["foreign_keys", "defer_foreign_keys"].iter().any(|pragma| sets_pragma(sql, pragma));
    let script: Vec<_> = statements(script).into_iter().filter(|sql| !is_of_keys(sql)).collect();
    db.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
    let mut triggers = Vec::new();
    let mut aside: Vec<Aside> = Vec::new();
    let mut missing: Vec<String> = Vec::new();
    for sql in script {
        if let Some(table) = dropped_table(sql) {
            triggers.extend(triggers_of(db, &table).await?);
            if aside.iter().any(|aside| aside.table.eq_ignore_ascii_case(&table)) {
                return Err(DbErr::Migration(format!(
                    "`{table}` is dropped while `{}` is missing, to which its rows refer: create one table again after the \
                     other, and drop a table before those that it refers to",
                    missing.join("`, `")
                )));
            }
            let referring = referring(db, &table, &aside).await?;
            for child in &referring {
                aside.push(Aside::of(db, child, &mut triggers).await?);
            }
            // Referencing tables first.
            for child in referring.iter().rev() {
                db.execute_unprepared(&format!("DELETE FROM {}", quoted(child))).await?;
            }
            missing.push(table);
        }
        db.execute_unprepared(sql).await?;
        if !missing.is_empty() {
            let there = texts(db, "SELECT name FROM sqlite_master WHERE type = 'table'").await?;
            missing.retain(|table| !there.iter().any(|name| name.eq_ignore_ascii_case(table)));
            if missing.is_empty() {
                for aside in aside.drain(..) {
                    aside.restore(db).await?;
                }
            }
        }
    }
    for aside in aside {
        aside.restore(db).await?;
    }
    // A trigger is not created again if the script has done so, or has dropped its table for good.
    let there = texts(db, "SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')").await?;
    let is_there = |name: &str| there.iter().any(|known| known.eq_ignore_ascii_case(name));
    for Trigger { table, name, sql } in triggers {
        if is_there(&table) && !is_there(&name) {
            db.execute_unprepared(&sql).await?;
        }
    }
    Ok(())
}

/// The rows of a table that another one's deletion would reach.
struct Aside {
    table: String,
    kept: String,
    columns: String,
}

impl Aside {
    /// Copies the rows, and drops the table's triggers, which would fire when they are deleted and restored.
    async fn of<C: ConnectionTrait>(db: &C, table: &str, triggers: &mut Vec<Trigger>) -> Result<Self, DbErr> {
        let of_table = triggers_of(db, table).await?;
        for Trigger { name, .. } in &of_table {
            db.execute_unprepared(&format!("DROP TRIGGER {}", quoted(name))).await?;
        }
        triggers.extend(of_table);
        let columns = columns(db, table).await?;
        let kept = quoted(&format!("kept of {table}"));
        db.execute_unprepared(&format!("CREATE TABLE {kept} AS SELECT {columns} FROM {}", quoted(table))).await?;
        Ok(Self { table: table.to_owned(), kept, columns })
    }

    async fn restore<C: ConnectionTrait>(self, db: &C) -> Result<(), DbErr> {
        let Self { table, kept, columns } = &self;
        let table = quoted(table);
        db.execute_unprepared(&format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM {kept}")).await?;
        db.execute_unprepared(&format!("DROP TABLE {kept}")).await.map(drop)
    }
}

/// The tables with a foreign key with an action to `dropped` or to one of these, each after those that it references,
/// but for those that are set aside.
async fn referring<C: ConnectionTrait>(db: &C, dropped: &str, aside: &[Aside]) -> Result<Vec<String>, DbErr> {
    // https://www.sqlite.org/foreignkeys.html#fk_actions
    const KEYS: &str = "SELECT child.name, key.\"table\" FROM pragma_table_list AS child, pragma_foreign_key_list(child.name) AS key \
        WHERE child.schema = 'main' AND child.type = 'table' AND key.on_delete <> 'NO ACTION' ORDER BY 1";
    let mut children: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), KEYS)).await? {
        let (child, parent): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        children.entry(parent.to_ascii_lowercase()).or_default().push(child);
    }
    let is_known = |found: &[String], table: &str| {
        table.eq_ignore_ascii_case(dropped)
            || found.iter().any(|other| other.eq_ignore_ascii_case(table))
            || aside.iter().any(|aside| aside.table.eq_ignore_ascii_case(table))
    };
    let mut found: Vec<String> = Vec::new();
    let mut parents = vec![dropped.to_owned()];
    while !parents.is_empty() {
        let reached = parents.iter().filter_map(|parent| children.get(&parent.to_ascii_lowercase())).flatten();
        let new = reached.filter(|child| !is_known(&found, child));
        parents = new.cloned().collect();
        parents.sort();
        parents.dedup();
        found.extend(parents.iter().cloned());
    }
    Ok(found)
}

/// A trigger of a table, with its text.
struct Trigger {
    table: String,
    name: String,
    sql: String,
}

async fn triggers_of<C: ConnectionTrait>(db: &C, table: &str) -> Result<Vec<Trigger>, DbErr> {
    let sql = format!(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = {} COLLATE NOCASE",
        literal(table)
    );
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let trigger = |row: &sea_orm::QueryResult| {
        let (name, sql) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        Ok(Trigger { table: table.to_owned(), name, sql })
    };
    rows.iter().map(trigger).collect()
}

/// The quoted names of a table's columns that take values.
async fn columns<C: ConnectionTrait>(db: &C, table: &str) -> Result<String, DbErr> {
    let names = texts(db, &format!("SELECT name FROM pragma_table_xinfo({}) WHERE hidden = 0", literal(table))).await?;
    Ok(names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
}

async fn texts<C: ConnectionTrait>(db: &C, sql: &str) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql.to_owned())).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
