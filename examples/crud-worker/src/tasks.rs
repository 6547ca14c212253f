//! `/tasks`.

use std::collections::BTreeSet;

use entities::prelude::{Tag, Task};
use entities::{tag, task};
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::prelude::ChronoUtc;
use sea_orm::sea_query::NullOrdering;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, Select};
use sea_orm_do::DoConnection;
use serde::Serialize;
use worker::{Method, Request, Response, RouteContext};

use crate::answer::{self, Refusal};
use crate::body::{Body, required};
use crate::page::Paging;
use crate::query::{Query, contains};
use crate::{path, projects, rules, tags};

const SORTED_BY: [task::Column; 5] =
    [task::Column::Id, task::Column::Title, task::Column::DueOn, task::Column::EstimateHours, task::Column::CreatedAt];

/// A task as it is sent.
#[derive(Serialize)]
struct TaggedTask {
    #[serde(flatten)]
    task: task::Model,
    tags: Vec<String>,
}

pub(crate) async fn collection(request: Request, route: RouteContext<DoConnection>) -> Result<Response, Refusal> {
    match path::method(&request) {
        Some(Method::Get | Method::Head) => list(&request, &route.data).await,
        Some(Method::Post) => create(request, &route.data).await,
        _ => Err(Refusal::Method { allow: "GET, HEAD, POST" }),
    }
}

pub(crate) async fn item(request: Request, route: RouteContext<DoConnection>) -> Result<Response, Refusal> {
    let id = path::part(&route, "id", rules::id)?;
    match path::method(&request) {
        Some(Method::Get | Method::Head) => answer::ok(&find(id, &route.data).await?),
        Some(Method::Patch) => change(id, request, &route.data).await,
        Some(Method::Delete) => delete(id, &route.data).await,
        _ => Err(Refusal::Method { allow: "GET, HEAD, PATCH, DELETE" }),
    }
}

async fn list(request: &Request, db: &DoConnection) -> Result<Response, Refusal> {
    let mut query = Query::read(request)?;
    let rows = filtered(&mut query)?;
    let (column, order) = query.sort(&SORTED_BY)?.unwrap_or((task::Column::Id, Order::Asc));
    let paging = Paging::take(&mut query)?;
    query.finish()?;

    // Tasks without a date or an estimate come last in both sort directions.
    let rows = rows.order_by_with_nulls(column, order, NullOrdering::Last).order_by_asc(task::Column::Id);
    let page = paging.fetch(rows, db).await?;
    let mut tags = tags::of(page.items.iter().map(|task| task.id), db).await?;
    answer::ok(&page.map(|task| TaggedTask { tags: tags.remove(&task.id).unwrap_or_default(), task }))
}

/// The tasks that the query asks for.
fn filtered(query: &mut Query) -> Result<Select<Task>, Refusal> {
    let mut rows = Task::find();
    if let Some(project) = query.take("project", rules::id)? {
        rows = rows.filter(task::Column::ProjectId.eq(project));
    }
    if let Some(done) = query.take("done", rules::boolean)? {
        rows = rows.filter(task::Column::Done.eq(done));
    }
    if let Some(name) = query.take("tag", rules::any)? {
        rows = rows.inner_join(Tag).filter(tag::Column::Name.eq(name));
    }
    if let Some(date) = query.take("due_before", rules::day)? {
        rows = rows.filter(task::Column::DueOn.lt(date));
    }
    if let Some(text) = query.take("q", rules::any)? {
        rows = rows.filter(contains(task::Column::Title, text));
    }
    Ok(rows)
}

async fn create(mut request: Request, db: &DoConnection) -> Result<Response, Refusal> {
    let (mut task, tags) = read(&mut request).await?;
    required("project_id", &task.project_id)?;
    required("title", &task.title)?;
    task.done = Set(task.done.take().unwrap_or(false));
    task.created_at = Set(ChronoUtc::now());
    let created = db.transaction_sync(async |txn| {
        check_project(&task, txn).await?;
        let id = task.insert(txn).await?.id;
        tags::set(id, tags.unwrap_or_default(), txn).await?;
        find(id, txn).await
    })?;
    answer::created(&request, created.task.id, &created)
}

async fn change(id: i32, mut request: Request, db: &DoConnection) -> Result<Response, Refusal> {
    let (mut task, tags) = read(&mut request).await?;
    let changed = db.transaction_sync(async |txn| {
        check_project(&task, txn).await?;
        task.id = Unchanged(find(id, txn).await?.task.id);
        task.update(txn).await?;
        if let Some(tags) = tags {
            tags::set(id, tags, txn).await?;
        }
        find(id, txn).await
    })?;
    answer::ok(&changed)
}

async fn delete(id: i32, db: &DoConnection) -> Result<Response, Refusal> {
    match Task::delete_by_id(id).exec(db).await?.rows_affected {
        0 => Err(Refusal::NotFound("task")),
        _ => answer::no_content(),
    }
}

async fn find(id: i32, db: &impl ConnectionTrait) -> Result<TaggedTask, Refusal> {
    let task = Task::find_by_id(id).one(db).await?.ok_or(Refusal::NotFound("task"))?;
    let tags = tags::of([id], db).await?.remove(&id).unwrap_or_default();
    Ok(TaggedTask { task, tags })
}

/// The task and the tags that a body describes; what it does not mention is not set.
async fn read(request: &mut Request) -> Result<(task::ActiveModel, Option<BTreeSet<String>>), Refusal> {
    let mut body = Body::read(request).await?;
    let task = task::ActiveModel {
        project_id: body.value("project_id", rules::id)?,
        title: body.value("title", rules::title)?,
        done: body.value("done", rules::boolean)?,
        due_on: body.nullable("due_on", rules::date)?,
        estimate_hours: body.nullable("estimate_hours", rules::hours)?,
        ..Default::default()
    };
    let tags = body.take("tags", rules::tags)?;
    body.finish()?;
    Ok((task, tags))
}

/// Refuses a task whose new project does not exist.
async fn check_project(task: &task::ActiveModel, db: &impl ConnectionTrait) -> Result<(), Refusal> {
    match task.project_id {
        Set(project) => projects::must_exist("project_id", project, db).await,
        _ => Ok(()),
    }
}
