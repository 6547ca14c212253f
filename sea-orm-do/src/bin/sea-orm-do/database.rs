//! The database that a command works on: of an object behind an address, of one that wrangler keeps, or in a file.

use std::env;
use std::io::{self, BufRead, IsTerminal, stdin};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use sea_orm_do::DoConnection;
use sea_orm_do::remote::{Access, Http, InProcess, RemoteConnection};
use tokio::runtime::Runtime;

use crate::arguments::{Address, Database, Write};

/// The variable that holds the secret if `--token-env` names no other.
const TOKEN: &str = "SEA_ORM_DO_TOKEN";

impl Database {
    /// Connects for statements that only read.
    pub(crate) fn connect(&self) -> Result<RemoteConnection> {
        self.connect_for(false)
    }

    /// Connects for statements that write, if that is allowed.
    pub(crate) fn connect_to_write(
        &self,
        write: &Write,
        what: &str,
        ask: impl FnOnce(&str) -> Result<String>,
    ) -> Result<RemoteConnection> {
        write.check(what, &self.place(), ask)?;
        self.connect_for(true)
    }

    fn connect_for(&self, writes: bool) -> Result<RemoteConnection> {
        if let Some(db) = self.address.connect()? {
            return Ok(db);
        }
        let file = self.local_file()?;
        let (db, access) = if writes {
            (DoConnection::open_file(file)?, Access::read_write())
        } else {
            (DoConnection::open_file_read_only(file)?, Access::read_only())
        };
        // Nobody else asks, and this process may take what memory there is.
        let access = access
            .with_tools()
            .with_rows(usize::MAX)
            .with_answer_bytes(usize::MAX)
            .with_request_bytes(usize::MAX)
            .with_statements(usize::MAX)
            .with_time(Duration::MAX);
        Ok(RemoteConnection::new(InProcess::new(&db, access)))
    }

    /// The file, unless it is behind an address.
    pub(crate) fn local_file(&self) -> Result<PathBuf> {
        match &self.file {
            Some(file) => {
                ensure!(file.is_file(), "there is no file {}", file.display());
                Ok(file.clone())
            }
            None => self.local.database(),
        }
    }

    /// Names it for a question.
    pub(crate) fn place(&self) -> String {
        match (&self.address.url, &self.file, &self.local.object) {
            (Some(url), _, _) => url.clone(),
            (None, Some(file), _) => file.display().to_string(),
            (None, None, Some(object)) => format!("the object {object} of wrangler"),
            (None, None, None) => "the object of wrangler".to_owned(),
        }
    }
}

impl Address {
    /// Connects, with the secret in a variable; `None` without an address.
    pub(crate) fn connect(&self) -> Result<Option<RemoteConnection>> {
        let Some(url) = &self.url else { return Ok(None) };
        let token = match &self.token_env {
            Some(name) => env::var(name).with_context(|| format!("--token-env {name}: no such variable"))?,
            None => env::var(TOKEN).unwrap_or_default(),
        };
        Ok(Some(RemoteConnection::new(Http::new(url, &token)?)))
    }
}

impl Write {
    /// # Errors
    /// Fails without `--write`, and if a person who is asked does not agree.
    fn check(&self, what: &str, place: &str, ask: impl FnOnce(&str) -> Result<String>) -> Result<()> {
        ensure!(self.write, "{what} may write to {place}: add --write to allow it");
        if self.yes || !stdin().is_terminal() {
            return Ok(());
        }
        let answer = ask(&format!("{what} may write to {place}. Go on? [y/N] "))?;
        if !answer.trim().eq_ignore_ascii_case("y") {
            bail!("nothing was written");
        }
        Ok(())
    }
}

/// Asks a person.
pub(crate) fn ask(question: &str) -> Result<String> {
    eprint!("{question}");
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    Ok(answer)
}

/// Runs what waits for a database. Ctrl-C drops it, which leaves nothing half done.
pub(crate) fn wait<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    // One for all calls: the connections of the http client belong to it.
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| tokio::runtime::Builder::new_current_thread().enable_all().build());
    let runtime = runtime.as_ref().map_err(|error| anyhow!("no runtime: {error}"))?;
    runtime.block_on(async {
        tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => bail!("interrupted: what was sent may have happened or not"),
            done = work => done,
        }
    })
}
