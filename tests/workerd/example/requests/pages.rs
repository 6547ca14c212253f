//! The pages as they are sent, and the size of the database, which one of them shows.

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::workerd::Server;
use serde_json::{Value, json};

use super::{call, post};
use crate::example::browser::SECRET;

pub fn serves_pages_that_load_from_nowhere_else(server: &mut Server) -> Result<()> {
    let mut paths = vec!["/".to_owned(), "/w/a".to_owned(), "/w/a/diagram".to_owned()];
    let mut seen = 0;
    while let Some(path) = paths.get(seen).cloned() {
        seen += 1;
        let answer = server.request("GET", &path).send()?;
        ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.body);
        let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let expected = match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "text/html; charset=utf-8",
        };
        ensure!(header("content-type") == expected, "{path}: {}", header("content-type"));
        ensure!(header("x-content-type-options") == "nosniff", "{path}: {:?}", answer.headers);
        let policy = header("content-security-policy");
        ensure!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        ensure!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        ensure!(!answer.body.contains("innerHTML") && !answer.body.contains(" style="), "{path}");
        for found in mentioned(&answer.body) {
            if !paths.contains(&found) {
                paths.push(found);
            }
        }
        let refused = server.request("DELETE", &path).send()?;
        ensure!(refused.status == 405 && refused.headers["allow"] == "GET, HEAD", "{path}: {refused:?}");
    }
    ensure!(paths.len() == 13, "{paths:?}");
    Ok(())
}

/// The files that a page or a script asks for.
fn mentioned(text: &str) -> Vec<String> {
    let quoted = text.split('"').skip(1).step_by(2);
    let assets = quoted.filter_map(|text| text.strip_prefix("/assets/").or_else(|| text.strip_prefix("./")));
    assets.map(|name| format!("/assets/{name}")).collect()
}

pub fn tells_the_size_for_the_secret_alone(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    for title in ["Build", "Test"] {
        post(server, "/w/a/tasks", &json!({"project_id": 1, "title": title, "tags": ["steel", "fire"]}))?;
    }
    for path in ["/w/a/schema", "/w/a/schema/size"] {
        let (status, answer) = call(server, "GET", path, &Value::Null)?;
        ensure!(status == 401, "{path}: {status} {answer}");
        let wrong = server.request("GET", path).header("authorization", "Bearer another").send()?;
        ensure!(wrong.status == 401 && wrong.headers["www-authenticate"] == "Bearer", "{path}: {wrong:?}");
    }
    let answer =
        server.request("GET", "/w/a/schema/size").header("authorization", &format!("Bearer {SECRET}")).send()?;
    ensure!(answer.status == 200, "{answer:?}");
    let size: Value = serde_json::from_str(&answer.body)?;
    let rows = json!({"project": 1, "seaql_migrations": 3, "tag": 2, "task": 2, "task_tag": 4});
    ensure!(size["rows"] == rows, "{size}");
    let bytes = size["bytes"].as_u64().context("no bytes")?;
    // Pages of 4 KiB: one for each table and index at least.
    ensure!(bytes % 4096 == 0 && (5 * 4096..1 << 20).contains(&bytes), "{size}");
    let wrong =
        server.request("POST", "/w/a/schema/size").header("authorization", &format!("Bearer {SECRET}")).send()?;
    ensure!(wrong.status == 405, "{wrong:?}");
    Ok(())
}
