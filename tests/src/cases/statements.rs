//! Statements that the runtime would not take as they are: too long, too many, or several in one.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    Set, Statement, Value,
};
use sea_orm_do::DoConnection;

use super::library;
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::{author, book, setting};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "statements":
        a_long_insert_is_cut_between_its_rows,
        a_long_insert_returns_every_row,
        a_long_insert_is_one_atomic_step,
        a_long_upsert_counts_every_row,
        surplus_parameters_become_literals,
        literals_are_exact,
        a_value_too_long_is_refused,
        a_statement_too_long_is_refused,
        what_the_driver_makes_too_long_is_sent_shorter,
        what_has_no_shorter_form_names_its_bytes,
        a_pattern_too_long_is_refused,
        too_many_compound_terms_are_refused,
        a_script_runs_statement_by_statement,
        integers_are_integers_in_every_position,
        numbered_and_named_parameters,
        counts_an_insert_as_sqlite_does,
        schema_changes_are_seen,
    )
}

fn settings(count: i32) -> impl Iterator<Item = setting::ActiveModel> {
    (0..count).map(|at| setting::ActiveModel {
        key: Set(format!("key {at:05}")),
        value: Set("it's".to_owned()),
        changes: Set(at),
    })
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

async fn one<T: sea_orm::TryGetable>(db: &DoConnection, statement: Statement) -> Result<T, Box<dyn std::error::Error>> {
    let row = db.query_one_raw(statement).await?.ok_or("no row")?;
    Ok(row.try_get_by_index(0)?)
}

async fn a_long_insert_is_cut_between_its_rows(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let authors = (0..1000).map(|at| author::ActiveModel { name: Set(format!("author {at}")), ..Default::default() });
    let inserted = author::Entity::insert_many(authors).exec(&db).await?;
    assert_eq!(inserted.last_insert_id, Some(1000));
    assert_eq!(setting::Entity::insert_many(settings(1000)).exec_without_returning(&db).await?, 1000);
    let read = setting::Entity::find().order_by_asc(setting::Column::Key).all(&db).await?;
    assert!(read.iter().map(|setting| setting.changes).eq(0..1000));
    Ok(())
}

async fn a_long_insert_returns_every_row(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let returned = setting::Entity::insert_many(settings(333)).exec_with_returning(&db).await?;
    assert!(returned.iter().map(|setting| setting.changes).eq(0..333));
    Ok(())
}

async fn a_long_insert_is_one_atomic_step(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let twice = settings(500).chain(settings(1));
    assert!(setting::Entity::insert_many(twice).exec_without_returning(&db).await.is_err());
    assert_eq!(setting::Entity::find().count(&db).await?, 0);
    Ok(())
}

async fn a_long_upsert_counts_every_row(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    setting::Entity::insert_many(settings(150)).exec_without_returning(&db).await?;
    let upsert = setting::Entity::insert_many(settings(200)).on_conflict(
        OnConflict::column(setting::Column::Key).value(setting::Column::Value, Expr::val("again")).to_owned(),
    );
    assert_eq!(upsert.exec_without_returning(&db).await?, 200);
    let again = setting::Entity::find().filter(setting::Column::Value.eq("again"));
    assert_eq!(again.count(&db).await?, 150);
    Ok(())
}

async fn surplus_parameters_become_literals(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    setting::Entity::insert_many(settings(3000)).exec_without_returning(&db).await?;
    for count in [99, 100, 101, 250, 3000] {
        let numbers = setting::Entity::find().filter(setting::Column::Changes.is_in(0..count));
        assert_eq!(numbers.count(&db).await?, u64::try_from(count)?);
        let keys = (0..count).map(|at| format!("key {at:05}"));
        let texts = setting::Entity::find().filter(setting::Column::Key.is_in(keys));
        assert_eq!(texts.all(&db).await?.len(), usize::try_from(count)?);
    }
    let changed = setting::Entity::update_many()
        .col_expr(setting::Column::Value, Expr::val("seen"))
        .filter(setting::Column::Changes.is_in(0..1500))
        .exec(&db)
        .await?;
    assert_eq!(changed.rows_affected, 1500);
    Ok(())
}

/// One SELECT of 101 values more than the runtime takes, each compared with the same value bound alone.
async fn literals_are_exact(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let samples: Vec<Value> = vec![
        i64::MIN.into(),
        i64::MAX.into(),
        (-1).into(),
        ((1_i64 << 53) + 1).into(),
        true.into(),
        Value::Int(None),
        "it's".into(),
        "a\0b".into(),
        "".into(),
        "☃ \u{1F980} \"x\"".into(),
        "?1 -- ;".into(),
        vec![0_u8, 255, 39].into(),
        Vec::<u8>::new().into(),
        0.1.into(),
        (0.1 + 0.2).into(),
        f64::MAX.into(),
        f64::MIN_POSITIVE.into(),
        5e-324.into(),
        f64::INFINITY.into(),
        f64::NEG_INFINITY.into(),
        (1.0 / 3.0).into(),
        1e23.into(),
        1.0.into(),
    ];
    for sample in samples {
        // Every kind of value has a turn as a literal: 101 of it stand beside.
        let list = vec!["?"; 101].join(", ");
        let sql = format!(
            "SELECT quote(max(x)) FROM (SELECT 1 AS y) LEFT JOIN (SELECT ? AS x) WHERE coalesce(x, 0) IN ({list}) OR x IS NULL"
        );
        let values = std::iter::repeat_n(sample.clone(), 102);
        let literal: String = one(&db, statement(&sql, values)).await?;
        let bound: String = one(&db, statement("SELECT quote(?)", [sample.clone()])).await?;
        assert_eq!(literal, bound, "{sample:?}");
        let count = vec!["(?)"; 150].join(", ");
        let sql = format!("SELECT COUNT(DISTINCT quote(column1)) FROM (VALUES {count})");
        let distinct: i64 = one(&db, statement(&sql, std::iter::repeat_n(sample.clone(), 150))).await?;
        assert_eq!(distinct, 1, "{sample:?} as a literal is not {sample:?} as a parameter");
    }
    Ok(())
}

async fn a_value_too_long_is_refused(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let insert =
        |value: String| setting::ActiveModel { key: Set(value.len().to_string()), value: Set(value), changes: Set(0) };
    insert("x".repeat(3_000_000)).insert(&db).await?;
    let read = setting::Entity::find().one(&db).await?.expect("a row");
    let update = setting::ActiveModel { value: Set(read.value.clone()), ..read.clone().into() };
    assert_eq!(update.update(&db).await?, read);
    let error = insert("x".repeat(8_388_643)).insert(&db).await.expect_err("too long").to_string();
    assert!(error.contains("parameter 2") && error.contains("8388642"), "{error}");
    assert_eq!(setting::Entity::find().count(&db).await?, 1);
    Ok(())
}

async fn a_statement_too_long_is_refused(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let keys = (0..10_000).map(|at| format!("key {at:05}"));
    let error = setting::Entity::find().filter(setting::Column::Key.is_in(keys)).all(&db).await.expect_err("too long");
    assert!(error.to_string().contains("100000"), "{error}");
    let insert = |length: usize| {
        let sql = format!("INSERT INTO setting (key, value, changes) VALUES ('{length}', '', 0)");
        let rest = length - sql.len();
        db.execute_raw(Statement::from_string(DbBackend::Sqlite, format!("{sql}{}", " ".repeat(rest - 1) + ";")))
    };
    insert(100_000).await?;
    let padded = format!("SELECT '{}' AS x", "x".repeat(100_000));
    let error = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, padded)).await.expect_err("too long");
    assert!(error.to_string().contains("100000"), "{error}");
    Ok(())
}

