//! Workspaces, each an object of its own.

use anyhow::{Result, ensure};
use sea_orm_do_harness::workerd::Server;
use serde_json::{Value, json};

use super::{call, get, post};

pub fn keeps_workspaces_apart(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    ensure!(get(server, "/w/b/projects")?["total"] == 0);
    post(server, "/w/b/projects", &json!({"name": "Apollo"}))?;
    ensure!(get(server, "/w/a/projects")?["total"] == 1);
    Ok(())
}

pub fn summarizes_several_workspaces(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Build"}))?;
    post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Test", "done": true}))?;
    let summary = get(server, "/summary?workspaces=a,b")?;
    let expected = json!([
        {"workspace": "a", "projects": 1, "tasks": 2, "open": 1},
        {"workspace": "b", "projects": 0, "tasks": 0, "open": 0},
    ]);
    ensure!(summary == expected, "{summary}");
    let many = vec!["a"; 21].join(",");
    for (query, message) in [
        ("", "workspaces is required"),
        ("?workspaces=", "workspaces hold a name that must be 1 to 64 letters, digits, _ and -"),
        ("?workspaces=a,b%20c", "workspaces hold a name that must be 1 to 64 letters, digits, _ and -"),
        (&format!("?workspaces={many}"), "workspaces must not be more than 20 names"),
    ] {
        let (status, refused) = call(server, "GET", &format!("/summary{query}"), &Value::Null)?;
        ensure!(status == 400 && refused["error"]["message"] == message, "{query}: {status} {refused}");
    }
    let (status, _) = call(server, "POST", "/summary?workspaces=a", &json!({}))?;
    ensure!(status == 405, "{status}");
    Ok(())
}

pub fn keeps_its_state_over_a_restart(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    let task = post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Build", "tags": ["steel"]}))?;
    server.restart()?;
    ensure!(get(server, "/w/a/tasks/1")? == task);
    ensure!(post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Test"}))?["id"] == 2);
    Ok(())
}
