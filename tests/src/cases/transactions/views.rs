//! Other ways to read inside of a transaction.

use sea_orm::sea_query::{ArrayType, Expr};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, JsonValue, QuerySelect,
    Statement, TransactionSession, TransactionTrait,
};
use sea_orm_do::{DoTransaction, TypedRow};

use super::{author, names};
use crate::case::{Case, Context, Outcome, cases};
use crate::cases::library;
use crate::entities::author as authors;

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "transactions":
        read_in_each_way_inside_of_a_closure,
        read_in_each_way_while_held_open,
        neither_begin_nor_end_anything,
    )
}

#[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
struct Length {
    name: String,
    length: i16,
}

async fn reads_in_each_way(txn: &DoTransaction) -> Result<(), DbErr> {
    let written = author("Ursula").insert(txn).await?;
    let found = authors::Entity::find().into_json().all(&txn.with_json_rows()).await?;
    assert_eq!(found[0]["name"], "Ursula");
    let select = || {
        authors::Entity::find()
            .select_only()
            .column(authors::Column::Name)
            .column_as(Expr::cust("length(name)"), "length")
    };
    let of_name = txn.with_column_type("length", ArrayType::SmallInt);
    let expected = [Length { name: "Ursula".into(), length: 6 }];
    assert_eq!(select().into_model::<Length>().all(&of_name).await?, expected);
    assert_eq!(select().into_model::<Length>().all(&txn.read_as::<Length>()).await?, expected);
    let tuples = txn.read_as_tuple::<(String, i16)>();
    assert_eq!(select().into_tuple::<(String, i16)>().all(&tuples).await?, [("Ursula".to_owned(), 6)]);
    let statement = || Statement::from_string(DbBackend::Sqlite, "SELECT count(*) AS n FROM author");
    let counted = txn.with_inferred_types().query_one_raw(statement()).await?;
    assert_eq!(counted.map(|row| row.try_get("", "n")).transpose()?, Some(1_i64));
    txn.execute_unprepared("CREATE TABLE other (a bigint); INSERT INTO other VALUES (9007199254740993)").await?;
    let other = Statement::from_string(DbBackend::Sqlite, "SELECT a FROM other");
    let read = txn.with_declared_types().query_one_raw(other).await?;
    assert_eq!(read.map(|row| row.try_get("", "a")).transpose()?, Some(9_007_199_254_740_993_i64));
    // What they write is of the transaction, and models are read with its own handle as before.
    author("Iain").insert(&txn.with_inferred_types()).await?;
    assert_eq!(names(txn).await?, ["Ursula", "Iain"]);
    assert_eq!(authors::Entity::find_by_id(written.id).one(txn).await?, Some(written));
    Ok(())
}

async fn read_in_each_way_inside_of_a_closure(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(reads_in_each_way)?;
    assert_eq!(names(&db).await?, ["Ursula", "Iain"]);
    Ok(())
}

async fn read_in_each_way_while_held_open(context: Context) -> Outcome {
    let db = library(&context).await?.with_async_transactions();
    let txn = db.begin().await?;
    reads_in_each_way(&txn).await?;
    txn.rollback().await?;
    assert!(names(&db).await?.is_empty());
    Ok(())
}

async fn neither_begin_nor_end_anything(context: Context) -> Outcome {
    let db = library(&context).await?;
    let kept = db.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        for ended in [
            txn.with_json_rows().commit().await,
            txn.with_json_rows().rollback().await,
            txn.with_json_rows().begin().await.map(drop),
        ] {
            let error = ended.err().ok_or_else(|| DbErr::Custom("it ended".to_owned()))?;
            assert!(error.to_string().contains("another handle has begun"), "{error}");
        }
        drop(txn.with_json_rows());
        Ok::<_, DbErr>(txn.with_json_rows())
    })?;
    assert_eq!(names(&db).await?, ["a"]);
    let error = authors::Entity::find().into_json().all(&kept).await.err().ok_or("it is over")?;
    assert!(error.to_string().contains("over"), "{error}");
    let _: Option<JsonValue> = authors::Entity::find().into_json().one(&db.with_json_rows()).await?;
    Ok(())
}
