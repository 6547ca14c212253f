//! The migrations of the tables. Never change one that has been applied somewhere: add another, by hand or by
//! `sea-orm-do migrate draft`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{decimal_len, integer, pk_auto, string_uniq, timestamp};

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(CreateItem)]
    }
}

struct CreateItem;

impl MigrationName for CreateItem {
    fn name(&self) -> &str {
        "m0001_create_item"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateItem {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let item = Table::create()
            .table("item")
            .col(pk_auto("id"))
            .col(string_uniq("name"))
            .col(decimal_len("price", 10, 2))
            .col(integer("pieces"))
            .col(timestamp("added_at").default(Expr::current_timestamp()))
            .to_owned();
        manager.create_table(item).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("item").to_owned())
            .await
    }
}
