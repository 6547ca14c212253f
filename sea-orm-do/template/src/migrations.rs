//! The migrations of the tables. Never change one that has been applied somewhere: add another.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_auto, string_uniq};

pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(CreateAccount)]
    }
}

struct CreateAccount;

impl MigrationName for CreateAccount {
    fn name(&self) -> &str {
        "m0001_create_account"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateAccount {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let account = Table::create()
            .table("account")
            .col(pk_auto("id"))
            .col(string_uniq("name"))
            .col(big_integer("balance"))
            .to_owned();
        manager.create_table(account).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("account").to_owned())
            .await
    }
}
