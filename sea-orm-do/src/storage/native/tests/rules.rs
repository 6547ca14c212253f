//! What the runtime refuses, and its limits.

use super::*;

#[test]
fn refuses_transaction_control_and_says_what_to_use() {
    let db = storage();
    for sql in ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "SELECT 1; BEGIN"] {
        assert!(error(&db, sql).starts_with("To execute a transaction, please use the state.storage"), "{sql}");
    }
    // The next error is not mistaken for one of them.
    assert_eq!(error(&db, "SELECT * FROM x"), "no such table: x: SQLITE_ERROR");
}

#[test]
fn refuses_other_databases_and_virtual_tables() {
    let db = storage();
    for sql in [
        "ATTACH ':memory:' AS x",
        "DETACH x",
        "CREATE TEMP TABLE x (a)",
        "CREATE TABLE temp.x (a)",
        "CREATE VIRTUAL TABLE x USING fts4 (a)",
    ] {
        assert_eq!(error(&db, sql), "not authorized: SQLITE_AUTH", "{sql}");
    }
    run(&db, "CREATE VIRTUAL TABLE f USING fts5 (a)");
    run(&db, "CREATE VIRTUAL TABLE r USING rtree (id, a, b)");
}

#[test]
fn refuses_vacuum() {
    for sql in ["VACUUM", " vacuum;", "VACUUM INTO '/nowhere'"] {
        assert_eq!(error(&storage(), sql), "cannot VACUUM from within a transaction: SQLITE_ERROR");
    }
}

#[test]
fn refuses_the_names_of_the_runtime() {
    let db = storage();
    run(&db, "CREATE TABLE a (x)");
    for sql in [
        "CREATE TABLE _cf_x (a)",
        "CREATE TABLE _CF_x (a)",
        "CREATE INDEX _cf_i ON a (x)",
        "CREATE VIEW _cf_v AS SELECT 1",
        "CREATE TRIGGER _cf_t AFTER INSERT ON a BEGIN SELECT 1; END",
        "ALTER TABLE a RENAME TO _cf_b",
        "ALTER TABLE a RENAME TO \"_cf_b\"; SELECT 1",
        "PRAGMA table_info(_cf_x)",
    ] {
        assert_eq!(error(&db, sql), "not authorized: SQLITE_AUTH", "{sql}");
    }
    run(&db, "WITH _cf_q AS (SELECT 1) SELECT * FROM _cf_q");
    run(&db, "ALTER TABLE a RENAME COLUMN x TO _cf_y");
    run(&db, "ALTER TABLE a RENAME TO b");
}

#[test]
fn allows_the_runtimes_pragmas_only() {
    let db = storage();
    run(&db, "CREATE TABLE t (a)");
    for sql in ["user_version", "journal_mode", "integrity_check", "page_size = 512", "foreign_keys = 2", "table_info"]
    {
        assert_eq!(error(&db, &format!("PRAGMA {sql}")), "not authorized: SQLITE_AUTH", "{sql}");
    }
    for sql in
        ["table_list", "Table_Info(t)", "page_size", "foreign_keys = 'on'", "quick_check(5)", "optimize(0x10002)"]
    {
        run(&db, &format!("PRAGMA {sql}"));
    }
    assert_eq!(error(&db, "SELECT * FROM pragma_user_version"), "not authorized: SQLITE_AUTH");
}

#[test]
fn allows_the_runtimes_functions_only() {
    let db = storage();
    for name in ["sqlite_version()", "json_pretty('{}')", "ceiling(1.5)", "power(2, 3)", "if(1, 2, 3)", "subtype(1)"] {
        let function = name.split('(').next().unwrap();
        let message = format!("not authorized to use function: {function} at offset 7: SQLITE_ERROR");
        assert_eq!(error(&db, &format!("SELECT {name}")), message);
    }
    assert_eq!(error(&db, "SELECT soundex('a')"), "no such function: soundex at offset 7: SQLITE_ERROR");
    assert_eq!(error(&db, "SELECT load_extension('a')"), "not authorized: SQLITE_ERROR");
    assert_eq!(row(&db, "SELECT '{\"a\":1}' ->> 'a', iif(1, 2, 3), upper('a')"), [number(1.0), number(2.0), text("A")]);
}

#[test]
fn has_the_math_functions() {
    let db = storage();
    assert_eq!(
        row(&db, "SELECT sqrt('4'), ceil(1.2), log(100), pow(2, 10), mod(-7, 3)"),
        [2.0, 2.0, 2.0, 1024.0, -1.0].map(number)
    );
    assert_eq!(row(&db, "SELECT sqrt(-1), ln(0), sqrt('inf'), acos(2), log(1, 8)"), [const { SqlValue::Null }; 5]);
    assert_eq!(
        row(&db, "SELECT typeof(ceil(3)), typeof(ceil(1.2)), log(2, 8)"),
        [text("integer"), text("real"), number(3.0)]
    );
    run(&db, "CREATE TABLE t (x, y AS (sqrt(x)) STORED)");
}

#[test]
fn holds_to_the_runtimes_limits() {
    let db = storage();
    let list = |item: &str, count: usize, separator: &str| vec![item; count].join(separator);
    let too_big = "string or blob too big: SQLITE_TOOBIG";
    for (sql, message) in [
        ("SELECT ?101".to_owned(), "variable number must be between ?1 and ?100 at offset 7: SQLITE_ERROR"),
        (format!("SELECT max({})", list("?", 101, ",")), "too many SQL variables at offset 211: SQLITE_ERROR"),
        (format!("SELECT 1; SELECT '{}'", "a".repeat(99_982)), "statement too long: SQLITE_TOOBIG"),
        (format!("SELECT {}", list("1", 101, ",")), "too many columns in result set: SQLITE_ERROR"),
        (format!("SELECT {}", list("1", 101, "+")), "Expression tree is too large (maximum depth 100): SQLITE_ERROR"),
        (list("SELECT 1", 6, " UNION ALL "), "too many terms in compound SELECT: SQLITE_ERROR"),
        (
            format!("SELECT max({})", list("1", 128, ",")),
            "too many arguments on function max at offset 7: SQLITE_ERROR",
        ),
        (format!("SELECT 'a' LIKE '{}'", "a".repeat(51)), "LIKE or GLOB pattern too complex: SQLITE_ERROR"),
        ("SELECT zeroblob(8388643)".to_owned(), too_big),
    ] {
        assert_eq!(error(&db, &sql), message);
    }
    assert_eq!(db.exec("SELECT ?", &[SqlValue::Text("a".repeat(8_388_643))]).unwrap_err().message, too_big);
    run(&db, &format!("SELECT count(*) FROM (VALUES {})", list("(1)", 600, ",")));
    run(&db, &format!("SELECT 'a' LIKE '{}'", "a".repeat(50)));
}
