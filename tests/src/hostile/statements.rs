//! Statements that are not what they seem, and those that a Durable Object does not have.

use super::{Input, execute, query, script};

const NOT_AUTHORIZED: &str = "Execution Error: not authorized: SQLITE_AUTH";
const NOT_AUTHORIZED_TO_READ: &str = "Query Error: not authorized: SQLITE_AUTH";
const ROLLS_BACK: &str = "Execution Error: ROLLBACK on a conflict would end the transaction of the whole \
    object, which is then reset: use ABORT";

fn refused(word: &str) -> String {
    format!(
        "Execution Error: {word} cannot be run as a statement: a Durable Object has transactions only around a closure, \
         as in db.transaction_sync(async |txn| model.save(txn).await)"
    )
}

pub(super) fn inputs() -> Vec<Input> {
    [control(), hidden(), pragmas()].concat()
}

fn control() -> Vec<Input> {
    vec![
        script("BEGIN", "BEGIN", refused("BEGIN")),
        script("begin in mixed case", "bEgIn ImMeDiAtE", refused("BEGIN")),
        script("commit behind a comment", "/* ; */ -- ;\nCOMMIT;", refused("COMMIT")),
        script("commit behind a comment without an end", "SELECT 1; COMMIT /* ", refused("COMMIT")),
        script("rollback behind a semicolon", "DELETE FROM sentinel; ; ROLLBACK", refused("ROLLBACK")),
        script("end of a script", "DELETE FROM sentinel;\n\tEND TRANSACTION", refused("END")),
        script("a savepoint with a hostile name", "SAVEPOINT \"a\"\"; DROP TABLE sentinel; --\"", refused("SAVEPOINT")),
        script("release", "RELEASE SAVEPOINT _cf_savepoint_0", refused("RELEASE")),
        script("rollback to the runtime's savepoint", "ROLLBACK TO _cf_sync_savepoint_0", refused("ROLLBACK")),
        script("a mark of byte order before BEGIN", "\u{FEFF}BEGIN", refused("BEGIN")),
        script("a vertical tab before BEGIN", " \u{b}BEGIN", refused("BEGIN")),
        script(
            "only a vertical tab before BEGIN",
            "\u{b}BEGIN",
            "Execution Error: unrecognized token: \"\u{b}\" at offset 0: SQLITE_ERROR",
        ),
        script(
            "a space of Unicode before BEGIN",
            "\u{A0}BEGIN",
            "Execution Error: near \"\u{a0}BEGIN\": syntax error at offset 0: SQLITE_ERROR",
        ),
        script(
            "a space without width before COMMIT",
            "\u{200B}COMMIT",
            "Execution Error: near \"\u{200b}COMMIT\": syntax error at offset 0: SQLITE_ERROR",
        ),
        script(
            "a Turkish letter in COMMİT",
            "COMMİT",
            "Execution Error: near \"COMMİT\": syntax error at offset 0: SQLITE_ERROR",
        ),
        script(
            "BEGIN in quotes",
            "\"BEGIN\"",
            "Execution Error: near \"\"BEGIN\"\": syntax error at offset 0: SQLITE_ERROR",
        ),
        script(
            "EXPLAIN COMMIT",
            "EXPLAIN COMMIT",
            "Execution Error: To execute a transaction, please use the state.storage.transaction() or state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements. The JavaScript API is safer because it will automatically roll back on exceptions, and because it interacts correctly with Durable Objects' automatic atomic write coalescing.",
        ),
        execute("BEGIN as a prepared call", "BEGIN", [], refused("BEGIN")),
        query("COMMIT as a query", "COMMIT", [], refused("COMMIT")),
        query(
            "two statements in a prepared call",
            "SELECT 1; DELETE FROM sentinel",
            [],
            "Execution Error: more than one statement in a prepared call: use execute_unprepared for a script",
        ),
        script("commit behind the suffix of a parameter", "SELECT @a('); COMMIT; --'", refused("COMMIT")),
        query(
            "two statements behind the suffix of a parameter",
            "SELECT $a::b('); DELETE FROM sentinel; --'",
            [1.into()],
            "Execution Error: more than one statement in a prepared call: use execute_unprepared for a script",
        ),
        execute("an INSERT that rolls back", "INSERT OR ROLLBACK INTO sentinel (id) VALUES (1)", [], ROLLS_BACK),
        execute(
            "an INSERT that rolls back behind tabs",
            "INSERT OR \u{b}ROLLBACK INTO sentinel (id) VALUES (1)",
            [],
            ROLLS_BACK,
        ),
        script(
            "a trigger that rolls back",
            "CREATE TRIGGER t BEFORE INSERT ON hostile BEGIN SELECT RAISE ( ROLLBACK , 'no'); END",
            ROLLS_BACK,
        ),
        script("a constraint that rolls back", "CREATE TABLE t (a UNIQUE ON/**/CONFLICT/**/ROLLBACK)", ROLLS_BACK),
    ]
}

