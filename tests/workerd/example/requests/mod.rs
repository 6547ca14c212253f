//! Requests and their answers.

mod hostile;
mod items;
mod moves;
mod pages;
mod refusals;
mod wakes;
mod workspaces;

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::workerd::Server;
use serde_json::Value;

type Test = fn(&mut Server) -> Result<()>;

/// Every test by name.
pub const TESTS: [(&str, Test); 20] = [
    ("creates_reads_changes_and_deletes", items::creates_reads_changes_and_deletes),
    ("filters_sorts_and_pages", items::filters_sorts_and_pages),
    ("tags_tasks", items::tags_tasks),
    ("moves_tasks_to_another_project", moves::moves_tasks_to_another_project),
    ("moves_none_when_one_is_missing", moves::moves_none_when_one_is_missing),
    ("names_the_field_of_a_move_that_is_wrong", moves::names_the_field_of_a_move_that_is_wrong),
    ("does_not_take_move_for_an_id", moves::does_not_take_move_for_an_id),
    ("refuses_what_no_honest_client_sends", hostile::refuses_what_no_honest_client_sends),
    ("refuses_what_is_too_long", hostile::refuses_what_is_too_long),
    ("names_the_field_that_is_wrong", refusals::names_the_field_that_is_wrong),
    ("answers_with_the_status_that_fits", refusals::answers_with_the_status_that_fits),
    ("leaves_nothing_of_a_refused_request", refusals::leaves_nothing_of_a_refused_request),
    (
        "leaves_nothing_of_a_request_that_fails_in_its_middle",
        refusals::leaves_nothing_of_a_request_that_fails_in_its_middle,
    ),
    ("has_the_tables_that_the_entities_expect", wakes::has_the_tables_that_the_entities_expect),
    ("moves_the_data_of_an_old_object_when_it_wakes", wakes::moves_the_data_of_an_old_object_when_it_wakes),
    ("answers_with_an_error_when_a_migration_fails", wakes::answers_with_an_error_when_a_migration_fails),
    ("serves_pages_that_load_from_nowhere_else", pages::serves_pages_that_load_from_nowhere_else),
    ("keeps_workspaces_apart", workspaces::keeps_workspaces_apart),
    ("summarizes_several_workspaces", workspaces::summarizes_several_workspaces),
    ("keeps_its_state_over_a_restart", workspaces::keeps_its_state_over_a_restart),
];

/// Those of a worker with the secret of the schema.
pub const SECRET_TESTS: [(&str, Test); 1] =
    [("tells_the_size_for_the_secret_alone", pages::tells_the_size_for_the_secret_alone)];

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
