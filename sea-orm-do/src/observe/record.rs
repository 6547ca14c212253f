//! Records what every statement of a test run costs, for the command `sea-orm-do cost`.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::json;

use super::{Observer, Sent};
use crate::explain;
use crate::lock::lock;
use crate::sql::lexer::{TokenKind, tokens};
use crate::storage::Cost;
use crate::storage::error::StorageError;

/// The folder that records are written to, one file for each process.
const FOLDER: &str = "SEA_ORM_DO_COST";

static RECORDER: LazyLock<Option<Arc<Recorder>>> = LazyLock::new(|| {
    let folder = std::env::var_os(FOLDER)?;
    let path = Path::new(&folder).join(format!("{}.jsonl", std::process::id()));
    let file = OpenOptions::new().create(true).append(true).open(path).ok()?;
    Some(Arc::new(Recorder(Mutex::new(Records { file, explained: HashSet::new() }))))
});

/// The recorder, if the command has started this process.
pub(crate) fn recorder() -> Option<Arc<dyn Observer>> {
    RECORDER.clone().map(|recorder| recorder as Arc<dyn Observer>)
}

struct Recorder(Mutex<Records>);

struct Records {
    file: File,
    explained: HashSet<String>,
}

impl Observer for Recorder {
    /// Writes the plan of each text once.
    fn before(&self, sent: Sent<'_>) -> Result<(), StorageError> {
        let statement = without_values(sent.sql);
        let mut records = lock(&self.0);
        if records.explained.insert(statement.clone()) {
            let plan = explain::plan(sent.storage, sent.sql, sent.params).unwrap_or_default();
            let scans = explain::scans(sent.storage, sent.sql, sent.params).unwrap_or_default();
            records.write(&json!({ "statement": statement, "plan": plan, "scans": scans }));
        }
        Ok(())
    }

    fn spent(&self, sql: &str, Cost { rows_read, rows_written, is_estimate }: Cost) -> Result<(), StorageError> {
        let run = json!({
            "statement": without_values(sql),
            "rows_read": rows_read,
            "rows_written": rows_written,
            "is_estimate": is_estimate,
        });
        lock(&self.0).write(&run);
        Ok(())
    }
}

impl Records {
    /// Writes a line. A record that cannot be written must not fail a test.
    fn write(&mut self, record: &serde_json::Value) {
        let _ = writeln!(self.file, "{record}");
    }
}

/// A text with `?` for each literal and parameter, and with lists of them shortened, so that statements that differ in
/// values alone are one.
fn without_values(sql: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for token in tokens(sql) {
        let part = match token.kind {
            TokenKind::Text | TokenKind::Blob | TokenKind::Number | TokenKind::Parameter => "?",
            TokenKind::Space => " ",
            _ => token.text,
        };
        match (&parts[..], part) {
            ([.., " "], " ") => continue,
            // `?, ?`
            ([.., "?" | "…", ",", " "], "?") => parts.truncate(parts.len() - 3),
            ([.., "?" | "…", ","], "?") => parts.truncate(parts.len() - 2),
            // `(?), (?)`
            ([.., "(", "?" | "…", ")", ",", " ", "(", "?" | "…"], ")") => {
                parts.truncate(parts.len() - 4);
                continue;
            }
            ([.., "(", "?" | "…", ")", ",", "(", "?" | "…"], ")") => {
                parts.truncate(parts.len() - 3);
                continue;
            }
            _ => {
                parts.push(part);
                continue;
            }
        }
        parts.push("…");
    }
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_values_out() {
        for (sql, expected) in [
            ("SELECT a FROM t WHERE b = 'x''y' AND c = 1.5e3", "SELECT a FROM t WHERE b = ? AND c = ?"),
            ("SELECT \"t\".\"a\" FROM t WHERE b IN (?, 2, x'00')", "SELECT \"t\".\"a\" FROM t WHERE b IN (…)"),
            ("INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (1, 'x')", "INSERT INTO t (a, b) VALUES (…)"),
            ("INSERT INTO t (a) VALUES (?), (2)", "INSERT INTO t (a) VALUES (?)"),
            ("SELECT 1 -- one\n+ 2", "SELECT ? + ?"),
        ] {
            assert_eq!(without_values(sql), expected, "{sql}");
        }
    }
}
