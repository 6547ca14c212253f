//! The tags of tasks.

use std::collections::{BTreeSet, HashMap};

use entities::prelude::{Tag, TaskTag};
use entities::{tag, task_tag};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sea_orm_do::{DoTransaction, ReadAs};

/// Returns the tag names of these tasks by the id of the task, in alphabetical order.
pub(crate) async fn of(
    tasks: impl IntoIterator<Item = i32>,
    db: &impl ConnectionTrait,
) -> Result<HashMap<i32, Vec<String>>, DbErr> {
    let rows: Vec<(i32, String)> = TaskTag::find()
        .select_only()
        .column(task_tag::Column::TaskId)
        .column(tag::Column::Name)
        .inner_join(Tag)
        .filter(task_tag::Column::TaskId.is_in(tasks))
        .order_by_asc(tag::Column::Name)
        .into_tuple()
        .all_as(db)
        .await?;
    let mut tags: HashMap<_, Vec<_>> = HashMap::new();
    for (task, name) in rows {
        tags.entry(task).or_default().push(name);
    }
    Ok(tags)
}

/// Gives the task these tags and no others, and creates the tags that do not exist yet. Takes a transaction, because it
/// runs several statements.
pub(crate) async fn set(task: i32, names: BTreeSet<String>, txn: &DoTransaction) -> Result<(), DbErr> {
    TaskTag::delete_many().filter(task_tag::Column::TaskId.eq(task)).exec(txn).await?;

    let tags = names.iter().map(|name| tag::ActiveModel { name: Set(name.clone()), ..Default::default() });
    Tag::insert_many(tags).on_conflict_do_nothing_on([tag::Column::Name]).exec_without_returning(txn).await?;

    let tags = Tag::find().filter(tag::Column::Name.is_in(names)).all(txn).await?;
    let links = tags.into_iter().map(|tag| task_tag::ActiveModel { task_id: Set(task), tag_id: Set(tag.id) });
    TaskTag::insert_many(links).exec_without_returning(txn).await?;
    Ok(())
}
