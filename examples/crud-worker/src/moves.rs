//! `/tasks/move`: moves tasks to another project, either all of them or none.

use entities::task;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{ActiveModelTrait, DbErr};
use sea_orm_do::{DoConnection, DoTransaction};
use serde::Serialize;
use worker::{Method, Request, Response, RouteContext};

use crate::answer::{self, Refusal};
use crate::body::Body;
use crate::{path, projects, rules};

/// How many tasks were moved.
#[derive(Serialize)]
struct Moved {
    moved: usize,
}

pub(crate) async fn tasks(request: Request, route: RouteContext<DoConnection>) -> Result<Response, Refusal> {
    match path::method(&request) {
        Some(Method::Post) => create(request, &route.data).await,
        _ => Err(Refusal::Method { allow: "POST" }),
    }
}

async fn create(mut request: Request, db: &DoConnection) -> Result<Response, Refusal> {
    let mut body = Body::read(&mut request).await?;
    let tasks = body.take_required("tasks", rules::ids)?;
    let project = body.take_required("to_project", rules::id)?;
    body.finish()?;
    db.transaction_sync(async |txn| move_all(&tasks, project, txn).await)?;
    answer::ok(&Moved { moved: tasks.len() })
}

/// Moves one task after another. If one is refused, the transaction rolls back the earlier ones.
async fn move_all(tasks: &[i32], project: i32, txn: &DoTransaction) -> Result<(), Refusal> {
    projects::must_exist("to_project", project, txn).await?;
    for &id in tasks {
        let task = task::ActiveModel { id: Unchanged(id), project_id: Set(project), ..Default::default() };
        task.update(txn).await.map_err(|error| match error {
            DbErr::RecordNotUpdated => Refusal::field("tasks", format!("hold {id}, which is not the id of a task")),
            _ => error.into(),
        })?;
    }
    Ok(())
}
