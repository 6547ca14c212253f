//! The Durable Object: a database, and the routes to its content.

use sea_orm::DbErr;
use sea_orm_do::{DoConnection, Opening, RowBudget};
use worker::{DurableObject, Env, Request, Response, Router, State, durable_object, wasm_bindgen};

use crate::answer::respond;
use crate::{database, introspection, moves, path, projects, schema, tasks};

/// The most rows that a request may read: a request that reads more is a mistake in a query.
const MOST_ROWS: u64 = 100_000;

/// One workspace.
#[durable_object(fetch)]
pub struct Workspace {
    database: Opening,
    env: Env,
}

impl DurableObject for Workspace {
    fn new(state: State, env: Env) -> Self {
        Self { database: Opening::new(&state, schema::open), env }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        match self.database() {
            Ok(db) => counted(db, request, self.env.clone()).await,
            Err(error) => respond(async { Err(error.into()) }).await,
        }
    }
}

impl Workspace {
    pub(crate) fn database(&self) -> Result<DoConnection, DbErr> {
        self.database.get()
    }
}

/// The response, with the rows that Cloudflare bills for it.
async fn counted(db: DoConnection, request: Request, env: Env) -> worker::Result<Response> {
    let budget = RowBudget::new(MOST_ROWS);
    let response = routes(db.with_row_budget(&budget)).run(request, env).await?;
    response.headers().set("Rows-Read", &budget.rows_read().to_string())?;
    response.headers().set("Rows-Written", &budget.rows_written().to_string())?;
    Ok(response)
}

fn routes(db: DoConnection) -> Router<'static, DoConnection> {
    Router::with_data(db)
        .on_async("/w/:workspace/projects", |request, route| respond(projects::collection(request, route)))
        .on_async("/w/:workspace/projects/:id", |request, route| respond(projects::item(request, route)))
        .on_async("/w/:workspace/tasks", |request, route| respond(tasks::collection(request, route)))
        .on_async("/w/:workspace/tasks/:id", |request, route| respond(tasks::item(request, route)))
        // `move` is not an id: if two routes match, the one without a parameter wins.
        .on_async("/w/:workspace/tasks/move", |request, route| respond(moves::tasks(request, route)))
        .on_async("/w/:workspace/schema", |request, route| respond(introspection::schema(request, route)))
        .on_async("/w/:workspace/schema/size", |request, route| respond(introspection::size(request, route)))
        .on_async("/w/:workspace/database", |request, route| respond(database::answer(request, route)))
        .or_else_any_method_async("/*path", |_, _| respond(path::unknown()))
}
