//! Requests and their answers.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::workerd::Server;

type Test = fn(&mut Server) -> Result<()>;

/// Every test by name.
pub const TESTS: [(&str, Test); 8] = [
    ("creates_reads_changes_and_deletes", creates_reads_changes_and_deletes),
    ("filters_sorts_and_pages", filters_sorts_and_pages),
    ("tags_tasks", tags_tasks),
    ("names_the_field_that_is_wrong", names_the_field_that_is_wrong),
    ("answers_with_the_status_that_fits", answers_with_the_status_that_fits),
    ("leaves_nothing_of_a_refused_request", leaves_nothing_of_a_refused_request),
    ("keeps_workspaces_apart", keeps_workspaces_apart),
    ("keeps_its_state_over_a_restart", keeps_its_state_over_a_restart),
];

/// A request with a JSON body, or without one for `null`; the status and the JSON of the answer.
fn call(server: &Server, method: &str, path: &str, body: &Value) -> Result<(u16, Value)> {
    let mut request = server.request(method, path);
    if !body.is_null() {
        request = request.body("application/json", &body.to_string());
    }
    let answer = request.send()?;
    let json = if answer.body.is_empty() { Value::Null } else { serde_json::from_str(&answer.body)? };
    Ok((answer.status, json))
}

fn get(server: &Server, path: &str) -> Result<Value> {
    let (status, json) = call(server, "GET", path, &Value::Null)?;
    ensure!(status == 200, "GET {path}: {status} {json}");
    Ok(json)
}

fn post(server: &Server, path: &str, body: &Value) -> Result<Value> {
    let (status, json) = call(server, "POST", path, body)?;
    ensure!(status == 201, "POST {path} {body}: {status} {json}");
    Ok(json)
}

/// The given key of each item of a list.
fn keys(list: &Value, key: &str) -> Result<Vec<Value>> {
    let items = list["items"].as_array().with_context(|| format!("{list} has no items"))?;
    Ok(items.iter().map(|item| item[key].clone()).collect())
}

fn creates_reads_changes_and_deletes(server: &mut Server) -> Result<()> {
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

fn filters_sorts_and_pages(server: &mut Server) -> Result<()> {
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

fn tags_tasks(server: &mut Server) -> Result<()> {
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

fn names_the_field_that_is_wrong(server: &mut Server) -> Result<()> {
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

fn answers_with_the_status_that_fits(server: &mut Server) -> Result<()> {
    let created = server.request("POST", "/w/a/projects").body("application/json", r#"{"name": "Apollo"}"#).send()?;
    ensure!(created.status == 201 && created.headers["location"] == "/w/a/projects/1", "{created:?}");
    let (status, answer) = call(server, "POST", "/w/a/projects", &json!({"name": "Apollo"}))?;
    ensure!(status == 409 && answer["error"]["field"] == "name", "{status} {answer}");
    post(server, "/w/a/projects", &json!({"name": "Gemini"}))?;
    ensure!(call(server, "PATCH", "/w/a/projects/2", &json!({"name": "Apollo"}))?.0 == 409);
    for path in ["/", "/w", "/w/a", "/w/a/", "/w/a/people", "/w/a/tasks/1/x", "/w/a/tasks/7", "/w/a/projects/7"] {
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

fn leaves_nothing_of_a_refused_request(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Build", "tags": ["steel"]}))?;
    let before = get(server, "/w/a/tasks")?;
    let task = json!({"project_id": 9, "title": "x", "tags": ["fire"]});
    ensure!(call(server, "POST", "/w/a/tasks", &task)?.0 == 400);
    ensure!(call(server, "PATCH", "/w/a/tasks/1", &json!({"title": "y", "tags": ["fire"], "due_on": "x"}))?.0 == 400);
    ensure!(get(server, "/w/a/tasks")? == before);
    Ok(())
}

fn keeps_workspaces_apart(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    ensure!(get(server, "/w/b/projects")?["total"] == 0);
    post(server, "/w/b/projects", &json!({"name": "Apollo"}))?;
    ensure!(get(server, "/w/a/projects")?["total"] == 1);
    Ok(())
}

fn keeps_its_state_over_a_restart(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    let task = post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Build", "tags": ["steel"]}))?;
    server.restart()?;
    ensure!(get(server, "/w/a/tasks/1")? == task);
    ensure!(post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Test"}))?["id"] == 2);
    Ok(())
}
