//! What statements cost: in the runtime as it counts, on the host as it is worked out from SQLite's counters.

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::ConnectionTrait;

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("costs": are_those_of_the_runtime)
}

const SCHEMA: &str = "
    CREATE TABLE project (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, open BOOLEAN);
    CREATE TABLE task (
        id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES project ON DELETE CASCADE, title TEXT, state TEXT,
        due INTEGER
    );
    CREATE INDEX task_by_project ON task (project_id, due);
    CREATE INDEX task_by_state ON task (state);
    CREATE TABLE tag (name TEXT PRIMARY KEY, color TEXT) WITHOUT ROWID;
    CREATE TABLE log (id INTEGER PRIMARY KEY, text TEXT);
    CREATE VIEW open_task AS SELECT * FROM task WHERE state = 'open';
    CREATE VIRTUAL TABLE search USING fts5(title);
    CREATE TRIGGER logs AFTER UPDATE OF state ON task BEGIN INSERT INTO log (text) VALUES (new.title); END;
    INSERT INTO project (name, open)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT 'p' || i, i % 3 FROM n;
    INSERT INTO task (project_id, title, state, due)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
        SELECT i % 20 + 1, 't' || i % 37, CASE i % 4 WHEN 0 THEN 'open' ELSE 'done' END, i * 7 % 101 FROM n;
    INSERT INTO tag VALUES ('a', 'red'), ('b', 'blue'), ('c', 'red');
    INSERT INTO search SELECT title FROM task WHERE id <= 50;
";

/// A statement, and the rows that the runtime counts as read and written.
const COSTS: &[(&str, u64, u64)] = &[
    ("SELECT * FROM task WHERE id = 7", 1, 0),
    ("SELECT * FROM task WHERE id = 7000", 1, 0),
    ("SELECT * FROM task WHERE id IN (1, 5, 9, 2000)", 8, 0),
    ("SELECT * FROM task WHERE id > 100 AND id <= 120", 21, 0),
    ("SELECT * FROM task WHERE project_id = 3", 21, 0),
    ("SELECT * FROM task WHERE project_id = 3 AND title = 't1'", 21, 0),
    ("SELECT * FROM task WHERE project_id = 3 AND title > 't1' AND state = 'done'", 21, 0),
    ("SELECT due FROM task WHERE project_id = 3 AND due > 50", 10, 0),
    ("SELECT * FROM task", 400, 0),
    ("SELECT * FROM task WHERE title = 't1'", 400, 0),
    ("SELECT * FROM task ORDER BY title LIMIT 5", 800, 0),
    ("SELECT * FROM task ORDER BY id LIMIT 5 OFFSET 10", 15, 0),
    ("SELECT * FROM task WHERE project_id = 3 ORDER BY title", 41, 0),
    ("SELECT * FROM task WHERE state = 'open' OR project_id = 2", 121, 0),
    ("SELECT count(*) FROM task", 400, 0),
    ("SELECT count(*) FROM task WHERE state = 'open'", 100, 0),
    ("SELECT max(due) FROM task WHERE project_id = 4", 1, 0),
    ("SELECT project_id, count(*) FROM task GROUP BY project_id", 400, 0),
    ("SELECT title, count(*) FROM task GROUP BY title", 800, 0),
    ("SELECT DISTINCT state FROM task", 400, 0),
    ("SELECT * FROM task JOIN project ON project.id = task.project_id WHERE task.state = 'open'", 200, 0),
    ("SELECT * FROM project JOIN task ON task.project_id = project.id WHERE project.open = 1", 800, 0),
    ("SELECT * FROM project LEFT JOIN task ON task.project_id = project.id AND task.due > 90", 78, 0),
    ("SELECT * FROM project WHERE EXISTS (SELECT 1 FROM task WHERE project_id = project.id AND due = 5)", 24, 0),
    ("SELECT name, (SELECT count(*) FROM task WHERE project_id = project.id) FROM project", 439, 0),
    ("SELECT * FROM open_task WHERE due < 10", 100, 0),
    ("SELECT * FROM search WHERE search MATCH 't1'", 0, 0),
    ("SELECT * FROM search", 50, 0),
    ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT * FROM n", 51, 0),
    ("SELECT title FROM task UNION SELECT name FROM project", 840, 0),
    ("SELECT id, row_number() OVER (PARTITION BY state ORDER BY due) FROM task WHERE project_id = 3", 83, 0),
    ("SELECT * FROM tag WHERE name = 'a'", 1, 0),
    ("SELECT * FROM tag", 3, 0),
    ("SELECT value FROM json_each('[1, 2, 3]')", 3, 0),
    ("SELECT 1", 0, 0),
    ("INSERT INTO log (text) VALUES ('x')", 0, 1),
    ("INSERT INTO log (text) VALUES ('x') RETURNING id, text", 1, 1),
    ("INSERT INTO project (name) VALUES ('x')", 1, 2),
    ("INSERT INTO project (name) VALUES ('x') RETURNING id", 2, 2),
    ("INSERT INTO project (name) VALUES ('x'), ('y'), ('z')", 1, 4),
    ("INSERT INTO task (project_id, title) VALUES (1, 'x')", 1, 3),
    ("INSERT INTO task (project_id, title) VALUES (1, 'x'), (2, 'y') RETURNING id", 6, 6),
    ("INSERT INTO log (text) SELECT title FROM task WHERE project_id = 5", 21, 20),
    ("INSERT INTO tag VALUES ('a', 'green') ON CONFLICT (name) DO UPDATE SET color = excluded.color", 0, 1),
    ("INSERT OR IGNORE INTO tag VALUES ('a', 'green')", 0, 0),
    ("REPLACE INTO tag VALUES ('a', 'green')", 0, 1),
    ("INSERT INTO search VALUES ('x')", 0, 1),
    ("UPDATE project SET name = 'q' WHERE id = 5", 1, 1),
    ("UPDATE task SET due = due + 1 WHERE id = 5", 1, 2),
    ("UPDATE task SET title = 'q' WHERE project_id = 5", 21, 20),
    ("UPDATE task SET due = 1 WHERE project_id = 5 RETURNING id", 81, 40),
    ("UPDATE task SET state = 'late' WHERE project_id = 6", 61, 60),
    ("UPDATE task SET state = 'late' WHERE title = 't2'", 404, 0),
    ("UPDATE tag SET color = 'red'", 3, 3),
    ("DELETE FROM task WHERE id = 9", 1, 1),
    ("DELETE FROM task WHERE project_id = 7", 41, 20),
    ("DELETE FROM project WHERE id = 8", 83, 21),
    ("DELETE FROM log", 0, 42),
    ("DELETE FROM tag WHERE name = 'b' RETURNING color", 2, 1),
    ("CREATE TABLE other (id INTEGER PRIMARY KEY)", 1, 2),
    ("CREATE INDEX task_by_title ON task (title)", 726, 363),
    ("DROP TABLE tag", 18, 0),
];

