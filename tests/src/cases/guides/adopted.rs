//! Databases as Drizzle's and Kysely's migrators leave them (tests/adopted), taken over without losing a row.

use sea_orm::{ConnectionTrait, DbErr, Statement};
use sea_orm_do::{DoConnection, introspect, migrate};
use sea_orm_migration::MigratorTrait;

use crate::case::{Case, Context, Outcome, cases};
use crate::migrations::{migrator, script};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": adopt_what_drizzle_has_made, adopt_what_kysely_has_made, adopt_nothing_that_differs)
}

const DRIZZLE: &str = include_str!("../../../adopted/drizzle.sql");
const KYSELY: &str = include_str!("../../../adopted/kysely.sql");
const RATING: &str = "ALTER TABLE book ADD COLUMN rating INTEGER";

migrator!(
    /// The first migration as `sea-orm-do migrate draft` writes it for Drizzle's tables.
    OfDrizzle:
    script("m0001_adopted", include_str!("../../../adopted/drizzle.baseline.sql"), ""),
    script("m0002_rating", RATING, ""),
);
migrator!(
    /// The same for Kysely's.
    OfKysely:
    script("m0001_adopted", include_str!("../../../adopted/kysely.baseline.sql"), ""),
    script("m0002_rating", RATING, ""),
);

async fn adopt_what_drizzle_has_made(context: Context) -> Outcome {
    adopts::<OfDrizzle>(&context, DRIZZLE).await
}

async fn adopt_what_kysely_has_made(context: Context) -> Outcome {
    adopts::<OfKysely>(&context, KYSELY).await
}

/// Called each time that an object wakes.
fn open<Migrator: MigratorTrait>(db: &DoConnection, schema: &str) -> Result<Vec<String>, migrate::Error> {
    migrate::adopt::<Migrator>(db, "m0001_adopted", schema)?;
    migrate::up::<Migrator>(db, None)
}

async fn texts(db: &DoConnection, sql: &str) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql.to_owned())).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

const BOOKS: &str = "SELECT author.name || ': ' || title || ' ' || ifnull(pages, '-') || ' ' || ifnull(rating, '-') \
    FROM book JOIN author ON author.id = author_id ORDER BY book.id";

async fn adopts<M: MigratorTrait>(context: &Context, dump: &str) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.import(dump)?;
    let schema = serde_json::to_string(&introspect(&db)?)?;
    assert_eq!(open::<M>(&db, &schema)?, ["m0002_rating"]);
    assert_eq!(texts(&db, BOOKS).await?, ["Ursula: The Dispossessed 387 -", "Ursula: x - -"]);
    // The next time that the object wakes.
    assert!(open::<M>(&db, &schema)?.is_empty());
    let recorded = texts(&db, "SELECT version FROM seaql_migrations ORDER BY rowid").await?;
    assert_eq!(recorded, ["m0001_adopted", "m0002_rating"]);
    let adopted = introspect(&db)?;

    // An object without tables is new: it gets its tables by the migrations, and they are the same.
    db.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
    for table in ["book", "author", "seaql_migrations"] {
        db.execute_unprepared(&format!("DROP TABLE {table}")).await?;
    }
    for table in ["__drizzle_migrations", "kysely_migration", "kysely_migration_lock"] {
        db.execute_unprepared(&format!("DROP TABLE IF EXISTS {table}")).await?;
    }
    assert_eq!(open::<M>(&db, &schema)?, ["m0001_adopted", "m0002_rating"]);
    let made = introspect(&db)?;
    assert_eq!((adopted.table("author"), adopted.table("book")), (made.table("author"), made.table("book")));
    Ok(())
}

async fn adopt_nothing_that_differs(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.import(DRIZZLE)?;
    let schema = serde_json::to_string(&introspect(&db)?)?;
    let adopt = |db: &DoConnection, last: &str, schema: &str| migrate::adopt::<OfDrizzle>(db, last, schema);
    db.execute_unprepared("ALTER TABLE book ADD COLUMN isbn TEXT; DROP INDEX author_name_unique").await?;
    let refused = adopt(&db, "m0001_adopted", &schema).expect_err("the tables differ").to_string();
    let begins = "nothing was recorded: the database is not as the migrations up to `m0001_adopted` make it: ";
    assert!(refused.starts_with(begins), "{refused}");
    assert!(refused.contains("+ table `book`, column `isbn`: \"isbn\" TEXT"), "{refused}");
    assert!(refused.contains("- table `author`, index `author_name_unique`"), "{refused}");
    assert!(adopt(&db, "m0009", &schema).is_err_and(|error| error.to_string().contains("no migration `m0009`")));
    assert!(adopt(&db, "m0001_adopted", "{").is_err_and(|error| error.to_string().contains("is not the JSON of one")));
    assert!(introspect(&db)?.table("seaql_migrations").is_none());
    Ok(())
}
