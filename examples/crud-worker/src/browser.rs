//! What a browser receives: three pages of plain HTML, and the files that they load. The pages do everything through
//! the JSON API.

use worker::{Request, Response, RouteContext};

use crate::answer::Refusal;
use crate::{path, rules};

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The files under `/assets`: name, content type, content.
const ASSETS: [(&str, &str, &str); 10] = [
    ("style.css", "text/css; charset=utf-8", include_str!("browser/style.css")),
    ("icon.svg", "image/svg+xml", include_str!("browser/icon.svg")),
    ("home.js", SCRIPT, include_str!("browser/home.js")),
    ("api.js", SCRIPT, include_str!("browser/api.js")),
    ("forms.js", SCRIPT, include_str!("browser/forms.js")),
    ("workspace.js", SCRIPT, include_str!("browser/workspace.js")),
    ("tasks.js", SCRIPT, include_str!("browser/tasks.js")),
    ("schema.js", SCRIPT, include_str!("browser/schema.js")),
    ("diagram.js", SCRIPT, include_str!("browser/diagram.js")),
    ("layers.js", SCRIPT, include_str!("browser/layers.js")),
];

/// The pages load, run and send only from and to this worker, and a form is not submitted without its script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/`: the choice of a workspace.
pub(crate) async fn home(request: Request) -> Result<Response, Refusal> {
    file(&request, HTML, include_str!("browser/home.html"))
}

/// `/w/{workspace}`: its projects and tasks.
pub(crate) async fn workspace(request: Request, route: RouteContext<()>) -> Result<Response, Refusal> {
    path::part(&route, "workspace", rules::workspace)?;
    file(&request, HTML, include_str!("browser/workspace.html"))
}

/// `/w/{workspace}/diagram`: its schema, for those who enter the secret.
pub(crate) async fn diagram(request: Request, route: RouteContext<()>) -> Result<Response, Refusal> {
    path::part(&route, "workspace", rules::workspace)?;
    file(&request, HTML, include_str!("browser/diagram.html"))
}

/// `/assets/{file}`.
pub(crate) async fn asset(request: Request, route: RouteContext<()>) -> Result<Response, Refusal> {
    let asked = route.param("file").map_or("", String::as_str);
    match ASSETS.iter().find(|(name, ..)| *name == asked) {
        Some((_, content_type, content)) => file(&request, content_type, content),
        None => path::unknown().await,
    }
}

fn file(request: &Request, content_type: &str, content: &str) -> Result<Response, Refusal> {
    path::only_reads(request)?;
    let response = Response::ok(content)?;
    for (name, value) in [
        ("Content-Type", content_type),
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        // The next reload shows a new version of the worker.
        ("Cache-Control", "no-cache"),
    ] {
        response.headers().set(name, value)?;
    }
    Ok(response)
}
