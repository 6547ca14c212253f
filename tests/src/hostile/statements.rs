//! Statements that are not what they seem, and those that a Durable Object does not have.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SqliteQueryBuilder};

use super::{Act, Input, execute, query, script};

pub(super) fn inputs() -> Vec<Input> {
    [control(), hidden(), pragmas(), injected()].concat()
}

fn control() -> Vec<Input> {
    vec![
        script("BEGIN", "BEGIN", "?"),
        script("begin in mixed case", "bEgIn ImMeDiAtE", "?"),
        script("commit behind a comment", "/* ; */ -- ;\nCOMMIT;", "?"),
        script("commit behind a comment without an end", "SELECT 1; COMMIT /* ", "?"),
        script("rollback behind a semicolon", "DELETE FROM sentinel; ; ROLLBACK", "?"),
        script("end of a script", "DELETE FROM sentinel;\n\tEND TRANSACTION", "?"),
        script("a savepoint with a hostile name", "SAVEPOINT \"a\"\"; DROP TABLE sentinel; --\"", "?"),
        script("release", "RELEASE SAVEPOINT _cf_savepoint_0", "?"),
        script("rollback to the runtime's savepoint", "ROLLBACK TO _cf_sync_savepoint_0", "?"),
        script("a mark of byte order before BEGIN", "\u{FEFF}BEGIN", "?"),
        script("a vertical tab before BEGIN", " \u{b}BEGIN", "?"),
        script("only a vertical tab before BEGIN", "\u{b}BEGIN", "?"),
        script("a space of Unicode before BEGIN", "\u{A0}BEGIN", "?"),
        script("a space without width before COMMIT", "\u{200B}COMMIT", "?"),
        script("a Turkish letter in COMMİT", "COMMİT", "?"),
        script("BEGIN in quotes", "\"BEGIN\"", "?"),
        script("EXPLAIN COMMIT", "EXPLAIN COMMIT", "?"),
        execute("BEGIN as a prepared call", "BEGIN", [], "?"),
        query("COMMIT as a query", "COMMIT", [], "?"),
        query("two statements in a prepared call", "SELECT 1; DELETE FROM sentinel", [], "?"),
        execute("an INSERT that rolls back", "INSERT OR ROLLBACK INTO sentinel (id) VALUES (1)", [], "?"),
        execute(
            "an INSERT that rolls back behind tabs",
            "INSERT OR \u{b}ROLLBACK INTO sentinel (id) VALUES (1)",
            [],
            "?",
        ),
        script(
            "a trigger that rolls back",
            "CREATE TRIGGER t BEFORE INSERT ON hostile BEGIN SELECT RAISE ( ROLLBACK , 'no'); END",
            "?",
        ),
        script("a constraint that rolls back", "CREATE TABLE t (a UNIQUE ON/**/CONFLICT/**/ROLLBACK)", "?"),
    ]
}

fn hidden() -> Vec<Input> {
    vec![
        script("nothing", "", "?"),
        script("only comments", "-- a\n/* b */ ;; ;", "?"),
        execute("nothing as a prepared call", " -- a", [], "?"),
        execute("a WHERE behind a NUL", "DELETE FROM sentinel\0 WHERE id = 7", [], "?"),
        script("a statement behind a NUL", "DELETE FROM hostile;\0 DELETE FROM sentinel", "?"),
        query("a NUL in a text", "SELECT 'a\0b'", [], "?"),
        query("a NUL in a name", "SELECT 1 AS \"a\0b\"", [], "?"),
        query("a text without an end", "SELECT 'a", [], "?"),
        query("a name without an end", "SELECT \"a", [], "?"),
        query("a bracket without an end", "SELECT [a", [], "?"),
        query("a blob of half a byte", "SELECT x'0'", [], "?"),
        query("a blob without an end", "SELECT x'00", [], "?"),
        query("a number beyond 64 bits in hexadecimal", "SELECT 0x10000000000000000", [], "?"),
        query("digits beyond 64 bits", "SELECT 9223372036854775808 AS it", [], "?"),
        query("a number that grows into a word", "SELECT 1abc", [], "?"),
        script(
            "a statement that fails after others",
            "DELETE FROM sentinel; INSERT INTO sentinel (id) VALUES (1), (1)",
            "?",
        ),
        script("a script that ends in nonsense", "DELETE FROM sentinel; DROP TABLE setting; nonsense", "?"),
        script(
            "a trigger that never ends",
            "CREATE TRIGGER t AFTER INSERT ON hostile BEGIN DELETE FROM sentinel;",
            "?",
        ),
        script(
            "a trigger that hides a statement",
            "CREATE TRIGGER t AFTER INSERT ON hostile BEGIN SELECT 1; END DELETE FROM sentinel",
            "?",
        ),
        script("DETACH", "DETACH main", "?"),
        script("ATTACH a file", "ATTACH '/etc/passwd' AS p", "?"),
        script("ATTACH memory", "ATTACH ':memory:' AS m", "?"),
        script("VACUUM", "VACUUM", "?"),
        script("VACUUM INTO a file", "VACUUM INTO '/tmp/stolen.sqlite'", "?"),
        script("a temporary table", "CREATE TEMP TABLE t (a)", "?"),
        query("the runtime's table is read", "SELECT * FROM _cf_KV", [], "?"),
        query("the runtime's table in quotes", "SELECT * FROM \"_CF_METADATA\"", [], "?"),
        script("the runtime's table is made", "CREATE TABLE _cf_t (a)", "?"),
        script("the runtime's table in mixed case", "CREATE TABLE \"_Cf_t\" (a)", "?"),
        script("a table takes the runtime's name", "ALTER TABLE hostile RENAME TO _cf_t", "?"),
        script("an index of the runtime's name", "CREATE INDEX _cf_i ON sentinel (text)", "?"),
        script("a view of the runtime's table", "CREATE VIEW v AS SELECT * FROM _cf_KV; SELECT * FROM v", "?"),
        script("the schema is written", "UPDATE sqlite_master SET sql = ''", "?"),
        script("the schema is emptied", "DELETE FROM sqlite_schema", "?"),
        script("the sequence is written", "INSERT INTO sqlite_sequence VALUES ('sentinel', 1)", "?"),
        script("a virtual table of a module", "CREATE VIRTUAL TABLE v USING csv(filename='/etc/passwd')", "?"),
        query("a module is loaded", "SELECT load_extension('/tmp/evil.so')", [], "?"),
        query("a file is read", "SELECT readfile('/etc/passwd')", [], "?"),
        query("a tokenizer by its address", "SELECT fts3_tokenizer('simple')", [], "?"),
        query("the version", "SELECT sqlite_version()", [], "?"),
    ]
}

