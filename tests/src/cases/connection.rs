//! Opening the storage, and what a handle is.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, Set, Statement};

use super::library;
use crate::case::{Case, Class, Context, Outcome, case, cases};
use crate::entities::author;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!(
        "connection":
        a_clone_is_the_same_database,
        dropping_a_handle_leaves_the_database_open,
        an_entity_that_is_registered_late_is_known,
    );
    cases.push(case!("connection", two_connections_share_what_they_know).workerd_only());
    cases.push(case!("connection", refuses_a_class_without_sqlite).in_class(Class::Plain).workerd_only());
    cases
}

async fn a_clone_is_the_same_database(context: Context) -> Outcome {
    let db = library(&context).await?;
    let clone = db.clone();
    author::ActiveModel { name: Set("Ursula".into()), ..Default::default() }.insert(&clone).await?;
    assert_eq!(author::Entity::find().all(&db).await?.len(), 1);
    assert_eq!(db.get_database_backend(), DbBackend::Sqlite);
    assert!(db.support_returning());
    Ok(())
}

/// A handler may connect anew in each request.
async fn two_connections_share_what_they_know(context: Context) -> Outcome {
    let (one, other) = (context.connect()?.with_declared_types(), context.connect()?.with_declared_types());
    let insert = || Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO t (a) VALUES (?)", [5.into()]);
    one.execute_unprepared("CREATE TABLE t (a INTEGER)").await?;
    one.execute_raw(insert()).await?;
    other.execute_unprepared("DROP TABLE t; CREATE TABLE t (a TEXT)").await?;
    one.execute_raw(insert()).await?;
    let stored = Statement::from_string(DbBackend::Sqlite, "SELECT a FROM t");
    assert_eq!(one.query_one_raw(stored).await?.ok_or("no row")?.try_get::<String>("", "a")?, "5");
    Ok(())
}

async fn dropping_a_handle_leaves_the_database_open(context: Context) -> Outcome {
    let db = library(&context).await?;
    drop(db.clone());
    assert!(author::Entity::find().all(&db).await?.is_empty());
    drop(db);
    assert!(author::Entity::find().all(&super::connect(&context)?).await?.is_empty());
    Ok(())
}

/// What the handle had found out about a statement before is forgotten.
async fn an_entity_that_is_registered_late_is_known(context: Context) -> Outcome {
    drop(library(&context).await?);
    let db = context.connect()?;
    author::ActiveModel { name: Set("Ursula".into()), ..Default::default() }
        .insert(&db)
        .await
        .expect_err("the entity is not registered");
    assert!(author::Entity::find().all(&db).await.is_err());
    let db = db.with_declared_types();
    assert!(author::Entity::find().all(&db).await.is_ok());
    let db = db.register::<author::Entity>();
    let inserted = author::ActiveModel { name: Set("Octavia".into()), ..Default::default() }.insert(&db).await?;
    assert_eq!(author::Entity::find().all(&db).await?, [inserted]);
    Ok(())
}

async fn refuses_a_class_without_sqlite(context: Context) -> Outcome {
    let error = context.connect().expect_err("the class has no SQLite");
    assert!(matches!(error, DbErr::Conn(_)), "{error:?}");
    assert!(error.to_string().contains("new_sqlite_classes"), "{error}");
    Ok(())
}
