//! What an access does not allow is an error, and nothing is written.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use sea_orm_do::remote::{Access, Batch};

use super::{accounts, cents, remote, sql};
use crate::case::{Case, Context, Outcome, cases};
use crate::hostile::{Act, PARTS};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "remote":
        a_read_only_access_refuses_every_way_to_write,
        a_read_only_access_refuses_every_disguise,
        a_read_only_access_sets_no_pragma,
        what_a_call_reads_has_a_limit,
        long_values_count,
        limits_are_errors_that_name_them,
        begin_points_to_the_batch,
        hooks_see_that_a_statement_came_from_outside,
    )
}

const WRITES: [&str; 24] = [
    "INSERT INTO account VALUES (3, 1)",
    "insert into account values (3, 1) returning id",
    "REPLACE INTO account VALUES (1, 1)",
    "UPDATE account SET cents = 1",
    "DELETE FROM account",
    "WITH a AS (SELECT 1) DELETE FROM account",
    "WITH a AS (SELECT 1) INSERT INTO account SELECT 3, 1",
    "/* SELECT */ DELETE FROM account",
    "-- SELECT\nDELETE FROM account",
    "\u{FEFF}DELETE FROM account",
    ";;DELETE FROM account",
    "DROP TABLE account",
    "CREATE TABLE t (a)",
    "CREATE TEMP TABLE t (a)",
    "CREATE VIEW v AS SELECT 1",
    "CREATE TRIGGER t AFTER DELETE ON account BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE v USING fts5(a)",
    "ALTER TABLE account RENAME TO t",
    "REINDEX",
    "ANALYZE",
    "VACUUM",
    "PRAGMA defer_foreign_keys = ON",
    "PRAGMA optimize",
    "ATTACH 'x' AS y",
];

async fn a_read_only_access_refuses_every_way_to_write(context: Context) -> Outcome {
    let (object, db) = accounts(&context, Access::read_only().with_tools()).await?;
    let schema = sea_orm_do::introspect(&object)?;
    for text in WRITES {
        let read = "SELECT 1";
        let error = db.execute_raw(sql(text)).await.expect_err(text).to_string();
        assert!(error.contains("this access is read-only"), "{text}: {error}");
        assert!(db.query_all_raw(sql(text)).await.is_err(), "{text}");
        assert!(db.stored_rows(sql(text)).await.is_err(), "{text}");
        assert!(db.execute_unprepared(text).await.is_err(), "{text}");
        assert!(db.execute_unprepared(&format!("{read}; {text}")).await.is_err(), "{text}");
        assert!(db.query_all_raw(sql(&format!("{read}; {text}"))).await.is_err(), "{text}");
        assert!(db.stored_rows(sql(&format!("{read}; {text}"))).await.is_err(), "{text}");
        assert!(db.batch(Batch::new().query(sql(read)).execute(sql(text))).await.is_err(), "{text}");
        assert!(db.batch(Batch::new().query(sql(text))).await.is_err(), "{text}");
        // Explained, it does not run.
        let _ = db.explain(&sql(text)).await;
        let _ = db.explain(&sql(&format!("{read}; {text}"))).await;
        let _ = db.stored_rows(sql(&format!("EXPLAIN {text}"))).await;
        assert_eq!(cents(&object).await?, [500, 0], "{text}");
        assert_eq!(sea_orm_do::introspect(&object)?, schema, "{text}");
    }
    assert!(db.import("CREATE TABLE t (a);").await.is_err());
    assert!(db.migrate(None).await.is_err());
    assert_eq!(sea_orm_do::introspect(&object)?, schema);
    Ok(())
}

/// SQLite sets a PRAGMA when it prepares the statement, even behind EXPLAIN.
async fn a_read_only_access_sets_no_pragma(context: Context) -> Outcome {
    let (object, db) = accounts(&context, Access::read_only().with_tools()).await?;
    for pragma in
        ["ignore_check_constraints = ON", "ignore_check_constraints(1)", "foreign_keys = OFF", "main.foreign_keys(0)"]
    {
        for before in ["", "EXPLAIN ", "EXPLAIN QUERY PLAN ", "explain /* */ query plan\n", "EXPLAIN QUERY PLAN -- \n"]
        {
            let text = format!("{before}PRAGMA {pragma}");
            assert!(db.execute_raw(sql(&text)).await.is_err(), "{text}");
            assert!(db.query_all_raw(sql(&text)).await.is_err(), "{text}");
            assert!(db.execute_unprepared(&text).await.is_err(), "{text}");
            assert!(db.stored_rows(sql(&text)).await.is_err(), "{text}");
            assert!(db.batch(Batch::new().query(sql(&text))).await.is_err(), "{text}");
            assert!(db.explain(&sql(&text)).await.is_err(), "{text}");
            let broken = object.execute_unprepared("UPDATE account SET cents = -1").await;
            assert!(broken.is_err(), "{text}: a CHECK is not checked any more");
        }
    }
    // Inside of the object, foreign keys stay on as well.
    for text in ["EXPLAIN PRAGMA foreign_keys = OFF", "EXPLAIN QUERY PLAN PRAGMA main.foreign_keys(0)"] {
        assert!(object.execute_unprepared(text).await.is_err(), "{text}");
        assert!(object.query_all_raw(sql(text)).await.is_err(), "{text}");
        assert!(object.explain(&sql(text)).is_err(), "{text}");
    }
    db.query_all_raw(sql("EXPLAIN SELECT 1")).await.err();
    db.query_all_raw(sql("PRAGMA table_info(account)")).await?;
    Ok(())
}

