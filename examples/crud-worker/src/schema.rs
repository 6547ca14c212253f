//! The tables, made when an object starts for the first time.

use entities::prelude::{Project, Tag, Task, TaskTag};
use entities::{task, task_tag};
use sea_orm::sea_query::Index;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, Schema};
use sea_orm_do::DoConnection;

/// Makes what is missing and returns the handle that knows the entities.
pub(crate) async fn open(connection: DoConnection) -> Result<DoConnection, DbErr> {
    let db = connection.register::<Project>().register::<Task>().register::<Tag>().register::<TaskTag>();

    create_table(&db, Project).await?;
    create_table(&db, Task).await?;
    create_table(&db, Tag).await?;
    create_table(&db, TaskTag).await?;

    // SQLite indexes primary keys and unique columns by itself, but not the columns that point to other tables.
    let mut index = Index::create().if_not_exists().to_owned();
    db.execute(index.clone().name("idx-task-project_id").table(Task).col(task::Column::ProjectId)).await?;
    db.execute(index.name("idx-task_tag-tag_id").table(TaskTag).col(task_tag::Column::TagId)).await?;
    Ok(db)
}

async fn create_table<E: EntityTrait>(db: &DoConnection, entity: E) -> Result<(), DbErr> {
    let mut table = Schema::new(DbBackend::Sqlite).create_table_from_entity(entity);
    db.execute(table.if_not_exists()).await?;
    Ok(())
}
