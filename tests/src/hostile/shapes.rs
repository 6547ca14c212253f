//! What is too wide or too deep, and what just fits.

use super::{Input, execute, query, script};

const TOO_DEEP: &str = "Query Error: Expression tree is too large (maximum depth 100): SQLITE_ERROR (an expression may be \
    100 levels deep: use IN instead of a chain of OR)";

/// The parser of workerd's SQLite has a stack of its own that does not grow.
const RECURSION: &str = "Query Error: Recursion limit: SQLITE_ERROR (a statement may not be nested so deeply)";

pub(super) fn inputs() -> Vec<Input> {
    [columns(), depths(), programs()].concat()
}

fn columns() -> Vec<Input> {
    let list = |count: usize| (0..count).map(|at| format!("c{at}")).collect::<Vec<_>>().join(", ");
    let ones = |count: usize| vec!["1"; count].join(", ");
    vec![
        script("a table of 100 columns", format!("CREATE TABLE wide ({}); DROP TABLE wide", list(100)), "0 rows"),
        script(
            "a table of 101 columns",
            format!("CREATE TABLE wide ({})", list(101)),
            "Execution Error: too many columns on wide: SQLITE_ERROR (a table or a result may have 100 columns)",
        ),
        query(
            "a result of 100 columns",
            format!("SELECT {} FROM sentinel WHERE id = 1", ones(100)),
            [],
            "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1",
        ),
        query(
            "a result of 101 columns",
            format!("SELECT {}", ones(101)),
            [],
            "Query Error: too many columns in result set: SQLITE_ERROR (a table or a result may have 100 columns)",
        ),
        query(
            "a star that doubles again and again",
            doubled(40),
            [],
            "Query Error: too many columns in result set: SQLITE_ERROR (a table or a result may have 100 columns)",
        ),
        query(
            "a join of 64 tables",
            format!("SELECT 1 FROM sentinel WHERE EXISTS (SELECT 1 FROM {})", vec!["hostile"; 64].join(", ")),
            [],
            "no rows",
        ),
        query(
            "a join of 65 tables",
            format!("SELECT 1 FROM {}", vec!["hostile"; 65].join(", ")),
            [],
            "Query Error: at most 64 tables in a join: SQLITE_ERROR",
        ),
        query(
            "a natural join of 2,000 tables",
            format!("SELECT 1 FROM sentinel {}", "NATURAL JOIN sentinel ".repeat(2000)),
            [],
            "Query Error: too many FROM clause terms, max: 200: SQLITE_ERROR",
        ),
        query("a function of 127 arguments", format!("SELECT max({})", ones(127)), [], "1"),
        query(
            "a function of 128 arguments",
            format!("SELECT max({})", ones(128)),
            [],
            "Query Error: too many arguments on function max at offset 7: SQLITE_ERROR",
        ),
    ]
}

fn doubled(levels: usize) -> String {
    let mut sql = "WITH c0 AS (SELECT 1 AS x, 2 AS y)".to_owned();
    for level in 1..=levels {
        let before = level - 1;
        sql.push_str(&format!(", c{level} AS (SELECT * FROM c{before}, c{before} AS again)"));
    }
    format!("{sql} SELECT * FROM c{levels}")
}

fn depths() -> Vec<Input> {
    let union = |terms: usize| vec!["SELECT 1 AS n"; terms].join(" UNION ALL ");
    let brackets = |levels: usize| format!("SELECT {}1{}", "(".repeat(levels), ")".repeat(levels));
    let selects = |levels: usize| format!("{}1{}", "SELECT (".repeat(levels), ")".repeat(levels));
    let chain = |length: usize| format!("SELECT 1{}", " + 1".repeat(length));
    let mut chains = "1".to_owned();
    let mut compounds = "SELECT 1 AS n".to_owned();
    let mut rows = "(1, 2)".to_owned();
    for _ in 0..90 {
        chains = format!("({chains}{})", " + 1".repeat(90));
        compounds = format!("WITH c AS ({compounds}) SELECT n FROM c UNION ALL SELECT 1");
    }
    for _ in 0..30 {
        rows = format!("({rows} IN ({}), 1)", ["(1, 2)"; 8].join(", "));
    }
    vec![
        query("five compound terms", union(5), [], "5 rows, the first 1"),
        query(
            "six compound terms",
            union(6),
            [],
            "Execution Error: a compound SELECT of 6 terms, and a Durable Object takes 5: nest some of them as SELECT * FROM (…)",
        ),
        query(
            "six compound terms in a subquery",
            format!("SELECT count(*) FROM ({})", union(6)),
            [],
            "Execution Error: a compound SELECT of 6 terms, and a Durable Object takes 5: nest some of them as SELECT * FROM (…)",
        ),
        query("500 rows of VALUES", format!("VALUES {}", vec!["(1)"; 500].join(", ")), [], "500 rows, the first 1"),
        query("an expression of 99 operators", chain(98), [], "99"),
        query("an expression of 100 operators", chain(100), [], TOO_DEEP),
        query("an expression of 20,000 operators", chain(20_000), [], TOO_DEEP),
        query("90 brackets", brackets(90), [], "1"),
        query("40,000 brackets", brackets(40_000), [], RECURSION).natively("1"),
        query("10,000 NOTs", format!("SELECT {}1", "NOT ".repeat(10_000)), [], RECURSION).natively(TOO_DEEP),
        query("10,000 subqueries", selects(10_000), [], RECURSION).natively(TOO_DEEP),
        query(
            "10,000 EXPLAINs",
            format!("{}SELECT 1", "EXPLAIN ".repeat(10_000)),
            [],
            "Query Error: near \"EXPLAIN\": syntax error at offset 8: SQLITE_ERROR",
        ),
        query("chains in brackets in chains", format!("SELECT {chains}"), [], TOO_DEEP),
        query("compounds in compounds", compounds, [], "91 rows, the first 1"),
        query("rows in rows", format!("SELECT {rows} IN ((1, 2))"), [], "Bool(Some(false))"),
        query(
            "4,700 cases",
            format!("SELECT {}1{}", "CASE WHEN 1 THEN ".repeat(4700), " END".repeat(4700)),
            [],
            RECURSION,
        )
        .natively(TOO_DEEP),
    ]
}

fn programs() -> Vec<Input> {
    let rows = |count: usize| format!("INSERT INTO hostile VALUES {}", vec!["(abs(1))"; count].join(", "));
    vec![
        execute(
            "a program of too many operations",
            rows(9_900),
            [],
            "9900 rows",
        ),
        execute(
            "a recursion that ends",
            "INSERT INTO hostile WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000) SELECT i FROM n",
            [],
            "10000 rows",
        ),
        script(
            "triggers that start each other for ever",
            "
            CREATE TABLE echo (n);
            CREATE TRIGGER again AFTER INSERT ON echo BEGIN INSERT INTO echo VALUES (NEW.n + 1); END;
            PRAGMA recursive_triggers = 1;
            INSERT INTO echo VALUES (1)",
            "Execution Error: triggers nested too deep: SQLITE_ERROR (triggers may start each other 10 levels deep)",
        )
        .natively("Execution Error: too many levels of trigger recursion: SQLITE_ERROR (triggers may start each other 10 levels deep)"),
    ]
}
