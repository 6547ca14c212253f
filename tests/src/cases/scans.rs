//! What scans and what only looks as if it did.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use sea_orm_do::{DoConnection, Explanation};

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("scans": are_found, are_not_found_in_what_searches, end_with_the_index_that_would_help, are_found_in_time, depend_on_parameters)
}

const SCHEMA: &str = "
    CREATE TABLE project (id INTEGER PRIMARY KEY, name TEXT NOT NULL, open BOOLEAN, parent INTEGER REFERENCES project);
    CREATE TABLE task (
        id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES project ON DELETE CASCADE, title TEXT,
        state TEXT, due INTEGER, done_at INTEGER, hours REAL, note TEXT AS (upper(title)), short TEXT AS (lower(title)) STORED
    );
    CREATE INDEX task_by_project ON task (project_id, due);
    CREATE INDEX task_by_due ON task (due);
    CREATE INDEX task_open ON task (due) WHERE done_at IS NULL;
    CREATE TABLE comment (id INTEGER PRIMARY KEY, task_id INTEGER REFERENCES task ON DELETE CASCADE, body TEXT);
    CREATE TABLE tag (name TEXT PRIMARY KEY, color TEXT) WITHOUT ROWID;
    CREATE TABLE task_tag (task_id INTEGER, tag TEXT, added INTEGER, PRIMARY KEY (task_id, tag)) WITHOUT ROWID;
    CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, text TEXT);
    CREATE VIEW open_task AS SELECT id, project_id, due FROM task WHERE done_at IS NULL;
    CREATE VIEW by_project AS SELECT project_id, count(*) AS tasks FROM task GROUP BY project_id;
    CREATE VIRTUAL TABLE search USING fts5(title, body);
    CREATE VIRTUAL TABLE notes USING fts5(title, body);
    CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, mail TEXT UNIQUE, country INTEGER NOT NULL REFERENCES project);
    CREATE TRIGGER logs AFTER UPDATE OF state ON task BEGIN INSERT INTO log (at, text) VALUES (1, new.title); END;
    CREATE TRIGGER tidies AFTER DELETE ON tag BEGIN DELETE FROM task_tag WHERE tag = old.name; END;
";

/// The tables, with a few rows.
async fn filled(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?;
    db.execute_unprepared(SCHEMA).await?;
    let rows = "INSERT INTO project (id, name) VALUES (1, 'a'), (2, 'b');
        INSERT INTO task (id, project_id, due) VALUES (1, 1, 5), (2, 1, 6), (3, 2, 7);
        INSERT INTO search VALUES ('a', 'b')";
    db.execute_unprepared(rows).await?;
    Ok(db)
}

fn explained(db: &DoConnection, sql: &str, values: Vec<Value>) -> Result<Explanation, DbErr> {
    db.explain(&Statement::from_sql_and_values(DbBackend::Sqlite, sql, values))
}

/// A value for each parameter.
fn values(sql: &str) -> Vec<Value> {
    vec![Value::from("x"); sql.matches('?').count()]
}

