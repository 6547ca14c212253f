//! Workspaces, each an object of its own.

use anyhow::{Result, ensure};
use sea_orm_do_harness::workerd::Server;
use serde_json::json;

use super::{get, post};

pub fn keeps_workspaces_apart(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    ensure!(get(server, "/w/b/projects")?["total"] == 0);
    post(server, "/w/b/projects", &json!({"name": "Apollo"}))?;
    ensure!(get(server, "/w/a/projects")?["total"] == 1);
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
