//! Migrations that fail.
#![allow(
    elided_lifetimes_in_paths,
    reason = "async_trait compares the lifetimes with those of the trait, which elides this one"
)]

use sea_orm::{ConnectionTrait, DbErr, TransactionTrait};
use sea_orm_do::migrate::{self, Direction, Error};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{objects, recorded, texts};
use crate::case::{Case, Context, Outcome, case, cases};
use crate::migrations::{migrator, script};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!(
        "migrations":
        a_failure_in_the_middle_of_the_third_leaves_the_first_two,
        a_failing_down_leaves_what_was_there,
        a_failing_refresh_tells_what_it_had_reverted,
        a_rollback_inside_fails_the_migration,
        a_migration_that_waits_fails,
        a_foreign_key_that_is_broken_at_the_end_fails_the_migration,
        a_check_that_was_put_off_is_not_put_off_for_the_next,
    );
    cases.push(
        case!("migrations", a_panic_leaves_no_trace)
            .panicking("cannot go on")
            .then(|context| Box::pin(has_the_first_only(context)))
            .workerd_only(),
    );
    cases
}

const A: &str = "CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1)";
const B: &str = "CREATE TABLE b (id INTEGER PRIMARY KEY)";

migrator!(Broken:
    script("one", A, "DROP TABLE a"),
    script("two", B, "DROP TABLE b"),
    script("three", "CREATE TABLE c (id); INSERT INTO a VALUES (2); ALTER TABLE b ADD COLUMN x; INSERT INTO a VALUES (1)", ""),
    script("four", "CREATE TABLE d (id)", "DROP TABLE d"),
);

migrator!(Mended:
    script("one", A, "DROP TABLE a"),
    script("two", B, "DROP TABLE nowhere"),
    script("three", "CREATE TABLE c (id)", "DROP TABLE c"),
    script("four", "CREATE TABLE d (id)", "DROP TABLE d"),
);

async fn a_failure_in_the_middle_of_the_third_leaves_the_first_two(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    let error = migrate::up::<Broken>(&db, None).err().ok_or("it went through")?;
    let Error::Failed { migration, direction: Direction::Up, cause, before } = &error else { panic!("{error}") };
    assert_eq!(migration, "three");
    assert!(cause.to_string().contains("UNIQUE constraint failed: a.id"), "{cause}");
    assert!(matches!(sea_orm_do::sql_err(cause), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))));
    assert_eq!(before[..], ["one", "two"]);
    for part in ["up of migration `three` failed and was undone", "a.id", "done before it: one, two"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(matches!(DbErr::from(error.clone()), DbErr::Migration(text) if text == error.to_string()));
    assert_eq!(objects(&db).await?, ["a", "b", "seaql_migrations"]);
    assert_eq!(recorded(&db).await?, ["one", "two"]);
    assert_eq!(texts(&db, "SELECT CAST(id AS TEXT) FROM a").await?, ["1"]);
    assert_eq!(texts(&db, "SELECT name FROM pragma_table_info('b')").await?, ["id"]);
    assert_eq!(migrate::up::<Mended>(&db, None)?, ["three", "four"]);
    Ok(())
}

async fn a_failing_down_leaves_what_was_there(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    migrate::up::<Mended>(&db, None)?;
    let error = migrate::down::<Mended>(&db, None).err().ok_or("it went through")?;
    let Error::Failed { migration, direction: Direction::Down, before, .. } = &error else { panic!("{error}") };
    assert_eq!((migration.as_str(), &before[..]), ("two", &["four".to_owned(), "three".to_owned()][..]));
    assert_eq!(recorded(&db).await?, ["one", "two"]);
    assert_eq!(objects(&db).await?, ["a", "b", "seaql_migrations"]);
    assert!(migrate::refresh::<Mended>(&db).is_err_and(|error| error.to_string().contains("no such table: nowhere")));
    Ok(())
}

migrator!(Once:
    script("one", A, "DROP TABLE a; CREATE TABLE trace (id)"),
    script("two", "CREATE TABLE trace (id)", "DROP TABLE trace"),
);

