//! Real `wrangler dev` on the example: its Local Explorer, a call from another Worker, and the command on what it leaves.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::Trial;
use sea_orm_do_harness::command::run_in;
use sea_orm_do_harness::root;
use sea_orm_do_harness::workspace::Workspace;
use serde_json::{Value, json};

pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<()>| {
        Trial::test(format!("wrangler::{name}"), move || test().map_err(|error| format!("{error:#}").into()))
    };
    vec![trial("shows_rows_and_takes_calls_and_leaves_files_that_the_command_reads", shows_rows_and_takes_calls)]
}

/// A Worker of its own, which calls an object of the example, and forwards every other request.
const CALLER: &str = r#"
export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname !== "/call") return env.EXAMPLE.fetch(request);
    const object = env.WORKSPACES.getByName("demo");
    const private_ = await object.free().then(() => "callable", () => "private");
    return Response.json({ summary: await object.summary(), free: private_ });
  },
};
"#;

const CALLER_TOML: &str = r#"
name = "caller"
main = "index.js"
compatibility_date = "2026-11-17"
services = [{ binding = "EXAMPLE", service = "crud-worker" }]
durable_objects.bindings = [{ name = "WORKSPACES", class_name = "Workspace", script_name = "crud-worker" }]
"#;

fn shows_rows_and_takes_calls() -> Result<()> {
    let folder = tempfile::Builder::new().prefix("wrangler-").tempdir()?;
    let at = folder.path();
    write_workers(at)?;
    let wrangler = Wrangler::start(at)?;
    let project = wrangler.send("POST", "/w/demo/projects", &json!({"name": "Apollo"}))?;
    ensure!(project["name"] == "Apollo", "{project}");
    wrangler.send("POST", "/w/demo/tasks", &json!({"project_id": 1, "title": "Build a rocket"}))?;

    let called = wrangler.send("GET", "/call", &Value::Null)?;
    let expected = json!({"summary": {"projects": 1, "tasks": 1, "open": 1}, "free": "private"});
    ensure!(called == expected, "{called}");
    let all = wrangler.send("GET", "/summary?workspaces=demo", &Value::Null)?;
    ensure!(all == json!([{"workspace": "demo", "projects": 1, "tasks": 1, "open": 1}]), "{all}");

    let namespace = "/cdn-cgi/explorer/api/workers/durable_objects/namespaces/crud-worker-Workspace";
    let objects = wrangler.send("GET", &format!("{namespace}/objects"), &Value::Null)?;
    ensure!(objects["result"][0]["name"] == "demo", "{objects}");
    let id = &objects["result"][0]["id"];
    let query = json!({"durable_object_id": id, "queries": [{"sql": "SELECT id, title FROM task"}]});
    let rows = wrangler.send("POST", &format!("{namespace}/query"), &query)?;
    ensure!(rows["result"][0]["rows"] == json!([[1, "Build a rocket"]]), "{rows}");

    // While it runs, and after it has ended.
    commands_read(at, "running")?;
    drop(wrangler);
    commands_read(at, "ended")
}

