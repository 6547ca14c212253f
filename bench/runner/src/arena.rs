//! One workerd with all contestants: a JavaScript worker, which takes the requests, and two Rust workers behind it. SeaORM's
//! own driver runs beside it.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::process::run;
use sea_orm_do_harness::workerd::{Server, Workerd};
use sea_orm_do_harness::workspace::Workspace;
use serde::Deserialize;

use super::native::Native;
use super::works::{Contestant, TABLES};

const MEMBER: &str = "bench";
const SQLX: &str = "bench/sqlx";

/// Builds the workers.
pub(super) fn build(workspace: &Workspace, build: Build) -> Result<()> {
    bundle::worker(workspace, MEMBER, build)?;
    bundle::worker(workspace, SQLX, build)?;
    let mut esbuild = workspace.command("esbuild")?;
    esbuild.args(["bench/js/main.js", "--bundle", "--minify", "--format=esm", "--log-level=warning"]);
    run("bundling the JavaScript contestants", esbuild.arg("--outfile=bench/build/peers.js"))
}

pub(super) struct Arena {
    pub(super) server: Server,
    native: Native,
}

/// How a batch ended.
#[derive(Debug)]
pub(super) struct Batch {
    /// By the runtime's clock, around the work alone: whole milliseconds, so a batch must take many.
    pub(super) inside: Duration,
    pub(super) sum: String,
    /// Bytes of wasm memory, of a Rust worker.
    pub(super) memory: Option<u64>,
}

impl Arena {
    pub(super) fn open(workspace: &Workspace, workerd: &Workerd, build: Build) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("sea-orm-do-bench-").tempdir()?;
        let files = [
            (MEMBER, "index.js", "index.js"),
            (MEMBER, "index_bg.wasm", "index_bg.wasm"),
            (MEMBER, "peers.js", "peers.js"),
            (SQLX, "index.js", "sqlx.js"),
            (SQLX, "index_bg.wasm", "sqlx_bg.wasm"),
        ];
        for (member, file, name) in files {
            let built = workspace.root().join(member).join("build").join(file);
            fs::copy(&built, folder.path().join(name)).with_context(|| format!("there is no {}", built.display()))?;
        }
        fs::write(folder.path().join("config.capnp"), configuration(&workerd.newest_date()?))?;
        Ok(Self { server: workerd.serve(folder)?, native: Native::start(build)? })
    }

    /// Makes the tables of a contestant's object.
    pub(super) fn prepare(&self, contestant: Contestant, object: &str) -> Result<()> {
        TABLES.lines().try_for_each(|table| self.sql(contestant, object, table).map(drop))
    }

    /// The first row of a statement, as JSON.
    pub(super) fn sql(&self, contestant: Contestant, object: &str, sql: &str) -> Result<String> {
        if contestant == Contestant::Native {
            return self.native.ask(&format!("sql {sql}"));
        }
        self.ask(&format!("/{}/{object}/sql", contestant.name()), sql)
    }

    /// Has a contestant do a piece of work so many times.
    pub(super) fn run(&self, contestant: Contestant, object: &str, call: &str, count: u32) -> Result<Batch> {
        #[derive(Deserialize)]
        struct Done {
            millis: u64,
            sum: String,
            memory: Option<u64>,
        }
        if contestant == Contestant::Native {
            return self.native.run(call, count);
        }
        let started = Instant::now();
        let kind = if contestant == Contestant::Raw { "raw_" } else { "" };
        let done = self.ask(&format!("/{}/{object}/{kind}{call}?count={count}", contestant.name()), "")?;
        let outside = started.elapsed();
        let Done { millis, sum, memory } = serde_json::from_str(&done).with_context(|| done.clone())?;
        let inside = Duration::from_millis(millis);
        // The runtime's clock is not ours, so it is checked by ours; it counts whole milliseconds.
        ensure!(inside <= outside + Duration::from_millis(2), "{call}: {inside:?} inside of {outside:?}");
        Ok(Batch { inside, sum, memory })
    }

    fn ask(&self, path: &str, body: &str) -> Result<String> {
        let answer = self.server.request("POST", path).body("text/plain", body).send();
        match answer {
            Ok(answer) if answer.status == 200 => Ok(answer.body),
            Ok(answer) => bail!("{path}: {} {}\n{}", answer.status, answer.body, self.server.log()),
            Err(error) => bail!("{path}: {error:#}\n{}", self.server.log()),
        }
    }
}

/// <https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp>
fn configuration(date: &str) -> String {
    format!(
        r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "peers", worker = .peers),
    (name = "rust", worker = .rust),
    (name = "sqlx", worker = .sqlx),
    (name = "disk", disk = (path = "disk", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "peers")],
);

const peers :Workerd.Worker = (
  modules = [(name = "peers.js", esModule = embed "peers.js")],
  compatibilityDate = "{date}",
  durableObjectNamespaces = [
    (className = "Bare", uniqueKey = "Bare", enableSql = true),
    (className = "Kysely", uniqueKey = "Kysely", enableSql = true),
    (className = "Drizzle", uniqueKey = "Drizzle", enableSql = true),
    (className = "DrizzleNext", uniqueKey = "DrizzleNext", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [
    (name = "BARE", durableObjectNamespace = "Bare"),
    (name = "KYSELY", durableObjectNamespace = "Kysely"),
    (name = "DRIZZLE", durableObjectNamespace = "Drizzle"),
    (name = "DRIZZLE_NEXT", durableObjectNamespace = "DrizzleNext"),
    (name = "RUST", durableObjectNamespace = (className = "Contestant", serviceName = "rust")),
    (name = "SQLX", durableObjectNamespace = (className = "Sqlx", serviceName = "sqlx")),
  ],
);

{}{}"#,
        rust("rust", "index", "Contestant", date),
        rust("sqlx", "sqlx", "Sqlx", date)
    )
}

/// A Rust worker with one class of objects, whose files begin with this name.
fn rust(service: &str, files: &str, class: &str, date: &str) -> String {
    format!(
        r#"const {service} :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "{files}.js"),
    (name = "index_bg.wasm", wasm = embed "{files}_bg.wasm"),
  ],
  compatibilityDate = "{date}",
  durableObjectNamespaces = [(className = "{class}", uniqueKey = "{class}", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
);
"#
    )
}
