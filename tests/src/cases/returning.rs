//! RETURNING: one statement writes and reads back.

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Set, Statement};

use super::library;
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::author;

pub(super) fn cases() -> Vec<Case> {
    cases!("returning": from_inserts, from_updates, from_deletes, leaves_counts_readable, of_a_star_is_exact, of_parameters_is_exact)
}

fn author(name: &str) -> author::ActiveModel {
    author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }
}

fn model(id: i32, name: &str) -> author::Model {
    author::Model { id, name: name.to_owned(), born: None }
}

async fn from_inserts(context: Context) -> Outcome {
    let db = library(&context).await?;
    let one = author::Entity::insert(author("a")).exec_with_returning(&db).await?;
    assert_eq!(one, model(1, "a"));
    let many = author::Entity::insert_many([author("b"), author("c")]).exec_with_returning(&db).await?;
    assert_eq!(many, [model(2, "b"), model(3, "c")]);
    let keys = author::Entity::insert_many([author("d"), author("e")]).exec_with_returning_keys(&db).await?;
    assert_eq!(keys, [4, 5]);
    Ok(())
}

async fn from_updates(context: Context) -> Outcome {
    let db = library(&context).await?;
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
    let db = library(&context).await?;
    author::Entity::insert_many([author("a"), author("b")]).exec(&db).await?;
    let gone = author::Entity::delete_many().filter(author::Column::Id.eq(1)).exec_with_returning(&db).await?;
    assert_eq!(gone, [model(1, "a")]);
    assert_eq!(author::Entity::find().all(&db).await?, [model(2, "b")]);
    Ok(())
}

async fn leaves_counts_readable(context: Context) -> Outcome {
    let db = library(&context).await?;
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
    let db = library(&context).await?.by_declared_type();
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
    let db = library(&context).await?.by_declared_type();
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
