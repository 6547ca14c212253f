//! The migrations of the suites: those of a small shop, written as any application writes them, and scripts.
#![allow(
    elided_lifetimes_in_paths,
    reason = "async_trait compares the lifetimes with those of the trait, which elides this one"
)]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, pk_auto, string, string_null};

/// A migration of two scripts.
pub fn script(name: &str, up: &str, down: &str) -> Box<dyn MigrationTrait> {
    Box::new(Script { name: name.to_owned(), up: up.to_owned(), down: down.to_owned() })
}

struct Script {
    name: String,
    up: String,
    down: String,
}

impl MigrationName for Script {
    fn name(&self) -> &str {
        &self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Script {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(&self.up).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(&self.down).await.map(drop)
    }
}

/// A migrator from a list of migrations.
macro_rules! migrator {
    ($(#[$doc:meta])* $name:ident: $($migration:expr),* $(,)?) => {
        $(#[$doc])*
        pub struct $name;

        impl sea_orm_migration::MigratorTrait for $name {
            fn migrations() -> Vec<Box<dyn sea_orm_migration::MigrationTrait>> {
                vec![$($migration),*]
            }
        }
    };
}
pub(crate) use migrator;

migrator! {
    /// The shop's.
    Shop: Box::new(CreateCake), Box::new(CreateFruit), Box::new(SeedCakes), Box::new(SplitNames), Box::new(NameFruits),
}

/// The names of the shop's migrations.
pub const SHOP: [&str; 5] = ["m1_create_cake", "m2_create_fruit", "m3_seed_cakes", "m4_split_names", "m5_name_fruits"];

/// A table and an index.
struct CreateCake;

impl MigrationName for CreateCake {
    fn name(&self) -> &str {
        SHOP[0]
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateCake {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(Table::create().table("cake").col(pk_auto("id")).col(string("name")).to_owned()).await?;
        manager.create_index(Index::create().name("idx-cake-name").table("cake").col("name").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("cake").to_owned()).await
    }
}

/// A table that refers to another; in a transaction, which it asks for.
struct CreateFruit;

impl MigrationName for CreateFruit {
    fn name(&self) -> &str {
        SHOP[1]
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateFruit {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.get_connection().is_transaction() {
            return Err(DbErr::Migration("it got no transaction".to_owned()));
        }
        let key = ForeignKey::create().from("fruit", "cake_id").to("cake", "id").to_owned();
        let columns = Table::create().table("fruit").col(pk_auto("id")).col(integer("cake_id")).to_owned();
        manager.create_table(columns.to_owned().foreign_key(&mut key.to_owned()).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("fruit").to_owned()).await
    }
}

/// Rows, inserted through an entity, in a transaction of its own making.
struct SeedCakes;

impl MigrationName for SeedCakes {
    fn name(&self) -> &str {
        SHOP[2]
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SeedCakes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use sea_orm_migration::sea_orm::{ActiveModelTrait, Set};
        let manager = manager.begin().await?;
        for name in ["Cheese, cake", "Carrot, cake"] {
            let cake = cake::ActiveModel { name: Set(name.to_owned()), ..Default::default() };
            let cake = cake.insert(manager.get_connection()).await?;
            let fruit =
                Query::insert().into_table("fruit").columns(["cake_id"]).values_panic([cake.id.into()]).to_owned();
            manager.execute(fruit).await?;
        }
        manager.commit().await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.execute(Query::delete().from_table("fruit").to_owned()).await?;
        manager.execute(Query::delete().from_table("cake").to_owned()).await
    }
}

/// Data that moves from one column into two.
struct SplitNames;

impl MigrationName for SplitNames {
    fn name(&self) -> &str {
        SHOP[3]
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SplitNames {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("cake").add_column(string_null("kind")).to_owned()).await?;
        let split =
            "UPDATE cake SET kind = substr(name, instr(name, ', ') + 2), name = substr(name, 1, instr(name, ', ') - 1)";
        manager.get_connection().execute_unprepared(split).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("UPDATE cake SET name = name || ', ' || kind").await?;
        manager.alter_table(Table::alter().table("cake").drop_column("kind").to_owned()).await
    }
}

/// A column that is added only where it is missing; without a transaction, if it could have its way.
struct NameFruits;

impl MigrationName for NameFruits {
    fn name(&self) -> &str {
        SHOP[4]
    }
}

#[async_trait::async_trait]
impl MigrationTrait for NameFruits {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use sea_orm_do::migrate::Probe;
        let db = manager.get_connection();
        if db.has_table("fruit").await? && !db.has_column("fruit", "name").await? {
            manager.alter_table(Table::alter().table("fruit").add_column(string_null("name")).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("fruit").drop_column("name").to_owned()).await
    }
}

/// The cake of its time: without a kind.
pub mod cake {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cake")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
