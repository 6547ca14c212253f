//! RETURNING: one statement writes and reads back.

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Set, Statement};
use sea_orm_do::DoConnection;

use super::library;
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::author;

pub(super) fn cases() -> Vec<Case> {
    cases!("returning": from_inserts, from_updates, from_deletes, leaves_counts_readable, of_a_star_is_exact,
        of_parameters_is_exact, undoes_all_of_it,
        of_a_column_that_is_not_there, of_a_subquery_is_of_each_row, keeps_what_or_fail_keeps)
}

fn author(name: &str) -> author::ActiveModel {
    author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }
}

fn model(id: i32, name: &str) -> author::Model {
    author::Model { id, name: name.to_owned(), born: None }
}

async fn from_inserts(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let one = author::Entity::insert(author("a")).exec_with_returning(&db).await?;
    assert_eq!(one, model(1, "a"));
    let many = author::Entity::insert_many([author("b"), author("c")]).exec_with_returning(&db).await?;
    assert_eq!(many, [model(2, "b"), model(3, "c")]);
    let keys = author::Entity::insert_many([author("d"), author("e")]).exec_with_returning_keys(&db).await?;
    assert_eq!(keys, [4, 5]);
    Ok(())
}

async fn keeps_what_or_fail_keeps(context: Context) -> Outcome {
    let db = library(&context).await?;
    for returning in ["id", "id, born"] {
        author::Entity::delete_many().exec(&db).await?;
        let sql = format!(
            "INSERT OR FAIL INTO author (id, name, born) VALUES (1, 'a', '2024-01-01'), (1, 'b', '2024-01-02') \
             RETURNING {returning}"
        );
        let error = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.map(|_| ());
        assert!(error.is_err(), "{returning}");
        let kept = author::Entity::find().all(&db).await?;
        assert_eq!(kept.iter().map(|author| author.name.as_str()).collect::<Vec<_>>(), ["a"], "{returning}");
    }
    Ok(())
}

async fn from_updates(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    author::Entity::insert_many([author("a"), author("b"), author("c")]).exec(&db).await?;
    let changed = author::Entity::update_many()
        .set(author("x"))
        .filter(author::Column::Name.eq("b"))
        .exec_with_returning(&db)
        .await?;
    assert_eq!(changed, [model(2, "x")]);
    Ok(())
}

async fn from_deletes(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    author::Entity::insert_many([author("a"), author("b")]).exec(&db).await?;
    let gone = author::Entity::delete_many().filter(author::Column::Id.eq(1)).exec_with_returning(&db).await?;
    assert_eq!(gone, [model(1, "a")]);
    assert_eq!(author::Entity::find().all(&db).await?, [model(2, "b")]);
    Ok(())
}

/// SQLite leaves open what a subquery sees of the rows that are being written; the driver changes nothing about it.
async fn of_a_subquery_is_of_each_row(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let counts = async |condition: &str, values: Vec<sea_orm::Value>| {
        let rows = "('a'), ('b'), ('c')";
        let sql = format!(
            "INSERT INTO author (name) VALUES {rows} RETURNING (SELECT count(*) FROM author WHERE id > {condition}) AS n"
        );
        let rows = db.query_all_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await?;
        author::Entity::delete_many().exec(&db).await?;
        rows.iter().map(|row| row.try_get("", "n")).collect::<Result<Vec<i64>, DbErr>>()
    };
    let plain = counts("0", Vec::new()).await?;
    assert_eq!(plain.len(), 3);
    assert_eq!(counts("?", vec![0.into()]).await?, plain);
    assert_eq!(counts("+0 AND ? = 'x'", vec!["x".into()]).await?, plain);
    Ok(())
}

/// In double quotes, SQLite would give its name.
async fn of_a_column_that_is_not_there(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    db.execute_unprepared("ALTER TABLE author DROP COLUMN born").await?;
    for _ in 0..2 {
        let error = author::Entity::insert(author("a")).exec_with_returning(&db).await.expect_err("no such column");
        assert!(matches!(&error, DbErr::Type(why) if why.starts_with("no such column: author.born")), "{error}");
    }
    // Added, natively behind the connection's back, it is found; the first id tells that nothing was inserted before.
    context.connect()?.execute_unprepared("ALTER TABLE author ADD COLUMN born TEXT").await?;
    assert_eq!(author::Entity::insert(author("a")).exec_with_returning(&db).await?, model(1, "a"));
    Ok(())
}

async fn leaves_counts_readable(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    let insert = |name: &str| {
        let sql = "INSERT INTO author (name) VALUES (?) RETURNING id";
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into()])
    };
    let row = db.query_one_raw(insert("a")).await?.ok_or("no row")?;
    assert_eq!(row.try_get::<i32>("", "id")?, 1);
    let done = db.execute_raw(insert("b")).await?;
    assert_eq!((done.rows_affected(), done.last_insert_id()), (1, 2));
    // A schema change leaves changes() as it was; it changed no row itself.
    assert_eq!(db.execute_unprepared("CREATE INDEX by_name ON author (name)").await?.rows_affected(), 0);
    Ok(())
}