async fn a_failing_refresh_tells_what_it_had_reverted(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    migrate::up::<Once>(&db, None)?;
    let error = migrate::refresh::<Once>(&db).err().ok_or("it went through")?;
    let Error::Failed { migration, direction: Direction::Up, before, .. } = &error else { panic!("{error}") };
    assert_eq!((migration.as_str(), before.join(", ").as_str()), ("two", "two, one, one"));
    assert_eq!(recorded(&db).await?, ["one"]);
    Ok(())
}

/// A migration that goes wrong in a way of its own.
enum Odd {
    RollsBack,
    Waits,
    Panics,
}

impl MigrationName for Odd {
    fn name(&self) -> &str {
        "odd"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Odd {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("CREATE TABLE odd (id)").await?;
        match self {
            Self::RollsBack => db.begin().await?.rollback().await,
            Self::Waits => std::future::pending().await,
            Self::Panics => panic!("it cannot go on"),
        }
    }
}

migrator!(RollsBack: script("one", A, ""), Box::new(Odd::RollsBack));
migrator!(Waits: script("one", A, ""), Box::new(Odd::Waits));
migrator!(Panics: script("one", A, ""), Box::new(Odd::Panics));

async fn a_rollback_inside_fails_the_migration(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let error = migrate::up::<RollsBack>(&db, None).err().ok_or("it went through")?.to_string();
    assert!(error.contains("`odd`") && error.contains("rolled back") && error.contains("before it: one"), "{error}");
    assert_eq!(objects(&db).await?, ["a", "seaql_migrations"]);
    Ok(())
}

async fn a_migration_that_waits_fails(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let error = migrate::up::<Waits>(&db, None).err().ok_or("it went through")?.to_string();
    assert!(error.contains("`odd`") && error.contains("something other than this database"), "{error}");
    assert_eq!(objects(&db).await?, ["a", "seaql_migrations"]);
    Ok(())
}

async fn a_panic_leaves_no_trace(context: Context) -> Outcome {
    migrate::up::<Panics>(&context.connect()?.with_inferred_types(), None)?;
    Ok(())
}

async fn has_the_first_only(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    // A panic undoes the whole turn, in which the first migration was applied as well.
    assert!(objects(&db).await?.iter().all(|name| name != "odd"));
    Ok(())
}

const KEYS: &str = "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id REFERENCES parent)";

migrator!(Orphans:
    script("one", KEYS, ""),
    script("two", "PRAGMA defer_foreign_keys = ON; INSERT INTO child VALUES (1, 7)", ""),
    script("three", "CREATE TABLE c (id)", ""),
);

async fn a_foreign_key_that_is_broken_at_the_end_fails_the_migration(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let error = migrate::up::<Orphans>(&db, None).err().ok_or("it went through")?.to_string();
    assert!(error.contains("`two`") && error.contains("a row of `child` refers to a row of `parent`"), "{error}");
    assert_eq!(recorded(&db).await?, ["one"]);
    // Nothing that follows is put off.
    let orphan = db.execute_unprepared("INSERT INTO child VALUES (1, 7)").await;
    assert!(orphan.is_err_and(|error| error.to_string().contains("FOREIGN KEY constraint failed")));
    Ok(())
}

migrator!(Defers:
    script("one", KEYS, ""),
    script("two", "PRAGMA defer_foreign_keys = ON; INSERT INTO child VALUES (1, 7); INSERT INTO parent VALUES (7)", ""),
    script("three", "INSERT INTO child VALUES (2, 8); INSERT INTO parent VALUES (8)", ""),
);

async fn a_check_that_was_put_off_is_not_put_off_for_the_next(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let error = migrate::up::<Defers>(&db, None).err().ok_or("it went through")?.to_string();
    assert!(error.contains("`three`") && error.contains("FOREIGN KEY constraint failed"), "{error}");
    assert_eq!(recorded(&db).await?, ["one", "two"]);
    Ok(())
}
