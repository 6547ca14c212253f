//! `/summary`: a question to several workspaces at once, by remote procedure calls.
//!
//! The object has a method, `summary()`, which any Worker with a binding can call. `worker.js` exports the class so that
//! the runtime accepts such calls.

use entities::prelude::{Project, Task};
use entities::task;
use futures_util::future::try_join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use sea_orm_do::DoConnection;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::{from_value, to_value};
use worker::js_sys::Error;
use worker::wasm_bindgen::prelude::*;
use worker::{Request, Response, RouteContext};

use crate::answer::{self, Refusal};
use crate::query::Query;
use crate::workspace::Workspace;
use crate::{WORKSPACES, path, rules};

/// What is in a workspace.
#[derive(Serialize, Deserialize)]
struct Summary {
    projects: u64,
    tasks: u64,
    open: u64,
}

#[derive(Serialize)]
struct Named {
    workspace: String,
    #[serde(flatten)]
    summary: Summary,
}

#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen, js_sys = worker::js_sys, wasm_bindgen_futures = worker::wasm_bindgen_futures)]
impl Workspace {
    /// In JavaScript: `await env.WORKSPACES.getByName("demo").summary()`.
    ///
    /// # Errors
    /// A message that says nothing of the database.
    pub async fn summary(&self) -> Result<JsValue, JsValue> {
        let summarized = async { summarize(&self.database()?).await };
        match summarized.await {
            Ok(summary) => Ok(to_value(&summary)?),
            Err(refusal) => Err(Error::new(&refusal.message()).into()),
        }
    }
}

async fn summarize(db: &DoConnection) -> Result<Summary, Refusal> {
    let tasks = Task::find().count(db).await?;
    let open = Task::find().filter(task::Column::Done.eq(false)).count(db).await?;
    Ok(Summary { projects: Project::find().count(db).await?, tasks, open })
}

#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen, js_sys = worker::js_sys, wasm_bindgen_futures = worker::wasm_bindgen_futures)]
extern "C" {
    /// A workspace, as another Worker or object sees it.
    type RemoteWorkspace;

    #[wasm_bindgen(method, catch)]
    async fn summary(this: &RemoteWorkspace) -> Result<JsValue, JsValue>;
}

/// `GET /summary?workspaces=one,other`.
pub(crate) async fn of_workspaces(request: Request, route: RouteContext<()>) -> Result<Response, Refusal> {
    path::only_reads(&request)?;
    let mut query = Query::read(&request)?;
    let workspaces = query.take("workspaces", rules::workspaces)?;
    query.finish()?;
    let workspaces = workspaces.ok_or_else(|| Refusal::field("workspaces", "is required"))?;
    answer::ok(&try_join_all(workspaces.into_iter().map(|workspace| ask(&route, workspace))).await?)
}

async fn ask(route: &RouteContext<()>, workspace: String) -> Result<Named, Refusal> {
    let remote = route.durable_object(WORKSPACES)?.get_by_name(&workspace)?.into_rpc::<RemoteWorkspace>();
    let answer = remote.summary().await.map_err(worker::Error::from)?;
    Ok(Named { workspace, summary: from_value(answer).map_err(worker::Error::from)? })
}
