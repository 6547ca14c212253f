//! The manners, one by one. What they must be was taken from workerd 2026-11-17, statement by statement.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::*;

fn storage() -> NativeStorage {
    NativeStorage::in_memory().unwrap()
}

fn rows(db: &NativeStorage, sql: &str, params: &[SqlValue]) -> Vec<Vec<SqlValue>> {
    db.exec(sql, params).unwrap().rows
}

/// The one row of a statement without parameters.
fn row(db: &NativeStorage, sql: &str) -> Vec<SqlValue> {
    rows(db, sql, &[]).remove(0)
}

fn run(db: &NativeStorage, sql: &str) {
    db.exec(sql, &[]).unwrap();
}

fn error(db: &NativeStorage, sql: &str) -> String {
    db.exec(sql, &[]).unwrap_err().0
}

fn number(number: f64) -> SqlValue {
    SqlValue::Number(number)
}

fn text(text: &str) -> SqlValue {
    SqlValue::Text(text.to_owned())
}

/// A path that no other test has; the file goes when the value goes.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("native-{}-{}.sqlite", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

// Values.

#[test]
fn binds_every_number_as_real() {
    let sql = "SELECT typeof(?), ? / 2, ? || '', typeof(+CAST(? AS INTEGER))";
    let one = [number(1.0), number(3.0), number(1.0), number(1.0)];
    assert_eq!(rows(&storage(), sql, &one), [[text("real"), number(1.5), text("1.0"), text("integer")]]);
}

#[test]
fn binds_nan_as_null() {
    assert_eq!(rows(&storage(), "SELECT ?, 1", &[number(f64::NAN)]), [[SqlValue::Null, number(1.0)]]);
}

#[test]
fn binds_and_reads_text_blobs_and_null_unchanged() {
    let values = [text("a\0é"), SqlValue::Blob(vec![0, 255]), SqlValue::Blob(vec![]), SqlValue::Null];
    assert_eq!(rows(&storage(), "SELECT ?, ?, ?, ?", &values), [values]);
}

#[test]
fn rounds_integers_above_2_53_as_the_runtime_does() {
    let read = row(&storage(), "SELECT 9007199254740993, -9223372036854775808, 9223372036854775807");
    assert_eq!(read, [number(9_007_199_254_740_992.0), number(-(2f64.powi(63))), number(2f64.powi(63))]);
}

#[test]
fn replaces_invalid_utf8_in_text() {
    let read = row(&storage(), "SELECT CAST(x'ff41fe' AS TEXT), CAST(x'e28241' AS TEXT)");
    assert_eq!(read, [text("\u{fffd}A\u{fffd}"), text("\u{fffd}A")]);
}

#[test]
fn keeps_duplicate_column_names() {
    assert_eq!(storage().exec("SELECT 1 AS a, 2 AS a, 3 AS b", &[]).unwrap().columns, ["a", "a", "b"]);
}

#[test]
fn names_no_columns_for_a_statement_without_rows() {
    let result = storage().exec("CREATE TABLE t (x)", &[]).unwrap();
    assert!(result.columns.is_empty() && result.rows.is_empty());
}

#[test]
fn refuses_another_number_of_parameters() {
    let message = "Wrong number of parameter bindings for SQL query.";
    assert_eq!(error(&storage(), "SELECT ?"), message);
    assert_eq!(storage().exec("SELECT 1", &[SqlValue::Null]).unwrap_err().0, message);
}

// Several statements in one text.

#[test]
fn runs_all_statements_and_returns_the_last_ones_rows() {
    let db = storage();
    let sql = "CREATE TABLE t (x); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; SELECT ';', ?; \n";
    assert_eq!(rows(&db, sql, &[text("a")]), [[text(";"), text("a")]]);
    assert_eq!(rows(&db, "INSERT INTO t VALUES (1); SELECT x FROM t;", &[]), [[number(1.0)]]);
}

#[test]
fn refuses_parameters_before_the_last_statement() {
    let message =
        "When executing multiple SQL statements in a single call, only the last statement can have parameters.";
    for sql in ["SELECT ?; SELECT 1", "SELECT ?, ';'; SELECT 1", "SELECT ?;;", "SELECT ?; -- c;", "SELECT ?\0"] {
        assert_eq!(storage().exec(sql, &[SqlValue::Null]).unwrap_err().0, message, "{sql}");
    }
    for sql in ["SELECT ?;", "SELECT ? -- c;", "SELECT ? -- ; c", "SELECT ? /* ; */ ; ", "SELECT ';', ?"] {
        assert!(storage().exec(sql, &[SqlValue::Null]).is_ok(), "{sql}");
    }
}

