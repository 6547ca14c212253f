//! A workerd of our own: the binary that npm brought, on a free loopback port, its disk in a temporary folder.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::root;

/// Long enough for a slow machine, short enough to tell a hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// The workerd binary.
#[derive(Clone, Debug)]
pub struct Workerd {
    binary: PathBuf,
    /// Whether it lets V8's inspector in.
    inspects: bool,
}

/// A Worker as `cargo xtask bundle` left it.
#[derive(Clone, Debug)]
pub struct Worker {
    /// The folder of a workspace member, with `build/` in it, and `worker.js` if it has one.
    pub member: &'static str,
    /// Binding, class, and whether the class is backed by SQLite.
    pub objects: &'static [(&'static str, &'static str, bool)],
    pub date: String,
    /// JavaScript that runs before the worker is loaded.
    pub prelude: Option<&'static str>,
    /// Names and values of variables and secrets.
    pub texts: &'static [(&'static str, &'static str)],
}

/// A running workerd; dropping it ends the process and removes its disk.
#[derive(Debug)]
pub struct Server {
    workerd: Workerd,
    folder: TempDir,
    running: Option<Running>,
    agent: ureq::Agent,
}

#[derive(Debug)]
struct Running {
    keeper: Child,
    address: String,
    inspector: Option<String>,
}

/// An HTTP request to a server.
#[derive(Debug)]
pub struct Request {
    agent: ureq::Agent,
    request: ureq::http::request::Builder,
    body: Option<String>,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: String,
}

impl Workerd {
    /// Asks npm's package where it put the binary for this machine.
    pub fn find() -> Result<Self> {
        let node = root().join("node_modules/.bin/node");
        let output = Command::new(&node)
            .args(["-p", "require('workerd').default"])
            .current_dir(root())
            .output()
            .with_context(|| format!("{} is missing: run cargo xtask setup", node.display()))?;
        if !output.status.success() {
            bail!("npm's workerd is missing: run cargo xtask setup");
        }
        Ok(Self { binary: String::from_utf8(output.stdout)?.trim().into(), inspects: false })
    }

    /// The same with [V8's inspector](https://chromedevtools.github.io/devtools-protocol/v8/).
    #[must_use]
    pub fn inspected(self) -> Self {
        Self { inspects: true, ..self }
    }

    /// The newest compatibility date that this binary knows, which is its version.
    pub fn newest_date(&self) -> Result<String> {
        let output = Command::new(&self.binary).arg("--version").output()?;
        let version = String::from_utf8(output.stdout)?;
        version.trim().strip_prefix("workerd ").map(str::to_owned).with_context(|| format!("workerd says {version}"))
    }

    /// Starts a worker and waits until it listens.
    pub fn start(&self, worker: &Worker) -> Result<Server> {
        let folder = tempfile::Builder::new().prefix("sea-orm-do-").tempdir()?;
        let member = root().join(worker.member);
        fs::create_dir(folder.path().join("build"))?;
        for file in ["build/index.js", "build/index_bg.wasm"] {
            fs::copy(member.join(file), folder.path().join(file))
                .with_context(|| format!("{} has no {file}: run cargo xtask bundle", member.display()))?;
        }
        let main = fs::read_to_string(member.join("worker.js")).unwrap_or_else(|_| BUILD_ALONE.to_owned());
        fs::write(folder.path().join("worker.js"), main)?;
        fs::write(folder.path().join("prelude.js"), worker.prelude.unwrap_or_default())?;
        fs::write(folder.path().join("config.capnp"), configuration(worker)?)?;
        self.serve(folder)
    }

    /// Starts what the `config.capnp` of a folder asks for, with an empty folder `disk` beside it, and waits until it
    /// listens.
    pub fn serve(&self, folder: TempDir) -> Result<Server> {
        fs::create_dir(folder.path().join("disk"))?;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_idle_connections(0)
            .build()
            .into();
        let mut server = Server { workerd: self.clone(), folder, running: None, agent };
        server.restart()?;
        Ok(server)
    }
}

impl Server {
    /// Ends workerd and starts it again on the same disk.
    pub fn restart(&mut self) -> Result<()> {
        self.running = None;
        self.running = Some(Running::start(&self.workerd, self.folder.path())?);
        Ok(())
    }

    /// Ends workerd, lets `change` have the database files of a class, and starts it again.
    pub fn change_files(&mut self, class: &str, change: impl Fn(&Path) -> Result<()>) -> Result<()> {
        self.running = None;
        for file in fs::read_dir(self.folder.path().join("disk").join(class))? {
            let path = file?.path();
            // An object's file is named by its id; beside them workerd keeps one for itself.
            let is_object = path.file_stem().is_some_and(|name| name.len() == 64);
            if is_object && path.extension().is_some_and(|extension| extension == "sqlite") {
                change(&path)?;
            }
        }
        self.restart()
    }

