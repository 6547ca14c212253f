//! Values, several statements in one text, errors.

use super::*;

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
    assert_eq!(storage().exec("SELECT 1 AS a, 2 AS a, 3 AS b", &[]).unwrap().columns[..], ["a", "a", "b"]);
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
    assert_eq!(storage().exec("SELECT 1", &[SqlValue::Null]).unwrap_err().message, message);
}

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
        assert_eq!(storage().exec(sql, &[SqlValue::Null]).unwrap_err().message, message, "{sql}");
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
