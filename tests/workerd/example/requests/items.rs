//! Items, and lists of them.

use anyhow::{Result, ensure};
use sea_orm_do_harness::workerd::Server;
use serde_json::{Value, json};

use super::{call, get, keys, post};

pub fn creates_reads_changes_and_deletes(server: &mut Server) -> Result<()> {
    let project = post(server, "/w/a/projects", &json!({"name": "Apollo", "description": "To the moon"}))?;
    ensure!(project["id"] == 1 && project["description"] == "To the moon", "{project}");
    let task = json!({"project_id": 1, "title": "Land", "due_on": "1969-07-20", "estimate_hours": 2.5});
    let task = post(server, "/w/a/tasks", &task)?;
    ensure!(task["done"] == false && task["due_on"] == "1969-07-20" && task["estimate_hours"] == 2.5, "{task}");
    ensure!(get(server, "/w/a/tasks/1")? == task);

    let (status, changed) = call(server, "PATCH", "/w/a/tasks/1", &json!({"done": true, "due_on": null}))?;
    ensure!(status == 200 && changed["done"] == true && changed["due_on"].is_null(), "{status} {changed}");
    ensure!(changed["estimate_hours"] == 2.5 && get(server, "/w/a/tasks/1")? == changed, "{changed}");
    let (status, renamed) = call(server, "PATCH", "/w/a/projects/1", &json!({"name": "Gemini"}))?;
    ensure!(status == 200 && renamed["name"] == "Gemini" && renamed["description"] == "To the moon", "{renamed}");

    ensure!(call(server, "DELETE", "/w/a/tasks/1", &Value::Null)? == (204, Value::Null));
    ensure!(call(server, "GET", "/w/a/tasks/1", &Value::Null)?.0 == 404);
    ensure!(call(server, "DELETE", "/w/a/tasks/1", &Value::Null)?.0 == 404);
    post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Return"}))?;
    ensure!(call(server, "DELETE", "/w/a/projects/1", &Value::Null)?.0 == 204);
    ensure!(get(server, "/w/a/tasks")?["total"] == 0, "the tasks of a deleted project are deleted");
    Ok(())
}

pub fn filters_sorts_and_pages(server: &mut Server) -> Result<()> {
    for name in ["Apollo", "Gemini"] {
        post(server, "/w/a/projects", &json!({"name": name}))?;
    }
    for (project, title, done, due, hours) in [
        (1, "Build", true, json!("2026-01-01"), json!(8)),
        (1, "Test", false, json!("2026-03-01"), json!(0.5)),
        (2, "Launch 100%", false, json!("2026-02-01"), json!(null)),
        (2, "Land", false, json!(null), json!(3)),
    ] {
        let task = json!({"project_id": project, "title": title, "done": done, "due_on": due, "estimate_hours": hours});
        post(server, "/w/a/tasks", &task)?;
    }
    for (query, expected) in [
        ("", json!([1, 2, 3, 4])),
        ("project=2", json!([3, 4])),
        ("done=true", json!([1])),
        ("done=false&project=1", json!([2])),
        ("due_before=2026-02-15", json!([1, 3])),
        ("q=la", json!([3, 4])),
        ("q=100%25", json!([3])),
        ("q=100_", json!([])),
        ("sort=title", json!([1, 4, 3, 2])),
        ("sort=-title", json!([2, 3, 4, 1])),
        ("sort=due_on", json!([1, 3, 2, 4])),
        ("sort=-due_on", json!([2, 3, 1, 4])),
        ("sort=-estimate_hours", json!([1, 4, 2, 3])),
        ("per_page=3", json!([1, 2, 3])),
        ("per_page=3&page=2", json!([4])),
        ("per_page=3&page=3", json!([])),
    ] {
        let list = get(server, &format!("/w/a/tasks?{query}"))?;
        ensure!(json!(keys(&list, "id")?) == expected, "{query}: {list}");
    }
    ensure!(get(server, "/w/a/tasks?per_page=3&page=2")?["total"] == 4);
    ensure!(keys(&get(server, "/w/a/projects?sort=-name&q=m")?, "name")? == ["Gemini"]);
    Ok(())
}

pub fn tags_tasks(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    let task = post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Build", "tags": ["steel", "fire"]}))?;
    ensure!(task["tags"] == json!(["fire", "steel"]), "{task}");
    post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Test", "tags": ["fire"]}))?;
    ensure!(keys(&get(server, "/w/a/tasks?tag=fire")?, "id")? == [1, 2]);
    let (_, changed) = call(server, "PATCH", "/w/a/tasks/1", &json!({"tags": ["water"]}))?;
    ensure!(changed["tags"] == json!(["water"]), "{changed}");
    ensure!(keys(&get(server, "/w/a/tasks?tag=fire")?, "id")? == [2]);
    let listed = get(server, "/w/a/tasks")?;
    ensure!(keys(&listed, "tags")? == [json!(["water"]), json!(["fire"])], "{listed}");
    Ok(())
}
