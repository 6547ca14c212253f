//! Operators, functions and dates.

use sea_orm::entity::prelude::*;

use super::{ids, sql, texts, ticket, tickets};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": expressions_of_postgres, dates_of_postgres)
}

async fn expressions_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    for (select, expected) in [
        ("code FROM ticket WHERE code LIKE 'ABC%'", "abcdef"),
        ("code FROM ticket WHERE code GLOB 'abc*'", "abcdef"),
        ("code FROM ticket WHERE code = 'ABCDEF' COLLATE NOCASE", "abcdef"),
        ("CODE FROM \"Ticket\" WHERE N = 1", "abcdef"),
        ("upper('ä')", "ä"),
        ("'Z' < 'a'", "true"),
        ("7 / 2", "3"),
        ("typeof(1 / 0)", "null"),
        ("'a' || 1", "a1"),
        ("typeof('a' || NULL)", "null"),
        ("concat('a', NULL)", "a"),
        ("typeof(SUM(n)) || ' ' || typeof(AVG(n)) FROM ticket", "integer real"),
        ("string_agg(code, ',') FROM ticket", "abcdef,Ä"),
        ("json_group_array(code) FROM ticket", "[\"abcdef\",\"Ä\"]"),
        ("data ->> '$.a[1]' FROM ticket LIMIT 1", "2"),
        ("data ->> 'b' FROM ticket LIMIT 1", "1"),
        ("COUNT(*) FROM ticket, json_each(ticket.data, '$.a') AS it WHERE it.value = 2", "2"),
        ("max('a', 'b')", "b"),
        ("instr('abc', 'b')", "2"),
        ("substr('abc', 1, 1)", "a"),
        ("printf('%03d', 1)", "001"),
        ("CAST(n AS TEXT) FROM ticket WHERE n = 1", "1"),
        ("code FROM ticket WHERE n IS NOT DISTINCT FROM 1", "abcdef"),
        ("code FROM ticket WHERE done IS TRUE AND done = true LIMIT 1", "abcdef"),
        ("code FROM ticket WHERE (n, done) = (1, 1)", "abcdef"),
    ] {
        let rows = db.with_json_rows().query_all_raw(sql(select)).await?;
        let row = rows.first().ok_or_else(|| format!("no row of {select}"))?;
        let name = row.column_names().first().cloned().unwrap_or_default();
        let value: Json = row.try_get("", &name)?;
        assert_eq!(value.as_str().map_or_else(|| value.to_string(), str::to_owned), expected, "{select}");
    }
    for (select, error) in [
        ("code FROM ticket WHERE code ILIKE 'a%'", "syntax error"),
        ("code FROM ticket WHERE code ~ 'a'", "syntax error"),
        ("code FROM ticket WHERE code REGEXP 'a'", "no such function: REGEXP"),
        ("code FROM ticket WHERE data @> '{}'", "unrecognized token"),
        ("code FROM ticket WHERE n = ANY('{1}')", "no such function: ANY"),
        ("array_agg(code) FROM ticket", "no such function: array_agg"),
        ("greatest('a', 'b')", "no such function: greatest"),
        ("left('abc', 1)", "no such function: left"),
        ("lpad('1', 3, '0')", "no such function: lpad"),
        ("md5('a')", "no such function: md5"),
        ("gen_random_uuid()", "no such function: gen_random_uuid"),
        ("n::text FROM ticket", "1 parameter, but 0 values"),
        ("value FROM generate_series(1, 3)", "no such table: generate_series"),
    ] {
        let refused = texts(&db, select).await.err().ok_or(select)?.to_string();
        assert!(refused.contains(error), "{select}: {refused}");
    }
    assert_eq!(ids(&db, ticket::Column::Code.contains("BCD")).await?, [1]);
    assert_eq!(ids(&db, ticket::Column::Code.starts_with("A")).await?, [1]);
    assert_eq!(ids(&db, Expr::cust_with_values("instr(code, ?) > 0", ["BCD"])).await?, [0; 0]);
    Ok(())
}

async fn dates_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    for (select, expected) in [
        ("DATE(at)", "2026-03-01"),
        ("DATE(at, 'start of month')", "2026-03-01"),
        ("strftime('%Y', at)", "2026"),
        ("strftime('%H', at)", "23"),
        ("DATE(at, '+1 month', '-1 day')", "2026-03-31"),
        ("DATETIME(at, '+1 day')", "2026-03-02 23:00:00"),
        ("CAST(julianday(at) - julianday('2026-02-28') AS INTEGER) || ''", "1"),
        ("(unixepoch(at) - unixepoch('2026-03-01')) || ''", "82800"),
        ("DATETIME(at, '+2 hours')", "2026-03-02 01:00:00"),
    ] {
        assert_eq!(texts(&db, &format!("{select} FROM ticket LIMIT 1")).await?, [expected], "{select}");
    }
    for function in ["now()", "date_trunc('day', at)", "to_char(at, 'YYYY')", "age(at)"] {
        let refused = texts(&db, &format!("{function} FROM ticket")).await.err().ok_or(function)?.to_string();
        assert!(refused.contains("no such function"), "{refused}");
    }
    for syntax in ["EXTRACT(YEAR FROM at)", "at + interval '1 day'", "at AT TIME ZONE 'UTC'"] {
        assert!(texts(&db, &format!("{syntax} FROM ticket")).await.is_err(), "{syntax}");
    }
    let current = texts(&db, "CURRENT_TIMESTAMP").await?;
    // In UTC, without an offset: 2026-03-01 23:00:00.
    assert!(current[0].len() == 19 && current[0].as_bytes()[10] == b' ', "{current:?}");
    Ok(())
}
