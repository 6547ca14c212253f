//! Starting again from an empty database.

use sea_orm::ConnectionTrait;
use sea_orm_do::migrate;

use super::{connect, objects, recorded, texts};
use crate::case::{Case, Context, Outcome, cases};
use crate::migrations::{SHOP, Shop};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "migrations":
        fresh_drops_what_the_migrations_never_made,
        fresh_drops_tables_in_an_order_that_foreign_keys_allow,
        fresh_leaves_the_runtime_s_own_tables,
        fresh_needs_no_migration_that_was_recorded,
    )
}

/// A little of everything.
const MESS: &str = "
    CREATE TABLE _cfx (a); CREATE TABLE xcf_ (a); CREATE TABLE sqliteish (a); CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);
    INSERT INTO counted DEFAULT VALUES;
    CREATE VIEW one AS SELECT a FROM xcf_; CREATE VIEW two AS SELECT a FROM one;
    CREATE TRIGGER refuses_deletes BEFORE DELETE ON counted BEGIN SELECT RAISE(ABORT, 'it stays'); END;
    CREATE TRIGGER stands_in INSTEAD OF INSERT ON one BEGIN INSERT INTO xcf_ VALUES (new.a); END;
    CREATE VIRTUAL TABLE words USING fts5(text); INSERT INTO words VALUES ('a word');
    CREATE TABLE \"it's a \"\"name\"\"\" (a);
";

async fn fresh_drops_what_the_migrations_never_made(context: Context) -> Outcome {
    let db = connect(&context)?;
    migrate::up::<Shop>(&db, Some(2))?;
    db.execute_unprepared(MESS).await?;
    assert_eq!(migrate::fresh::<Shop>(&db)?, SHOP);
    assert_eq!(objects(&db).await?, ["cake", "fruit", "idx-cake-name", "seaql_migrations"]);
    assert!(texts(&db, "SELECT name FROM sqlite_sequence WHERE name = 'counted'").await?.is_empty());
    Ok(())
}

/// Chains, circles, and a table that refers to itself, with rows that would not survive in any other order.
const KEYS: &str = "
    CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b ON DELETE RESTRICT);
    CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a);
    CREATE TABLE parent (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES PARENT);
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent ON DELETE SET NULL);
    CREATE TABLE grandchild (id INTEGER PRIMARY KEY, child_id INTEGER REFERENCES child DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE orphan (id INTEGER PRIMARY KEY, none_id INTEGER REFERENCES nowhere);
    INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1); UPDATE a SET b_id = 1;
    INSERT INTO parent VALUES (1, 1); INSERT INTO child VALUES (1, 1); INSERT INTO grandchild VALUES (1, 1);
";

async fn fresh_drops_tables_in_an_order_that_foreign_keys_allow(context: Context) -> Outcome {
    let db = connect(&context)?;
    db.execute_unprepared(KEYS).await?;
    assert_eq!(migrate::fresh::<Shop>(&db)?, SHOP);
    assert_eq!(objects(&db).await?, ["cake", "fruit", "idx-cake-name", "seaql_migrations"]);
    Ok(())
}

async fn fresh_leaves_the_runtime_s_own_tables(context: Context) -> Outcome {
    let db = connect(&context)?;
    db.execute_unprepared("CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)").await?;
    let own = r"SELECT name FROM sqlite_master WHERE name LIKE '\_cf\_%' ESCAPE '\' OR name = 'sqlite_sequence' ORDER BY name";
    let before = texts(&db, own).await?;
    assert!(before.iter().any(|name| name == "sqlite_sequence"));
    migrate::fresh::<Shop>(&db)?;
    assert_eq!(texts(&db, own).await?, before);
    Ok(())
}

async fn fresh_needs_no_migration_that_was_recorded(context: Context) -> Outcome {
    let db = connect(&context)?;
    migrate::up::<Shop>(&db, Some(1))?;
    db.execute_unprepared("INSERT INTO seaql_migrations VALUES ('unknown', 0)").await?;
    assert!(migrate::up::<Shop>(&db, None).is_err());
    migrate::fresh::<Shop>(&db)?;
    assert_eq!(recorded(&db).await?, SHOP);
    Ok(())
}