/// A statement of this start with a comment in the middle of it that makes it as long as a statement may be.
fn longest(before: &str, behind: &str) -> String {
    let comment = 100_000 - before.len() - behind.len();
    format!("{before}/*{}*/{behind}", "x".repeat(comment - 4))
}

async fn wide(context: &Context) -> Result<DoConnection, sea_orm::DbErr> {
    let db = context.connect()?.with_declared_types();
    db.execute_unprepared("CREATE TABLE wide (id INTEGER PRIMARY KEY, n BIGINT, title TEXT)").await?;
    Ok(db)
}

async fn what_the_driver_makes_too_long_is_sent_shorter(context: Context) -> Outcome {
    let db = wide(&context).await?;
    let run = |sql: String, values: Vec<Value>| db.query_all_raw(statement(&sql, values));
    let numbers = |row: &sea_orm::QueryResult| {
        Ok::<_, sea_orm::DbErr>((row.try_get_by_index::<i64>(0)?, row.try_get_by_index::<i64>(1)?))
    };
    // Casts of integers.
    let sql = longest("INSERT INTO wide (id, n, title) ", "VALUES (?, ?, ?)");
    db.execute_raw(statement(&sql, [1.into(), 2_i64.into(), "it's".into()])).await?;
    // The guard of RETURNING, and its exact form.
    let sql = longest("UPDATE wide SET n = n + ? WHERE id = ? ", " RETURNING id, n");
    let rows = run(sql, vec![5_i64.into(), 1.into()]).await?;
    assert_eq!(numbers(&rows[0])?, (1, 7));
    // The exact form of a SELECT, which small numbers do not need.
    let sql = longest("SELECT id, n FROM wide ", "WHERE id = ?");
    assert_eq!(numbers(&run(sql, vec![1.into()]).await?[0])?, (1, 7));
    // Literals of more than 100 values.
    let keys: Vec<Value> = (1..=6_000).map(|key: i64| (1_000_000_000 + key).into()).collect();
    let sql = format!("SELECT id, n FROM wide WHERE id NOT IN ({})", vec!["?"; keys.len()].join(","));
    assert_eq!(run(sql, keys).await?.len(), 1);
    Ok(())
}

