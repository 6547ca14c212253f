//! What no honest client sends, byte by byte: each is refused with the status, the message and the field that fit, tells
//! nothing of the inside, and leaves the workspace as it was.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{get, post};
use crate::workerd::Server;

const JSON: &str = "Content-Type: application/json\r\n";
const ID: &str = "id must be a whole number from 1 to 2147483647";
const WORKSPACE: &str = "workspace must be 1 to 64 letters, digits, _ and -";
const NO_PATH: &str = "no such path";
const NOT_JSON: &str = "the body must be of type application/json";
const NAME: &str = "name must be a string";
const COLLECTION: &str = "the methods of this path are GET, HEAD, POST";
const ITEM: &str = "the methods of this path are GET, HEAD, PATCH, DELETE";

/// Method and path, then the message of the refusal; an empty one for a request that is answered.
const PATHS: [(&str, &str, u16, &str); 71] = [
    ("GET", "/w/a/tasks/0", 400, ID),
    ("GET", "/w/a/tasks/-1", 400, ID),
    ("GET", "/w/a/tasks/2147483647", 404, "no such task"),
    ("GET", "/w/a/tasks/2147483648", 400, ID),
    ("GET", "/w/a/tasks/4294967297", 400, ID),
    ("GET", "/w/a/tasks/9223372036854775808", 400, ID),
    ("GET", "/w/a/tasks/18446744073709551617", 400, ID),
    ("GET", "/w/a/tasks/1.0", 400, ID),
    ("GET", "/w/a/tasks/1e0", 400, ID),
    ("GET", "/w/a/tasks/01", 400, ID),
    ("GET", "/w/a/tasks/+1", 400, ID),
    ("GET", "/w/a/tasks/0x1", 400, ID),
    ("GET", "/w/a/tasks/%31", 400, ID),
    ("GET", "/w/a/tasks/1%00", 400, ID),
    ("GET", "/w/a/tasks/%ff", 400, ID),
    ("GET", "/w/a/tasks/null", 400, ID),
    ("GET", "/w/a/tasks/1;DROP%20TABLE%20task", 400, ID),
    ("DELETE", "/w/a/projects/-1", 400, ID),
    ("DELETE", "/w/a/projects/0", 400, ID),
    ("PATCH", "/w/a/projects/2147483648", 400, ID),
    // The parts `.` and `..` are gone before a path is looked at: https://url.spec.whatwg.org/#double-dot-path-segment
    ("GET", "/w/b/../a/projects", 200, ""),
    ("GET", "/w/b/%2e%2e/a/projects", 200, ""),
    ("GET", "/w/b/.%2E/a/projects", 200, ""),
    ("GET", "/w/a/./projects", 200, ""),
    ("GET", "/../../etc/passwd", 404, NO_PATH),
    ("GET", "/w/../../../etc/passwd", 404, NO_PATH),
    ("GET", "/w/%2e/tasks", 404, NO_PATH),
    ("GET", "/w/..%2f..%2fetc/tasks", 400, WORKSPACE),
    ("GET", "/w/a%2ftasks/tasks", 400, WORKSPACE),
    ("GET", "/w/a%5c..%5cb/tasks", 400, WORKSPACE),
    ("GET", "/w/a/tasks/..%2f1", 400, ID),
    ("GET", "/w/%00/tasks", 400, WORKSPACE),
    ("GET", "/w/a%00b/tasks", 400, WORKSPACE),
    ("GET", "/w/%ff/tasks", 400, WORKSPACE),
    ("GET", "/w/%c3%28/tasks", 400, WORKSPACE),
    ("GET", "/w/%E2%98%83/tasks", 400, WORKSPACE),
    ("GET", "/w/%61/tasks", 400, WORKSPACE),
    ("GET", "/w/a%/tasks", 400, WORKSPACE),
    ("GET", "/w/%20/tasks", 400, WORKSPACE),
    ("GET", "/w/a:b/tasks", 400, WORKSPACE),
    ("GET", "//w/a/tasks", 404, NO_PATH),
    ("GET", "/w//tasks", 404, NO_PATH),
    ("GET", "/w/a//tasks", 404, NO_PATH),
    ("GET", "/w/a/tasks/", 404, NO_PATH),
    ("GET", "/w/a/tasks/1/", 404, NO_PATH),
    ("GET", "/w/a/tasks%2f1", 404, NO_PATH),
    ("GET", "/w/a/Tasks", 404, NO_PATH),
    ("GET", "/W/a/tasks", 404, NO_PATH),
    ("GET", "/w/a/schema", 404, NO_PATH),
    ("GET", "/w/a/tasks?q=%ff", 400, "q is not UTF-8"),
    ("GET", "/w/a/tasks?q=%C3%28", 400, "q is not UTF-8"),
    ("GET", "/w/a/tasks?%ff=1", 400, "%ff is not UTF-8"),
    ("GET", "/w/a/tasks?q=a&q=b", 400, "q is given twice"),
    ("GET", "/w/a/tasks?q=a&%71=b", 400, "q is given twice"),
    ("GET", "/w/a/tasks?q=%00%27;%20DROP%20TABLE%20task;--&tag=%25", 200, ""),
    ("GET", "/w/a/tasks?page=4294967295", 200, ""),
    ("GET", "/w/a/tasks?page=4294967296", 400, "page must be a whole number from 1 to 4294967295"),
    ("GET", "/w/a/tasks?page=-1", 400, "page must be a whole number from 1 to 4294967295"),
    ("GET", "/w/a/tasks?per_page=0", 400, "per_page must be a whole number from 1 to 100"),
    ("GET", "/w/a/tasks?project=2147483648", 400, "project must be a whole number from 1 to 2147483647"),
    ("GET", "/w/a/tasks?due_before=%2B10000-01-01", 400, "due_before must be a date, written as 2026-12-31"),
    (
        "GET",
        "/w/a/projects?sort=id;DROP",
        400,
        "sort must be one of id, name, created_at; a - before it sorts in descending order",
    ),
    ("PUT", "/w/a/projects", 405, COLLECTION),
    ("DELETE", "/w/a/tasks", 405, COLLECTION),
    ("OPTIONS", "/w/a/projects", 405, COLLECTION),
    ("PROPFIND", "/w/a/projects", 405, COLLECTION),
    ("SEARCH", "/w/a/tasks/1", 405, ITEM),
    ("POST", "/w/a/tasks/1", 405, ITEM),
    ("GET", "/w/a/tasks/move", 405, "the methods of this path are POST"),
    ("PURGE", "/w/a/tasks/move", 405, "the methods of this path are POST"),
    ("PURGE", "/", 404, NO_PATH),
];

