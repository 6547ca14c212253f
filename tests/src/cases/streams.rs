//! Streams: rows as they are asked for.

use futures_util::{StreamExt, TryStreamExt};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, PaginatorTrait, QueryOrder, QuerySelect, Set,
    Statement, StreamTrait,
};

use super::library;
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::{author, book, setting};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "streams":
        yield_all_rows_in_order,
        yield_exact_integers,
        are_read_as_they_are_asked_for,
        leave_nothing_open_when_dropped,
        end_with_an_error_when_the_schema_changes,
        never_break_a_commit,
        are_over_with_their_transaction,
        return_what_was_written,
        name_a_column_without_a_type,
        fail_on_a_value_that_does_not_fit,
    )
}

async fn with_settings(context: &Context, count: i32) -> Result<sea_orm_do::DoConnection, DbErr> {
    let db = library(context).await?;
    let settings = (0..count).map(|at| setting::ActiveModel {
        key: Set(format!("{at:06}")),
        value: Set("x".repeat(50)),
        changes: Set(at),
    });
    setting::Entity::insert_many(settings).exec_without_returning(&db).await?;
    Ok(db)
}

fn sql(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

async fn yield_all_rows_in_order(context: Context) -> Outcome {
    let db = with_settings(&context, 3000).await?;
    let stream = setting::Entity::find().order_by_asc(setting::Column::Key).stream(&db).await?;
    let changes: Vec<i32> = stream.map_ok(|setting| setting.changes).try_collect().await?;
    assert!(changes.into_iter().eq(0..3000));
    let mut none = author::Entity::find().stream(&db).await?;
    assert!(none.next().await.is_none() && none.next().await.is_none());
    Ok(())
}

async fn yield_exact_integers(context: Context) -> Outcome {
    let db = library(&context).await?;
    author::ActiveModel { name: Set("a".into()), ..Default::default() }.insert(&db).await?;
    let ids = [i64::MIN, -1, (1 << 53) + 1, i64::MAX];
    for id in ids {
        let book = book::ActiveModel {
            id: Set(id),
            author_id: Set(1),
            title: Set(id.to_string()),
            pages: Set(1),
            price: Set(1.0),
            in_print: Set(true),
            ..Default::default()
        };
        book.insert(&db).await?;
    }
    let books: Vec<book::Model> =
        book::Entity::find().order_by_asc(book::Column::Id).stream(&db).await?.try_collect().await?;
    assert!(books.iter().map(|book| book.id).eq(ids));
    assert!(books.iter().all(|book| book.title == book.id.to_string()));
    Ok(())
}

/// A row that is written while the stream is open comes out of it at its end.
async fn are_read_as_they_are_asked_for(context: Context) -> Outcome {
    let db = with_settings(&context, 2000).await?;
    let mut stream = setting::Entity::find().order_by_asc(setting::Column::Key).stream(&db).await?;
    assert!(stream.next().await.is_some());
    // Of the rows no hundredth was read for the first one.
    #[cfg(target_arch = "wasm32")]
    db.execute_unprepared("UPDATE setting SET value = 'seen' WHERE key = '000020'").await?;
    let late = setting::ActiveModel { key: Set("999999".into()), value: Set("late".into()), changes: Set(0) };
    late.insert(&db).await?;
    let rest: Vec<setting::Model> = stream.try_collect().await?;
    #[cfg(target_arch = "wasm32")]
    assert_eq!(rest.iter().find(|setting| setting.value == "seen").map(|setting| setting.changes), Some(20));
    #[cfg(target_arch = "wasm32")]
    assert_eq!((rest.len(), rest.last().map(|setting| setting.value.as_str())), (2000, Some("late")));
    #[cfg(not(target_arch = "wasm32"))]
    assert_eq!(rest.len(), 1999, "the storage of the host reads all rows first");
    Ok(())
}

async fn leave_nothing_open_when_dropped(context: Context) -> Outcome {
    let db = with_settings(&context, 1000).await?;
    for read in [0, 1, 8, 9, 999, 1000] {
        let mut stream = setting::Entity::find().stream(&db).await?;
        for _ in 0..read {
            assert!(stream.next().await.is_some());
        }
        drop(stream);
        // An open cursor would keep the table.
        db.execute_unprepared("CREATE TABLE other (a); DROP TABLE other").await?;
    }
    db.execute_unprepared("DROP TABLE setting").await?;
    Ok(())
}

async fn end_with_an_error_when_the_schema_changes(context: Context) -> Outcome {
    let db = with_settings(&context, 1000).await?;
    let mut stream = setting::Entity::find().stream(&db).await?;
    assert!(stream.next().await.is_some());
    db.execute_unprepared("DROP TABLE author_of_nothing").await.expect_err("there is no such table");
    db.execute_unprepared("DROP TABLE book").await?;
    let error = stream.next().await.and_then(Result::err).ok_or("the stream went on")?;
    assert!(stream.next().await.is_none());
    // One that has read its last row is open no more.
    let mut read = setting::Entity::find().limit(3).stream(&db).await?;
    assert!(read.next().await.is_some_and(|row| row.is_ok()));
    db.execute_unprepared("DROP TABLE biography").await?;
    assert_eq!(read.filter(|row| std::future::ready(row.is_ok())).count().await, 2);
    assert!(error.to_string().contains("schema was changed"), "{error}");
    assert_eq!(setting::Entity::find().count(&db).await?, 1000);
    Ok(())
}

async fn never_break_a_commit(context: Context) -> Outcome {
    let db = with_settings(&context, 1000).await?;
    let mut outside = setting::Entity::find().stream(&db).await?;
    assert!(outside.next().await.is_some());
    db.transaction_sync(async |txn| {
        let mut inside = setting::Entity::find().stream(txn).await?;
        inside.next().await;
        author::ActiveModel { name: Set("a".into()), ..Default::default() }.insert(txn).await?;
        Ok::<_, DbErr>(())
    })?;
    assert!(outside.next().await.is_some_and(|row| row.is_ok()));
    assert_eq!(author::Entity::find().count(&db).await?, 1);
    Ok(())
}

async fn are_over_with_their_transaction(context: Context) -> Outcome {
    let db = with_settings(&context, 1000).await?;
    let mut kept = db.transaction_sync(async |txn| txn.stream_raw(sql("SELECT key FROM setting")).await)?;
    let error = kept.next().await.and_then(Result::err).ok_or("it goes on")?;
    assert!(error.to_string().contains("this transaction is over"), "{error}");
    assert!(kept.next().await.is_some_and(|row| row.is_err()));
    Ok(())
}

async fn return_what_was_written(context: Context) -> Outcome {
    let db = with_settings(&context, 20).await?;
    let stream = db.stream_raw(sql("UPDATE setting SET changes = changes + 1 RETURNING changes")).await?;
    let changes: Vec<i32> = stream.map(|row| row?.try_get::<i32>("", "changes")).try_collect().await?;
    assert!(changes.into_iter().eq(1..=20));
    Ok(())
}

async fn name_a_column_without_a_type(context: Context) -> Outcome {
    let db = with_settings(&context, 3).await?;
    let dynamic = || sql(r#"SELECT json_extract('{"a": 1.5}', '$.a') AS x FROM setting"#);
    let error = db.stream_raw(dynamic()).await.err().ok_or("it streams")?.to_string();
    assert!(error.contains("`x`") && error.contains("column_type"), "{error}");
    let db = db.with_column_type("x", sea_orm::sea_query::ArrayType::Double);
    let rows: Vec<f64> = db.stream_raw(dynamic()).await?.map(|row| row?.try_get::<f64>("", "x")).try_collect().await?;
    assert_eq!(rows, [1.5, 1.5, 1.5]);
    Ok(())
}

async fn fail_on_a_value_that_does_not_fit(context: Context) -> Outcome {
    let db = with_settings(&context, 3).await?;
    db.execute_unprepared("UPDATE setting SET changes = 'many' WHERE key = '000001'").await?;
    let rows: Vec<_> = setting::Entity::find().stream(&db).await?.collect().await;
    let error = rows.into_iter().find_map(Result::err).ok_or("it fits")?.to_string();
    assert!(error.contains("`changes`") && error.contains("'many'"), "{error}");
    Ok(())
}