#[test]
fn refuses_a_text_that_ends_without_a_statement() {
    for sql in ["", " ", ";", "-- c", "SELECT 1;;", "SELECT 1; -- c", "SELECT 1\0"] {
        assert_eq!(error(&storage(), sql), "SQL code did not contain a statement.", "{sql}");
    }
    run(&storage(), "SELECT 1 -- c;");
}

#[test]
fn keeps_what_ran_before_a_failing_statement() {
    let db = storage();
    assert_eq!(
        error(&db, "CREATE TABLE t (x); INSERT INTO t VALUES (1); SELECT nope FROM t"),
        "no such column: nope at offset 7: SQLITE_ERROR"
    );
    assert_eq!(row(&db, "SELECT count(*) FROM t"), [number(1.0)]);
}

#[test]
fn refuses_returning_before_the_last_statement() {
    let db = storage();
    run(&db, "CREATE TABLE t (x)");
    let message = "cannot commit transaction - SQL statements in progress: SQLITE_BUSY";
    assert_eq!(error(&db, "INSERT INTO t VALUES (1) RETURNING x; SELECT 1"), message);
    assert_eq!(row(&db, "SELECT count(*) FROM t"), [number(0.0)]);
}

// Errors.

#[test]
fn words_errors_as_the_runtime_does() {
    let db = storage();
    run(&db, "CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT UNIQUE, n INTEGER NOT NULL DEFAULT 1 CHECK (n > 0))");
    run(&db, "INSERT INTO t VALUES (1, 'a', 1)");
    for (sql, message) in [
        ("SELECT * FROM x", "no such table: x: SQLITE_ERROR"),
        ("SELEC 1", "near \"SELEC\": syntax error at offset 0: SQLITE_ERROR"),
        ("SELECT 'é', nope", "no such column: nope at offset 13: SQLITE_ERROR"),
        ("INSERT INTO t (id) VALUES ('x')", "datatype mismatch: SQLITE_MISMATCH"),
        (
            "INSERT INTO t VALUES (2, 'a', 1)",
            "UNIQUE constraint failed: t.email: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)",
        ),
        (
            "INSERT INTO t VALUES (1, 'b', 1)",
            "UNIQUE constraint failed: t.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)",
        ),
        (
            "INSERT INTO t VALUES (2, 'b', NULL)",
            "NOT NULL constraint failed: t.n: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_NOTNULL)",
        ),
        (
            "INSERT INTO t VALUES (2, 'b', 0)",
            "CHECK constraint failed: n > 0: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)",
        ),
    ] {
        assert_eq!(error(&db, sql), message);
    }
}

#[test]
fn enforces_foreign_keys() {
    let db = storage();
    run(&db, "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id))");
    assert_eq!(
        error(&db, "INSERT INTO c VALUES (1)"),
        "FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)"
    );
}

// What is refused.

#[test]
fn refuses_transaction_control_and_says_what_to_use() {
    let db = storage();
    for sql in ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "SELECT 1; BEGIN"] {
        assert!(error(&db, sql).starts_with("To execute a transaction, please use the state.storage"), "{sql}");
    }
    // The next error is not taken for one of them.
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
fn refuses_to_read_the_runtimes_tables_in_a_file_of_its_own() {
    let file = TemporaryFile::new();
    Connection::open(&file.0).unwrap().execute_batch("CREATE TABLE _cf_KV (key TEXT PRIMARY KEY, value BLOB)").unwrap();
    let db = NativeStorage::open_file(&file.0).unwrap();
    assert_eq!(error(&db, "SELECT * FROM _cf_KV"), "access to _cf_KV.key is prohibited: SQLITE_AUTH");
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

// Limits.

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
        ("SELECT zeroblob(2000001)".to_owned(), too_big),
    ] {
        assert_eq!(error(&db, &sql), message);
    }
    assert_eq!(db.exec("SELECT ?", &[SqlValue::Text("a".repeat(2_000_001))]).unwrap_err().0, too_big);
    run(&db, &format!("SELECT count(*) FROM (VALUES {})", list("(1)", 600, ",")));
    run(&db, &format!("SELECT 'a' LIKE '{}'", "a".repeat(50)));
}