async fn what_has_no_shorter_form_names_its_bytes(context: Context) -> Outcome {
    let db = wide(&context).await?;
    db.execute_unprepared("INSERT INTO wide VALUES (1, 9007199254740993, 'one')").await?;
    for sql in [
        longest("SELECT id, n ", "FROM wide"),
        longest("SELECT * ", "FROM wide"),
        longest("UPDATE wide SET title = 'two' ", " RETURNING n"),
        longest("INSERT INTO wide VALUES (2, 9007199254740993, 'two') ", " RETURNING *"),
    ] {
        let error = db.query_all_raw(statement(&sql, [])).await.expect_err("too long").to_string();
        assert!(error.contains("statement of 100000 bytes takes 100"), "{error}");
    }
    let titles = statement("SELECT group_concat(title) FROM wide", []);
    let title: String = db.with_inferred_types().query_one_raw(titles).await?.expect("a row").try_get_by_index(0)?;
    assert_eq!(title, "one");
    Ok(())
}

async fn a_pattern_too_long_is_refused(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let like = |pattern: String| setting::Entity::find().filter(setting::Column::Value.like(pattern)).all(&db);
    like("x".repeat(50)).await?;
    let error = like("x".repeat(51)).await.expect_err("too long").to_string();
    assert!(error.contains("51 bytes") && error.contains("instr"), "{error}");
    Ok(())
}

async fn too_many_compound_terms_are_refused(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let union = |terms: usize| statement(&vec!["SELECT 1 AS n"; terms].join(" UNION ALL "), []);
    assert_eq!(db.query_all_raw(union(5)).await?.len(), 5);
    let error = db.query_all_raw(union(6)).await.expect_err("too many").to_string();
    assert!(error.contains("6 terms"), "{error}");
    Ok(())
}

