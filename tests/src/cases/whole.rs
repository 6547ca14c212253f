//! A statement that fails leaves nothing behind, inside of a transaction that goes on.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use sea_orm_do::DoTransaction;
use sea_orm_do_statements as random;

use crate::case::{Case, Context, Outcome, case, cases};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!("whole":
        whatever_fails_leaves_nothing,
        what_is_long_leaves_nothing,
        what_succeeds_writes_all,
        no_rowid_left_undoes_the_statement_alone,
        random_writes_that_fail_leave_nothing,
    );
    cases.push(
        case!("whole", no_rowid_left_for_one_row_ends_the_transaction)
            .resetting("database or disk is full")
            .then(|context| Box::pin(is_what_it_was(context))),
    );
    cases
}

const SCHEMA: &str = "
    CREATE TABLE s (g, n); INSERT INTO s VALUES (1, 1), (2, 9223372036854775807), (2, 1), (3, 5);
    CREATE TABLE r (g, n);
    CREATE TABLE t (id INTEGER PRIMARY KEY, a, b TEXT); INSERT INTO t VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 3, 'three');
    CREATE TABLE u (id INTEGER PRIMARY KEY, k UNIQUE ON CONFLICT REPLACE, n INTEGER); INSERT INTO u VALUES (1, 1, 1), (2, 2, 2);
    CREATE TABLE strict (a ANY, b INTEGER) STRICT; INSERT INTO strict VALUES (1, 1), (2, 2);
    CREATE TABLE seen (a); CREATE TABLE log (a INTEGER) STRICT;
    CREATE TRIGGER see AFTER INSERT ON seen BEGIN INSERT INTO log VALUES (new.a); END;
    CREATE TABLE parent (a PRIMARY KEY); INSERT INTO parent VALUES (1), (2);
    CREATE TABLE child (a INTEGER REFERENCES parent ON UPDATE CASCADE ON DELETE CASCADE) STRICT;
    INSERT INTO child VALUES (1), (2);
    CREATE TRIGGER gone AFTER DELETE ON child WHEN old.a = 2 BEGIN INSERT INTO log VALUES ('two'); END;
    CREATE VIEW shown AS SELECT a FROM seen;
    CREATE TRIGGER show INSTEAD OF INSERT ON shown BEGIN INSERT INTO log VALUES (new.a); END;
";

/// Each fails after it has written something, and SQLite by itself would keep that.
const FAILING: [&str; 24] = [
    "INSERT INTO r SELECT g, sum(n) FROM s GROUP BY g",
    "INSERT INTO r SELECT g, sum(n) OVER (ORDER BY g, n DESC ROWS 1 PRECEDING) FROM s",
    "INSERT INTO r SELECT g, sum(n) FROM s GROUP BY g ORDER BY g LIMIT 3",
    "WITH c AS (SELECT g, sum(n) AS n FROM s GROUP BY g) INSERT INTO r SELECT * FROM c",
    "INSERT INTO r SELECT id, (SELECT sum(n) FROM s WHERE g = t.id) FROM t",
    "INSERT INTO r SELECT id, ntile(id) OVER (PARTITION BY id) FROM (SELECT 1 AS id UNION ALL SELECT 0 ORDER BY 1 DESC)",
    "INSERT OR IGNORE INTO t (id) VALUES (7), ('seven')",
    "INSERT OR REPLACE INTO t (id, a) VALUES (1, 7), ('seven', 7)",
    "INSERT INTO t (id, a) SELECT 7, 7 UNION ALL VALUES ('seven', 7)",
    "INSERT INTO t (id, a) VALUES (1, 7), ('seven', 7) ON CONFLICT (id) DO UPDATE SET a = excluded.a",
    "INSERT INTO u (k, n) VALUES (1, 7), (9, (SELECT sum(n) FROM s))",
    "UPDATE t SET a = (SELECT sum(n) FROM s WHERE g = t.id)",
    "UPDATE t SET a = q.n FROM (SELECT g, n FROM s) AS q WHERE q.g = t.id AND (t.id < 2 OR (SELECT sum(n) FROM s))",
    "UPDATE OR IGNORE t SET id = iif(id = 1, 9, 'nine')",
    "UPDATE strict SET b = iif(a = 1, 6, 'six')",
    "INSERT INTO strict VALUES (3, 3), (4, 'four')",
    "DELETE FROM s WHERE g = 1 OR (SELECT sum(n) FROM s)",
    "DELETE FROM s WHERE g = 1 RETURNING (SELECT sum(n) FROM s) AS n",
    "INSERT INTO r VALUES (1, 1) RETURNING (SELECT sum(n) FROM s) AS n",
    "UPDATE t SET a = 9 RETURNING (SELECT sum(n) FROM s) AS n",
    "INSERT INTO seen VALUES (3), ('four')",
    "INSERT INTO seen SELECT 'four'",
    "DELETE FROM parent",
    "INSERT INTO shown VALUES (3), ('four')",
];