async fn of_a_star_is_exact(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types().with_declared_types();
    db.execute_unprepared("CREATE TABLE wide (a TEXT, \"b c\" BIGINT, d)").await?;
    let insert = "INSERT INTO wide VALUES ('i7', 9223372036854775807, NULL) RETURNING *, \"b c\" - 1 AS e, a || ''";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, insert)).await?.ok_or("no row")?;
    assert_eq!(row.try_get::<String>("", "a")?, "i7");
    assert_eq!(row.try_get::<i64>("", "b c")?, i64::MAX);
    assert_eq!(row.try_get::<Option<String>>("", "d")?, None);
    assert_eq!(row.try_get::<i64>("", "e")?, i64::MAX - 1);
    assert_eq!(row.try_get_by_index::<String>(4)?, "i7");
    Ok(())
}

async fn of_parameters_is_exact(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types().with_declared_types();
    db.execute_unprepared("CREATE TABLE wide (v BIGINT)").await?;
    let query =
        |sql: &str, values: [i64; 2]| Statement::from_sql_and_values(DbBackend::Sqlite, sql, values.map(Into::into));
    let insert = query("INSERT INTO wide VALUES (?) RETURNING coalesce(v, ?) AS a, typeof(v)", [i64::MAX, 0]);
    let row = db.query_one_raw(insert).await?.ok_or("no row")?;
    assert_eq!(row.try_get::<i64>("", "a")?, i64::MAX);
    let update = query("UPDATE wide SET v = v - ? RETURNING v + ?", [2, 1]);
    let row = db.query_one_raw(update).await?.ok_or("no row")?;
    assert_eq!(row.try_get::<i64>("", "v + ?")?, i64::MAX - 1);
    let delete = query("DELETE FROM wide WHERE v > ? RETURNING v / ? AS \"half\"", [0, 1]);
    let row = db.query_one_raw(delete).await?.ok_or("no row")?;
    assert_eq!(row.try_get::<i64>("", "half")?, i64::MAX - 2);
    Ok(())
}

/// What does not fit undoes the statement with its triggers, its sequence and its conflicts; what fits the next time is
/// not in the way of anything.
async fn undoes_all_of_it(context: Context) -> Outcome {
    let db = library(&context).await?.with_inferred_types();
    db.execute_unprepared(
        "CREATE TABLE log (what); \
         CREATE TRIGGER inserted AFTER INSERT ON author BEGIN INSERT INTO log VALUES ('+' || new.id); END; \
         CREATE TRIGGER updated AFTER UPDATE ON author BEGIN INSERT INTO log VALUES (new.id); END; \
         CREATE TRIGGER deleted AFTER DELETE ON author BEGIN INSERT INTO log VALUES ('-' || old.id); END; \
         CREATE TABLE keepsake (id INTEGER PRIMARY KEY, \
             author REFERENCES author (id) DEFERRABLE INITIALLY DEFERRED)",
    )
    .await?;
    author::Entity::insert_many([author("a"), author("b")]).exec(&db).await?;
    db.execute_unprepared(
        "INSERT INTO author (id, name) VALUES (3000000000, 'far'); INSERT INTO keepsake VALUES (1, 3000000000)",
    )
    .await?;
    let before = everything(&db).await?;
    for sql in [
        "INSERT INTO author (name) VALUES ('next') RETURNING id, name",
        "INSERT INTO author (id, name) VALUES (7, 'fits'), (3000000007, 'does not') RETURNING id, name",
        "INSERT INTO author (id, name) VALUES (7, 'far') ON CONFLICT (name) DO UPDATE SET name = 'near' RETURNING id",
        "INSERT OR REPLACE INTO author (id, name) VALUES (3000000001, 'far') RETURNING id, name",
        "INSERT OR FAIL INTO author (id, name) VALUES (7, 'fits'), (3000000007, 'does not') RETURNING id, name",
        "INSERT INTO author (name) SELECT name || '!' FROM author RETURNING name, id",
        "UPDATE author SET name = name || '!' RETURNING id, name",
        "UPDATE author SET id = 2999999999 WHERE name = 'far' RETURNING id",
        "DELETE FROM author RETURNING author.id",
    ] {
        let error = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect_err(sql).to_string();
        assert!(error.contains("column `id`: number ") && error.contains("does not fit Int"), "{sql}: {error}");
        assert_eq!(everything(&db).await?, before, "{sql}");
    }
    let sql = "UPDATE author SET name = name || abs(-9223372036854775807 - 1) WHERE id = 1 RETURNING id, name";
    let error = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect_err(sql).to_string();
    assert!(error.contains("integer overflow"), "{error}");
    assert_eq!(everything(&db).await?, before);

    db.execute_unprepared("DELETE FROM keepsake; DELETE FROM author WHERE name = 'far'").await?;
    let one =
        author::Entity::insert(author::ActiveModel { id: Set(9), ..author("c") }).exec_with_returning(&db).await?;
    assert_eq!(one, model(9, "c"));
    Ok(())
}

/// What is in the tables that the statements above write.
async fn everything(db: &DoConnection) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT id || name AS it FROM author UNION ALL SELECT what FROM log \
               UNION ALL SELECT author || '' FROM keepsake UNION ALL SELECT name || seq FROM sqlite_sequence";
    let rows = db.clone().with_declared_types().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    rows.iter().map(|row| row.try_get("", "it")).collect()
}
