//! Migrations: what sea-orm-migration promises, and what an object needs on top.

mod cost;
mod drift;
mod entities;
mod failing;
mod fresh;
mod opening;
mod rebuild;

use sea_orm::{ConnectionTrait, DbErr, Statement};
use sea_orm_do::DoConnection;
use sea_orm_do::migrate::{self, Probe, Status};
use sea_orm_migration::sea_query::{DynIden, IntoIden};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use crate::case::{Case, Context, Outcome, cases};
use crate::migrations::{SHOP, Shop, cake, migrator, script};

pub(super) fn cases() -> Vec<Case> {
    let here = cases!(
        "migrations":
        apply_all_in_order,
        apply_and_revert_so_many_steps,
        revert_all,
        refresh_reverts_and_applies,
        reset_leaves_nothing,
        status_tells_what_was_applied_and_writes_nothing,
        move_data,
        record_in_a_table_of_their_own_name,
        are_those_of_sea_orm_migration,
        run_within_a_transaction,
        ask_for_tables_columns_and_indexes,
    );
    [
        here,
        cost::cases(),
        drift::cases(),
        entities::cases(),
        failing::cases(),
        fresh::cases(),
        opening::cases(),
        rebuild::cases(),
    ]
    .concat()
}

/// A connection that knows the entity that the shop's migrations use.
pub(super) fn connect(context: &Context) -> Result<DoConnection, DbErr> {
    Ok(context.connect()?.with_inferred_types().register::<cake::Entity>())
}

/// The texts of the first column of a query.
async fn texts(db: &DoConnection, sql: &str) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql.to_owned())).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// What the database holds besides SQLite's and the runtime's own.
async fn objects(db: &DoConnection) -> Result<Vec<String>, DbErr> {
    texts(db, r"SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '\_cf\_%' ESCAPE '\' ORDER BY name").await
}

/// The names of the migrations that are recorded, in their order.
async fn recorded(db: &DoConnection) -> Result<Vec<String>, DbErr> {
    texts(db, "SELECT version FROM seaql_migrations ORDER BY rowid").await
}

async fn apply_all_in_order(context: Context) -> Outcome {
    let db = connect(&context)?;
    assert_eq!(migrate::up::<Shop>(&db, None)?, SHOP);
    assert_eq!(recorded(&db).await?, SHOP);
    assert_eq!(objects(&db).await?, ["cake", "fruit", "idx-cake-name", "seaql_migrations"]);
    assert!(migrate::up::<Shop>(&db, None)?.is_empty());
    assert_eq!(recorded(&db).await?, SHOP);
    Ok(())
}

async fn apply_and_revert_so_many_steps(context: Context) -> Outcome {
    let db = connect(&context)?;
    assert!(migrate::up::<Shop>(&db, Some(0))?.is_empty());
    assert!(objects(&db).await?.is_empty());
    assert_eq!(migrate::up::<Shop>(&db, Some(1))?, SHOP[..1]);
    assert_eq!(objects(&db).await?, ["cake", "idx-cake-name", "seaql_migrations"]);
    assert_eq!(migrate::up::<Shop>(&db, Some(2))?, SHOP[1..3]);
    assert!(migrate::down::<Shop>(&db, Some(0))?.is_empty());
    assert_eq!(recorded(&db).await?, SHOP[..3]);
    assert_eq!(migrate::down::<Shop>(&db, Some(2))?, [SHOP[2], SHOP[1]]);
    assert_eq!(objects(&db).await?, ["cake", "idx-cake-name", "seaql_migrations"]);
    assert_eq!(migrate::up::<Shop>(&db, Some(u32::MAX))?, SHOP[1..]);
    Ok(())
}

async fn revert_all(context: Context) -> Outcome {
    let db = connect(&context)?;
    migrate::up::<Shop>(&db, None)?;
    let reverted = migrate::down::<Shop>(&db, None)?;
    assert!(reverted.iter().eq(SHOP.iter().rev()), "{reverted:?}");
    assert_eq!(objects(&db).await?, ["seaql_migrations"]);
    assert!(migrate::down::<Shop>(&db, None)?.is_empty());
    Ok(())
}

async fn refresh_reverts_and_applies(context: Context) -> Outcome {
    let db = connect(&context)?;
    migrate::up::<Shop>(&db, Some(3))?;
    db.execute_unprepared("INSERT INTO cake (name) VALUES ('mine')").await?;
    assert_eq!(migrate::refresh::<Shop>(&db)?, SHOP);
    assert_eq!(texts(&db, "SELECT name FROM cake ORDER BY id").await?, ["Cheese", "Carrot"]);
    Ok(())
}

async fn reset_leaves_nothing(context: Context) -> Outcome {
    let db = connect(&context)?;
    migrate::up::<Shop>(&db, None)?;
    assert_eq!(migrate::reset::<Shop>(&db)?.len(), SHOP.len());
    assert!(objects(&db).await?.is_empty());
    assert!(migrate::reset::<Shop>(&db)?.is_empty());
    Ok(())
}

