//! The Durable Object: a database, and the routes to what it holds.

use std::cell::OnceCell;
use std::rc::Rc;

use sea_orm::DbErr;
use sea_orm_do::DoConnection;
use worker::{DurableObject, Env, Request, Response, Router, State, durable_object, wasm_bindgen};

use crate::answer::{Refusal, respond};
use crate::{introspection, moves, path, projects, schema, tasks};

/// One workspace.
#[durable_object(fetch)]
pub struct Workspace {
    database: Rc<OnceCell<Result<DoConnection, DbErr>>>,
    env: Env,
}

impl DurableObject for Workspace {
    /// Opens the database before the first request is let in. An error waits for the requests, which answer with it: a
    /// panic in the constructor would trap, and take the neighbouring objects along.
    fn new(state: State, env: Env) -> Self {
        let connection = DoConnection::new(&state);
        let database = Rc::new(OnceCell::new());
        let opened = Rc::clone(&database);
        let _gate = state.block_concurrency_while(async move {
            let outcome = async { schema::open(connection?).await }.await;
            opened.get_or_init(|| outcome);
            Ok(())
        });
        Self { database, env }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        match self.database.get() {
            Some(Ok(db)) => routes(db.clone()).run(request, self.env.clone()).await,
            Some(Err(error)) => respond(async { Err(error.clone().into()) }).await,
            None => respond(async { Err(Refusal::Internal("the database is not open yet".into())) }).await,
        }
    }
}

fn routes(db: DoConnection) -> Router<'static, DoConnection> {
    Router::with_data(db)
        .on_async("/w/:workspace/projects", |request, route| respond(projects::collection(request, route)))
        .on_async("/w/:workspace/projects/:id", |request, route| respond(projects::item(request, route)))
        .on_async("/w/:workspace/tasks", |request, route| respond(tasks::collection(request, route)))
        .on_async("/w/:workspace/tasks/:id", |request, route| respond(tasks::item(request, route)))
        // `move` is no id: of two routes that fit, the one without a parameter wins.
        .on_async("/w/:workspace/tasks/move", |request, route| respond(moves::tasks(request, route)))
        .on_async("/w/:workspace/schema", |request, route| respond(introspection::schema(request, route)))
        .or_else_any_method_async("/*path", |_, _| respond(path::unknown()))
}
