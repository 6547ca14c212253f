//! Reads a schema from the place that the user names.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use sea_orm_do::introspect::{Schema, introspect_file};

use crate::arguments::SchemaSource;

/// <https://www.sqlite.org/fileformat.html#magic_header_string>
const SQLITE: &[u8] = b"SQLite format 3\0";

impl SchemaSource {
    /// Reads the schema from `--file` or `--url`, or else from a database that wrangler keeps.
    pub(crate) fn read(&self) -> Result<Schema> {
        match (&self.file, &self.url) {
            (Some(place), _) => read(place, None),
            (None, Some(url)) => {
                ensure!(is_address(url), "--url {url} is not an http address");
                read(url, self.token.as_deref())
            }
            (None, None) => from_file(&self.local.database()?),
        }
    }
}

/// Reads a schema from a file, from standard input or from an http address.
pub(crate) fn read(place: &str, token: Option<&str>) -> Result<Schema> {
    if is_address(place) {
        return from_address(place, token);
    }
    if place == "-" {
        let mut text = String::new();
        stdin().read_to_string(&mut text).context("standard input")?;
        return from_json(&text, "standard input");
    }
    from_file(Path::new(place))
}

fn is_address(place: &str) -> bool {
    place.starts_with("http://") || place.starts_with("https://")
}

fn from_file(path: &Path) -> Result<Schema> {
    let name = path.display();
    let mut file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    let mut start = Vec::new();
    file.by_ref().take(SQLITE.len() as u64).read_to_end(&mut start).with_context(|| format!("cannot read {name}"))?;
    if start.is_empty() {
        eprintln!("{name} is empty, which SQLite calls a database without tables");
    }
    if start.is_empty() || start == SQLITE {
        return Ok(introspect_file(path)?);
    }
    if start.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        bail!(
            "{name} is neither a SQLite database nor a schema in JSON; wrangler keeps the database of an object in \
             .wrangler/state/v3/do/<worker>-<class>/<id>.sqlite"
        );
    }
    from_json(&std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?, &name.to_string())
}

fn from_address(url: &str, token: Option<&str>) -> Result<Schema> {
    if url.starts_with("https://") {
        // A TLS library would be most of this program.
        bail!(
            "https is curl's business: curl -H 'Authorization: Bearer …' {url} | sea-orm-do … --file - (for `diff`, \
             the argument -)"
        );
    }
    let token = token.map(str::to_owned).or_else(|| std::env::var("SEA_ORM_DO_TOKEN").ok());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.get(url);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut answer = request.call().with_context(|| format!("no answer from {url}"))?;
    let status = answer.status();
    let body = answer.body_mut().read_to_string().with_context(|| format!("incomplete answer from {url}"))?;
    ensure!(
        status.is_success(),
        "{url} answers {status}: {body}\nThe route must be enabled, and --token must be the token that it expects."
    );
    from_json(&body, url)
}

fn from_json(text: &str, place: &str) -> Result<Schema> {
    serde_json::from_str(text).with_context(|| format!("{place} is not the JSON of sea_orm_do::introspect"))
}
