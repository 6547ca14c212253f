//! What a workspace takes of the wasm memory, which all of one wasm instance share.

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::workerd::Server;
use serde_json::json;

/// Tells the size of the wasm memory in each answer.
pub const PRELUDE: &str = "
const { Instance } = WebAssembly;
let memory;
WebAssembly.Instance = function (...given) {
    const instance = new Instance(...given);
    memory = instance.exports.memory;
    return instance;
};
const { Response } = globalThis;
globalThis.Response = function (...given) {
    const response = new Response(...given);
    response.headers.set('wasm-memory', memory.buffer.byteLength);
    return response;
};
globalThis.Response.prototype = Response.prototype;
Object.setPrototypeOf(globalThis.Response, Response);
";

/// Workspaces, which all stay in memory.
const WORKSPACES: u64 = 200;
/// Behind these the memory has what all workspaces share.
const FIRST: u64 = 20;
/// What a workspace may take at most: its handle, with the plans and tables that it remembers.
const MOST: u64 = 160 * 1024;

/// Does what a user of a workspace does, and tells the bytes of the wasm memory.
fn round(server: &Server, name: &str) -> Result<u64> {
    let mut memory = 0;
    let mut call = |method: &str, path: &str, body: serde_json::Value, expected: u16| -> Result<()> {
        let mut request = server.request(method, &format!("/w/{name}{path}"));
        if !body.is_null() {
            request = request.body("application/json", &body.to_string());
        }
        let answer = request.send()?;
        ensure!(answer.status == expected, "{method} {path}: {} {}\n{}", answer.status, answer.body, server.log());
        let told = answer.headers.get("wasm-memory").context("it does not tell its memory")?;
        memory = told.to_str()?.parse()?;
        Ok(())
    };
    for project in ["Apollo", "Gemini"] {
        call("POST", "/projects", json!({ "name": project }), 201)?;
    }
    call("POST", "/projects", json!({ "name": "Apollo" }), 409)?;
    call("PATCH", "/projects/2", json!({ "description": "twins" }), 200)?;
    for task in 1..=8 {
        let tags = ["steel", "fire", "crew"].iter().take(task % 4).collect::<Vec<_>>();
        let task = json!({ "project_id": 1 + task % 2, "title": format!("Task {task}"), "due_on": "2026-12-31",
                           "estimate_hours": 7.5, "tags": tags });
        call("POST", "/tasks", task, 201)?;
    }
    call("POST", "/tasks", json!({ "project_id": 9, "title": "Land" }), 400)?;
    call("PATCH", "/tasks/1", json!({ "done": true, "due_on": null }), 200)?;
    call("PATCH", "/tasks/2", json!({ "title": "Train the crew", "tags": ["crew"] }), 200)?;
    for query in [
        "",
        "?done=false&sort=-due_on",
        "?sort=-estimate_hours&per_page=3",
        "?project=1&tag=steel",
        "?page=2&per_page=2",
    ] {
        call("GET", &format!("/tasks{query}"), json!(null), 200)?;
    }
    call("GET", "/tasks/1", json!(null), 200)?;
    call("GET", "/projects", json!(null), 200)?;
    call("GET", "/projects/1", json!(null), 200)?;
    call("POST", "/tasks/move", json!({ "tasks": [1, 2], "to_project": 2 }), 200)?;
    call("POST", "/tasks/move", json!({ "tasks": [1, 99], "to_project": 1 }), 400)?;
    call("DELETE", "/tasks/8", json!(null), 204)?;
    call("GET", "", json!(null), 200)?;
    Ok(memory)
}

pub fn grows_little_with_each_workspace(server: &mut Server) -> Result<()> {
    let mut first = 0;
    let mut last = 0;
    for workspace in 1..=WORKSPACES {
        last = round(server, &format!("memory-{workspace}"))?;
        if workspace == FIRST {
            first = last;
        }
    }
    let each = (last - first) / (WORKSPACES - FIRST);
    eprintln!("{WORKSPACES} workspaces: {} KiB of wasm memory, {} KiB for each", last / 1024, each / 1024);
    ensure!(each <= MOST, "a workspace takes {each} bytes of the wasm memory");
    Ok(())
}
