//! A work tracker: projects, tasks and tags, over JSON and in the browser. Each workspace is one Durable Object with
//! its own SQLite database.

// Only workerd runs this; for the host the crate is empty, so that `cargo check --workspace` works there.
#![cfg(target_arch = "wasm32")]

mod answer;
mod body;
mod browser;
mod database;
mod introspection;
mod migrations;
mod moves;
mod page;
mod path;
mod projects;
mod query;
mod rules;
mod schema;
mod secret;
mod summary;
mod tags;
mod tasks;
mod workspace;

use worker::{Context, Env, Request, Response, RouteContext, Router, event};

use answer::{Refusal, respond};

/// The binding in `wrangler.toml` for the workspaces.
const WORKSPACES: &str = "WORKSPACES";

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    Router::new()
        .on_async("/", |request, _| respond(browser::home(request)))
        .on_async("/summary", |request, route| respond(summary::of_workspaces(request, route)))
        .on_async("/assets/:file", |request, route| respond(browser::asset(request, route)))
        .on_async("/w/:workspace", |request, route| respond(browser::workspace(request, route)))
        .on_async("/w/:workspace/diagram", |request, route| respond(browser::diagram(request, route)))
        .on_async("/w/:workspace/*path", |request, route| respond(forward(request, route)))
        .or_else_any_method_async("/*path", |_, _| respond(path::unknown()))
        .run(request, env)
        .await
}

/// Forwards the request to the object of the workspace that the path names.
async fn forward(request: Request, route: RouteContext<()>) -> Result<Response, Refusal> {
    let name = path::part(&route, "workspace", rules::workspace)?;
    let workspace = route.durable_object(WORKSPACES)?.get_by_name(&name)?;
    Ok(workspace.fetch_with_request(request).await?)
}