/// The driver lets an INSERT of one row return its rowid, where it can, and asks for the counts otherwise.
async fn counts_an_insert_as_sqlite_does(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.execute_unprepared(
        "CREATE TABLE heap (a); CREATE TABLE named (id INTEGER PRIMARY KEY, rowid TEXT);
         CREATE TABLE keyed (id INTEGER PRIMARY KEY, a UNIQUE) WITHOUT ROWID;
         CREATE TABLE plain (id INTEGER PRIMARY KEY, a UNIQUE); CREATE TABLE log (id INTEGER PRIMARY KEY, a);
         CREATE TABLE loud (id INTEGER PRIMARY KEY, a); CREATE TABLE picky (id INTEGER PRIMARY KEY, a);
         CREATE TRIGGER loud_log AFTER INSERT ON loud BEGIN INSERT INTO log VALUES (700 + NEW.id, NEW.a); END;
         CREATE TRIGGER picky_log BEFORE INSERT ON picky WHEN NEW.a = 'no' BEGIN SELECT RAISE(IGNORE); END;
         CREATE VIEW seen AS SELECT id, a FROM plain;
         CREATE TRIGGER seen_insert INSTEAD OF INSERT ON seen BEGIN INSERT INTO plain VALUES (NEW.id, NEW.a); END;
         CREATE VIRTUAL TABLE words USING fts5 (a)",
    )
    .await?;
    let inserts = [
        "INTO plain (a) VALUES ('a') -- the end",
        "INTO plain VALUES (NULL, 'b')",
        "OR IGNORE INTO plain (a) VALUES ('b')",
        "OR REPLACE INTO plain (a) VALUES ('b')",
        "INTO plain (a) VALUES ('b') ON CONFLICT DO NOTHING",
        "INTO plain (a) VALUES ('b') ON CONFLICT (a) DO UPDATE SET a = 'c'",
        "INTO plain (a) VALUES ('d'), ('e')",
        "INTO plain VALUES (-5, 'f')",
        "INTO plain VALUES (9007199254740993, 'g')",
        "INTO plain VALUES (9223372036854775807, 'h')",
        "INTO plain DEFAULT VALUES",
        "INTO heap VALUES (1)",
        "INTO named VALUES (7, 'text')",
        "INTO keyed VALUES (8, 'a')",
        "INTO loud VALUES (9, 'a')",
        "INTO picky VALUES (10, 'yes')",
        "INTO picky VALUES (11, 'no')",
        "INTO seen VALUES (12, 'i')",
        "INTO words VALUES ('a b')",
        "INTO words (rowid, a) VALUES (13, 'c')",
    ];
    for insert in inserts {
        let done = db.execute_raw(statement(&format!("INSERT {insert}"), [])).await?;
        let counts = "SELECT changes() || ' ' || last_insert_rowid()";
        let counts: String = one(&db.clone().with_inferred_types(), statement(counts, [])).await?;
        let counted = format!("{} {}", done.rows_affected(), done.last_insert_id().cast_signed());
        assert_eq!(counted, counts, "{insert}");
    }
    // The table gets another key, natively behind the handle's back.
    let insert = || db.execute_raw(statement("INSERT INTO log (a) VALUES ('z')", []));
    assert_eq!(insert().await?.last_insert_id(), 710);
    context.connect()?.execute_unprepared("DROP TABLE log; CREATE TABLE log (a PRIMARY KEY) WITHOUT ROWID").await?;
    assert_eq!(insert().await?.rows_affected(), 1);
    Ok(())
}

async fn a_script_runs_statement_by_statement(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let script = "
        -- a comment; with a semicolon
        CREATE TABLE log (line TEXT);
        CREATE TRIGGER on_author AFTER INSERT ON author BEGIN
            INSERT INTO log VALUES ('new; ' || NEW.name);
            UPDATE log SET line = CASE WHEN 1 THEN line || '!' END;
        END;
        /* another; */ INSERT INTO author (name) VALUES ('O''Brien; '), (NULL);;
        ; -- the end
    ";
    let done = db.execute_unprepared(script).await;
    // A name must not be NULL, so all of it is undone.
    assert!(done.is_err());
    assert!(db.execute_unprepared("SELECT * FROM log").await.is_err());
    let done = db.execute_unprepared(&script.replace("NULL", "'Anne'")).await?;
    assert_eq!((done.rows_affected(), done.last_insert_id()), (2, 2));
    let both = db.execute_unprepared("DELETE FROM log; DELETE FROM author; SELECT 1").await?;
    assert_eq!(both.rows_affected(), 4, "the rows of all statements");
    db.execute_unprepared("INSERT INTO author (name) VALUES ('O''Brien; '), ('Anne')").await?;
    let lines: String =
        one(&db.clone().with_declared_types(), statement("SELECT group_concat(line, '|') FROM log", [])).await?;
    assert_eq!(lines, "new; O'Brien; !!|new; Anne!");
    Ok(())
}