async fn what_a_call_reads_has_a_limit(context: Context) -> Outcome {
    use sea_orm::sea_query::ArrayType;
    use sea_orm_do::typed::Columns;
    use sea_orm_do::typed::scope::{Reading, reading};

    let (_, db) = accounts(&context, Access::read_only()).await?;
    let asking = |count: usize| {
        let mut columns = Columns::default();
        (0..count).for_each(|at| columns.name(format!("c{at}"), Ok(ArrayType::Int), false));
        reading(Reading::columns_of(columns), db.query_all_raw(sql("SELECT 1 AS c1")))
    };
    assert_eq!(asking(1000).await?[0].try_get::<i32>("", "c1")?, 1);
    let error = asking(1001).await.expect_err("too many").to_string();
    assert!(error.contains("more columns than a result can have"), "{error}");
    Ok(())
}

async fn long_values_count(context: Context) -> Outcome {
    use futures_util::TryStreamExt;
    use sea_orm::StreamTrait;

    let (object, _) = accounts(&context, Access::read_only()).await?;
    object.execute_unprepared("CREATE TABLE long (id INTEGER PRIMARY KEY, bytes BLOB)").await?;
    for _ in 0..20 {
        object.execute_unprepared("INSERT INTO long (bytes) VALUES (zeroblob(1000000))").await?;
    }
    let db = remote(&object, Access::read_only().with_answer_bytes(5_000_000)).read_as_tuple::<(i64, Vec<u8>)>();
    let all = sql("SELECT id, bytes FROM long ORDER BY id");
    let error = db.query_all_raw(all.clone()).await.expect_err("twenty megabytes").to_string();
    assert!(error.contains("5000000 bytes that this access allows"), "{error}");
    // A stream has them one after the other.
    let mut rows = db.stream_raw(all).await?;
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        count += 1;
        assert_eq!(row.try_get_by_index::<i64>(0)?, count);
        assert_eq!(row.try_get_by_index::<Vec<u8>>(1)?.len(), 1_000_000);
    }
    assert_eq!(count, 20);
    Ok(())
}

/// Everything that the table of hostile input does, through a connection that may only read.
async fn a_read_only_access_refuses_every_disguise(context: Context) -> Outcome {
    let object = context.connect()?;
    object
        .execute_unprepared(
            "CREATE TABLE hostile (it);
             CREATE TABLE sentinel (id INTEGER PRIMARY KEY, text TEXT CHECK (text <> ''), bytes BLOB);
             INSERT INTO sentinel VALUES (1, 'it''s here', x'00FF'), (2, NULL, NULL)",
        )
        .await?;
    let db = remote(&object, Access::read_only());
    let there = || object.export().and_then(|export| export.collect::<Result<String, _>>());
    let before = there()?;
    let mut tried = 0;
    for input in PARTS.iter().flat_map(|part| part()) {
        let (text, values) = match &input.act {
            Act::Execute(text, values) | Act::Query(text, values) => (text, values.clone()),
            Act::Script(text) => (text, Vec::new()),
            _ => continue,
        };
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, text, values);
        // What comes of it does not matter, as long as it is nothing that stays.
        let _ = db.execute_raw(statement.clone()).await;
        let _ = db.query_all_raw(statement.clone()).await;
        let _ = db.execute_unprepared(text).await;
        let _ = db.batch(Batch::new().execute(statement.clone()).query(statement)).await;
        assert_eq!(there()?, before, "{}", input.name);
        tried += 1;
    }
    assert!(tried > 50, "{tried}");
    assert!(db.query_all_raw(sql("SELECT 1")).await.is_err(), "the type of 1 is not known, but the object lives");
    Ok(())
}

/// The condition of an endless query. The storage of the host reads all rows at once.
const ENDLESS: &str = if cfg!(target_arch = "wasm32") { "" } else { "WHERE i < 100000" };

