//! Moving several tasks in one request.

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::workerd::Server;
use serde_json::{Value, json};

use super::{call, get, keys, post};

const MOVE: &str = "/w/a/tasks/move";

/// Two projects; four tasks in the first.
fn fill(server: &Server) -> Result<()> {
    for name in ["Apollo", "Gemini"] {
        post(server, "/w/a/projects", &json!({"name": name}))?;
    }
    for title in ["Build", "Test", "Launch", "Land"] {
        post(server, "/w/a/tasks", &json!({"project_id": 1, "title": title, "tags": ["steel"]}))?;
    }
    Ok(())
}

pub fn moves_tasks_to_another_project(server: &mut Server) -> Result<()> {
    fill(server)?;
    let mut task = get(server, "/w/a/tasks/3")?;
    let (status, answer) = call(server, "POST", MOVE, &json!({"tasks": [3, 1, 2], "to_project": 2}))?;
    ensure!(status == 200 && answer == json!({"moved": 3}), "{status} {answer}");
    ensure!(keys(&get(server, "/w/a/tasks?project=2")?, "id")? == [1, 2, 3]);
    ensure!(keys(&get(server, "/w/a/tasks?project=1")?, "id")? == [4]);
    task["project_id"] = json!(2);
    ensure!(get(server, "/w/a/tasks/3")? == task, "the rest of a moved task stays as it was");
    ensure!(call(server, "DELETE", "/w/a/projects/1", &Value::Null)?.0 == 204);
    ensure!(keys(&get(server, "/w/a/tasks")?, "id")? == [1, 2, 3]);
    Ok(())
}

pub fn moves_none_when_one_is_missing(server: &mut Server) -> Result<()> {
    fill(server)?;
    let before = get(server, "/w/a/tasks")?;
    for tasks in [json!([1, 999]), json!([1, 2, 999, 3]), json!([999, 1])] {
        let (status, answer) = call(server, "POST", MOVE, &json!({"tasks": tasks, "to_project": 2}))?;
        let error = &answer["error"];
        ensure!(status == 400 && error["field"] == "tasks", "{tasks}: {status} {answer}");
        ensure!(error["message"] == "tasks hold 999, which is not the id of a task", "{tasks}: {answer}");
        let after = get(server, "/w/a/tasks")?;
        ensure!(after == before, "{tasks}: {after}");
    }
    server.restart()?;
    ensure!(get(server, "/w/a/tasks")? == before, "nothing reached the disk");
    let (status, answer) = call(server, "POST", MOVE, &json!({"tasks": [1], "to_project": 2}))?;
    ensure!(status == 200 && get(server, "/w/a/tasks/1")?["project_id"] == 2, "{status} {answer}");
    Ok(())
}

pub fn names_the_field_of_a_move_that_is_wrong(server: &mut Server) -> Result<()> {
    fill(server)?;
    let before = get(server, "/w/a/tasks")?;
    let ids = |count: u32| (1..=count).collect::<Vec<_>>();
    for (body, field, part) in [
        (json!({"tasks": [], "to_project": 2}), "tasks", "1 to 100"),
        (json!({"tasks": ids(101), "to_project": 2}), "tasks", "1 to 100"),
        // As many as are allowed, of which the fifth does not exist.
        (json!({"tasks": ids(100), "to_project": 2}), "tasks", "hold 5,"),
        (json!({"tasks": [1, 2, 1], "to_project": 2}), "tasks", "1 twice"),
        (json!({"tasks": 1, "to_project": 2}), "tasks", "list"),
        (json!({"tasks": null, "to_project": 2}), "tasks", "list"),
        (json!({"tasks": "1", "to_project": 2}), "tasks", "list"),
        (json!({"tasks": ["1"], "to_project": 2}), "tasks", "whole number"),
        (json!({"tasks": [1, 1.5], "to_project": 2}), "tasks", "whole number"),
        (json!({"tasks": [1, null], "to_project": 2}), "tasks", "whole number"),
        (json!({"tasks": [0], "to_project": 2}), "tasks", "whole number"),
        (json!({"tasks": [3_000_000_000_i64], "to_project": 2}), "tasks", "whole number"),
        (json!({"to_project": 2}), "tasks", "missing"),
        (json!({"tasks": [1]}), "to_project", "missing"),
        (json!({"tasks": [1], "to_project": null}), "to_project", "whole number"),
        (json!({"tasks": [1], "to_project": "2"}), "to_project", "whole number"),
        (json!({"tasks": [1], "to_project": 3}), "to_project", "not the id of a project"),
        (json!({"tasks": [1], "to_project": 2, "colour": "red"}), "colour", "not a field"),
    ] {
        let (status, answer) = call(server, "POST", MOVE, &body)?;
        let message = answer["error"]["message"].as_str().with_context(|| format!("{body}: {status} {answer}"))?;
        ensure!(status == 400 && answer["error"]["field"] == field, "{body}: {status} {answer}");
        ensure!(message.contains(part), "{body}: {message}");
    }
    ensure!(get(server, "/w/a/tasks")? == before);
    Ok(())
}

pub fn does_not_take_move_for_an_id(server: &mut Server) -> Result<()> {
    for method in ["GET", "PATCH", "DELETE"] {
        let refused = server.request(method, MOVE).send()?;
        ensure!(refused.status == 405 && refused.headers["allow"] == "POST", "{method}: {refused:?}");
    }
    let (status, answer) = call(server, "GET", "/w/a/tasks/moves", &Value::Null)?;
    ensure!(status == 400 && answer["error"]["field"] == "id", "{status} {answer}");
    Ok(())
}
