//! A table of tags, and a table of the tags of each task.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, pk_auto, string_uniq};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tag = Table::create().table("tag").col(pk_auto("id")).col(string_uniq("name")).to_owned();
        manager.create_table(tag).await?;

        let mut task_tag = Table::create()
            .table("task_tag")
            .col(integer("task_id"))
            .col(integer("tag_id"))
            .primary_key(Index::create().col("task_id").col("tag_id"))
            .to_owned();
        for (column, table) in [("task_id", "task"), ("tag_id", "tag")] {
            let mut key = ForeignKey::create();
            task_tag.foreign_key(key.from("task_tag", column).to(table, "id").on_delete(ForeignKeyAction::Cascade));
        }
        manager.create_table(task_tag).await?;

        let index = Index::create().name("idx-task_tag-tag_id").table("task_tag").col("tag_id").to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("task_tag").to_owned()).await?;
        manager.drop_table(Table::drop().table("tag").to_owned()).await
    }
}
