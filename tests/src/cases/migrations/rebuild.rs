//! The recipe for what ALTER TABLE cannot do, as the documentation gives it.

use sea_orm::ConnectionTrait;
use sea_orm_do::migrate;
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use super::{objects, texts};
use crate::case::{Case, Context, Outcome, cases};
use crate::migrations::script;

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "migrations":
        a_table_is_rebuilt_as_documented,
        an_empty_table_is_rebuilt_as_documented,
        a_rebuilt_table_that_breaks_a_foreign_key_is_undone,
        a_dropped_table_takes_along_what_cascades,
        a_script_of_a_generator_keeps_what_refers_to_its_table,
        a_script_of_a_generator_that_breaks_a_foreign_key_is_undone,
        a_script_rebuilds_a_table_and_one_that_refers_to_it,
    )
}

/// The script of the documentation.
fn recipe() -> &'static str {
    let documentation = include_str!("../../../../sea-orm-do/src/migrate/rebuild.md");
    documentation.split("```").find_map(|block| block.strip_prefix("sql\n")).unwrap_or_default()
}

const TABLES: &str = r#"
    CREATE TABLE task (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT);
    CREATE INDEX "idx-task-title" ON task (title);
    CREATE TABLE step (id INTEGER PRIMARY KEY, task_id INTEGER NOT NULL REFERENCES task ON DELETE CASCADE);
    CREATE TABLE note (id INTEGER PRIMARY KEY, task_id INTEGER NOT NULL REFERENCES task ON DELETE RESTRICT);
    INSERT INTO task (id, title) VALUES (1, 'one'), (9007199254740993, 'far away'), (9007199254740999, 'gone');
    DELETE FROM task WHERE title = 'gone';
    INSERT INTO step VALUES (1, 1), (2, 9007199254740993);
    INSERT INTO note VALUES (1, 9007199254740993);
"#;

struct Tasks;

impl MigratorTrait for Tasks {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![script("tables", TABLES, ""), script("rebuild", recipe(), "")]
    }
}

struct Orphaned;

impl MigratorTrait for Orphaned {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let loses_one = recipe().replace("FROM kept_task;", "FROM kept_task WHERE id = 1;");
        vec![script("tables", TABLES, ""), script("rebuild", &loses_one, "")]
    }
}

const LINKS: &str = "
    SELECT 'step ' || step.id || ' ' || title FROM step JOIN task ON task.id = task_id
    UNION ALL SELECT 'note ' || note.id || ' ' || title FROM note JOIN task ON task.id = task_id ORDER BY 1";

async fn a_table_is_rebuilt_as_documented(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    assert_eq!(migrate::up::<Tasks>(&db, None)?, ["tables", "rebuild"]);
    assert_eq!(objects(&db).await?, ["idx-task-title", "note", "seaql_migrations", "step", "task"]);
    assert_eq!(texts(&db, LINKS).await?, ["note 1 far away", "step 1 one", "step 2 far away"]);
    // The new rule holds, the keys still mean the same table, and no id is given out twice.
    assert!(db.execute_unprepared("INSERT INTO task (title) VALUES ('')").await.is_err());
    assert!(db.execute_unprepared("INSERT INTO note VALUES (2, 7)").await.is_err());
    assert!(db.execute_unprepared("DELETE FROM task WHERE title = 'far away'").await.is_err());
    db.execute_unprepared("DELETE FROM task WHERE title = 'one'; INSERT INTO task (title) VALUES ('next')").await?;
    assert_eq!(texts(&db, LINKS).await?, ["note 1 far away", "step 2 far away"]);
    assert_eq!(texts(&db, "SELECT CAST(max(id) AS TEXT) FROM task").await?, ["9007199254741000"]);
    Ok(())
}

struct Empty;

impl MigratorTrait for Empty {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let (tables, _) = TABLES.split_once("INSERT").unwrap_or((TABLES, ""));
        vec![script("tables", tables, ""), script("rebuild", recipe(), "")]
    }
}

async fn an_empty_table_is_rebuilt_as_documented(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    migrate::up::<Empty>(&db, None)?;
    let broken = "SELECT name FROM sqlite_sequence WHERE name = 'task' AND seq IS NOT 0";
    assert!(texts(&db, broken).await?.is_empty());
    db.execute_unprepared("INSERT INTO task (title) VALUES ('first')").await?;
    assert_eq!(texts(&db, "SELECT CAST(id AS TEXT) FROM task").await?, ["1"]);
    Ok(())
}