/// The commands of the READMEs and guides that read a file of wrangler.
fn commands_read(folder: &Path, when: &str) -> Result<()> {
    let run = |arguments: &[&str]| {
        let output = run_in(folder, arguments)?;
        ensure!(output.status.success(), "{when}: {arguments:?}: {output:?}");
        Ok(String::from_utf8(output.stdout)?)
    };
    let schema = run(&["schema"])?;
    for table in ["project", "tag", "task", "task_tag", "seaql_migrations"] {
        ensure!(schema.contains(&format!("CREATE TABLE \"{table}\" ")), "{when}: no {table} in {schema}");
    }
    ensure!(!schema.contains("miniflare") && !schema.contains("_cf_"), "{when}: {schema}");
    ensure!(run(&["schema", "--object", "demo", "--class", "Workspace"])? == schema, "{when}: --object reads another");
    fs::write(folder.join("schema.json"), run(&["schema", "--json"])?)?;
    let state = folder.join(".wrangler/state/v3/do/crud-worker-Workspace");
    let files = fs::read_dir(&state)?.map(|file| Ok(file?.path())).collect::<std::io::Result<Vec<_>>>()?;
    let is_object = |path: &&std::path::PathBuf| {
        path.extension().is_some_and(|extension| extension == "sqlite") && !path.ends_with("metadata.sqlite")
    };
    let file = files.iter().find(is_object).and_then(|file| file.to_str()).context("no file of an object")?;
    ensure!(run(&["diff", file, "schema.json"])?.is_empty(), "{when}: it differs from itself");
    let entities = format!("entities-{when}");
    run(&["generate", "entity", "-o", &entities, "--strict"])?;
    let mut written = fs::read_dir(folder.join(entities))?
        .map(|file| Ok(file?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<Vec<_>>>()?;
    written.sort();
    let expected = ["mod.rs", "prelude.rs", "project.rs", "tag.rs", "task.rs", "task_tag.rs"];
    ensure!(written == expected, "{when}: {written:?}");
    Ok(())
}

/// The example as `cargo xtask bundle` has built it, with the settings of its own `wrangler.toml`, and the caller.
fn write_workers(folder: &Path) -> Result<()> {
    let (example, caller) = (folder.join("example"), folder.join("caller"));
    fs::create_dir_all(example.join("build"))?;
    fs::create_dir_all(&caller)?;
    for file in ["worker.js", "build/index.js", "build/index_bg.wasm"] {
        fs::copy(root().join("examples/crud-worker").join(file), example.join(file))
            .with_context(|| file.to_owned())?;
    }
    let mut settings: toml::Table = fs::read_to_string(root().join("wrangler.toml"))?.parse()?;
    settings.insert("main".to_owned(), "worker.js".into());
    settings.remove("build");
    fs::write(example.join("wrangler.toml"), toml::to_string(&settings)?)?;
    fs::write(caller.join("index.js"), CALLER)?;
    fs::write(caller.join("wrangler.toml"), CALLER_TOML)?;
    Ok(())
}

/// A running `wrangler dev`; dropping it ends it, and with it its workerd.
struct Wrangler {
    keeper: Child,
    address: String,
    agent: ureq::Agent,
}

impl Wrangler {
    fn start(folder: &Path) -> Result<Self> {
        /// Ends wrangler as soon as our end of a pipe is closed, however this process ends.
        const KEEPER: &str = r#""$@" </dev/null >log 2>&1 & read -r _; kill -TERM $!; wait"#;
        const PATIENCE: Duration = Duration::from_secs(90);
        let keeper = Workspace::locate()?
            .command("sh")?
            .args(["-c", KEEPER, "keeper", "wrangler", "dev"])
            .args(["-c", "caller/wrangler.toml", "-c", "example/wrangler.toml"])
            .args(["--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0", "--persist-to", ".wrangler/state"])
            .env("WRANGLER_SEND_METRICS", "false")
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .spawn()
            .context("sh cannot be started")?;
        let agent =
            ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build().into();
        let mut wrangler = Self { keeper, address: String::new(), agent };
        let begun = Instant::now();
        loop {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            if let Some((_, ready)) = log.split_once("Ready on ") {
                wrangler.address = ready.split_whitespace().next().unwrap_or_default().to_owned();
                return Ok(wrangler);
            }
            if begun.elapsed() > PATIENCE || wrangler.keeper.try_wait()?.is_some() {
                bail!("wrangler dev did not start: {log}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Sends a request with a JSON body, or without one for `null`, and returns what is answered.
    fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.address));
        let answer = if body.is_null() {
            self.agent.run(request.body(())?)
        } else {
            self.agent.run(request.header("content-type", "application/json").body(body.to_string())?)
        };
        let mut answer = answer.with_context(|| format!("{method} {path}"))?;
        let text = answer.body_mut().read_to_string()?;
        serde_json::from_str(&text).with_context(|| format!("{method} {path}: {} {text}", answer.status()))
    }
}

impl Drop for Wrangler {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
