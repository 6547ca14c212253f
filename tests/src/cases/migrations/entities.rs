//! Entities in migrations: on a full table as on an empty one.
#![allow(
    elided_lifetimes_in_paths,
    reason = "async_trait compares the lifetimes with those of the trait, which elides this one"
)]

use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Set};
use sea_orm_do::{ReadAs, migrate};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::texts;
use crate::case::{Case, Context, Outcome, cases};
use crate::migrations::{cake, migrator, script};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "migrations":
        read_and_write_registered_entities,
        read_unregistered_entities_neither_with_rows_nor_without,
        read_at_the_call_what_is_not_registered,
        read_with_declared_types_where_the_connection_does,
    )
}

macro_rules! named {
    ($migration:ident) => {
        impl MigrationName for $migration {
            fn name(&self) -> &str {
                stringify!($migration)
            }
        }
    };
}

fn create() -> Box<dyn MigrationTrait> {
    script("M1Create", "CREATE TABLE cake (id integer PRIMARY KEY, name varchar NOT NULL)", "DROP TABLE cake")
}

struct M2Seed;

named!(M2Seed);

#[async_trait::async_trait]
impl MigrationTrait for M2Seed {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["Tart", "Flan"] {
            cake::ActiveModel { name: Set(name.to_owned()), ..Default::default() }
                .insert(manager.get_connection())
                .await?;
        }
        Ok(())
    }
}

struct M3Shout;

named!(M3Shout);

#[async_trait::async_trait]
impl MigrationTrait for M3Shout {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for cake in cake::Entity::find().all(manager.get_connection()).await? {
            let name = cake.name.to_uppercase();
            let mut cake = cake.into_active_model();
            cake.name = Set(name);
            cake.update(manager.get_connection()).await?;
        }
        Ok(())
    }
}

struct M4ShoutAtTheCall;

named!(M4ShoutAtTheCall);

#[async_trait::async_trait]
impl MigrationTrait for M4ShoutAtTheCall {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for cake in cake::Entity::find().all_as(db).await? {
            let update = cake::Entity::update_many().col_expr(cake::Column::Name, cake.name.to_uppercase().into());
            update.filter(cake::Column::Id.eq(cake.id)).exec(db).await?;
        }
        Ok(())
    }
}

/// The rows are read as what the table declares, which is an i64.
struct M5ReadByHand;

named!(M5ReadByHand);

#[async_trait::async_trait]
impl MigrationTrait for M5ReadByHand {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let cakes = sea_orm::Statement::from_string(db.get_database_backend(), "SELECT id, name FROM cake");
        for cake in db.query_all_raw(cakes).await? {
            let (id, name): (i64, String) = (cake.try_get("", "id")?, cake.try_get("", "name")?);
            db.execute_unprepared(&format!("UPDATE cake SET name = '{name} {id}' WHERE id = {id}")).await?;
        }
        Ok(())
    }
}

migrator!(Entities: create(), Box::new(M2Seed), Box::new(M3Shout));
migrator!(Unseeded: create(), Box::new(M3Shout));
migrator!(AtTheCall: create(), Box::new(M4ShoutAtTheCall));
migrator!(ByHand: create(), Box::new(M5ReadByHand));

async fn read_and_write_registered_entities(context: Context) -> Outcome {
    let db = context.connect()?.register::<cake::Entity>();
    assert_eq!(migrate::up::<Entities>(&db, None)?.len(), 3);
    assert_eq!(texts(&db, "SELECT name FROM cake ORDER BY id").await?, ["TART", "FLAN"]);
    Ok(())
}

async fn read_unregistered_entities_neither_with_rows_nor_without(context: Context) -> Outcome {
    let db = context.connect()?;
    for rows in ["", "INSERT INTO cake (name) VALUES ('Tart')"] {
        migrate::up::<Unseeded>(&db, Some(1))?;
        db.execute_unprepared(rows).await?;
        let error = migrate::up::<Unseeded>(&db, None).err().ok_or("it was read")?.to_string();
        assert!(error.contains("register::<cake::Entity>()") && error.contains("all_as"), "{error}");
        migrate::down::<Unseeded>(&db, None)?;
    }
    let error = migrate::up::<Entities>(&db, None).err().ok_or("it was inserted")?.to_string();
    assert!(error.contains("register::<cake::Entity>()"), "{error}");
    // The same, with the entity.
    let db = db.register::<cake::Entity>();
    assert_eq!(migrate::up::<Unseeded>(&db, None)?.len(), 1);
    Ok(())
}

async fn read_at_the_call_what_is_not_registered(context: Context) -> Outcome {
    let db = context.connect()?;
    migrate::up::<AtTheCall>(&db, Some(1))?;
    db.execute_unprepared("INSERT INTO cake (name) VALUES ('Tart')").await?;
    migrate::up::<AtTheCall>(&db, None)?;
    assert_eq!(texts(&db.register::<cake::Entity>(), "SELECT name FROM cake").await?, ["TART"]);
    Ok(())
}

async fn read_with_declared_types_where_the_connection_does(context: Context) -> Outcome {
    let db = context.connect()?;
    migrate::up::<ByHand>(&db, Some(1))?;
    db.execute_unprepared("INSERT INTO cake (name) VALUES ('Tart')").await?;
    let error = migrate::up::<ByHand>(&db, None).err().ok_or("it was read")?.to_string();
    assert!(error.contains("with_declared_types()"), "{error}");
    let db = db.with_declared_types();
    migrate::up::<ByHand>(&db, None)?;
    assert_eq!(texts(&db, "SELECT name FROM cake").await?, ["Tart 1"]);
    Ok(())
}