fn hidden() -> Vec<Input> {
    vec![
        script("nothing", "", "0 rows"),
        script("only comments", "-- a\n/* b */ ;; ;", "0 rows"),
        execute("nothing as a prepared call", " -- a", [], "Execution Error: the statement is empty"),
        execute(
            "a WHERE behind a NUL",
            "DELETE FROM sentinel\0 WHERE id = 7",
            [],
            "Execution Error: the statement holds a NUL at byte 20, where SQLite would end it: bind text as a parameter",
        ),
        script(
            "a statement behind a NUL",
            "DELETE FROM hostile;\0 DELETE FROM sentinel",
            "Execution Error: the statement holds a NUL at byte 20, where SQLite would end it: bind text as a parameter",
        ),
        query(
            "RETURNING and AS without spaces",
            "UPDATE sentinel SET id = id RETURNING\"id\",\"id\"AS x",
            [],
            "2 rows, the first 1, 1",
        ),
        query(
            "a NUL in a text",
            "SELECT 'a\0b'",
            [],
            "Execution Error: the statement holds a NUL at byte 9, where SQLite would end it: bind text as a parameter",
        ),
        query(
            "a NUL in a name",
            "SELECT 1 AS \"a\0b\"",
            [],
            "Execution Error: the statement holds a NUL at byte 14, where SQLite would end it: bind text as a parameter",
        ),
        query(
            "a text without an end",
            "SELECT 'a",
            [],
            "Query Error: unrecognized token: \"'a\" at offset 7: SQLITE_ERROR",
        ),
        query(
            "a name without an end",
            "SELECT \"a",
            [],
            "Query Error: unrecognized token: \"\"a\" at offset 7: SQLITE_ERROR",
        ),
        query(
            "a bracket without an end",
            "SELECT [a",
            [],
            "Query Error: unrecognized token: \"[a\" at offset 7: SQLITE_ERROR",
        ),
        query(
            "a blob of half a byte",
            "SELECT x'0'",
            [],
            "Query Error: unrecognized token: \"x'0'\" at offset 7: SQLITE_ERROR",
        ),
        query(
            "a blob without an end",
            "SELECT x'00",
            [],
            "Query Error: unrecognized token: \"x'00\" at offset 7: SQLITE_ERROR",
        ),
        query(
            "a number beyond 64 bits in hexadecimal",
            "SELECT 0x10000000000000000",
            [],
            "Query Error: hex literal too big: 0x10000000000000000 at offset 7: SQLITE_ERROR",
        ),
        query("digits beyond 64 bits", "SELECT 9223372036854775808 AS it", [], "9.223372036854776e18"),
        query(
            "a number that grows into a word",
            "SELECT 1abc",
            [],
            "Query Error: unrecognized token: \"1abc\" at offset 7: SQLITE_ERROR",
        ),
        script(
            "a statement that fails after others",
            "DELETE FROM sentinel; INSERT INTO sentinel (id) VALUES (1), (1)",
            "Execution Error: UNIQUE constraint failed: sentinel.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)",
        ),
        script(
            "a script that ends in nonsense",
            "DELETE FROM sentinel; DROP TABLE setting; nonsense",
            "Execution Error: near \"nonsense\": syntax error at offset 0: SQLITE_ERROR",
        ),
        script(
            "a trigger that never ends",
            "CREATE TRIGGER t AFTER INSERT ON hostile BEGIN DELETE FROM sentinel;",
            "Execution Error: incomplete input: SQLITE_ERROR",
        ),
        script(
            "a trigger that hides a statement",
            "CREATE TRIGGER t AFTER INSERT ON hostile BEGIN SELECT 1; END DELETE FROM sentinel",
            "Execution Error: near \"DELETE\": syntax error at offset 61: SQLITE_ERROR",
        ),
        script("DETACH", "DETACH main", NOT_AUTHORIZED),
        script("ATTACH a file", "ATTACH '/etc/passwd' AS p", NOT_AUTHORIZED),
        script("ATTACH memory", "ATTACH ':memory:' AS m", NOT_AUTHORIZED),
        script("VACUUM", "VACUUM", "Execution Error: cannot VACUUM from within a transaction: SQLITE_ERROR"),
        script(
            "VACUUM INTO a file",
            "VACUUM INTO '/tmp/stolen.sqlite'",
            "Execution Error: cannot VACUUM from within a transaction: SQLITE_ERROR",
        ),
        script("a temporary table", "CREATE TEMP TABLE t (a)", NOT_AUTHORIZED),
        query(
            "the runtime's table is read",
            "SELECT * FROM _cf_KV",
            [],
            "Query Error: no such table: _cf_KV: SQLITE_ERROR",
        ),
        query(
            "the runtime's table in quotes",
            "SELECT * FROM \"_CF_METADATA\"",
            [],
            "Query Error: no such table: _CF_METADATA: SQLITE_ERROR",
        ),
        script("the runtime's table is made", "CREATE TABLE _cf_t (a)", NOT_AUTHORIZED),
        script("the runtime's table in mixed case", "CREATE TABLE \"_Cf_t\" (a)", NOT_AUTHORIZED),
        script("a table takes the runtime's name", "ALTER TABLE hostile RENAME TO _cf_t", NOT_AUTHORIZED),
        script("an index of the runtime's name", "CREATE INDEX _cf_i ON sentinel (text)", NOT_AUTHORIZED),
        script(
            "a view of the runtime's table",
            "CREATE VIEW v AS SELECT * FROM _cf_KV; SELECT * FROM v",
            "Execution Error: no such table: main._cf_KV: SQLITE_ERROR",
        ),
        script(
            "the schema is written",
            "UPDATE sqlite_master SET sql = ''",
            "Execution Error: table sqlite_master may not be modified: SQLITE_ERROR",
        ),
        script(
            "the schema is emptied",
            "DELETE FROM sqlite_schema",
            "Execution Error: table sqlite_master may not be modified: SQLITE_ERROR",
        ),
        script("the sequence is written", "INSERT INTO sqlite_sequence VALUES ('sentinel', 1)", "1 rows"),
        script(
            "a virtual table of a module",
            "CREATE VIRTUAL TABLE v USING csv(filename='/etc/passwd')",
            NOT_AUTHORIZED,
        ),
        query(
            "a module is loaded",
            "SELECT load_extension('/tmp/evil.so')",
            [],
            "Query Error: not authorized: SQLITE_ERROR",
        ),
        query(
            "a file is read",
            "SELECT readfile('/etc/passwd')",
            [],
            "Query Error: no such function: readfile at offset 7: SQLITE_ERROR",
        ),
        query(
            "a tokenizer by its address",
            "SELECT fts3_tokenizer('simple')",
            [],
            "Query Error: no such function: fts3_tokenizer at offset 7: SQLITE_ERROR",
        ),
        query(
            "the version",
            "SELECT sqlite_version()",
            [],
            "Query Error: not authorized to use function: sqlite_version at offset 7: SQLITE_ERROR",
        ),
    ]
}