const TABLES: [&str; 9] = ["s", "r", "t", "u", "strict", "seen", "log", "parent", "child"];

fn statement(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

/// All rows of all tables, with their lengths in the place of long texts.
async fn contents(txn: &DoTransaction) -> Result<Vec<String>, DbErr> {
    let txn = txn.with_inferred_types();
    let mut contents = Vec::new();
    for table in TABLES {
        let columns = txn.query_all_raw(statement(&format!("SELECT name FROM pragma_table_info('{table}')"))).await?;
        let columns: Vec<_> = columns
            .iter()
            .map(|row| {
                row.try_get::<String>("", "name").map(|name| format!("quote(substr({name}, 1, 20)) || length({name})"))
            })
            .collect::<Result<_, _>>()?;
        let shown = format!("SELECT concat_ws(', ', {}) AS shown FROM {table} ORDER BY 1", columns.join(", "));
        for row in txn.query_all_raw(statement(&shown)).await? {
            contents.push(format!("{table}: {}", row.try_get::<String>("", "shown")?));
        }
    }
    Ok(contents)
}

/// Runs a statement in every way that there is, each of which must fail and leave nothing.
async fn fails(txn: &DoTransaction, sql: &str) -> Result<(), DbErr> {
    let before = contents(txn).await?;
    let inferring = txn.with_declared_types().with_inferred_types();
    let ways = [
        txn.execute_raw(statement(sql)).await.map(drop),
        txn.execute_unprepared(sql).await.map(drop),
        txn.execute_unprepared(&format!("SELECT 1; {sql}")).await.map(drop),
        inferring.query_all_raw(statement(sql)).await.map(drop),
        inferring.query_one_raw(statement(sql)).await.map(drop),
    ];
    for (way, failed) in ways.into_iter().enumerate() {
        let failed = failed.err().ok_or_else(|| DbErr::Custom(format!("{sql} did not fail in way {way}")))?.to_string();
        let of_text = ["syntax error", "no such", "no registered", "not known"];
        assert!(!of_text.iter().any(|of_text| failed.contains(of_text)), "{sql}: {failed}");
    }
    assert_eq!(contents(txn).await?, before, "{sql}");
    Ok(())
}

async fn whatever_fails_leaves_nothing(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared(SCHEMA).await?;
    db.transaction_sync(async |txn| {
        for sql in FAILING {
            fails(txn, sql).await?;
        }
        Ok::<_, DbErr>(())
    })?;
    // And outside of one.
    for sql in FAILING {
        db.execute_raw(statement(sql)).await.err().ok_or(sql)?;
    }
    let left = db.with_inferred_types().query_one_raw(statement("SELECT count(*) AS n FROM r")).await?;
    assert_eq!(left.ok_or("no row")?.try_get::<i64>("", "n")?, 0);
    Ok(())
}

/// A row that is too long is found when it is written. The newest runtime takes 8 MiB.
async fn what_is_long_leaves_nothing(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared(SCHEMA).await?;
    db.execute_unprepared("UPDATE t SET b = hex(zeroblob(950000)) WHERE id = 2").await?;
    db.transaction_sync(async |txn| {
        for sql in [
            "UPDATE t SET a = b, b = b || b || b || b WHERE id > 0",
            "UPDATE t SET b = b || b || b || b || b",
            "UPDATE t SET b = b || b || b || b || b WHERE id IN (1, 2)",
            "INSERT INTO r SELECT b, b || b || b || b FROM t",
            "INSERT OR REPLACE INTO t SELECT id + 1, b || b, b || b || b FROM t WHERE id < 3",
            "REPLACE INTO t (id, a, b) SELECT 1, b || b, b || b || b FROM t WHERE id = 2",
            "REPLACE INTO t (id, a, b) \
             VALUES (1, (SELECT b || b FROM t WHERE id = 2), (SELECT b || b || b FROM t WHERE id = 2))",
            "UPDATE OR REPLACE t SET id = 3, a = b || b, b = b || b || b WHERE id = 2",
            "INSERT INTO u (k, n) VALUES (1, (SELECT b || b || b || b || b FROM t WHERE id = 2))",
            "UPDATE u SET k = 1, n = (SELECT b || b || b || b || b FROM t WHERE id = 2) WHERE id = 2",
            "DELETE FROM t WHERE length(b || (SELECT b FROM t WHERE id = 2) \
             || iif(id = 3, (SELECT b || b || b || b FROM t WHERE id = 2), ''))",
            "INSERT INTO r SELECT 1, group_concat(b || b || b) FROM t, (SELECT 1 UNION ALL SELECT 2) GROUP BY id",
        ] {
            fails(txn, sql).await?;
        }
        Ok::<_, DbErr>(())
    })?;
    Ok(())
}

/// What the driver adds to a text changes nothing else.
async fn what_succeeds_writes_all(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared(SCHEMA).await?;
    for (sql, rows) in [
        ("INSERT INTO r VALUES (1, 2), (3, 4)", 2),
        ("INSERT INTO r SELECT g, n FROM s WHERE g < 3", 3),
        ("INSERT INTO r SELECT g, n FROM s ORDER BY g DESC LIMIT 1 OFFSET 1", 1),
        ("INSERT INTO r SELECT g, n FROM s WHERE 1 UNION SELECT 1, 2", 5),
        ("UPDATE r SET n = 0", 11),
        ("UPDATE r SET n = 1 WHERE g = 1 OR g = 3 -- these", 6),
        ("UPDATE r SET n = s.n FROM s WHERE s.g = r.g AND s.g = 3", 2),
        ("INSERT INTO t (id, a) VALUES (1, 8), (4, 8) ON CONFLICT (id) DO UPDATE SET a = excluded.a", 2),
        ("INSERT OR IGNORE INTO t (id, a) VALUES (1, 9), (5, 9)", 1),
        ("REPLACE INTO t (id, a) VALUES (1, 10)", 1),
        ("DELETE FROM parent WHERE a = 1", 1),
        ("DELETE FROM r WHERE n || '' = '1'", 4),
        ("DELETE FROM r", 7),
    ] {
        let changed = db.execute_raw(statement(sql)).await.map_err(|error| format!("{sql}: {error}"))?;
        assert_eq!(changed.rows_affected(), rows, "{sql}");
    }
    let values = "INSERT INTO r (g, n) VALUES (?, ?), (?, ?)";
    let bound = [9_007_199_254_740_993_i64.into(), "a".into(), 2.5.into(), sea_orm::Value::String(None)];
    db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, values, bound)).await?;
    let rows = db.query_all_raw(statement("SELECT quote(g) || quote(n) AS shown FROM r ORDER BY rowid")).await?;
    let rows = rows.iter().map(|row| row.try_get::<String>("", "shown")).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(rows, ["9007199254740993'a'", "2.5NULL"]);
    Ok(())
}