    /// Host and port, while workerd runs.
    pub fn address(&self) -> Option<&str> {
        self.running.as_ref().map(|running| running.address.as_str())
    }

    /// Host and port of the inspector, if it was asked for.
    pub fn inspector(&self) -> Option<&str> {
        self.running.as_ref()?.inspector.as_deref()
    }

    /// A request to be sent, now or from another thread.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let address = self.address().unwrap_or_default();
        let request = ureq::http::Request::builder().method(method).uri(format!("http://{address}{path}"));
        Request { agent: self.agent.clone(), request, body: None }
    }

    /// workerd's process.
    pub fn process(&self) -> Result<u32> {
        let keeper = self.running.as_ref().context("workerd is not running")?.keeper.id();
        // https://man7.org/linux/man-pages/man5/proc_pid_task.5.html: it is the shell's only child.
        Ok(fs::read_to_string(format!("/proc/{keeper}/task/{keeper}/children"))?.trim().parse()?)
    }

    /// The most memory that workerd has had in RAM since it was started, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        memory_of(self.process()?, "VmHWM")
    }

    /// What workerd has printed since it was started.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Request {
    /// With a body of this content type.
    pub fn body(self, content_type: &str, body: &str) -> Self {
        let request = self.request.header("content-type", content_type);
        Self { request, body: Some(body.to_owned()), ..self }
    }

    /// With one more header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { request: self.request.header(name, value), ..self }
    }

    /// Sends it and reads the whole answer, whatever its status.
    pub fn send(self) -> Result<Answer> {
        let answer = match self.body {
            Some(body) => self.agent.run(self.request.body(body)?),
            // Without a length the body is sent in chunks. workerd closes the connection over one that it does not read, and
            // the end of a long answer can get lost.
            None => self.agent.run(self.request.header("content-length", "0").body(())?),
        };
        let mut answer = answer.context("no answer from workerd")?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Answer { status, headers, body: answer.body_mut().read_to_string()? })
    }
}

impl Running {
    /// Starts workerd under a shell that ends it as soon as our end of a pipe is closed, however this process ends.
    fn start(workerd: &Workerd, folder: &Path) -> Result<Self> {
        const KEEPER: &str = r#""$@" 3>&1 >&2 & read -r _; kill -9 $!; wait"#;
        let log = fs::File::create(folder.join("log"))?;
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&workerd.binary)
            .args(["serve", "--control-fd=3"])
            .args(workerd.inspects.then_some("--inspector-addr=127.0.0.1:0"))
            .arg("config.capnp")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("sh cannot be started")?;
        let control = keeper.stdout.take().context("no pipe from workerd")?;
        let mut running = Self { keeper, address: String::new(), inspector: None };
        let mut control = BufReader::new(control);
        let mut listens = || {
            let mut event = String::new();
            control.read_line(&mut event)?;
            let port = serde_json::from_str::<serde_json::Value>(&event).ok().and_then(|event| event["port"].as_u64());
            let port = port.with_context(|| {
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                format!("workerd did not start: {log}")
            })?;
            anyhow::Ok(format!("127.0.0.1:{port}"))
        };
        if workerd.inspects {
            running.inspector = Some(listens()?);
        }
        running.address = listens()?;
        Ok(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// One of a process's [sizes](https://man7.org/linux/man-pages/man5/proc_pid_status.5.html), in bytes.
pub fn memory_of(process: u32, size: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(size)?.strip_prefix(':'));
    let kib: u64 = line.with_context(|| format!("no {size}"))?.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024)
}

/// The main module of a member that has no `worker.js`.
const BUILD_ALONE: &str = "export * from './build/index.js'; export { default } from './build/index.js';";

/// <https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp>
fn configuration(worker: &Worker) -> Result<String> {
    let (mut namespaces, mut bindings) = (String::new(), String::new());
    for (binding, class, sqlite) in worker.objects {
        write!(namespaces, r#"(className = "{class}", uniqueKey = "{class}", enableSql = {sqlite}), "#)?;
        write!(bindings, r#"(name = "{binding}", durableObjectNamespace = "{class}"), "#)?;
    }
    for (name, text) in worker.texts {
        write!(bindings, r#"(name = "{name}", text = "{text}"), "#)?;
    }
    let date = &worker.date;
    Ok(format!(
        r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .mainWorker),
    (name = "disk", disk = (path = "disk", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const mainWorker :Workerd.Worker = (
  modules = [
    (name = "entry.js", esModule = "import './prelude.js'; export * from './worker.js'; export {{ default }} from './worker.js';"),
    (name = "prelude.js", esModule = embed "prelude.js"),
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "build/index.js", esModule = embed "build/index.js"),
    (name = "build/index_bg.wasm", wasm = embed "build/index_bg.wasm"),
  ],
  compatibilityDate = "{date}",
  durableObjectNamespaces = [{namespaces}],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [{bindings}],
);
"#
    ))
}
