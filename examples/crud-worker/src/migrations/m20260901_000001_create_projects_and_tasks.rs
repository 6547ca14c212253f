//! Projects and their tasks, each task with its tags as a list.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, date_null, double_null, integer, json_null, pk_auto, string, string_null, string_uniq, timestamp,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let project = Table::create()
            .table("project")
            .col(pk_auto("id"))
            .col(string_uniq("name"))
            .col(string_null("description"))
            .col(timestamp("created_at"))
            .to_owned();
        manager.create_table(project).await?;

        let of_a_project = ForeignKey::create()
            .from("task", "project_id")
            .to("project", "id")
            .on_delete(ForeignKeyAction::Cascade)
            .to_owned();
        let task = Table::create()
            .table("task")
            .col(pk_auto("id"))
            .col(integer("project_id"))
            .col(string("title"))
            .col(boolean("done"))
            .col(date_null("due_on"))
            .col(double_null("estimate_hours"))
            .col(timestamp("created_at"))
            .col(json_null("tags"))
            .foreign_key(&mut of_a_project.to_owned())
            .to_owned();
        manager.create_table(task).await?;

        // SQLite indexes primary keys and unique columns by itself, but not foreign key columns.
        let index = Index::create().name("idx-task-project_id").table("task").col("project_id").to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("task").to_owned()).await?;
        manager.drop_table(Table::drop().table("project").to_owned()).await
    }
}
