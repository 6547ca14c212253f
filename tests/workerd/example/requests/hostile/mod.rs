//! What no honest client sends, byte by byte: each is refused with the status, the message and the field that fit, tells
//! nothing of the inside, and leaves the workspace as it was.

mod table;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::workerd::Server;
use serde_json::{Value, json};

use self::table::{BODIES, ID, JSON, NAME, NO_PATH, PATHS, WORKSPACE};
use super::{get, post};

pub fn refuses_what_no_honest_client_sends(server: &mut Server) -> Result<()> {
    let before = workspace(server)?;
    let mut wrong = Vec::new();
    for (method, path, status, message) in PATHS {
        let answer = send(server, &format!("{method} {path} HTTP/1.1\r\nContent-Length: 0\r\n"), b"")?;
        wrong.extend(answer.differs(status, message).map(|what| format!("{method} {path}: {what}")));
        let allowed = message.strip_prefix("the methods of this path are ");
        ensure!(allowed.is_none() || answer.header("allow") == allowed, "{method} {path}: {answer:?}");
    }
    for (path, headers, body, status, message) in BODIES {
        let answer = send(server, &post_of(path, headers, body), body)?;
        let shown = String::from_utf8_lossy(body);
        wrong.extend(answer.differs(status, message).map(|what| format!("{path} {headers:?} {shown}: {what}")));
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    is_as_before(server, &before)
}

pub fn refuses_what_is_too_long(server: &mut Server) -> Result<()> {
    const LIMIT: usize = 64 * 1024;
    const TOO_LONG: &str = "the body is longer than 65536 bytes";
    let before = workspace(server)?;
    let padded = |length: usize| {
        let start = br#"{"name": 7, "description": ""#;
        let mut body = start.to_vec();
        body.resize(length - 2, b'x');
        body.extend(b"\"}");
        body
    };
    let mut wrong = Vec::new();
    for (length, status, message) in [(LIMIT, 400, NAME), (LIMIT + 1, 413, TOO_LONG), (100 * LIMIT, 413, TOO_LONG)] {
        let body = padded(length);
        let answer = send(server, &post_of("projects", JSON, &body), &body)?;
        wrong.extend(answer.differs(status, message).map(|what| format!("{length} bytes: {what}")));
        let chunked = format!("POST /w/a/projects HTTP/1.1\r\n{JSON}Transfer-Encoding: chunked\r\n");
        let chunk = [format!("{length:x}\r\n").as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
        let answer = send(server, &chunked, &chunk)?;
        wrong.extend(answer.differs(status, message).map(|what| format!("a chunk of {length} bytes: {what}")));
    }
    // Refused while it is being read: its end never comes.
    let endless = format!("POST /w/a/projects HTTP/1.1\r\n{JSON}Transfer-Encoding: chunked\r\n");
    let chunk = [format!("{:x}\r\n", LIMIT + 1).as_bytes(), &padded(LIMIT + 1), b"\r\n"].concat();
    let answer = send(server, &endless, &chunk)?;
    wrong.extend(answer.differs(413, TOO_LONG).map(|what| format!("without an end: {what}")));

    let deep = |open: &str, close: &str| {
        format!(r#"{{"name": "x", "description": {}{}}}"#, open.repeat(20_000), close.repeat(20_000))
    };
    for (body, message) in [
        (deep("[", "]"), "description must be a string"),
        (format!(r#"{{"name": "{}"}}"#, "x".repeat(101)), "name must not be longer than 100 characters"),
        (
            format!(r#"{{"name": "x", "description": "{}"}}"#, "\u{1F980}".repeat(10_001)),
            "description must not be longer than 10000 characters",
        ),
        (format!(r#"{{"name": "x", {}"y": 1}}"#, r#""y": 1, "#.repeat(1000)), "y is given twice"),
    ] {
        let answer = send(server, &post_of("projects", JSON, body.as_bytes()), body.as_bytes())?;
        wrong.extend(answer.differs(400, message));
    }
    let name = |length: usize| "w".repeat(length);
    for (path, status, message) in [
        (format!("/w/{}/tasks", name(64)), 200, ""),
        (format!("/w/{}/tasks", name(65)), 400, WORKSPACE),
        (format!("/w/{}/tasks", name(20_000)), 400, WORKSPACE),
        (format!("/w/a/{}", name(20_000)), 404, NO_PATH),
        (format!("/w/a/tasks/{}", "1".repeat(20_000)), 400, ID),
        (format!("/{}", "w/".repeat(10_000)), 404, NO_PATH),
        (format!("/w/a/tasks?q={}", name(20_000)), 200, ""),
    ] {
        let answer = send(server, &format!("GET {path} HTTP/1.1\r\nContent-Length: 0\r\n"), b"")?;
        let what = || format!("{}… of {}", &path[..10], path.len());
        wrong.extend(answer.differs(status, message).map(|why| format!("{}: {why}", what())));
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    is_as_before(server, &before)
}

fn post_of(path: &str, headers: &str, body: &[u8]) -> String {
    format!("POST /w/a/{path} HTTP/1.1\r\n{headers}Content-Length: {}\r\n", body.len())
}

/// What must not change.
fn workspace(server: &Server) -> Result<[Value; 2]> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Build", "tags": ["steel"]}))?;
    Ok([get(server, "/w/a/projects")?, get(server, "/w/a/tasks")?])
}

fn is_as_before(server: &Server, before: &[Value; 2]) -> Result<()> {
    ensure!([get(server, "/w/a/projects")?, get(server, "/w/a/tasks")?] == *before);
    post(server, "/w/a/projects", &json!({"name": "Gemini"}))?;
    let log = server.log();
    ensure!(!log.contains("panicked"), "{log}");
    Ok(())
}

/// An answer as it came over the wire.
#[derive(Debug)]
struct Raw {
    head: String,
    body: String,
}

/// Sends these very bytes: no client library has a say in them.
fn send(server: &Server, head: &str, body: &[u8]) -> Result<Raw> {
    let address = server.address().context("workerd is not running")?;
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(format!("{head}Host: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
    // A body that is refused while it is being read cannot be sent to its end.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => answer.extend(&chunk[..length]),
            Err(_) if !answer.is_empty() => break,
            Err(error) => return Err(error).context(head.to_owned()),
        }
    }
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").with_context(|| format!("no answer to {head}: {answer}"))?;
    Ok(Raw { head: head.to_owned(), body: body.to_owned() })
}

impl Raw {
    fn status(&self) -> Option<u16> {
        self.head.split(' ').nth(1)?.parse().ok()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// What is not as it should be.
    fn differs(&self, status: u16, message: &str) -> Option<String> {
        const INSIDE: [&str; 12] = [
            "SELECT", "INSERT", "sqlite", "SQLITE", "sea_orm", "sea-orm", ".rs", "Err(", "Some(", "panicked", "wasm",
            "task_tag",
        ];
        if let Some(told) = INSIDE.iter().find(|word| self.body.contains(*word) && !message.contains(*word)) {
            return Some(format!("it tells of {told}: {}", self.body));
        }
        // With chunks, the JSON stands between their lengths.
        let json = self.body.find('{').zip(self.body.rfind('}')).and_then(|(from, to)| self.body.get(from..=to));
        let json: Value = serde_json::from_str(json.unwrap_or_default()).unwrap_or_default();
        let said = json["error"]["message"].as_str().unwrap_or_default();
        if self.status() == Some(status) && said == message {
            return None;
        }
        let line = self.head.lines().next().unwrap_or_default();
        Some(format!("{line} '{said}' instead of {status} '{message}' {}", &self.body[..self.body.len().min(200)]))
    }
}
