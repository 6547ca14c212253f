//! The database as a `sea_orm::DatabaseConnection`.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, PaginatorTrait, Set, TransactionError,
    TransactionTrait,
};

use super::library;
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::author;

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "proxy":
        reads_and_writes,
        runs_scripts,
        fails_after_begin_until_the_end,
        joins_a_closure,
        a_rollback_inside_undoes_the_closure,
        a_drop_inside_undoes_the_closure,
    )
}

async fn insert<C: ConnectionTrait>(db: &C, name: &str) -> Result<author::Model, DbErr> {
    author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }.insert(db).await
}

async fn count(db: &DatabaseConnection) -> Result<u64, DbErr> {
    author::Entity::find().count(db).await
}

async fn reads_and_writes(context: Context) -> Outcome {
    let db = library(&context).await?.to_database_connection();
    let inserted = insert(&db, "a").await?;
    assert_eq!(author::Entity::find().all(&db).await?, [inserted]);
    assert_eq!(author::Entity::delete_by_id(1).exec(&db).await?.rows_affected, 1);
    db.ping().await?;
    Ok(())
}

async fn runs_scripts(context: Context) -> Outcome {
    let db = library(&context).await?.to_database_connection();
    let done = db.execute_unprepared("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);").await?;
    assert_eq!(done.rows_affected(), 2);
    Ok(())
}

async fn fails_after_begin_until_the_end(context: Context) -> Outcome {
    let db = library(&context).await?.to_database_connection();
    let transaction = db.begin().await?;
    for error in [insert(&transaction, "a").await.err(), insert(&db, "b").await.err(), count(&db).await.err()] {
        let error = error.ok_or("it went through")?.to_string();
        assert!(error.contains("transaction_sync"), "{error}");
    }
    let nested = transaction.begin().await?;
    nested.commit().await?;
    assert!(insert(&transaction, "a").await.is_err());
    transaction.commit().await?;
    assert_eq!(count(&db).await?, 0);
    drop(db.begin().await?);
    db.begin().await?.rollback().await?;
    insert(&db, "c").await?;
    Ok(())
}

async fn joins_a_closure(context: Context) -> Outcome {
    let connection = library(&context).await?;
    let db = connection.to_database_connection();
    connection.transaction_sync(async |_| {
        let transaction = db.begin().await?;
        insert(&transaction, "a").await?;
        let nested = transaction.begin().await?;
        insert(&nested, "b").await?;
        nested.commit().await?;
        transaction.commit().await
    })?;
    assert_eq!(count(&db).await?, 2);
    Ok(())
}

async fn a_rollback_inside_undoes_the_closure(context: Context) -> Outcome {
    let connection = library(&context).await?;
    let db = connection.to_database_connection();
    let result = connection.transaction_sync(async |txn| {
        insert(txn, "a").await?;
        db.begin().await?.rollback().await
    });
    assert!(matches!(result, Err(TransactionError::Connection(_))));
    assert_eq!(count(&db).await?, 0);
    Ok(())
}

async fn a_drop_inside_undoes_the_closure(context: Context) -> Outcome {
    let connection = library(&context).await?;
    let db = connection.to_database_connection();
    let result = connection.transaction_sync(async |_| {
        let transaction = db.begin().await?;
        insert(&transaction, "a").await?;
        drop(transaction);
        Ok::<_, DbErr>(())
    });
    assert!(matches!(result, Err(TransactionError::Connection(_))));
    assert_eq!(count(&db).await?, 0);
    insert(&db, "b").await?;
    Ok(())
}
