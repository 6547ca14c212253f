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
    let dropped: Vec<_> = script.iter().filter_map(|sql| dropped_table(sql)).collect();
    db.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
    let mut triggers = Vec::new();
    for table in &dropped {
        triggers.extend(triggers_of(db, table).await?);
    }
    let referring = referring(db, &dropped).await?;
    let mut set_aside = Vec::new();
    for table in &referring {
        let of_table = triggers_of(db, table).await?;
        for (name, _) in &of_table {
            db.execute_unprepared(&format!("DROP TRIGGER {}", quoted(name))).await?;
        }
        triggers.extend(of_table);
        let columns = columns(db, table).await?;
        let kept = quoted(&format!("kept of {table}"));
        let table = quoted(table);
        db.execute_unprepared(&format!("CREATE TABLE {kept} AS SELECT {columns} FROM {table}")).await?;
        set_aside.push((table, kept, columns));
    }
    // Referencing tables first.
    for (table, ..) in set_aside.iter().rev() {
        db.execute_unprepared(&format!("DELETE FROM {table}")).await?;
    }
    for sql in script {
        db.execute_unprepared(sql).await?;
    }
    for (table, kept, columns) in set_aside {
        db.execute_unprepared(&format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM {kept}")).await?;
        db.execute_unprepared(&format!("DROP TABLE {kept}")).await?;
    }
    for (name, sql) in triggers {
        let there = format!("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name = {}", literal(&name));
        if texts(db, &there).await?.is_empty() {
            db.execute_unprepared(&sql).await?;
        }
    }
    Ok(())
}

/// The tables whose rows would be deleted or changed, or would block the deletion, if the rows of `dropped` were
/// deleted. Each table comes after those that it references.
async fn referring<C: ConnectionTrait>(db: &C, dropped: &[String]) -> Result<Vec<String>, DbErr> {
    // https://www.sqlite.org/foreignkeys.html#fk_actions
    const KEYS: &str = "SELECT child.name, key.\"table\" FROM pragma_table_list AS child, pragma_foreign_key_list(child.name) AS key \
        WHERE child.schema = 'main' AND child.type = 'table' AND key.on_delete <> 'NO ACTION' ORDER BY 1";
    let mut children: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), KEYS)).await? {
        let (child, parent): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        children.entry(parent.to_ascii_lowercase()).or_default().push(child);
    }
    let is_in = |tables: &[String], table: &str| tables.iter().any(|other| other.eq_ignore_ascii_case(table));
    let mut found: Vec<String> = Vec::new();
    let mut parents = dropped.to_vec();
    while !parents.is_empty() {
        let reached = parents.iter().filter_map(|parent| children.get(&parent.to_ascii_lowercase())).flatten();
        let new = reached.filter(|child| !is_in(dropped, child) && !is_in(&found, child));
        parents = new.cloned().collect();
        parents.sort();
        parents.dedup();
        found.extend(parents.iter().cloned());
    }
    Ok(found)
}

/// The names and texts of a table's triggers.
async fn triggers_of<C: ConnectionTrait>(db: &C, table: &str) -> Result<Vec<(String, String)>, DbErr> {
    let sql = format!(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = {} COLLATE NOCASE",
        literal(table)
    );
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
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
