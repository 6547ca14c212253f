//! Text that ends what it stands in: values, patterns, paths, orders, and names that SeaORM writes out.

use std::iter::repeat_n;

use sea_orm::Value;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SqliteQueryBuilder};

use super::{Act, Input, query};

pub(super) fn inputs() -> Vec<Input> {
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
        query("a value that ends the text", by_text, ["' OR '1' = '1".into()], "0"),
        query("a value that ends the statement", by_text, ["'; DROP TABLE sentinel; --".into()], "0"),
        query("a value with a backslash", by_text, ["\\' OR 1 = 1 --".into()], "0"),
        query(
            "101 values that end the text",
            format!("SELECT count(*) FROM sentinel WHERE text IN ({})", vec!["?"; 101].join(", ")),
            (0..101).map(|at| format!("{at}') OR 1 = 1 --").into()),
            "0",
        ),
        query(
            "101 blobs that end the text",
            format!("SELECT count(*) FROM sentinel WHERE bytes IN ({})", vec!["?"; 101].join(", ")),
            (0..101).map(|at| format!("{at}') OR 1 = 1 --").into_bytes().into()),
            "0",
        ),
        Input::new("a value that SeaORM writes out", Act::Query(inlined, Vec::new()), "no rows"),
        Input::new("a column that ends its quotes", Act::Query(name, Vec::new()), "no rows"),
        query(
            "a minus before minus infinity, among 101",
            format!("SELECT 1 -? AS it FROM sentinel WHERE id = 1 AND 0 NOT IN ({})", vec!["?"; 100].join(",")),
            repeat_n(f64::NEG_INFINITY.into(), 101),
            "inf",
        ),
        query(
            "101 NULLs between words",
            format!(
                "SELECT count(*)FROM sentinel WHERE CASE?WHEN?THEN 0 ELSE 1 END AND NOT?IS 1 AND 0 NOT IN ({})",
                vec!["?"; 98].join(",")
            ),
            repeat_n(Value::Int(None), 101),
            "0",
        ),
        query("a pattern of everything", like, ["%".into()], "1"),
        query("a pattern that ends the text", like, ["%' OR 1 = 1 --".into()], "0"),
        query("a path that ends the text", path, ["$.a') OR 1 = 1 --".into()], "String(None)"),
        query("a path that is none", path, ["a".into()], "Query Error: bad JSON path: 'a': SQLITE_ERROR"),
        query("a path with quotes", path, ["$.\"a\"".into()], "1"),
        query(
            "a document that is none",
            "SELECT json_extract(?, '$.a')",
            ["{\"a\":".into()],
            "Query Error: malformed JSON: SQLITE_ERROR",
        ),
        Input::new(
            "an order that ends the statement",
            custom("id; DROP TABLE sentinel"),
            "Execution Error: more than one statement in a prepared call: use execute_unprepared for a script",
        ),
        Input::new("an order that hides the rest", custom("id -- "), "2 rows, the first it\\'s here"),
        Input::new("an order by a subquery", custom("(SELECT id FROM hostile)"), "2 rows, the first it\\'s here"),
        query(
            "an order by a text",
            "SELECT text FROM sentinel ORDER BY ?",
            ["id; DROP TABLE sentinel".into()],
            "2 rows, the first it\\'s here",
        ),
        query(
            "a limit of text",
            "SELECT text FROM sentinel LIMIT ?",
            ["1; DROP TABLE sentinel".into()],
            "Query Error: datatype mismatch: SQLITE_MISMATCH",
        ),
        query(
            "a limit below zero",
            "SELECT text FROM sentinel LIMIT ?",
            [(-1).into()],
            "2 rows, the first it\\'s here",
        ),
        query(
            "a limit of a fraction",
            "SELECT text FROM sentinel LIMIT ?",
            [1.5.into()],
            "Query Error: datatype mismatch: SQLITE_MISMATCH",
        ),
        query(
            "a collation",
            "SELECT text FROM sentinel ORDER BY text COLLATE \"x\"\"; --\"",
            [],
            "Query Error: no such collation sequence: x\"; --: SQLITE_ERROR (extended: SQLITE_ERROR_MISSING_COLLSEQ)",
        ),
        query(
            "a function of a hostile name",
            "SELECT \"abs\"\"; DROP TABLE sentinel; --\"(1)",
            [],
            "Query Error: no such function: abs\"; DROP TABLE sentinel; -- at offset 7: SQLITE_ERROR",
        ),
        query("a cast to a hostile type", "SELECT CAST(1 AS \"integer); DROP TABLE sentinel; --\") AS it", [], "1"),
    ]
}
