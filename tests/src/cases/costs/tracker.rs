//! Queries of the example.

use super::Cost;

pub(super) const SCHEMA: &str = r#"
    CREATE TABLE project (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name varchar NOT NULL UNIQUE, description varchar,
        created_at timestamp_text NOT NULL);
    CREATE TABLE task (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, project_id integer NOT NULL REFERENCES project (id)
        ON DELETE CASCADE, title varchar NOT NULL, done boolean NOT NULL, due_on date_text, estimate_hours double,
        created_at timestamp_text NOT NULL);
    CREATE INDEX "idx-task-project_id" ON task (project_id);
    CREATE TABLE tag (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name varchar NOT NULL UNIQUE);
    CREATE TABLE task_tag (task_id integer NOT NULL REFERENCES task (id) ON DELETE CASCADE, tag_id integer NOT NULL
        REFERENCES tag (id) ON DELETE CASCADE, PRIMARY KEY (task_id, tag_id));
    CREATE INDEX "idx-task_tag-tag_id" ON task_tag (tag_id);
    INSERT INTO project (name, created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
        SELECT 'p' || i, '2026-01-01' FROM n;
    INSERT INTO task (project_id, title, done, due_on, created_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        SELECT i % 10 + 1, 't' || i, i % 3 = 0, '2026-02-' || i % 28, '2026-01-01' FROM n;
    INSERT INTO tag (name) VALUES ('steel'), ('wood'), ('late');
    INSERT INTO task_tag SELECT id, id % 3 + 1 FROM task;
"#;

#[rustfmt::skip]
pub(super) const COSTS: &[Cost] = &[
    ("SELECT * FROM task ORDER BY CASE WHEN id IS NULL THEN 1 ELSE 0 END, id LIMIT 20 OFFSET 0", "SCAN task / USE TEMP B-TREE FOR ORDER BY", 600, 0),
    ("SELECT * FROM task WHERE project_id = 3 ORDER BY id LIMIT 20", "SEARCH task USING INDEX idx-task-project_id (project_id=?)", 20, 0),
    ("SELECT COUNT(*) AS num_items FROM (SELECT id FROM task) AS sub_query", "SCAN task USING COVERING INDEX idx-task-project_id", 300, 0),
    ("SELECT task.* FROM task JOIN task_tag ON task_tag.task_id = task.id JOIN tag ON tag.id = task_tag.tag_id WHERE tag.name = 'wood' ORDER BY task.id LIMIT 20", "SEARCH tag USING COVERING INDEX sqlite_autoindex_tag_1 (name=?) / SEARCH task_tag USING INDEX idx-task_tag-tag_id (tag_id=?) / SEARCH task USING INTEGER PRIMARY KEY (rowid=?) / USE TEMP B-TREE FOR ORDER BY", 302, 0),
    ("SELECT task_tag.task_id, tag.name FROM task_tag JOIN tag ON tag.id = task_tag.tag_id WHERE task_tag.task_id IN (1, 2, 3) ORDER BY tag.name", "SEARCH task_tag USING COVERING INDEX sqlite_autoindex_task_tag_1 (task_id=?) / SEARCH tag USING INTEGER PRIMARY KEY (rowid=?) / USE TEMP B-TREE FOR ORDER BY", 15, 0),
    ("SELECT * FROM task WHERE due_on < '2026-02-1' AND done = FALSE", "SCAN task", 300, 0),
    ("SELECT * FROM task WHERE id = 7 LIMIT 1", "SEARCH task USING INTEGER PRIMARY KEY (rowid=?)", 1, 0),
    ("SELECT count(*) FROM task WHERE done = FALSE", "SCAN task", 300, 0),
    ("SELECT * FROM project ORDER BY name, id LIMIT 20", "SCAN project USING INDEX sqlite_autoindex_project_1", 10, 0),
    ("INSERT INTO task (project_id, title, done, created_at) VALUES (1, 'x', FALSE, '2026-01-02') RETURNING id", "SEARCH task_tag USING COVERING INDEX sqlite_autoindex_task_tag_1 (task_id=?)", 4, 3),
    ("UPDATE task SET done = TRUE WHERE id = 7 RETURNING id", "SEARCH task USING INTEGER PRIMARY KEY (rowid=?)", 2, 1),
    ("UPDATE task SET project_id = 2 WHERE id IN (1, 2, 3)", "SEARCH task USING INTEGER PRIMARY KEY (rowid=?)", 15, 6),
    ("DELETE FROM task_tag WHERE task_id = 9", "SEARCH task_tag USING COVERING INDEX sqlite_autoindex_task_tag_1 (task_id=?)", 3, 1),
    ("DELETE FROM task WHERE id = 9", "SEARCH task USING INTEGER PRIMARY KEY (rowid=?) / SEARCH task_tag USING COVERING INDEX sqlite_autoindex_task_tag_1 (task_id=?)", 1, 1),
    ("DELETE FROM project WHERE id = 4", "SEARCH project USING INTEGER PRIMARY KEY (rowid=?) / SEARCH task USING COVERING INDEX idx-task-project_id (project_id=?)", 322, 59),
];
