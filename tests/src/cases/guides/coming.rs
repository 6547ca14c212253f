//! The code of docs/coming-from.md.

use futures_util::TryStreamExt;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, Set,
    Statement,
};

use super::task;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": what_others_write_otherwise)
}

async fn what_others_write_otherwise(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    let open = task::Entity::find().filter(task::Column::Done.eq(false)).all(&db).await?;
    assert_eq!(open.len(), 2);

    let new = task::ActiveModel { title: Set("Plan".into()), done: Set(false), ..Default::default() };
    let task = new.clone().insert(&db).await?;
    assert_eq!(task.id, 4);

    let counts = task::Entity::update_many()
        .set(task::ActiveModel { done: Set(true), ..Default::default() })
        .filter(task::Column::Id.eq(4))
        .exec(&db)
        .await?;
    assert_eq!(counts.rows_affected, 1);
    assert_eq!(task::Entity::delete_by_id(4).exec(&db).await?.rows_affected, 1);

    let upsert = OnConflict::column(task::Column::Id).update_column(task::Column::Title).to_owned();
    let again = task::ActiveModel { id: Set(1), ..new };
    task::Entity::insert(again).on_conflict(upsert).exec(&db).await?;
    assert_eq!(task::Entity::find_by_id(1).one(&db).await?.map(|task| task.title).as_deref(), Some("Plan"));

    let sql = Statement::from_sql_and_values(db.get_database_backend(), "SELECT * FROM task WHERE id > ?", [1.into()]);
    assert_eq!(task::Model::find_by_statement(sql).all(&db).await?.len(), 2);

    let mut titles = Vec::new();
    let mut tasks = task::Entity::find().stream(&db).await?;
    while let Some(task) = tasks.try_next().await? {
        titles.push(task.title);
    }
    assert_eq!(titles, ["Plan", "Read", "Rest"]);

    db.transaction_sync(async |txn| task::Entity::delete_many().exec(txn).await)?;
    assert_eq!(task::Entity::find().count(&db).await?, 0);
    Ok(())
}
