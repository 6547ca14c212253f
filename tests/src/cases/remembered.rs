//! What a handle remembers of a schema, where that is changed behind it by raw SQL.

use futures_util::StreamExt;
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, QueryResult, Set, Statement, StreamTrait};
use sea_orm_do::DoConnection;

use super::long::memory_pages;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "remembered":
        a_table_made_after_it_was_missing,
        a_column_renamed_is_seen_by_all_that_read,
        a_column_added_is_seen_by_all_that_read,
        a_column_dropped_is_seen_by_all_that_read,
        columns_in_another_order_are_seen_by_all_that_read,
        a_column_added_after_an_error_is_written_as_it_is_declared,
        an_entity_reads_and_writes_a_table_that_was_altered,
        a_statement_that_changes_no_schema_leaves_streams_open,
        a_table_made_anew_with_another_affinity,
        plans_of_every_row_count_stay_small,
    )
}

/// Beyond 2^53, so that rows are read exactly.
const LARGE: i64 = 9_007_199_254_740_993;

mod task {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "task")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub title: String,
        pub due_on: Option<Date>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

fn statement(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

/// Runs a statement that the other handles of the object learn nothing of.
async fn behind(context: &Context, sql: &str) -> Outcome {
    context.connect()?.execute_unprepared(sql).await?;
    Ok(())
}

/// The rows of a statement, read at once and as a stream.
async fn rows(db: &DoConnection, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
    let mut rows = db.query_all_raw(statement(sql)).await?;
    if sql.starts_with("SELECT") {
        let mut stream = db.stream_raw(statement(sql)).await?;
        while let Some(row) = stream.next().await {
            rows.push(row?);
        }
    }
    Ok(rows)
}

const READS: [&str; 4] = [
    "SELECT * FROM t",
    "SELECT * FROM (SELECT * FROM t) AS u",
    "INSERT INTO t DEFAULT VALUES RETURNING *",
    "UPDATE t SET a = a RETURNING t.*",
];

async fn table(context: &Context, first: i64) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.with_declared_types();
    db.execute_unprepared(&format!(
        "CREATE TABLE t (a bigint DEFAULT {first}, b text DEFAULT 'x', c bigint DEFAULT 7); INSERT INTO t DEFAULT VALUES"
    ))
    .await?;
    for sql in READS {
        for row in rows(&db, sql).await? {
            assert_eq!(row.column_names().len(), 3, "{sql}");
            assert_eq!(row.try_get::<i64>("", "a")?, first, "{sql}");
        }
    }
    Ok(db)
}

async fn changed(context: &Context, change: &str, check: impl Fn(&QueryResult, i64) -> Result<(), DbErr>) -> Outcome {
    for first in [1, LARGE] {
        let db = table(context, first).await?;
        behind(context, change).await?;
        for sql in READS {
            for _ in 0..2 {
                let rows = rows(&db, sql).await.map_err(|error| format!("{sql} with {first}: {error}"))?;
                assert!(!rows.is_empty());
                for row in rows {
                    check(&row, first).map_err(|error| format!("{sql} with {first}: {error}"))?;
                }
            }
        }
        behind(context, "DROP TABLE t").await?;
    }
    Ok(())
}

async fn a_table_made_after_it_was_missing(context: Context) -> Outcome {
    let db = context.connect()?.register::<task::Entity>();
    assert!(task::Entity::find().all(&db).await.is_err());
    let new =
        task::ActiveModel { title: Set("one".into()), due_on: Set(Some("2026-03-01".parse()?)), ..Default::default() };
    assert!(new.clone().insert(&db).await.is_err());
    behind(&context, "CREATE TABLE task (id integer PRIMARY KEY, title varchar NOT NULL, due_on date_text)").await?;
    let inserted = new.insert(&db).await?;
    assert_eq!(task::Entity::find().all(&db).await?, [inserted]);
    Ok(())
}