/// The greatest rowid, after which AUTOINCREMENT has no other: <https://www.sqlite.org/autoinc.html>.
const LAST: &str = "
    CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, a); CREATE TABLE other (a);
    INSERT INTO counted VALUES (9223372036854775806, 1); INSERT INTO other VALUES (1);
";

async fn no_rowid_left_undoes_the_statement_alone(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared(LAST).await?;
    db.transaction_sync(async |txn| {
        txn.execute_unprepared("INSERT INTO other VALUES (2)").await?;
        let error =
            txn.execute_unprepared("INSERT INTO counted (a) VALUES (1), (2)").await.expect_err("full").to_string();
        assert_eq!(error, "Execution Error: database or disk is full: SQLITE_FULL");
        txn.execute_unprepared("INSERT INTO other VALUES (3)").await
    })?;
    let counts = "SELECT (SELECT count(*) FROM counted) || (SELECT group_concat(a) FROM other) AS it";
    let row = db.query_one_raw(statement(counts)).await?.ok_or("no row")?;
    assert_eq!(row.try_get::<String>("", "it")?, "11,2,3");
    Ok(())
}

async fn no_rowid_left_for_one_row_ends_the_transaction(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared(LAST).await?;
    db.execute_unprepared("INSERT INTO counted (a) VALUES (1)").await?;
    context.wait().await;
    let other = db.clone();
    let ended = db.transaction_sync(async |txn| {
        txn.execute_unprepared("INSERT INTO other VALUES (2)").await?;
        let error =
            txn.execute_raw(statement("INSERT INTO counted (a) VALUES (1)")).await.expect_err("full").to_string();
        assert!(error.contains("has ended the transaction: what was written in it is lost"), "{error}");
        for later in ["INSERT INTO other VALUES (3)", "SELECT * FROM other"] {
            let error = txn.execute_unprepared(later).await.expect_err(later).to_string();
            assert!(error.contains("can no longer be used: database or disk is full"), "{error}");
        }
        Ok::<(), DbErr>(())
    });
    assert!(ended.is_err());
    for later in [&db, &other] {
        let error = later.query_all_raw(statement("SELECT * FROM other")).await.expect_err("it is over").to_string();
        assert!(error.contains("can no longer be used: database or disk is full"), "{error}");
    }
    Ok(())
}