/// A statement, the tables that it scans, and the columns of the indexes that would help.
type Expected = (&'static str, &'static [&'static str], &'static [&'static str]);

const SCANS: &[Expected] = &[
    ("SELECT * FROM task", &["task"], &[]),
    ("SELECT count(*) FROM task", &["task"], &[]),
    ("SELECT * FROM task WHERE state = 'open'", &["task"], &["task (state)"]),
    ("SELECT * FROM task WHERE state = ? AND title > ?", &["task"], &["task (state, title)"]),
    ("SELECT * FROM task WHERE title = ? AND state IS NULL", &["task"], &["task (title, state)"]),
    ("SELECT * FROM task WHERE state IN ('open', 'late')", &["task"], &["task (state)"]),
    ("SELECT * FROM task WHERE state IN (SELECT name FROM tag WHERE name = 'x')", &["task"], &["task (state)"]),
    ("SELECT * FROM task WHERE state = 'open' OR title = 'x'", &["task"], &["task (state)", "task (title)"]),
    ("SELECT * FROM task WHERE state = 'open' ORDER BY id LIMIT 10", &["task"], &["task (state)"]),
    ("SELECT * FROM task ORDER BY title LIMIT 10", &["task"], &["task (title)"]),
    ("SELECT * FROM task ORDER BY title DESC, state LIMIT 10", &["task"], &["task (title DESC, state)"]),
    ("SELECT * FROM task WHERE state = 'open' ORDER BY title LIMIT 10", &["task"], &["task (state, title)"]),
    ("SELECT * FROM task ORDER BY id LIMIT 10 OFFSET 100000", &["task"], &[]),
    ("SELECT * FROM task WHERE upper(title) = 'X'", &["task"], &[]),
    ("SELECT * FROM task WHERE note = 'X'", &["task"], &[]),
    ("SELECT * FROM task WHERE short = 'x'", &["task"], &["task (short)"]),
    ("SELECT * FROM task WHERE title LIKE 'x%'", &["task"], &[]),
    ("SELECT due FROM task", &["task"], &[]),
    ("SELECT project_id, count(*) FROM task GROUP BY project_id", &["task"], &[]),
    ("SELECT DISTINCT state FROM task ORDER BY state LIMIT 5", &["task"], &[]),
    (
        "SELECT * FROM project JOIN comment ON comment.task_id = project.id WHERE project.id = 1",
        &["comment"],
        &["comment (task_id)"],
    ),
    (
        "SELECT * FROM task JOIN comment ON comment.task_id = task.id WHERE task.project_id = 1",
        &["comment"],
        &["comment (task_id)"],
    ),
    ("SELECT * FROM project p JOIN project c ON c.parent = p.id WHERE p.id = 1", &["project"], &["project (parent)"]),
    (
        "SELECT (SELECT count(*) FROM comment WHERE task_id = task.id) FROM task WHERE id = 1",
        &["comment"],
        &["comment (task_id)"],
    ),
    (
        "SELECT * FROM project WHERE id = 1 AND EXISTS (SELECT 1 FROM comment WHERE body = project.name)",
        &["comment"],
        &["comment (body)"],
    ),
    ("SELECT * FROM by_project WHERE tasks > 1", &["task"], &[]),
    ("SELECT * FROM tag WHERE color = 'red'", &["tag"], &["tag (color)"]),
    ("SELECT * FROM task_tag WHERE tag = 'red' AND added < 5", &["task_tag"], &["task_tag (tag, added)"]),
    ("SELECT * FROM search", &["search"], &[]),
    ("UPDATE task SET state = 'late' WHERE title = 'x'", &["task"], &["task (title)"]),
    ("UPDATE task SET hours = 1", &["task"], &[]),
    ("DELETE FROM task WHERE state = 'x'", &["task", "comment"], &["comment (task_id)", "task (state)"]),
    ("DELETE FROM task WHERE id = 1", &["comment"], &["comment (task_id)"]),
    (
        "DELETE FROM project WHERE id = 1",
        &["comment", "person", "project"],
        &["comment (task_id)", "person (country)", "project (parent)"],
    ),
    ("DELETE FROM tag WHERE name = 'x'", &["task_tag"], &["task_tag (tag)"]),
    ("INSERT INTO log (at, text) SELECT due, title FROM task WHERE state = 'x'", &["task"], &["task (state)"]),
    ("INSERT INTO log SELECT * FROM log WHERE 1", &["log"], &[]),
    (
        "WITH RECURSIVE up(id) AS (SELECT 1 UNION SELECT p.id FROM project p JOIN up ON p.parent = up.id) SELECT * FROM up",
        &["project"],
        &["project (parent)"],
    ),
    ("SELECT (SELECT hours FROM task WHERE project_id = p.id LIMIT 1) FROM project p", &["project"], &[]),
    (
        "SELECT * FROM task t JOIN project p ON p.id = t.project_id WHERE p.name = 'x' ORDER BY t.id LIMIT 10",
        &["task"],
        &[],
    ),
    ("SELECT * FROM task LIMIT 100000", &["task"], &[]),
    // Virtual tables, each by its own name.
    ("SELECT * FROM notes ORDER BY rowid DESC", &["notes"], &[]),
    ("SELECT title FROM notes WHERE body LIKE '%x%' ORDER BY rowid LIMIT 20", &["notes"], &[]),
    // Anti-joins: a row that has a match is left out.
    (
        "SELECT p.* FROM project p LEFT JOIN task t ON t.project_id = p.id WHERE t.id IS NULL ORDER BY p.id LIMIT 10",
        &["project"],
        &[],
    ),
    ("SELECT * FROM person WHERE country NOT IN (SELECT id FROM project) LIMIT 10", &["person"], &[]),
    // A constant in the key of a join is a condition.
    (
        "SELECT * FROM project p WHERE EXISTS (SELECT 1 FROM task t WHERE t.project_id = p.id AND t.due = 99) ORDER BY p.id LIMIT 10",
        &["project"],
        &[],
    ),
    // Suggestions that would not help are none.
    ("SELECT * FROM task WHERE hours > 3 AND lower(title) = 'x'", &["task"], &["task (hours)"]),
    ("SELECT * FROM task WHERE CAST(hours AS TEXT) = '5'", &["task"], &[]),
    ("SELECT * FROM task WHERE coalesce(title, '') = 'x'", &["task"], &[]),
    ("SELECT * FROM task WHERE title LIKE '%x%' ORDER BY hours DESC LIMIT 20", &["task"], &[]),
    ("SELECT * FROM task WHERE state <> 'x' ORDER BY hours LIMIT 20", &["task"], &[]),
    ("SELECT * FROM task WHERE lower(title) = 'b' OR state = 'a'", &["task"], &[]),
    ("SELECT * FROM task WHERE hours < 3 OR state = 'a'", &["task"], &["task (hours)", "task (state)"]),
    ("SELECT * FROM project p LEFT JOIN task t ON t.project_id = p.id AND p.name = 'x'", &["project"], &[]),
    ("SELECT * FROM person WHERE name = 'x'", &["person"], &["person (name COLLATE NOCASE)"]),
    ("SELECT * FROM person WHERE mail = 'x' COLLATE NOCASE", &["person"], &["person (mail COLLATE NOCASE)"]),
    ("SELECT * FROM task ORDER BY hours DESC, id DESC LIMIT 10", &["task"], &["task (hours)"]),
    ("SELECT * FROM task WHERE state = 'x' ORDER BY hours DESC, id DESC LIMIT 10", &["task"], &["task (state, hours)"]),
    ("SELECT * FROM task ORDER BY hours DESC, id LIMIT 10", &["task"], &[]),
];

const SEARCHES: &[&str] = &[
    "SELECT * FROM task WHERE id = 1",
    "SELECT * FROM task WHERE id IN (1, 2, 3)",
    "SELECT * FROM task WHERE id > 5",
    "SELECT * FROM task WHERE id < 5",
    "SELECT * FROM task WHERE due BETWEEN 1 AND 2",
    "SELECT due FROM task WHERE project_id = 1",
    "SELECT * FROM task WHERE project_id = 1 AND state = 'open' ORDER BY due LIMIT 10",
    "SELECT * FROM task WHERE project_id = 1 OR due = 3",
    "SELECT * FROM task ORDER BY due LIMIT 10",
    "SELECT * FROM task ORDER BY id DESC LIMIT 1",
    "SELECT * FROM task ORDER BY id LIMIT 10 OFFSET 20",
    "SELECT * FROM task LIMIT 10",
    "SELECT due FROM task ORDER BY due LIMIT 10",
    "SELECT max(due) FROM task",
    "SELECT min(id) FROM task",
    "SELECT EXISTS (SELECT 1 FROM task)",
    "SELECT EXISTS (SELECT 1 FROM task WHERE project_id = 1)",
    "SELECT * FROM task WHERE done_at IS NULL AND due < 9",
    "SELECT id FROM task WHERE done_at IS NULL ORDER BY due",
    "SELECT * FROM open_task WHERE project_id = 1",
    "SELECT * FROM open_task WHERE due < 3",
    "SELECT * FROM by_project WHERE project_id = 1",
    "SELECT * FROM search WHERE search MATCH 'x'",
    "SELECT rowid FROM search WHERE rowid = 1",
    "SELECT task.* FROM search JOIN task ON task.id = search.rowid WHERE search MATCH 'x' ORDER BY rank LIMIT 5",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT * FROM n",
    "WITH RECURSIVE up(id) AS (SELECT 1 UNION SELECT p.parent FROM project p JOIN up ON p.id = up.id) SELECT * FROM up",
    "SELECT * FROM (VALUES (1), (2))",
    "SELECT * FROM json_each('[1, 2]') JOIN task ON task.id = value",
    "SELECT * FROM task JOIN project ON project.id = task.project_id WHERE task.due = 5",
    "SELECT * FROM task LEFT JOIN project ON project.id = task.project_id ORDER BY task.id LIMIT 10",
    "SELECT * FROM task JOIN project ON project.id = task.project_id ORDER BY task.id LIMIT 10",
    "SELECT * FROM project LEFT JOIN task ON task.project_id = project.id ORDER BY project.id LIMIT 10",
    "SELECT name, (SELECT count(*) FROM task WHERE project_id = project.id) FROM project LIMIT 5",
    "SELECT CASE WHEN state = 'x' THEN 1 ELSE 2 END FROM task ORDER BY id LIMIT 5",
    "SELECT * FROM tag WHERE name = 'x'",
    "SELECT * FROM tag ORDER BY name LIMIT 3",
    "SELECT * FROM task_tag WHERE task_id = 1",
    "SELECT * FROM sqlite_schema",
    "SELECT * FROM pragma_table_info('task')",
    "SELECT 1",
    "SELECT last_insert_rowid()",
    "UPDATE task SET state = 'x' WHERE id = 1",
    "UPDATE task SET hours = 2 WHERE project_id = 1",
    "DELETE FROM comment WHERE id = 1",
    "DELETE FROM log",
    "INSERT INTO task (project_id, title) VALUES (1, 'x')",
    "INSERT INTO tag VALUES ('x', 'red') ON CONFLICT (name) DO UPDATE SET color = excluded.color",
    "INSERT INTO log (at) SELECT due FROM task WHERE project_id = 1",
    "CREATE INDEX i ON task (state)",
    "ALTER TABLE task ADD COLUMN x",
    "DROP TABLE log",
    "PRAGMA table_info(task)",
    "SELECT * FROM pragma_table_list",
    // Nothing is read where a constant excludes everything: SeaORM writes `1 = 2` for an empty list.
    "SELECT * FROM task WHERE 1 = 2",
    "SELECT * FROM task WHERE 1 = 2 AND title = 'x'",
    "UPDATE task SET hours = 1 WHERE 1 = 2",
    "SELECT * FROM task WHERE FALSE",
    // A page with what is computed once beside it.
    "SELECT p.name FROM project p LEFT JOIN (SELECT project_id, count(*) n FROM task WHERE project_id = 7 GROUP BY project_id) x
        ON x.project_id = p.id ORDER BY p.id LIMIT 20",
    // Children are looked through only where a key is broken already.
    "INSERT INTO project (name) VALUES ('a'), ('b')",
    "SELECT id FROM task UNION ALL SELECT id FROM project ORDER BY id LIMIT 10",
    "SELECT j.value FROM task t, json_each(t.title) j ORDER BY t.id LIMIT 20",
    "SELECT * FROM task t LEFT JOIN project p ON p.id = t.project_id AND p.open = 1 ORDER BY t.id LIMIT 10",
];

fn columns(explanation: &Explanation) -> Vec<String> {
    let indexes = explanation.scans.iter().flat_map(|scan| &scan.indexes);
    let terms = indexes.filter_map(|sql| Some(sql.split_once(" ON ")?.1.replace('"', "")));
    let mut columns: Vec<_> = terms.collect();
    columns.sort();
    columns
}

async fn are_found(context: Context) -> Outcome {
    let db = filled(&context).await?;
    let mut wrong = Vec::new();
    for (sql, tables, indexes) in SCANS {
        let explanation = explained(&db, sql, values(sql))?;
        let mut found: Vec<_> = explanation.scans.iter().map(|scan| scan.table.as_str()).collect();
        found.sort_unstable();
        let mut tables = tables.to_vec();
        tables.sort_unstable();
        if found != tables || columns(&explanation) != *indexes {
            wrong.push(format!("{explanation}expected {tables:?} {indexes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), SCANS.len(), wrong.join("\n"));
    Ok(())
}

async fn are_not_found_in_what_searches(context: Context) -> Outcome {
    let db = filled(&context).await?;
    let mut found = Vec::new();
    for sql in SEARCHES {
        let explanation = explained(&db, sql, Vec::new())?;
        if !explanation.scans.is_empty() {
            found.push(explanation.to_string());
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

async fn end_with_the_index_that_would_help(context: Context) -> Outcome {
    let db = filled(&context).await?;
    for (sql, _, indexes) in SCANS.iter().filter(|(.., indexes)| !indexes.is_empty()) {
        let before = explained(&db, sql, values(sql))?;
        let create: Vec<_> = before.scans.iter().flat_map(|scan| &scan.indexes).collect();
        for index in &create {
            db.execute_unprepared(index).await?;
        }
        let after = explained(&db, sql, values(sql))?;
        let helped = |table: &str| before.scans.iter().any(|scan| scan.table == table && !scan.indexes.is_empty());
        let left: Vec<_> = after.scans.iter().filter(|scan| helped(&scan.table)).collect();
        assert!(left.is_empty(), "with {indexes:?}:\n{after}");
        for index in &create {
            let name = index.split('"').nth(1).ok_or("the index has no name")?;
            db.execute_unprepared(&format!("DROP INDEX \"{name}\"")).await?;
        }
    }
    Ok(())
}

/// Long lists, which the driver inlines.
async fn are_found_in_time(context: Context) -> Outcome {
    let db = filled(&context).await?;
    let list = (0..800).map(|at| format!("'{at}'")).collect::<Vec<_>>().join(", ");
    let began = context.now();
    let explanation =
        explained(&db, &format!("SELECT * FROM task WHERE title IN ({list}) ORDER BY id LIMIT 20"), Vec::new())?;
    assert_eq!(explanation.scans.len(), 1, "{:?}", explanation.scans);
    let took = context.now().saturating_sub(began);
    assert!(took < std::time::Duration::from_secs(10), "{took:?}");
    Ok(())
}

async fn depend_on_parameters(context: Context) -> Outcome {
    let db = filled(&context).await?;
    for (sql, values, scans) in [
        ("SELECT * FROM task WHERE ? = ?", [1, 2], 0),
        ("SELECT * FROM task WHERE ? = ?", [1, 1], 1),
        ("SELECT * FROM task LIMIT ? OFFSET ?", [10, 20], 0),
        ("SELECT * FROM task LIMIT ? OFFSET ?", [10, 2000], 1),
        ("SELECT * FROM task LIMIT ? OFFSET ?", [-1, 0], 1),
    ] {
        let explanation = explained(&db, sql, values.map(Value::from).to_vec())?;
        assert_eq!(explanation.scans.len(), scans, "{values:?}: {explanation}");
    }
    Ok(())
}
