//! Statements of every shape.

use super::Cost;

pub(super) const SCHEMA: &str = "
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

#[rustfmt::skip]
pub(super) const COSTS: &[Cost] = &[
    ("SELECT * FROM task WHERE id = 7", "SEARCH task USING INTEGER PRIMARY KEY (rowid=?)", 1, 0),
    ("SELECT * FROM task WHERE id = 7000", "SEARCH task USING INTEGER PRIMARY KEY (rowid=?)", 1, 0),
    ("SELECT * FROM task WHERE id IN (1, 5, 9, 2000)", "SEARCH task USING INTEGER PRIMARY KEY (rowid=?)", 8, 0),
    ("SELECT * FROM task WHERE id > 100 AND id <= 120", "SEARCH task USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)", 21, 0),
    ("SELECT * FROM task WHERE project_id = 3", "SEARCH task USING INDEX task_by_project (project_id=?)", 21, 0),
    ("SELECT * FROM task WHERE project_id = 3 AND title = 't1'", "SEARCH task USING INDEX task_by_project (project_id=?)", 21, 0),
    ("SELECT * FROM task WHERE project_id = 3 AND title > 't1' AND state = 'done'", "SEARCH task USING INDEX task_by_project (project_id=?)", 21, 0),
    ("SELECT due FROM task WHERE project_id = 3 AND due > 50", "SEARCH task USING COVERING INDEX task_by_project (project_id=? AND due>?)", 10, 0),
    ("SELECT * FROM task", "SCAN task", 400, 0),
    ("SELECT * FROM task WHERE title = 't1'", "SCAN task", 400, 0),
    ("SELECT * FROM task ORDER BY title LIMIT 5", "SCAN task / USE TEMP B-TREE FOR ORDER BY", 800, 0),
    ("SELECT * FROM task ORDER BY id LIMIT 5 OFFSET 10", "SCAN task", 15, 0),
    ("SELECT * FROM task WHERE project_id = 3 ORDER BY title", "SEARCH task USING INDEX task_by_project (project_id=?) / USE TEMP B-TREE FOR ORDER BY", 41, 0),
    ("SELECT * FROM task WHERE state = 'open' OR project_id = 2", "MULTI-INDEX OR / INDEX 1 / SEARCH task USING INDEX task_by_state (state=?) / INDEX 2 / SEARCH task USING INDEX task_by_project (project_id=?)", 121, 0),
    ("SELECT count(*) FROM task", "SCAN task USING COVERING INDEX task_by_project", 400, 0),
    ("SELECT count(*) FROM task WHERE state = 'open'", "SEARCH task USING COVERING INDEX task_by_state (state=?)", 100, 0),
    ("SELECT max(due) FROM task WHERE project_id = 4", "SEARCH task USING COVERING INDEX task_by_project (project_id=?)", 1, 0),
    ("SELECT project_id, count(*) FROM task GROUP BY project_id", "SCAN task USING COVERING INDEX task_by_project", 400, 0),
    ("SELECT title, count(*) FROM task GROUP BY title", "SCAN task / USE TEMP B-TREE FOR GROUP BY", 800, 0),
    ("SELECT DISTINCT state FROM task", "SCAN task USING COVERING INDEX task_by_state", 400, 0),
    ("SELECT * FROM task JOIN project ON project.id = task.project_id WHERE task.state = 'open'", "SEARCH task USING INDEX task_by_state (state=?) / SEARCH project USING INTEGER PRIMARY KEY (rowid=?)", 200, 0),
    ("SELECT * FROM project JOIN task ON task.project_id = project.id WHERE project.open = 1", "SCAN task / SEARCH project USING INTEGER PRIMARY KEY (rowid=?)", 800, 0),
    ("SELECT * FROM project LEFT JOIN task ON task.project_id = project.id AND task.due > 90", "SCAN project / SEARCH task USING INDEX task_by_project (project_id=? AND due>?) LEFT-JOIN", 78, 0),
    ("SELECT * FROM project WHERE EXISTS (SELECT 1 FROM task WHERE project_id = project.id AND due = 5)", "SCAN project / SEARCH task EXISTS USING COVERING INDEX task_by_project (project_id=? AND due=?)", 24, 0),
    ("SELECT name, (SELECT count(*) FROM task WHERE project_id = project.id) FROM project", "SCAN project / CORRELATED SCALAR SUBQUERY 1 / SEARCH task USING COVERING INDEX task_by_project (project_id=?)", 439, 0),
    ("SELECT * FROM open_task WHERE due < 10", "SEARCH task USING INDEX task_by_state (state=?)", 100, 0),
    ("SELECT * FROM search WHERE search MATCH 't1'", "SCAN search VIRTUAL TABLE INDEX 0:M1", 0, 0),
    ("SELECT * FROM search", "SCAN search VIRTUAL TABLE INDEX 0:", 50, 0),
    ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT * FROM n", "CO-ROUTINE n / SETUP / SCAN CONSTANT ROW / RECURSIVE STEP / SCAN n / SCAN n", 51, 0),
    ("SELECT title FROM task UNION SELECT name FROM project", "MERGE (UNION) / LEFT / SCAN task / USE TEMP B-TREE FOR ORDER BY / RIGHT / SCAN project / USE TEMP B-TREE FOR ORDER BY", 840, 0),
    ("SELECT id, row_number() OVER (PARTITION BY state ORDER BY due) FROM task WHERE project_id = 3", "CO-ROUTINE (subquery-2) / SEARCH task USING INDEX task_by_project (project_id=?) / USE TEMP B-TREE FOR ORDER BY / SCAN (subquery-2)", 83, 0),
    ("SELECT * FROM tag WHERE name = 'a'", "SEARCH tag USING PRIMARY KEY (name=?)", 1, 0),
    ("SELECT * FROM tag", "SCAN tag", 3, 0),
    ("SELECT value FROM json_each('[1, 2, 3]')", "SCAN json_each VIRTUAL TABLE INDEX 1:", 3, 0),
    ("SELECT 1", "SCAN CONSTANT ROW", 0, 0),
    ("INSERT INTO log (text) VALUES ('x')", "", 0, 1),
    ("INSERT INTO log (text) VALUES ('x') RETURNING id, text", "", 1, 1),
    ("INSERT INTO project (name) VALUES ('x')", "", 1, 2),
    ("INSERT INTO project (name) VALUES ('x') RETURNING id", "SEARCH task USING COVERING INDEX task_by_project (project_id=?)", 2, 2),
    ("INSERT INTO project (name) VALUES ('x'), ('y'), ('z')", "SCAN 3-ROW VALUES CLAUSE / SEARCH task USING COVERING INDEX task_by_project (project_id=?)", 1, 4),
    ("INSERT INTO task (project_id, title) VALUES (1, 'x')", "", 1, 3),
    ("INSERT INTO task (project_id, title) VALUES (1, 'x'), (2, 'y') RETURNING id", "SCAN 2-ROW VALUES CLAUSE", 6, 6),
    ("INSERT INTO log (text) SELECT title FROM task WHERE project_id = 5", "SEARCH task USING INDEX task_by_project (project_id=?)", 21, 20),
    ("INSERT INTO tag VALUES ('a', 'green') ON CONFLICT (name) DO UPDATE SET color = excluded.color", "", 0, 1),
    ("INSERT OR IGNORE INTO tag VALUES ('a', 'green')", "", 0, 0),
    ("REPLACE INTO tag VALUES ('a', 'green')", "", 0, 1),
    ("INSERT INTO search VALUES ('x')", "", 0, 1),
    ("UPDATE project SET name = 'q' WHERE id = 5", "SEARCH project USING INTEGER PRIMARY KEY (rowid=?)", 1, 1),
    ("UPDATE task SET due = due + 1 WHERE id = 5", "SEARCH task USING INTEGER PRIMARY KEY (rowid=?)", 1, 2),
    ("UPDATE task SET title = 'q' WHERE project_id = 5", "SEARCH task USING INDEX task_by_project (project_id=?)", 21, 20),
    ("UPDATE task SET due = 1 WHERE project_id = 5 RETURNING id", "SEARCH task USING COVERING INDEX task_by_project (project_id=?)", 81, 40),
    ("UPDATE task SET state = 'late' WHERE project_id = 6", "SEARCH task USING COVERING INDEX task_by_project (project_id=?)", 61, 60),
    ("UPDATE task SET state = 'late' WHERE title = 't2'", "SCAN task", 404, 0),
    ("UPDATE tag SET color = 'red'", "SCAN tag", 3, 3),
    ("DELETE FROM task WHERE id = 9", "SEARCH task USING INTEGER PRIMARY KEY (rowid=?)", 1, 1),
    ("DELETE FROM task WHERE project_id = 7", "SEARCH task USING COVERING INDEX task_by_project (project_id=?)", 41, 20),
    ("DELETE FROM project WHERE id = 8", "SEARCH project USING INTEGER PRIMARY KEY (rowid=?) / SEARCH task USING COVERING INDEX task_by_project (project_id=?)", 83, 21),
    ("DELETE FROM log", "", 0, 42),
    ("DELETE FROM tag WHERE name = 'b' RETURNING color", "SEARCH tag USING PRIMARY KEY (name=?)", 2, 1),
    ("CREATE TABLE other (id INTEGER PRIMARY KEY)", "", 1, 2),
    ("CREATE INDEX task_by_title ON task (title)", "", 726, 363),
    ("DROP TABLE tag", "", 18, 0),
];
