//! The code of docs/existing-object.md.

use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use sea_orm_do::introspect;

use super::task;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": old_tables_are_read_by_entities, a_route_tells_the_schema)
}

async fn old_tables_are_read_by_entities(context: Context) -> Outcome {
    let connection = context.connect()?;
    connection
        .execute_unprepared(
            "CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT NOT NULL, done BOOLEAN NOT NULL, due_on DATE); \
             INSERT INTO task (title, done, due_on) VALUES ('Write', 0, '2026-12-31')",
        )
        .await?;
    let db = connection.register::<task::Entity>();
    let tasks = task::Entity::find().order_by_asc(task::Column::DueOn).all(&db).await?;
    assert_eq!((tasks.len(), &*tasks[0].title, tasks[0].done), (1, "Write", false));
    Ok(())
}

async fn a_route_tells_the_schema(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    let schema = serde_json::to_string(&introspect(&db)?)?;
    assert!(schema.contains(r#""name":"due_on""#), "{schema}");
    Ok(())
}