async fn is_what_it_was(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let row = db.query_one_raw(statement("SELECT group_concat(a) AS it FROM other")).await?.ok_or("no row")?;
    assert_eq!(row.try_get::<String>("", "it")?, "1");
    Ok(())
}

/// Every second row of these fails, and SQLite keeps no journal for that: a text for an INTEGER of a STRICT table.
const TRIGGERS: [(&str, &str); 9] = [
    ("INSERT ON item", "new"),
    ("UPDATE ON item", "new"),
    ("DELETE ON item", "old"),
    ("INSERT ON owner", "new"),
    ("UPDATE ON owner", "new"),
    ("DELETE ON owner", "old"),
    ("INSERT ON tag", "new"),
    ("UPDATE ON tag", "new"),
    ("DELETE ON tag", "old"),
];

/// All rows of the tables that the statements write to.
const CONTENTS: &str = "SELECT
    (SELECT group_concat(quote(id) || quote(name) || quote(price) || quote(owner_id), ';') FROM item) || '|' ||
    (SELECT group_concat(quote(id) || quote(name) || quote(\"order\") || quote(boss), ';') FROM owner) || '|' ||
    (SELECT group_concat(quote(item_id) || quote(label) || quote(weight), ';') FROM tag) || '|' ||
    (SELECT count(*) FROM odd) || '|' || (SELECT count(*) FROM failing_log) AS it";

async fn random_rows(txn: &DoTransaction) -> Result<String, DbErr> {
    let row = txn.with_inferred_types().query_one_raw(statement(CONTENTS)).await?;
    row.ok_or_else(|| DbErr::Custom("no row".to_owned()))?.try_get("", "it")
}

async fn random_writes_that_fail_leave_nothing(context: Context) -> Outcome {
    const SEEDS: u64 = 8_000;
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared(random::SCHEMA).await?;
    db.execute_unprepared("CREATE TABLE failing_log (a INTEGER) STRICT").await?;
    for (at, (event, row)) in TRIGGERS.iter().enumerate() {
        let trigger = format!(
            "CREATE TRIGGER fails_{at} AFTER {event} BEGIN \
             INSERT INTO failing_log VALUES (CASE WHEN {row}.rowid % 2 THEN 1 ELSE 'x' END); END"
        );
        db.execute_unprepared(&trigger).await?;
    }
    let (mut failed, mut succeeded) = (0, 0);
    for seed in 1..=SEEDS {
        let made = random::statement(seed, None);
        let writes = made.constructs.iter().any(|construct| construct.ends_with("RETURNING"));
        // What OR FAIL keeps is asked for.
        if !writes || made.may_be_endless || made.constructs.contains("OR FAIL") {
            continue;
        }
        let values = made.values.iter().map(|value| match value {
            random::Value::Integer(integer) => (*integer).into(),
            random::Value::Real(real) => (*real).into(),
            random::Value::Text(text) => sea_orm::Value::from(text.clone()),
        });
        let write = Statement::from_sql_and_values(DbBackend::Sqlite, made.sql.clone(), values);
        let undone = db.transaction_sync(async |txn| {
            let before = random_rows(txn).await?;
            match txn.execute_raw(write).await {
                Err(error) => {
                    assert_eq!(random_rows(txn).await?, before, "{error}\n    {}\n    {:?}", made.sql, made.values);
                    failed += usize::from(error.to_string().contains("cannot store TEXT value"));
                }
                Ok(_) => succeeded += 1,
            }
            Err::<(), _>(DbErr::Custom("undone".to_owned()))
        });
        assert!(undone.is_err_and(|error| error.to_string().contains("undone")));
    }
    assert!(failed > 100 && succeeded > 100, "{failed} failed in the middle, {succeeded} did not fail");
    Ok(())
}