async fn a_rebuilt_table_that_breaks_a_foreign_key_is_undone(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    let error = migrate::up::<Orphaned>(&db, None).err().ok_or("it went through")?.to_string();
    assert!(error.contains("`rebuild`") && error.contains("FOREIGN KEY constraint failed"), "{error}");
    assert!(error.contains("refers to a row of `task`"), "{error}");
    assert_eq!(texts(&db, LINKS).await?, ["note 1 far away", "step 1 one", "step 2 far away"]);
    assert!(db.execute_unprepared("INSERT INTO task (title) VALUES ('')").await.is_ok());
    Ok(())
}

/// Why the recipe is as long as it is.
async fn a_dropped_table_takes_along_what_cascades(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    migrate::up::<Tasks>(&db, Some(1))?;
    let naive = "PRAGMA defer_foreign_keys = ON; DELETE FROM note;
        CREATE TABLE new_task (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO new_task SELECT id, title FROM task;
        DROP TABLE task; ALTER TABLE new_task RENAME TO task";
    db.transaction_sync(async |txn| txn.execute_unprepared(naive).await)?;
    assert_eq!(texts(&db, "SELECT title FROM task ORDER BY id").await?, ["one", "far away"]);
    assert!(texts(&db, "SELECT CAST(id AS TEXT) FROM step").await?.is_empty());
    // The table that took the old one's place is the one that the keys mean, and nothing is left to check.
    assert!(db.execute_unprepared("INSERT INTO step VALUES (1, 7)").await.is_err());
    db.execute_unprepared("INSERT INTO step VALUES (1, 1)").await?;
    Ok(())
}

/// A chain of tables that refer to each other, each with another action, and triggers that would count what goes and comes.
const CHATS: &str = r#"
    CREATE TABLE chats (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT);
    CREATE TABLE messages (id INTEGER PRIMARY KEY, "chat id" INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
        body TEXT, length INTEGER AS (length(body)));
    CREATE TABLE reactions (message_id INTEGER REFERENCES messages ON DELETE CASCADE, emoji TEXT);
    CREATE TABLE pins (chat_id INTEGER DEFAULT 1 REFERENCES chats ON DELETE SET DEFAULT);
    CREATE TABLE drafts (chat_id INTEGER REFERENCES chats ON DELETE SET NULL);
    CREATE TABLE locks (chat_id INTEGER REFERENCES chats ON DELETE RESTRICT);
    CREATE TABLE others (chat_id INTEGER REFERENCES chats);
    CREATE TABLE counted (what TEXT);
    CREATE TRIGGER count_messages AFTER DELETE ON messages BEGIN INSERT INTO counted VALUES ('message'); END;
    CREATE TRIGGER count_chats AFTER DELETE ON chats BEGIN INSERT INTO counted VALUES ('chat'); END;
    INSERT INTO chats VALUES (1, 'one'), (2, 'two'), (9007199254740993, 'far away');
    INSERT INTO messages VALUES (1, 1, 'a'), (2, 9007199254740993, 'bc');
    INSERT INTO reactions VALUES (2, 'x'), (1, 'y'); INSERT INTO pins VALUES (2); INSERT INTO drafts VALUES (2);
    INSERT INTO locks VALUES (2); INSERT INTO others VALUES (9007199254740993);
"#;

/// As drizzle-kit writes it.
const DRIZZLE: &str = "PRAGMA foreign_keys=OFF;--> statement-breakpoint
    CREATE TABLE `__new_chats` (`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL, `title` text NOT NULL);
    --> statement-breakpoint
    INSERT INTO `__new_chats`(\"id\", \"title\") SELECT \"id\", \"title\" FROM `chats`;--> statement-breakpoint
    DROP TABLE `chats`;--> statement-breakpoint
    ALTER TABLE `__new_chats` RENAME TO `chats`;--> statement-breakpoint
    PRAGMA foreign_keys=ON;";

/// As Prisma writes it.
const PRISMA: &str = "-- RedefineTables
    PRAGMA defer_foreign_keys=ON;
    PRAGMA foreign_keys=OFF;
    CREATE TABLE \"new_chats\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"title\" TEXT NOT NULL);
    INSERT INTO \"new_chats\" (\"id\", \"title\") SELECT \"id\", \"title\" FROM \"chats\";
    DROP TABLE \"chats\";
    ALTER TABLE \"new_chats\" RENAME TO \"chats\";
    PRAGMA foreign_keys=ON;
    PRAGMA defer_foreign_keys=OFF;";

const EVERYTHING: &str = "
    SELECT 'chat ' || id || ' ' || title FROM chats UNION ALL
    SELECT 'message ' || id || ' ' || \"chat id\" || ' ' || body || ' ' || length FROM messages UNION ALL
    SELECT 'reaction ' || message_id || ' ' || emoji FROM reactions UNION ALL
    SELECT * FROM (SELECT 'pin ' || coalesce(chat_id, 'none') FROM pins UNION ALL
        SELECT 'draft ' || coalesce(chat_id, 'none') FROM drafts UNION ALL
        SELECT 'lock ' || coalesce(chat_id, 'none') FROM locks UNION ALL
        SELECT 'other ' || coalesce(chat_id, 'none') FROM others UNION ALL SELECT 'counted ' || what FROM counted)
    ORDER BY 1";

async fn a_script_of_a_generator_keeps_what_refers_to_its_table(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared(CHATS).await?;
    let (before, tables) = (texts(&db, EVERYTHING).await?, objects(&db).await?);
    assert_eq!(before.len(), 11);
    for script in [DRIZZLE, PRISMA] {
        db.transaction_sync(async |txn| migrate::rebuild(txn, script).await)?;
        assert_eq!(texts(&db, EVERYTHING).await?, before);
        assert_eq!(objects(&db).await?, tables);
        let error =
            db.execute_unprepared("INSERT INTO chats (title) VALUES (NULL)").await.err().ok_or("the old table")?;
        assert!(error.to_string().contains("NOT NULL constraint failed: chats.title"), "{error}");
    }
    db.execute_unprepared("DELETE FROM messages WHERE id = 1").await?;
    assert_eq!(texts(&db, "SELECT 'a ' || what FROM counted").await?, ["a message"]);
    Ok(())
}

async fn a_script_of_a_generator_that_breaks_a_foreign_key_is_undone(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared(CHATS).await?;
    let before = texts(&db, EVERYTHING).await?;
    for lost in [1, 2, 9_007_199_254_740_993_i64] {
        let script = PRISMA.replace("FROM \"chats\";", &format!("FROM \"chats\" WHERE id <> {lost};"));
        let error =
            db.transaction_sync(async |txn| migrate::rebuild(txn, &script).await).err().ok_or("it went through")?;
        assert!(error.to_string().contains("FOREIGN KEY constraint failed"), "{error}");
        assert_eq!(texts(&db, EVERYTHING).await?, before);
    }
    Ok(())
}

/// In either order, and with a table that refers to both.
async fn a_script_rebuilds_a_table_and_one_that_refers_to_it(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, a);
         CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p ON DELETE CASCADE);
         CREATE TABLE d (id INTEGER PRIMARY KEY, c INTEGER REFERENCES c ON DELETE CASCADE);
         CREATE TABLE log (line); CREATE TRIGGER gone AFTER DELETE ON c BEGIN INSERT INTO log VALUES (OLD.id); END;
         INSERT INTO p VALUES (1, 'x'), (2, 'y'); INSERT INTO c VALUES (1, 1), (2, 2); INSERT INTO d VALUES (1, 1), (2, 2)",
    )
    .await?;
    let one = |table: &str, columns: &str| {
        format!(
            "CREATE TABLE new_{table} ({columns}); INSERT INTO new_{table} SELECT * FROM {table}; DROP TABLE {table};
             ALTER TABLE new_{table} RENAME TO {table};"
        )
    };
    let p = one("p", "id INTEGER PRIMARY KEY, a TEXT NOT NULL");
    let c = one("c", "id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p ON DELETE CASCADE, CHECK (id > 0)");
    let all = "SELECT p.id || a || c.id || d.id FROM p JOIN c ON c.p = p.id JOIN d ON d.c = c.id ORDER BY 1";
    for script in [format!("{p} {c}"), format!("{c} {p}")] {
        db.transaction_sync(async |txn| migrate::rebuild(txn, &script).await)?;
        assert_eq!(texts(&db, all).await?, ["1x11", "2y22"]);
        assert!(texts(&db, "SELECT 'c ' || line FROM log").await?.is_empty());
    }
    // Both at once is refused: what refers to the first would be read while it is set aside.
    let both = "CREATE TABLE new_p (id INTEGER PRIMARY KEY, a); INSERT INTO new_p SELECT * FROM p; DROP TABLE p;
        CREATE TABLE new_c (id INTEGER PRIMARY KEY, p); INSERT INTO new_c SELECT * FROM c; DROP TABLE c;
        ALTER TABLE new_p RENAME TO p; ALTER TABLE new_c RENAME TO c;";
    let refused = db.transaction_sync(async |txn| migrate::rebuild(txn, both).await).err().ok_or("it went through")?;
    assert!(refused.to_string().contains("`c` is dropped while `p` is missing"), "{refused}");
    assert_eq!(texts(&db, all).await?, ["1x11", "2y22"]);
    let gone = "DROP TABLE d; DROP TABLE c; DROP TABLE p";
    db.transaction_sync(async |txn| migrate::rebuild(txn, gone).await)?;
    assert_eq!(objects(&db).await?.len(), 1);
    Ok(())
}
