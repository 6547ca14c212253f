//! Which column of which table a result column is, in statements of every notation.

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "tracing":
        registered_columns_in_every_notation,
        a_token_that_is_not_understood_is_named,
        names_and_positions_are_those_of_sqlite,
        names_of_returning_are_those_of_the_table,
        a_table_expression_called_like_a_verb,
        a_column_renamed_behind_the_connection,
        a_sub_second_is_a_float,
    )
}

mod cake {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "cake")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
        pub baked_on: Option<Date>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn bakery(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.register::<cake::Entity>();
    db.execute_unprepared(
        "CREATE TABLE cake (id integer PRIMARY KEY, name text NOT NULL, baked_on date_text); \
         INSERT INTO cake VALUES (1, 'Tart', '2026-03-01'), (2, 'Flan', NULL); \
         CREATE VIEW fresh AS SELECT name AS title, baked_on FROM cake WHERE baked_on IS NOT NULL",
    )
    .await?;
    Ok(db)
}

async fn rows(db: &DoConnection, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
    db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await
}

async fn row(db: &DoConnection, sql: &str) -> Result<QueryResult, DbErr> {
    rows(db, sql).await?.into_iter().next().ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))
}

async fn registered_columns_in_every_notation(context: Context) -> Outcome {
    let db = bakery(&context).await?;
    let expected: Date = "2026-03-01".parse()?;
    for sql in [
        "SELECT baked_on FROM (cake) AS c",
        "SELECT c.baked_on FROM ((cake) AS c)",
        "SELECT * FROM (cake AS a JOIN cake AS b USING (id)) WHERE a.id = 1",
        "SELECT b.* FROM cake AS a NATURAL INNER JOIN cake AS b",
        "SELECT b.baked_on FROM cake AS a LEFT OUTER JOIN cake AS b ON a.rowid = b._rowid_",
        "SELECT b.baked_on FROM cake AS a FULL OUTER JOIN cake AS b ON a.id = b.id WHERE b.id = 1",
        "SELECT \"baked_on\", [id] FROM main.`cake` NOT INDEXED",
        "WITH b AS (SELECT * FROM a), a AS MATERIALIZED (SELECT baked_on FROM cake) SELECT * FROM b",
        "WITH RECURSIVE n(day, depth) AS (SELECT baked_on, id FROM cake WHERE id = 1 UNION ALL SELECT day, depth FROM n \
         LIMIT 2) SELECT day AS baked_on FROM n",
        "SELECT * FROM fresh",
        "SELECT baked_on FROM cake UNION ALL SELECT baked_on FROM fresh",
        "SELECT baked_on FROM cake EXCEPT SELECT baked_on FROM cake WHERE id = 2",
        "SELECT (SELECT c.baked_on) AS baked_on FROM cake AS c",
        "UPDATE cake AS c SET name = 'Pie' FROM (SELECT 1 AS id) AS one WHERE c.id = one.id RETURNING *",
        "DELETE FROM cake WHERE rowid = 1 RETURNING baked_on",
    ] {
        let read: Date = row(&db, sql).await?.try_get("", "baked_on").map_err(|error| format!("{sql}: {error}"))?;
        assert_eq!(read, expected, "{sql}");
    }
    Ok(())
}

async fn a_token_that_is_not_understood_is_named(context: Context) -> Outcome {
    let db = bakery(&context).await?;
    // The reader follows it no deeper, but SQLite does not either.
    let deep = format!("SELECT {}id{} FROM cake", "(".repeat(160), ")".repeat(160));
    let error = rows(&db, &deep).await.map(|_| ());
    assert!(
        matches!(&error, Err(DbErr::Type(why)) if why.contains("cannot follow this statement at `(`")),
        "{error:?}"
    );
    Ok(())
}

async fn names_and_positions_are_those_of_sqlite(context: Context) -> Outcome {
    let db = bakery(&context).await?.with_inferred_types();
    let row = row(&db, "SELECT 1 AS \"b\", 2 AS \"\"").await?;
    assert_eq!((row.try_get_by_index::<i64>(0)?, row.try_get_by_index::<i64>(1)?), (1, 2));
    Ok(())
}

async fn names_of_returning_are_those_of_the_table(context: Context) -> Outcome {
    let db = bakery(&context).await?;
    let row = row(&db, "INSERT INTO cake (name) VALUES ('Roll') RETURNING ID, NAME, [Baked_On]").await?;
    assert_eq!(row.try_get::<Option<i32>>("", "id")?, Some(3));
    assert_eq!(row.try_get::<String>("", "name")?, "Roll");
    assert_eq!(row.try_get::<Option<Date>>("", "baked_on")?, None);
    Ok(())
}

async fn a_table_expression_called_like_a_verb(context: Context) -> Outcome {
    let strict = bakery(&context).await?;
    let db = strict.clone().with_inferred_types();
    for name in ["replace", "\"delete\"", "[insert]"] {
        let sql = format!("WITH {name} AS (SELECT 9 AS a UNION SELECT 10) SELECT a FROM {name} ORDER BY a");
        let read = rows(&db, &sql).await?.iter().map(|row| row.try_get("", "a")).collect::<Result<Vec<i64>, _>>()?;
        assert_eq!(read, [9, 10], "{sql}");
    }
    let ids = rows(&strict, "WITH replace AS (SELECT id FROM cake) SELECT id FROM replace ORDER BY id DESC").await?;
    assert_eq!(ids.iter().map(|row| row.try_get("", "id")).collect::<Result<Vec<i32>, _>>()?, [2, 1]);
    Ok(())
}

async fn a_column_renamed_behind_the_connection(context: Context) -> Outcome {
    let db = context.connect()?.with_declared_types();
    db.execute_unprepared("CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (9007199254740993, 'x')").await?;
    let read = row(&db, "SELECT * FROM t").await?;
    assert_eq!((read.try_get::<i64>("", "a")?, read.try_get::<String>("", "b")?), (9_007_199_254_740_993, "x".into()));
    // Another handle is as good as raw SQL: this one learns nothing of it.
    context.connect()?.execute_unprepared("ALTER TABLE t RENAME COLUMN b TO c").await?;
    for _ in 0..2 {
        let read = row(&db, "SELECT * FROM t").await?;
        assert_eq!(read.try_get::<i64>("", "a")?, 9_007_199_254_740_993);
        assert_eq!(read.try_get::<String>("", "c")?, "x");
        assert!(read.try_get::<String>("", "b").is_err());
    }
    Ok(())
}

async fn a_sub_second_is_a_float(context: Context) -> Outcome {
    let db = bakery(&context).await?.with_inferred_types();
    let row = row(&db, "SELECT unixepoch('now', 'subsec') AS at").await?;
    assert!(row.try_get::<f64>("", "at")? > 1.7e9);
    Ok(())
}