// Transactions.

#[test]
fn commits_and_rolls_back_atomic_steps_at_every_depth() {
    let db = storage();
    run(&db, "CREATE TABLE t (x)");
    db.atomically(&mut || {
        run(&db, "INSERT INTO t VALUES (1)");
        for (x, outcome) in [(2, Outcome::Rollback), (3, Outcome::Commit)] {
            db.atomically(&mut || {
                run(&db, &format!("INSERT INTO t VALUES ({x})"));
                outcome
            })
            .unwrap();
        }
        assert!(error(&db, "COMMIT").starts_with("To execute a transaction"));
        Outcome::Commit
    })
    .unwrap();
    db.atomically(&mut || {
        run(&db, "INSERT INTO t VALUES (4)");
        Outcome::Rollback
    })
    .unwrap();
    assert_eq!(rows(&db, "SELECT x FROM t", &[]), [[number(1.0)], [number(3.0)]]);
}

#[test]
fn rolls_back_and_reports_a_commit_that_fails() {
    let db = storage();
    run(&db, "CREATE TABLE p (id INTEGER PRIMARY KEY)");
    run(&db, "CREATE TABLE c (p REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)");
    let result = db.atomically(&mut || {
        run(&db, "INSERT INTO c VALUES (1)");
        Outcome::Commit
    });
    assert!(result.unwrap_err().0.starts_with("FOREIGN KEY constraint failed: SQLITE_CONSTRAINT"));
    assert_eq!(row(&db, "SELECT count(*) FROM c"), [number(0.0)]);
    db.atomically(&mut || Outcome::Commit).unwrap();
}

#[test]
fn reports_a_transaction_that_sqlite_has_rolled_back_by_itself() {
    let db = storage();
    run(&db, "CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1)");
    for outcome in [Outcome::Commit, Outcome::Rollback] {
        let result = db.atomically(&mut || {
            error(&db, "INSERT OR ROLLBACK INTO t VALUES (1)");
            outcome
        });
        assert!(result.unwrap_err().0.ends_with("no transaction is active: SQLITE_ERROR"));
    }
}

#[test]
fn rolls_back_when_the_step_panics() {
    let db = storage();
    run(&db, "CREATE TABLE t (x)");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        db.atomically(&mut || {
            db.atomically(&mut || {
                run(&db, "INSERT INTO t VALUES (1)");
                panic!("in the step")
            })
            .unwrap();
            Outcome::Commit
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(row(&db, "SELECT count(*) FROM t"), [number(0.0)]);
    db.atomically(&mut || Outcome::Commit).unwrap();
}

#[test]
fn keeps_other_threads_out_of_an_atomic_step() {
    let db = storage();
    run(&db, "CREATE TABLE t (x)");
    let (started, wait) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            db.atomically(&mut || {
                started.send(()).unwrap();
                std::thread::sleep(Duration::from_millis(50));
                Outcome::Rollback
            })
        });
        wait.recv().unwrap();
        run(&db, "INSERT INTO t VALUES (1)");
    });
    assert_eq!(row(&db, "SELECT count(*) FROM t"), [number(1.0)]);
}

// Files.

#[test]
fn keeps_a_file_in_wal_mode_as_the_runtime_does() {
    let file = TemporaryFile::new();
    run(&NativeStorage::open_file(&file.0).unwrap(), "CREATE TABLE t AS SELECT 1 AS x");
    assert_eq!(row(&NativeStorage::open_file(&file.0).unwrap(), "SELECT x FROM t"), [number(1.0)]);
    let mode: String =
        Connection::open(&file.0).unwrap().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn refuses_a_file_that_is_no_database_and_names_it() {
    let file = TemporaryFile::new();
    std::fs::write(&file.0, "not a database, but long enough to be taken for one".repeat(20)).unwrap();
    let message = NativeStorage::open_file(&file.0).unwrap_err().0;
    assert_eq!(message, format!("cannot open the file {:?}: file is not a database: SQLITE_NOTADB", file.0));
    let nowhere = Path::new("/nowhere/at/all.sqlite");
    assert!(NativeStorage::open_file(nowhere).unwrap_err().0.starts_with("cannot open the file \"/nowhere/at/all"));
}
