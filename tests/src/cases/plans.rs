//! A rewritten statement is run as SQLite would run the plain one with natively bound values.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("plans": are_those_of_native_values)
}

/// A statement, its values, and how SQLite runs it when integers are bound as integers; `native/cases.rs` holds the
/// last to SQLite itself.
pub type Shape = (&'static str, Vec<Value>, &'static str);

pub const SCHEMA: &str = "
    CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c TEXT, r REAL, done BOOLEAN, x);
    CREATE INDEX by_a_b ON t (a, b);
    CREATE INDEX by_c ON t (c);
    CREATE INDEX by_r ON t (r);
    CREATE INDEX by_x ON t (x);
    CREATE INDEX open ON t (b) WHERE done = 0;
    CREATE INDEX first ON t (r, c) WHERE b = 1;
    CREATE INDEX by_sum ON t (a + b);
    CREATE INDEX by_field ON t (json_extract(c, '$.n'));
    CREATE INDEX by_lower ON t (lower(c));
";

#[must_use]
pub fn shapes() -> Vec<Shape> {
    let wide = (1_i64 << 53) + 1;
    vec![
        ("SELECT a FROM t WHERE id = ?", vec![1.into()], "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)"),
        ("SELECT a FROM t WHERE id = ?", vec![wide.into()], "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)"),
        ("SELECT id FROM t WHERE a = ?", vec![1.into()], "SEARCH t USING COVERING INDEX by_a_b (a=?)"),
        ("SELECT id FROM t WHERE a = ?", vec![wide.into()], "SEARCH t USING COVERING INDEX by_a_b (a=?)"),
        (
            "SELECT r FROM t WHERE a = ? AND b > ?",
            vec![1.into(), 2.into()],
            "SEARCH t USING INDEX by_a_b (a=? AND b>?)",
        ),
        (
            "SELECT r FROM t WHERE a IN (?, ?, ?)",
            vec![1.into(), 2.into(), wide.into()],
            "SEARCH t USING INDEX by_a_b (a=?)",
        ),
        (
            "SELECT r FROM t WHERE (a, b) = (?, ?)",
            vec![1.into(), 2.into()],
            "SEARCH t USING INDEX by_a_b (a=? AND b=?)",
        ),
        (
            "SELECT id FROM t WHERE r BETWEEN ? AND ?",
            vec![1.into(), 2.5.into()],
            "SEARCH t USING COVERING INDEX by_r (r>? AND r<?)",
        ),
        ("SELECT id FROM t WHERE c = ?", vec![1.into()], "SEARCH t USING COVERING INDEX by_c (c=?)"),
        ("SELECT id FROM t WHERE c = ?", vec!["x".into()], "SEARCH t USING COVERING INDEX by_c (c=?)"),
        ("SELECT id FROM t WHERE x = ?", vec![1.into()], "SEARCH t USING COVERING INDEX by_x (x=?)"),
        ("SELECT c FROM t WHERE done = ? AND b = ?", vec![false.into(), 7.into()], "SEARCH t USING INDEX open (b=?)"),
        ("SELECT c FROM t WHERE done = ? AND b = ?", vec![true.into(), 7.into()], "SCAN t"),
        (
            "SELECT c FROM t WHERE b = ? AND r = ?",
            vec![1.into(), 0.5.into()],
            "SEARCH t USING COVERING INDEX first (r=?)",
        ),
        ("SELECT id FROM t WHERE a + b = ?", vec![3.into()], "SEARCH t USING COVERING INDEX by_sum (<expr>=?)"),
        (
            "SELECT id FROM t WHERE json_extract(c, '$.n') = ?",
            vec![3.into()],
            "SEARCH t USING COVERING INDEX by_field (<expr>=?)",
        ),
        ("SELECT id FROM t WHERE lower(c) = ?", vec!["x".into()], "SEARCH t USING COVERING INDEX by_lower (<expr>=?)"),
        (
            "SELECT r FROM t WHERE a = ? ORDER BY b DESC LIMIT ? OFFSET ?",
            vec![1.into(), 10_u64.into(), 20_u64.into()],
            "SEARCH t USING INDEX by_a_b (a=?)",
        ),
        (
            "UPDATE t SET r = ?, c = ?, x = ? WHERE a = ?",
            vec![1.into(), 2.into(), 3.into(), 4.into()],
            "SEARCH t USING INDEX by_a_b (a=?)",
        ),
        ("DELETE FROM t WHERE id IN (?, ?)", vec![1.into(), 2.into()], "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)"),
        (
            "SELECT o.r FROM t i JOIN t o ON o.id = i.b WHERE i.a = ?",
            vec![1.into()],
            "SEARCH i USING COVERING INDEX by_a_b (a=?); SEARCH o USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            "SELECT r FROM t WHERE a = (SELECT max(a) FROM t WHERE b = ? AND done = ?)",
            vec![1.into(), false.into()],
            "SEARCH t USING INDEX by_a_b (a=?); SCALAR SUBQUERY 1; SEARCH t USING INDEX open (b=?)",
        ),
    ]
}

async fn are_those_of_native_values(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared(SCHEMA).await?;
    for (sql, values, expected) in shapes() {
        let explain =
            Statement::from_sql_and_values(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"), values.clone());
        let rows = db.query_all_raw(explain).await?;
        let plan = rows.iter().map(|row| row.try_get("", "detail")).collect::<Result<Vec<String>, _>>()?;
        assert_eq!(plan.join("; "), expected, "{sql} with {values:?}");
    }
    Ok(())
}