async fn limits_are_errors_that_name_them(context: Context) -> Outcome {
    let (object, _) = accounts(&context, Access::read_only()).await?;
    let numbers = |most: &str| {
        let recursive = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n";
        sql(&format!("{recursive} {most}) SELECT i, printf('%.*c', 100, 'x') AS text FROM n"))
    };
    let rows = remote(&object, Access::read_write().with_rows(10)).with_inferred_types();
    assert_eq!(rows.query_all_raw(numbers("WHERE i < 10")).await?.len(), 10);
    for more in [numbers("WHERE i < 11"), numbers(ENDLESS)] {
        let error = rows.query_all_raw(more).await.expect_err("eleven rows").to_string();
        assert!(error.contains("10 rows that this access allows"), "{error}");
    }
    // Also where nobody asks for the rows.
    let error = rows.execute_raw(numbers(ENDLESS)).await.expect_err("eleven rows").to_string();
    assert!(error.contains("10 rows that this access allows"), "{error}");
    let script = format!("DELETE FROM account; {}", numbers(ENDLESS).sql);
    let error = rows.execute_unprepared(&script).await.expect_err("eleven rows").to_string();
    assert!(error.contains("10 rows that this access allows"), "{error}");
    assert_eq!(cents(&object).await?, [500, 0]);
    rows.execute_unprepared("SELECT max(cents) FROM account; UPDATE account SET cents = 7 WHERE id = 2").await?;
    rows.execute_raw(sql("SELECT max(cents), 1 FROM account")).await?;
    assert_eq!(cents(&object).await?, [500, 7]);
    let insert = "INSERT INTO account SELECT value + 10, 1 FROM json_each('[1,2,3,4,5,6,7,8,9,10,11]') RETURNING id";
    assert!(rows.query_all_raw(sql(insert)).await.is_err());
    assert_eq!(cents(&object).await?, [500, 7], "a write whose rows are too many is undone");
    let bytes = remote(&object, Access::read_write().with_answer_bytes(1000)).with_inferred_types();
    assert_eq!(bytes.query_all_raw(numbers("WHERE i < 9")).await?.len(), 9);
    let error = bytes.query_all_raw(numbers(ENDLESS)).await.expect_err("more than 1,000 bytes").to_string();
    assert!(error.contains("1000 bytes that this access allows"), "{error}");
    let request = remote(&object, Access::read_write().with_request_bytes(200));
    let error = request.execute_unprepared(&" ".repeat(200)).await.expect_err("a long request").to_string();
    assert!(error.contains("but this access allows 200"), "{error}");
    let scripts = remote(&object, Access::read_write().with_statements(1));
    let error = scripts.execute_unprepared("DELETE FROM account; DELETE FROM account").await.expect_err("two");
    assert!(error.to_string().contains("2 statements, but this access allows 1"), "{error}");
    let slow =
        Batch::new().execute(sql("DELETE FROM account")).query(numbers("WHERE i < 400000")).execute(sql("SELECT 1"));
    let slow = remote(&object, Access::read_write().with_rows(1 << 20).with_time(Duration::from_millis(1)))
        .with_inferred_types()
        .batch(slow)
        .await;
    // If the clock of workerd does not advance meanwhile, the limit of time is not reached.
    if let Err(error) = slow {
        assert!(error.to_string().contains("longer than the 1ms"), "{error}");
        assert_eq!(cents(&object).await?, [500, 7]);
    }
    Ok(())
}

async fn begin_points_to_the_batch(context: Context) -> Outcome {
    let (_, db) = accounts(&context, Access::read_write()).await?;
    let error = db.begin().await.expect_err("no transaction").to_string();
    assert!(error.contains("RemoteConnection::batch"), "{error}");
    Ok(())
}

async fn hooks_see_that_a_statement_came_from_outside(context: Context) -> Outcome {
    use std::sync::{Arc, Mutex};

    let (object, _) = accounts(&context, Access::read_only()).await?;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let hooked = object.on_statement(move |event| {
        log.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((event.sql.to_owned(), event.is_remote));
    });
    let db = remote(&hooked, Access::read_write());
    db.execute_raw(sql("DELETE FROM account")).await?;
    hooked.execute_raw(sql("DELETE FROM account")).await?;
    db.clone().with_inferred_types().query_all_raw(sql("SELECT 1 AS one")).await?;
    let seen = seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let of =
        |text: &str| seen.iter().filter(|(sql, _)| sql == text).map(|(_, is_remote)| *is_remote).collect::<Vec<_>>();
    assert_eq!(of("DELETE FROM account"), [true, false]);
    assert!(seen.iter().any(|(sql, is_remote)| sql.contains("SELECT 1 AS one") && *is_remote), "{seen:?}");
    Ok(())
}