async fn a_column_renamed_is_seen_by_all_that_read(context: Context) -> Outcome {
    changed(&context, "ALTER TABLE t RENAME COLUMN b TO d", |row, first| {
        assert_eq!(row.try_get::<i64>("", "a")?, first);
        assert_eq!(row.try_get::<String>("", "d")?, "x");
        assert!(row.try_get::<String>("", "b").is_err());
        Ok(())
    })
    .await
}

async fn a_column_added_is_seen_by_all_that_read(context: Context) -> Outcome {
    changed(&context, "ALTER TABLE t ADD COLUMN d bigint DEFAULT 9007199254740995", |row, first| {
        assert_eq!(row.try_get::<i64>("", "a")?, first);
        assert_eq!(row.try_get::<i64>("", "d")?, LARGE + 2);
        Ok(())
    })
    .await
}

async fn a_column_dropped_is_seen_by_all_that_read(context: Context) -> Outcome {
    changed(&context, "ALTER TABLE t DROP COLUMN b", |row, first| {
        assert_eq!(row.try_get_by_index::<i64>(0)?, first);
        assert_eq!(row.try_get_by_index::<i64>(1)?, 7);
        assert!(row.try_get::<String>("", "b").is_err());
        Ok(())
    })
    .await
}

async fn columns_in_another_order_are_seen_by_all_that_read(context: Context) -> Outcome {
    let change = "CREATE TABLE u (c text DEFAULT 'y', a bigint, b text DEFAULT 'x'); INSERT INTO u (a) SELECT a FROM t; \
                  CREATE TRIGGER v AFTER INSERT ON u BEGIN UPDATE u SET a = (SELECT min(a) FROM u); END; \
                  DROP TABLE t; ALTER TABLE u RENAME TO t";
    changed(&context, change, |row, first| {
        assert_eq!(row.try_get::<String>("", "c")?, "y");
        assert_eq!(row.try_get_by_index::<String>(2)?, "x");
        // RETURNING tells the values before the trigger.
        let a = row.try_get::<Option<i64>>("", "a")?;
        assert!(a.is_none_or(|a| a == first));
        Ok(())
    })
    .await
}

async fn a_column_added_after_an_error_is_written_as_it_is_declared(context: Context) -> Outcome {
    let db = table(&context, 1).await?;
    let insert = || Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO t (d) VALUES (?)", [7.into()]);
    let error = db.execute_raw(insert()).await.unwrap_err();
    assert!(error.to_string().contains("has no column named d"), "{error}");
    behind(&context, "ALTER TABLE t ADD COLUMN d").await?;
    db.execute_raw(insert()).await?;
    let kind = rows(&db.with_inferred_types(), "SELECT typeof(d) AS kind FROM t WHERE d NOTNULL").await?;
    assert_eq!(kind[0].try_get::<String>("", "kind")?, "integer");
    Ok(())
}

async fn an_entity_reads_and_writes_a_table_that_was_altered(context: Context) -> Outcome {
    let db = context.connect()?.register::<task::Entity>();
    db.execute_unprepared("CREATE TABLE task (id integer PRIMARY KEY, title varchar NOT NULL)").await?;
    let new = || task::ActiveModel {
        title: Set("one".into()),
        due_on: Set(Some("2026-03-01".parse().unwrap_or_default())),
        ..Default::default()
    };
    assert!(task::Entity::find().all(&db).await.is_err());
    assert!(new().insert(&db).await.is_err());
    behind(&context, "ALTER TABLE task ADD COLUMN due_on date_text").await?;
    let inserted = new().insert(&db).await?;
    assert_eq!(task::Entity::find().all(&db).await?, std::slice::from_ref(&inserted));
    behind(&context, "ALTER TABLE task ADD COLUMN extra bigint DEFAULT 9007199254740993").await?;
    assert_eq!(task::Entity::find().all(&db).await?, std::slice::from_ref(&inserted));
    assert_eq!(new().insert(&db).await?.id, inserted.id + 1);
    Ok(())
}

