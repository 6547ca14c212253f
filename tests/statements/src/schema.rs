//! The tables that statements are about.

/// Creates and fills them.
pub const SCHEMA: &str = r#"
CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price REAL, owner_id INTEGER);
CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT, "order" TEXT, boss INTEGER);
CREATE TABLE tag (item_id INTEGER, label TEXT, weight NUMERIC);
CREATE TABLE odd ("a b" TEXT, "select" INTEGER, rowid TEXT, "x""y" BLOB, "Upper" TEXT);
CREATE TABLE link (a INTEGER, b TEXT, note, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE "replace" (key TEXT, value TEXT, oid INTEGER PRIMARY KEY);
CREATE TABLE gen (id INTEGER PRIMARY KEY, n INTEGER, twice INTEGER AS (n * 2), stored INTEGER AS (n + 1) STORED);
CREATE TABLE stranger (id INTEGER PRIMARY KEY, v TEXT);
CREATE VIEW cheap AS SELECT id, name AS title, price * 2 AS twice FROM item WHERE price < 5;
CREATE VIEW named (who, what, thing) AS SELECT o.name, i.name, o.id + 1 FROM owner o LEFT JOIN item i ON i.owner_id = o.id;
CREATE VIEW both AS SELECT id, name FROM item UNION ALL SELECT id, name FROM item;
CREATE VIEW mixed AS SELECT id, name FROM item UNION ALL SELECT id, "order" FROM owner;
CREATE VIRTUAL TABLE doc USING fts5(title, body);
INSERT INTO item VALUES (1, 'one', 1.5, 1), (2, 'two', 2.0, 1), (3, 'three', 7.25, 2), (4, NULL, NULL, NULL);
INSERT INTO owner VALUES (1, 'Ann', 'first', NULL), (2, 'Bob', 'second', 1), (3, '3', '1', 2);
INSERT INTO tag VALUES (1, 'red', 1), (1, 'blue', 2.5), (3, '1', '7');
INSERT INTO odd VALUES ('x', 1, 'r', x'01', 'U'), ('1', 2, '2', NULL, '2');
INSERT INTO link VALUES (1, 'a', 5), (2, '2', 'note');
INSERT INTO "replace" VALUES ('k', 'v', 1), ('1', '2', 3);
INSERT INTO gen (id, n) VALUES (1, 10), (2, 20);
INSERT INTO stranger VALUES (1, 'v');
INSERT INTO doc (title, body) VALUES ('one', 'some words'), ('two', 'other words');
"#;

/// The columns of each table and view.
pub const COLUMNS: [(&str, &[&str]); 13] = [
    ("item", &["id", "name", "price", "owner_id"]),
    ("owner", &["id", "name", "order", "boss"]),
    ("tag", &["item_id", "label", "weight"]),
    ("odd", &["a b", "select", "rowid", "x\"y", "Upper"]),
    ("link", &["a", "b", "note"]),
    ("replace", &["key", "value", "oid"]),
    ("gen", &["id", "n", "twice", "stored"]),
    ("stranger", &["id", "v"]),
    ("cheap", &["id", "title", "twice"]),
    ("named", &["who", "what", "thing"]),
    ("both", &["id", "name"]),
    ("mixed", &["id", "name"]),
    ("doc", &["title", "body"]),
];

/// Words that are no names without quotes.
pub(crate) const RESERVED: [&str; 40] = [
    "add", "all", "alter", "and", "as", "between", "case", "check", "collate", "commit", "create", "default", "delete",
    "distinct", "drop", "else", "escape", "exists", "foreign", "from", "group", "having", "in", "index", "insert",
    "into", "is", "join", "limit", "not", "null", "on", "or", "order", "primary", "select", "set", "table", "union",
    "where",
];