fn pragmas() -> Vec<Input> {
    vec![
        query("PRAGMA writable_schema", "PRAGMA writable_schema = 1", [], NOT_AUTHORIZED_TO_READ),
        query("PRAGMA journal_mode", "PRAGMA journal_mode = OFF", [], NOT_AUTHORIZED_TO_READ),
        query("PRAGMA user_version", "PRAGMA user_version = 7", [], NOT_AUTHORIZED_TO_READ),
        query("PRAGMA temp_store_directory", "PRAGMA temp_store_directory = '/etc'", [], NOT_AUTHORIZED_TO_READ),
        query("PRAGMA hard_heap_limit", "PRAGMA hard_heap_limit = 1", [], NOT_AUTHORIZED_TO_READ),
        query("PRAGMA max_page_count", "PRAGMA max_page_count = 1", [], NOT_AUTHORIZED_TO_READ),
        query("PRAGMA page_size is not set", "PRAGMA page_size = 512", [], NOT_AUTHORIZED_TO_READ),
        query("PRAGMA as a function", "SELECT * FROM pragma_database_list", [], NOT_AUTHORIZED_TO_READ),
        query("PRAGMA of a hostile name", "PRAGMA table_info('sentinel''); DROP TABLE sentinel; --')", [], "no rows"),
        script("PRAGMA behind a semicolon", "PRAGMA table_list; PRAGMA writable_schema = 1", NOT_AUTHORIZED),
    ]
}
