//! The code of docs/moving-a-database.md.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use sea_orm_do::DoConnection;

use super::task;
use crate::case::{Case, Context, Outcome, case};

pub(super) fn cases() -> Vec<Case> {
    vec![case!("guides", rows_go_from_one_object).then(|context| Box::pin(to_another(context))).in_object("other")]
}

/// The rows behind an id, so many at a time.
async fn rows(db: &DoConnection, after: i32, limit: u64) -> Result<Vec<task::Model>, DbErr> {
    task::Entity::find().filter(task::Column::Id.gt(after)).order_by_asc(task::Column::Id).limit(limit).all(db).await
}

/// Writes them with their ids, all or none.
async fn take(db: &DoConnection, rows: Vec<task::Model>) -> Result<(), DbErr> {
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    task::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

const PAGES: &str = r#"[{"id":1,"title":"Write","done":false,"due_on":"2026-12-31"},{"id":2,"title":"Read","done":true,"due_on":"2026-12-31"}]"#;

async fn rows_go_from_one_object(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    assert_eq!(serde_json::to_string(&rows(&db, 0, 2).await?)?, PAGES);
    assert_eq!(rows(&db, 2, 2).await?.len(), 1);
    Ok(())
}

async fn to_another(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    task::Entity::delete_many().exec(&db).await?;
    take(&db, serde_json::from_str(PAGES)?).await?;
    assert_eq!(serde_json::to_string(&rows(&db, 0, 2).await?)?, PAGES);
    Ok(())
}