async fn status_tells_what_was_applied_and_writes_nothing(context: Context) -> Outcome {
    let db = connect(&context)?;
    let pending = |status: &Status| status.applied_at.is_none();
    assert!(migrate::status::<Shop>(&db)?.iter().all(pending));
    assert!(objects(&db).await?.is_empty());
    migrate::up::<Shop>(&db, Some(2))?;
    let status = migrate::status::<Shop>(&db)?;
    assert!(status.iter().map(|status| &status.name).eq(SHOP.iter()));
    // After this was written, and before the year 2100.
    let at_some_time =
        |status: &Status| status.applied_at.is_some_and(|at| (1_700_000_000..4_100_000_000).contains(&at));
    assert!(status[..2].iter().all(at_some_time));
    assert!(status[2..].iter().all(pending));
    Ok(())
}

async fn move_data(context: Context) -> Outcome {
    let db = connect(&context)?;
    migrate::up::<Shop>(&db, Some(3))?;
    assert_eq!(texts(&db, "SELECT name FROM cake ORDER BY id").await?, ["Cheese, cake", "Carrot, cake"]);
    migrate::up::<Shop>(&db, Some(1))?;
    let split = "SELECT name || '/' || kind FROM cake ORDER BY id";
    assert_eq!(texts(&db.clone().with_declared_types(), split).await?, ["Cheese/cake", "Carrot/cake"]);
    migrate::down::<Shop>(&db, Some(1))?;
    assert_eq!(texts(&db, "SELECT name FROM cake ORDER BY id").await?, ["Cheese, cake", "Carrot, cake"]);
    Ok(())
}

struct OwnName;

impl MigratorTrait for OwnName {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![script("a", "CREATE TABLE t (a)", "DROP TABLE t")]
    }

    fn migration_table_name() -> DynIden {
        "my \"migrations\"".into_iden()
    }
}

async fn record_in_a_table_of_their_own_name(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    assert_eq!(migrate::up::<OwnName>(&db, None)?, ["a"]);
    assert!(migrate::up::<OwnName>(&db, None)?.is_empty());
    assert_eq!(objects(&db).await?, ["my \"migrations\"", "t"]);
    migrate::reset::<OwnName>(&db)?;
    assert!(objects(&db).await?.is_empty());
    Ok(())
}

/// What sea-orm-migration itself reads of our records.
async fn are_those_of_sea_orm_migration(context: Context) -> Outcome {
    let db = connect(&context)?;
    migrate::up::<Shop>(&db, Some(2))?;
    let theirs = Shop::get_applied_migrations(&db).await?;
    assert!(theirs.iter().map(|migration| migration.name()).eq(SHOP[..2].iter().copied()));
    assert_eq!(Shop::get_pending_migrations(&db.to_database_connection()).await?.len(), 3);
    let models = Shop::get_migration_models(&db).await?;
    assert!(models.iter().all(|model| model.applied_at > 1_700_000_000));
    Ok(())
}

async fn run_within_a_transaction(context: Context) -> Outcome {
    let db = connect(&context)?;
    let result = db.transaction_sync(async |_| {
        migrate::up::<Shop>(&db, None)?;
        Err::<(), _>(migrate::Error::Database(DbErr::Custom("no".to_owned())))
    });
    assert!(result.is_err());
    assert!(objects(&db).await?.is_empty());
    db.transaction_sync(async |_| migrate::up::<Shop>(&db, None))?;
    assert_eq!(recorded(&db).await?, SHOP);
    Ok(())
}

migrator!(Probed: script(
    "a",
    "CREATE TABLE \"Task\" (id INTEGER PRIMARY KEY, title TEXT, twice AS (title || title)); CREATE VIEW v AS SELECT id FROM \"Task\";
     CREATE INDEX \"idx-title\" ON \"Task\" (title)",
    "",
));

async fn ask_for_tables_columns_and_indexes(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    assert!(!db.has_table("Task").await? && !db.has_column("Task", "id").await?);
    migrate::up::<Probed>(&db, None)?;
    assert!(db.has_table("Task").await? && db.has_table("task").await?);
    assert!(!db.has_table("v").await? && !db.has_table("Tas_").await?);
    assert!(db.has_column("Task", "title").await? && db.has_column("task", "TWICE").await?);
    assert!(db.has_column("v", "id").await? && !db.has_column("Task", "none").await?);
    assert!(db.has_index("Task", "idx-title").await?);
    assert!(!db.has_index("v", "idx-title").await? && !db.has_index("Task", "none").await?);
    let connection = db.to_database_connection();
    assert!(connection.has_table("Task").await? && connection.has_column("Task", "id").await?);
    Ok(())
}