async fn a_statement_that_changes_no_schema_leaves_streams_open(context: Context) -> Outcome {
    let db = context.connect()?.register::<task::Entity>();
    db.execute_unprepared(
        "CREATE TABLE task (id integer PRIMARY KEY, title varchar NOT NULL, due_on date_text); \
         CREATE INDEX by_title ON task (title); CREATE VIEW tasks AS SELECT * FROM task; \
         CREATE TRIGGER never AFTER DELETE ON task WHEN 0 BEGIN SELECT 1; END; \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 600) \
         INSERT INTO task (title) SELECT 'task ' || i FROM n",
    )
    .await?;
    let mut stream = task::Entity::find().stream(&db).await?;
    assert!(stream.next().await.is_some());
    for sql in [
        "CREATE TABLE IF NOT EXISTS task (id integer PRIMARY KEY)",
        "create table if not exists main.\"TASK\" (id integer PRIMARY KEY)",
        "CREATE INDEX IF NOT EXISTS by_title ON task (id)",
        "CREATE UNIQUE INDEX IF NOT EXISTS [by_title] ON task (id)",
        "CREATE VIEW IF NOT EXISTS tasks AS SELECT 1",
        "CREATE TRIGGER IF NOT EXISTS never AFTER DELETE ON task BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE IF NOT EXISTS task USING fts5 (body)",
        "DROP TABLE IF EXISTS absent",
        "DROP INDEX IF EXISTS absent",
        "DROP VIEW IF EXISTS main.absent",
        "DROP TRIGGER IF EXISTS absent",
    ] {
        db.execute_raw(statement(sql)).await?;
        db.execute_unprepared(&format!("{sql}; DROP VIEW IF EXISTS absent")).await?;
    }
    let mut rest = 0;
    while let Some(row) = stream.next().await {
        row?;
        rest += 1;
    }
    assert_eq!(rest, 599);
    // What does change it ends a stream, as ever.
    let mut stream = task::Entity::find().stream(&db).await?;
    assert!(stream.next().await.is_some());
    db.execute_unprepared("DROP VIEW IF EXISTS tasks").await?;
    let mut last = None;
    while let Some(row) = stream.next().await {
        last = Some(row);
    }
    assert!(last.is_some_and(|last| last.is_err()));
    Ok(())
}

/// Nothing that comes back tells of it, so `forget_schema` has to be called.
async fn a_table_made_anew_with_another_affinity(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared("CREATE TABLE t (a integer)").await?;
    let insert = || Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO t (a) VALUES (?)", [7.into()]);
    db.execute_raw(insert()).await?;
    behind(&context, "DROP TABLE t; CREATE TABLE t (a text)").await?;
    db.forget_schema();
    db.execute_raw(insert()).await?;
    let row = rows(&db, "SELECT quote(a) AS a FROM t").await?;
    assert_eq!(row[0].try_get::<String>("", "a")?, "'7'");
    Ok(())
}

mod wide {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "wide")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub first: String,
        pub second: Option<i32>,
        pub third: bool,
        pub fourth: Date,
        pub fifth: Json,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Each count of rows is a statement of its own, with thousands of parameters.
async fn plans_of_every_row_count_stay_small(context: Context) -> Outcome {
    const PAGES_OF_4_MIB: usize = 64;
    let db = context.connect()?.register::<wide::Entity>();
    db.execute_unprepared(
        "CREATE TABLE wide (id bigint, first varchar, second integer, third boolean, fourth date_text, fifth json_text)",
    )
    .await?;
    let row = wide::ActiveModel {
        id: Set(1),
        first: Set("one".into()),
        second: Set(None),
        third: Set(true),
        fourth: Set("2026-03-01".parse()?),
        fifth: Set(serde_json::json!([1])),
    };
    let insert = async |rows: usize| {
        wide::Entity::insert_many(vec![row.clone(); rows]).exec_without_returning(&db).await?;
        wide::Entity::delete_many().exec(&db).await
    };
    // What one of them needs while it runs.
    insert(400).await?;
    let before = memory_pages();
    for rows in 1..=400 {
        insert(rows).await?;
    }
    let grown = memory_pages() - before;
    assert!(grown <= PAGES_OF_4_MIB, "{grown} pages of wasm memory");
    Ok(())
}