/// Path, headers and body of a POST, then the message of the refusal.
const BODIES: [(&str, &str, &[u8], u16, &str); 41] = [
    ("projects", "", b"{}", 415, NOT_JSON),
    ("projects", "Content-Type: \r\n", b"{}", 415, NOT_JSON),
    ("projects", "Content-Type: text/plain\r\n", b"{}", 415, NOT_JSON),
    ("projects", "Content-Type: application/x-www-form-urlencoded\r\n", b"name=x", 415, NOT_JSON),
    ("projects", "Content-Type: multipart/form-data; boundary=x\r\n", b"--x--", 415, NOT_JSON),
    ("projects", "Content-Type: application/json-patch+json\r\n", b"{}", 415, NOT_JSON),
    ("projects", "Content-Type: text/application/json\r\n", b"{}", 415, NOT_JSON),
    ("projects", JSON, b"", 400, "the body must be a JSON object: EOF while parsing a value at line 1 column 0"),
    ("projects", JSON, b"{", 400, "the body must be a JSON object: EOF while parsing an object at line 1 column 1"),
    (
        "projects",
        JSON,
        b"[1]",
        400,
        "the body must be a JSON object: invalid type: sequence, expected an object at line 1 column 0",
    ),
    (
        "projects",
        JSON,
        b"7",
        400,
        "the body must be a JSON object: invalid type: integer `7`, expected an object at line 1 column 1",
    ),
    (
        "projects",
        JSON,
        b"null",
        400,
        "the body must be a JSON object: invalid type: null, expected an object at line 1 column 4",
    ),
    (
        "projects",
        JSON,
        b"{\"name\": \"x\"} {}",
        400,
        "the body must be a JSON object: trailing characters at line 1 column 15",
    ),
    (
        "projects",
        JSON,
        b"\xef\xbb\xbf{\"name\": \"x\"}",
        400,
        "the body must be a JSON object: expected value at line 1 column 1",
    ),
    (
        "projects",
        JSON,
        b"{\"name\": \"\xff\"}",
        400,
        "the body must be a JSON object: invalid unicode code point at line 1 column 12",
    ),
    (
        "projects",
        JSON,
        b"{\"name\": \"x\0\"}",
        400,
        "the body must be a JSON object: control character (\\u0000-\\u001F) found while parsing a string at line 1 \
         column 11",
    ),
    ("projects", JSON, b"{\"name\": NaN}", 400, "the body must be a JSON object: expected value at line 1 column 10"),
    ("projects", JSON, b"{\"name\": \"x\", \"name\": \"y\"}", 400, "name is given twice"),
    ("projects", JSON, b"{\"name\": \"x\", \"\\u006eame\": \"y\"}", 400, "name is given twice"),
    ("projects", JSON, b"{\"name\": \"x\", \"__proto__\": {}}", 400, "__proto__ is not a field of this object"),
    ("projects", JSON, b"{\"name\": \"x\", \"created_at\": 0}", 400, "created_at is not a field of this object"),
    ("projects", JSON, b"{\"name\": \"x\", \"\": 1}", 400, " is not a field of this object"),
    ("projects", JSON, b"{\"name\": \"\\ud800\"}", 400, NAME),
    ("projects", JSON, b"{\"name\": \"\\udc00\\ud800\"}", 400, NAME),
    ("projects", JSON, b"{\"name\": [\"x\"]}", 400, NAME),
    ("projects", JSON, b"{\"name\": {\"$gt\": \"\"}}", 400, NAME),
    ("projects", JSON, b"{\"name\": 1e400}", 400, NAME),
    ("projects", JSON, b"{\"name\": true}", 400, NAME),
    ("projects", JSON, b"{\"name\": \"a\\u0000b\"}", 400, "name must not contain control characters"),
    ("projects", JSON, b"{\"name\": \" \\u00a0\\u2003\"}", 400, "name must not be empty"),
    ("tasks", JSON, b"{\"project_id\": 0}", 400, "project_id must be a whole number from 1 to 2147483647"),
    ("tasks", JSON, b"{\"project_id\": 1.0}", 400, "project_id must be a whole number from 1 to 2147483647"),
    (
        "tasks",
        JSON,
        b"{\"project_id\": 9223372036854775808}",
        400,
        "project_id must be a whole number from 1 to 2147483647",
    ),
    (
        "tasks",
        JSON,
        b"{\"project_id\": 1, \"title\": \"x\", \"estimate_hours\": 1e400}",
        400,
        "estimate_hours must be a number that is not negative",
    ),
    (
        "tasks",
        JSON,
        b"{\"project_id\": 1, \"title\": \"x\", \"due_on\": \"-0001-01-01\"}",
        400,
        "due_on must be a date, written as 2026-12-31",
    ),
    (
        "tasks",
        JSON,
        b"{\"project_id\": 1, \"title\": \"x\", \"due_on\": \"+10000-01-01\"}",
        400,
        "due_on must be a date, written as 2026-12-31",
    ),
    ("tasks", JSON, b"{\"project_id\": 1, \"title\": \"x\", \"done\": \"true\"}", 400, "done must be true or false"),
    (
        "tasks",
        JSON,
        b"{\"project_id\": 1, \"title\": \"x\", \"tags\": [\"a\", 7]}",
        400,
        "tags must be a list of strings",
    ),
    ("tasks/move", JSON, b"{\"tasks\": [], \"to_project\": 1}", 400, "tasks must be 1 to 100 ids"),
    (
        "tasks/move",
        JSON,
        b"{\"tasks\": [2147483648], \"to_project\": 1}",
        400,
        "tasks hold an id that must be a whole number from 1 to 2147483647",
    ),
    ("tasks/move", JSON, b"{\"tasks\": [1, 1], \"to_project\": 1}", 400, "tasks hold 1 twice"),
];

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