fn pragmas() -> Vec<Input> {
    vec![
        query("PRAGMA writable_schema", "PRAGMA writable_schema = 1", [], "?"),
        query("PRAGMA journal_mode", "PRAGMA journal_mode = OFF", [], "?"),
        query("PRAGMA user_version", "PRAGMA user_version = 7", [], "?"),
        query("PRAGMA temp_store_directory", "PRAGMA temp_store_directory = '/etc'", [], "?"),
        query("PRAGMA hard_heap_limit", "PRAGMA hard_heap_limit = 1", [], "?"),
        query("PRAGMA max_page_count", "PRAGMA max_page_count = 1", [], "?"),
        query("PRAGMA page_size is not set", "PRAGMA page_size = 512", [], "?"),
        query("PRAGMA as a function", "SELECT * FROM pragma_database_list", [], "?"),
        query("PRAGMA of a hostile name", "PRAGMA table_info('sentinel''); DROP TABLE sentinel; --')", [], "?"),
        script("PRAGMA behind a semicolon", "PRAGMA table_list; PRAGMA writable_schema = 1", "?"),
    ]
}

/// Text that SeaORM puts into SQL on purpose, and text that it must not.
fn injected() -> Vec<Input> {
    let texts = Query::select().column("text").from("sentinel").to_owned();
    let custom = |order: &'static str| {
        let sql = texts.clone().order_by_expr(Expr::cust(order), Order::Asc).to_string(SqliteQueryBuilder);
        Act::Query(sql, Vec::new())
    };
    let inlined = texts
        .clone()
        .and_where(Expr::col("text").eq("' OR 1 = 1; DROP TABLE sentinel; --"))
        .to_string(SqliteQueryBuilder);
    let name = texts.clone().and_where(Expr::col(Alias::new("text\" = \"text")).eq("x")).to_string(SqliteQueryBuilder);
    let by_text = "SELECT count(*) FROM sentinel WHERE text = ?";
    let like = "SELECT count(*) FROM sentinel WHERE text LIKE ?";
    let path = "SELECT json_extract('{\"a\": 1}', ?) AS it";
    vec![
        query("a value that ends the text", by_text, ["' OR '1' = '1".into()], "?"),
        query("a value that ends the statement", by_text, ["'; DROP TABLE sentinel; --".into()], "?"),
        query("a value with a backslash", by_text, ["\\' OR 1 = 1 --".into()], "?"),
        query(
            "101 values that end the text",
            format!("SELECT count(*) FROM sentinel WHERE text IN ({})", vec!["?"; 101].join(", ")),
            (0..101).map(|at| format!("{at}') OR 1 = 1 --").into()),
            "?",
        ),
        query(
            "101 blobs that end the text",
            format!("SELECT count(*) FROM sentinel WHERE bytes IN ({})", vec!["?"; 101].join(", ")),
            (0..101).map(|at| format!("{at}') OR 1 = 1 --").into_bytes().into()),
            "?",
        ),
        Input::new("a value that SeaORM writes out", Act::Query(inlined, Vec::new()), "?"),
        Input::new("a column that ends its quotes", Act::Query(name, Vec::new()), "?"),
        query("a pattern of everything", like, ["%".into()], "?"),
        query("a pattern that ends the text", like, ["%' OR 1 = 1 --".into()], "?"),
        query("a path that ends the text", path, ["$.a') OR 1 = 1 --".into()], "?"),
        query("a path that is none", path, ["a".into()], "?"),
        query("a path with quotes", path, ["$.\"a\"".into()], "?"),
        query("a document that is none", "SELECT json_extract(?, '$.a')", ["{\"a\":".into()], "?"),
        Input::new("an order that ends the statement", custom("id; DROP TABLE sentinel"), "?"),
        Input::new("an order that hides the rest", custom("id -- "), "?"),
        Input::new("an order by a subquery", custom("(SELECT id FROM hostile)"), "?"),
        query("an order by a text", "SELECT text FROM sentinel ORDER BY ?", ["id; DROP TABLE sentinel".into()], "?"),
        query("a limit of text", "SELECT text FROM sentinel LIMIT ?", ["1; DROP TABLE sentinel".into()], "?"),
        query("a limit below zero", "SELECT text FROM sentinel LIMIT ?", [(-1).into()], "?"),
        query("a limit of a fraction", "SELECT text FROM sentinel LIMIT ?", [1.5.into()], "?"),
        query("a collation", "SELECT text FROM sentinel ORDER BY text COLLATE \"x\"\"; --\"", [], "?"),
        query("a function of a hostile name", "SELECT \"abs\"\"; DROP TABLE sentinel; --\"(1)", [], "?"),
        query("a cast to a hostile type", "SELECT CAST(1 AS \"integer); DROP TABLE sentinel; --\") AS it", [], "?"),
    ]
}