async fn integers_are_integers_in_every_position(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    for (sql, values, expected) in [
        ("SELECT typeof(?)", vec![1.into()], "integer"),
        ("SELECT ? || ''", vec![1.into()], "1"),
        ("SELECT json_object('a', ?)", vec![1.into()], r#"{"a":1}"#),
        ("SELECT quote(7 / ?)", vec![2.into()], "3"),
        ("SELECT quote(? % 4)", vec![i64::MAX.into()], "3"),
        ("SELECT quote(substr('abc', ?, ?))", vec![2.into(), 1.into()], "'b'"),
        ("SELECT printf('%d', ?)", vec![i64::MIN.into()], "-9223372036854775808"),
        ("SELECT quote(max(?, 1))", vec![true.into()], "1"),
        ("SELECT quote(? = '1')", vec![1.into()], "0"),
        ("SELECT quote(CAST(? AS TEXT))", vec![5.into()], "'5'"),
        ("SELECT quote(CASE ? WHEN 1 THEN 'one' END)", vec![1.into()], "'one'"),
    ] {
        assert_eq!(one::<String>(&db, statement(sql, values)).await?, expected, "{sql}");
    }
    // A column of each affinity, written and found by an integer.
    db.execute_unprepared("CREATE TABLE kinds (i INTEGER, t TEXT, n NUMERIC, r REAL, b BLOB, x, s ANY)").await?;
    let insert = "INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?)";
    db.execute_raw(statement(insert, (0..7).map(|_| Value::from(1)))).await?;
    let types =
        "SELECT group_concat(typeof(i) || typeof(t) || typeof(n) || typeof(r) || typeof(b) || typeof(x)) FROM kinds";
    assert_eq!(one::<String>(&db, statement(types, [])).await?, "integertextintegerrealintegerinteger");
    assert_eq!(one::<String>(&db, statement("SELECT quote(t) FROM kinds", [])).await?, "'1'");
    for column in ["i", "t", "n", "r", "b", "x"] {
        let count: i64 =
            one(&db, statement(&format!("SELECT COUNT(*) FROM kinds WHERE {column} = ?"), [1.into()])).await?;
        assert_eq!(count, 1, "{column}");
    }
    db.execute_unprepared("UPDATE kinds SET t = '01'").await?;
    assert_eq!(one::<i64>(&db, statement("SELECT COUNT(*) FROM kinds WHERE t = ?", [1.into()])).await?, 0);
    Ok(())
}

async fn numbered_and_named_parameters(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let values = || ["a".into(), 2.into()];
    for sql in ["SELECT ?2 || ?1 || ?2", "SELECT $2 || $1 || $2", "SELECT :two || :one || :two"] {
        let values: Vec<Value> = if sql.contains(':') { values().into_iter().rev().collect() } else { values().into() };
        assert_eq!(one::<String>(&db, statement(sql, values)).await?, "2a2", "{sql}");
    }
    let error = db.execute_raw(statement("SELECT ?, ?", [1.into()])).await.expect_err("a value is missing");
    assert!(error.to_string().contains("2 parameters, but 1 value"), "{error}");
    Ok(())
}

async fn schema_changes_are_seen(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types().with_declared_types();
    db.execute_unprepared("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (7)").await?;
    let all = || statement("SELECT * FROM t", []);
    assert!(db.query_one_raw(all()).await?.ok_or("no row")?.try_get::<String>("", "b").is_err());
    db.execute_unprepared("ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'new'").await?;
    let row = db.query_one_raw(all()).await?.ok_or("no row")?;
    assert_eq!((row.try_get::<i64>("", "a")?, row.try_get::<String>("", "b")?), (7, "new".to_owned()));
    db.execute_unprepared("DROP TABLE t; CREATE TABLE t (b REAL, a TEXT); INSERT INTO t VALUES (1, 'x')").await?;
    let row = db.query_one_raw(all()).await?.ok_or("no row")?;
    assert_eq!((row.try_get::<String>("", "a")?, row.try_get::<f64>("", "b")?), ("x".to_owned(), 1.0));
    assert_eq!(book::Entity::find().count(&db).await?, 0);
    Ok(())
}
