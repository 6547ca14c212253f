//! `/projects`.

use entities::prelude::Project;
use entities::project;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::prelude::ChronoUtc;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, Order, QueryFilter, QueryOrder, SelectExt, SqlErr,
};
use sea_orm_do::{DoConnection, sql_err};
use worker::{Method, Request, Response, RouteContext};

use crate::answer::{self, Refusal};
use crate::body::{Body, required};
use crate::page::Paging;
use crate::query::{Query, contains};
use crate::{path, rules};

const SORTED_BY: [project::Column; 3] = [project::Column::Id, project::Column::Name, project::Column::CreatedAt];

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
    let mut rows = Project::find();
    if let Some(text) = query.take("q", rules::any)? {
        rows = rows.filter(contains(project::Column::Name, text));
    }
    let (column, order) = query.sort(&SORTED_BY)?.unwrap_or((project::Column::Id, Order::Asc));
    let paging = Paging::take(&mut query)?;
    query.finish()?;

    let rows = rows.order_by(column, order).order_by_asc(project::Column::Id);
    answer::ok(&paging.fetch(rows, db).await?)
}

async fn create(mut request: Request, db: &DoConnection) -> Result<Response, Refusal> {
    let mut project = read(&mut request).await?;
    required("name", &project.name)?;
    project.created_at = Set(ChronoUtc::now());
    let project = project.insert(db).await.map_err(name_taken)?;
    answer::created(&request, project.id, &project)
}

async fn change(id: i32, mut request: Request, db: &DoConnection) -> Result<Response, Refusal> {
    let mut project = read(&mut request).await?;
    project.id = Unchanged(find(id, db).await?.id);
    answer::ok(&project.update(db).await.map_err(name_taken)?)
}

/// Deletes the project and its tasks, because their foreign key cascades.
async fn delete(id: i32, db: &DoConnection) -> Result<Response, Refusal> {
    match Project::delete_by_id(id).exec(db).await?.rows_affected {
        0 => Err(Refusal::NotFound("project")),
        _ => answer::no_content(),
    }
}

async fn find(id: i32, db: &DoConnection) -> Result<project::Model, Refusal> {
    Project::find_by_id(id).one(db).await?.ok_or(Refusal::NotFound("project"))
}

/// Refuses a field that is not the id of a project.
pub(crate) async fn must_exist(field: &str, id: i32, db: &impl ConnectionTrait) -> Result<(), Refusal> {
    if Project::find_by_id(id).exists(db).await? {
        return Ok(());
    }
    Err(Refusal::field(field, "is not the id of a project"))
}

/// The project that a body describes; what it does not mention is not set.
async fn read(request: &mut Request) -> Result<project::ActiveModel, Refusal> {
    let mut body = Body::read(request).await?;
    let project = project::ActiveModel {
        name: body.value("name", rules::name)?,
        description: body.nullable("description", rules::description)?,
        ..Default::default()
    };
    body.finish()?;
    Ok(project)
}

fn name_taken(error: DbErr) -> Refusal {
    match sql_err(&error) {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::Taken { field: "name" },
        _ => error.into(),
    }
}
