//! Moves the tags from the list in each task to their own tables.
//!
//! The data moves in SQL, so it does not matter what the entities look like by the time an object wakes up.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::json_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const UP: &str = "
    INSERT INTO tag (name) SELECT DISTINCT value FROM task, json_each(task.tags) ORDER BY value;
    INSERT INTO task_tag (task_id, tag_id)
        SELECT DISTINCT task.id, tag.id FROM task, json_each(task.tags) AS name JOIN tag ON tag.name = name.value;
";

const DOWN: &str = "
    UPDATE task SET tags = (
        SELECT json_group_array(tag.name) FROM task_tag JOIN tag ON tag.id = tag_id WHERE task_id = task.id
    );
    DELETE FROM tag;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await?;
        manager.alter_table(Table::alter().table("task").drop_column("tags").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("task").add_column(json_null("tags")).to_owned()).await?;
        manager.get_connection().execute_unprepared(DOWN).await.map(drop)
    }
}