/// The statements that the SQLite of the host runs in another way than the runtime's newer one, and what they read there.
const OTHERWISE: &[(&str, u64)] = &[
    ("SELECT * FROM project WHERE EXISTS (SELECT 1 FROM task WHERE project_id = project.id AND due = 5)", 40),
    ("SELECT title FROM task UNION SELECT name FROM project", 441),
    ("CREATE INDEX task_by_title ON task (title)", 724),
];

/// An estimate is off by no more than this part of the count, or by two rows.
const TOLERANCE: f64 = 0.25;

async fn are_those_of_the_runtime(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared(SCHEMA).await?;
    let last = Arc::new(Mutex::new(None));
    let seen = last.clone();
    let db = db.on_statement(move |event| {
        let cost = event.rows_read.zip(event.rows_written).map(|(read, written)| (read, written, event.is_estimate));
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = cost;
    });
    let mut wrong = Vec::new();
    for (sql, read, written) in COSTS {
        db.execute_unprepared(sql).await?;
        let cost = last.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((found_read, found_written, is_estimate)) = cost else {
            return Err(format!("{sql} was not counted").into());
        };
        let otherwise = OTHERWISE.iter().find(|(other, _)| other == sql && !cfg!(target_arch = "wasm32"));
        let read = otherwise.map_or(*read, |(_, read)| *read);
        let is_near = |found: u64, count: u64| {
            let difference = found.abs_diff(count);
            #[allow(clippy::cast_precision_loss, reason = "a small number of rows")]
            let tolerated = if is_estimate { (count as f64 * TOLERANCE).max(2.0) } else { 0.0 };
            #[allow(clippy::cast_precision_loss, reason = "a small number of rows")]
            let difference = difference as f64;
            difference <= tolerated
        };
        if !is_near(found_read, read)
            || !is_near(found_written, *written)
            || (is_estimate && cfg!(target_arch = "wasm32"))
        {
            wrong.push(format!(
                "{sql}: {found_read} and {found_written} (estimate: {is_estimate}), not {read} and {written}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
