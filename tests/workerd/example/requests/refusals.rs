//! What is refused, and how.

use anyhow::{Context, Result, ensure};
use futures_util::FutureExt;
use sea_orm::ConnectionTrait;
use sea_orm_do::DoConnection;
use sea_orm_do_harness::workerd::Server;
use serde_json::{Value, json};

use super::{call, get, post};

pub fn names_the_field_that_is_wrong(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    let long = "x".repeat(10_001);
    for (path, body, field) in [
        ("projects", json!({}), "name"),
        ("projects", json!({"name": ""}), "name"),
        ("projects", json!({"name": 7}), "name"),
        ("projects", json!({"name": null}), "name"),
        ("projects", json!({"name": &long}), "name"),
        ("projects", json!({"name": "x", "description": &long}), "description"),
        ("projects", json!({"name": "x", "colour": "red"}), "colour"),
        ("projects", json!({"name": "x", "id": 7}), "id"),
        ("tasks", json!({"title": "x"}), "project_id"),
        ("tasks", json!({"project_id": 1}), "title"),
        ("tasks", json!({"project_id": "1", "title": "x"}), "project_id"),
        ("tasks", json!({"project_id": 1.5, "title": "x"}), "project_id"),
        ("tasks", json!({"project_id": 99, "title": "x"}), "project_id"),
        ("tasks", json!({"project_id": 3_000_000_000_i64, "title": "x"}), "project_id"),
        ("tasks", json!({"project_id": 1, "title": "x", "done": 1}), "done"),
        ("tasks", json!({"project_id": 1, "title": "x", "due_on": "2026-02-30"}), "due_on"),
        ("tasks", json!({"project_id": 1, "title": "x", "estimate_hours": -1}), "estimate_hours"),
        ("tasks", json!({"project_id": 1, "title": "x", "tags": "a"}), "tags"),
        ("tasks", json!({"project_id": 1, "title": "x", "tags": [""]}), "tags"),
    ] {
        let (status, answer) = call(server, "POST", &format!("/w/a/{path}"), &body)?;
        ensure!(status == 400 && answer["error"]["field"] == field, "{body}: {status} {answer}");
    }
    for (path, field) in [
        ("/w/a/tasks?colour=red", "colour"),
        ("/w/a/tasks?sort=colour", "sort"),
        ("/w/a/tasks?page=0", "page"),
        ("/w/a/tasks?per_page=101", "per_page"),
        ("/w/a/tasks?done=maybe", "done"),
        ("/w/a/tasks?due_before=tomorrow", "due_before"),
        ("/w/a/tasks/one", "id"),
        ("/w/a/tasks/99999999999999999999", "id"),
        ("/w/a%20b/tasks", "workspace"),
    ] {
        let (status, answer) = call(server, "GET", path, &Value::Null)?;
        ensure!(status == 400 && answer["error"]["field"] == field, "{path}: {status} {answer}");
    }
    Ok(())
}

pub fn answers_with_the_status_that_fits(server: &mut Server) -> Result<()> {
    let created = server.request("POST", "/w/a/projects").body("application/json", r#"{"name": "Apollo"}"#).send()?;
    ensure!(created.status == 201 && created.headers["location"] == "/w/a/projects/1", "{created:?}");
    let (status, answer) = call(server, "POST", "/w/a/projects", &json!({"name": "Apollo"}))?;
    ensure!(status == 409 && answer["error"]["field"] == "name", "{status} {answer}");
    post(server, "/w/a/projects", &json!({"name": "Gemini"}))?;
    ensure!(call(server, "PATCH", "/w/a/projects/2", &json!({"name": "Apollo"}))?.0 == 409);
    for path in [
        "/w",
        "/w/a/",
        "/assets",
        "/assets/page.js",
        "/w/a/schema",
        "/w/a/schema/size",
        "/w/a/people",
        "/w/a/tasks/1/x",
        "/w/a/tasks/7",
        "/w/a/projects/7",
    ] {
        let (status, answer) = call(server, "GET", path, &Value::Null)?;
        ensure!(status == 404 && answer["error"]["message"].is_string(), "{path}: {status} {answer}");
    }
    let refused = server.request("PUT", "/w/a/projects/1").body("application/json", "{}").send()?;
    ensure!(refused.status == 405 && refused.headers.contains_key("allow"), "{refused:?}");
    let send = |kind: &str, body: &str| server.request("POST", "/w/a/projects").body(kind, body).send();
    ensure!(send("text/plain", "{}")?.status == 415);
    for body in ["", "{", "[]", "7", "{\"name\": NaN}"] {
        ensure!(send("application/json", body)?.status == 400, "{body}");
    }
    ensure!(send("application/json", &json!({"name": "x".repeat(70_000)}).to_string())?.status == 413);
    Ok(())
}

pub fn leaves_nothing_of_a_refused_request(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Build", "tags": ["steel"]}))?;
    let before = get(server, "/w/a/tasks")?;
    let task = json!({"project_id": 9, "title": "x", "tags": ["fire"]});
    ensure!(call(server, "POST", "/w/a/tasks", &task)?.0 == 400);
    ensure!(call(server, "PATCH", "/w/a/tasks/1", &json!({"title": "y", "tags": ["fire"], "due_on": "x"}))?.0 == 400);
    ensure!(get(server, "/w/a/tasks")? == before);
    Ok(())
}

/// A trigger makes the last statements of creating and of changing a task fail.
pub fn leaves_nothing_of_a_request_that_fails_in_its_middle(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Build", "tags": ["steel"]}))?;
    let before = get(server, "/w/a/tasks")?;
    server.change_files("Workspace", |file| {
        let trigger = "CREATE TRIGGER fails BEFORE INSERT ON task_tag BEGIN SELECT RAISE(ABORT, 'no'); END";
        let db = DoConnection::open_file(file)?;
        db.execute_unprepared(trigger).now_or_never().context("the storage of the host does not wait")??;
        Ok(())
    })?;
    let (status, answer) =
        call(server, "POST", "/w/a/tasks", &json!({"project_id": 1, "title": "x", "tags": ["fire"]}))?;
    ensure!(status == 500 && answer == json!({"error": {"message": "internal error"}}), "{status} {answer}");
    ensure!(call(server, "PATCH", "/w/a/tasks/1", &json!({"title": "y", "tags": ["fire"]}))?.0 == 500);
    let log = server.log();
    ensure!(log.contains("SQLITE_CONSTRAINT_TRIGGER"), "the cause is for the log: {log}");
    ensure!(get(server, "/w/a/tasks")? == before);
    ensure!(get(server, "/w/a/tasks?tag=fire")?["total"] == 0);
    Ok(())
}
