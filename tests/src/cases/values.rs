//! What was written is what is read.

use sea_orm::prelude::{Date, DateTimeUtc, Uuid};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, Set, Statement,
};
use sea_orm_do::{DoConnection, ReadAs};
use serde_json::json;

use super::library;
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::{author, book};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "values":
        nulls,
        blobs,
        reals,
        integers_within_2_to_the_53,
        integers_beyond_2_to_the_53,
        dates_json_and_uuids,
        instants_as_integer_milliseconds,
        what_json_extract_finds,
        text_of_every_kind,
        a_value_of_another_type_is_an_error,
        a_model_as_json_has_its_names_alone,
        a_column_that_the_entity_lacks_is_named,
    )
}

fn empty_book() -> book::ActiveModel {
    book::ActiveModel {
        author_id: Set(1),
        title: Set(String::new()),
        pages: Set(0),
        price: Set(0.0),
        in_print: Set(false),
        ..Default::default()
    }
}

/// A library with one author, whose books are written and demanded back.
async fn with_author(context: &Context) -> Result<DoConnection, DbErr> {
    let db = library(context).await?;
    author::ActiveModel { name: Set("Anon".into()), ..Default::default() }.insert(&db).await?;
    Ok(db)
}

/// Writes a book and demands it back, from RETURNING and from a SELECT.
async fn round_trip(db: &DoConnection, book: book::ActiveModel) -> Result<book::Model, Box<dyn std::error::Error>> {
    let returned = book.insert(db).await?;
    let read = book::Entity::find_by_id(returned.id).one(db).await?.ok_or("the book is gone")?;
    assert_eq!(returned, read);
    Ok(read)
}

async fn nulls(context: Context) -> Outcome {
    let read = round_trip(&with_author(&context).await?, empty_book()).await?;
    assert_eq!((read.cover, read.meta, read.isbn, read.published_at), (None, None, None, None));
    Ok(())
}

async fn blobs(context: Context) -> Outcome {
    let bytes: Vec<u8> = (0..=255).collect();
    let read = round_trip(
        &with_author(&context).await?,
        book::ActiveModel { cover: Set(Some(bytes.clone())), ..empty_book() },
    )
    .await?;
    assert_eq!(read.cover, Some(bytes));
    Ok(())
}

/// SQLite stores -0.0 as the integer 0 in a REAL column, hence the sum.
async fn reals(context: Context) -> Outcome {
    let db = with_author(&context).await?;
    for price in [0.1, 1.0, -0.0, f64::MIN_POSITIVE, f64::MAX, 1e16, 0.1 + 0.2] {
        let read = round_trip(&db, book::ActiveModel { price: Set(price), ..empty_book() }).await?.price;
        assert_eq!(read.to_bits(), (price + 0.0).to_bits(), "{price}");
    }
    Ok(())
}

async fn integers_within_2_to_the_53(context: Context) -> Outcome {
    let id = (1_i64 << 53) - 1;
    let read = round_trip(
        &with_author(&context).await?,
        book::ActiveModel { id: Set(id), pages: Set(i32::MIN), ..empty_book() },
    )
    .await?;
    assert_eq!((read.id, read.pages), (id, i32::MIN));
    Ok(())
}

async fn integers_beyond_2_to_the_53(context: Context) -> Outcome {
    const ROUNDED: i64 = 1 << 53;
    let db = with_author(&context).await?;
    let read = round_trip(&db, book::ActiveModel { id: Set(i64::MAX), ..empty_book() }).await?;
    assert_eq!(read.id, i64::MAX);
    for id in [i64::MIN, -ROUNDED - 1, ROUNDED + 1] {
        assert_eq!(book::ActiveModel { id: Set(id), ..empty_book() }.insert(&db).await?.id, id);
    }
    let books = book::Entity::find().order_by_asc(book::Column::Id).all(&db).await?;
    let ids: Vec<_> = books.iter().map(|book| book.id).collect();
    assert_eq!(ids, [i64::MIN, -ROUNDED - 1, ROUNDED + 1, i64::MAX]);
    assert_eq!(book::Entity::find_by_id(ROUNDED + 1).all(&db).await?.len(), 1);
    assert_eq!(book::Entity::find_by_id(ROUNDED).all(&db).await?.len(), 0);
    Ok(())
}

async fn dates_json_and_uuids(context: Context) -> Outcome {
    let meta = json!({"tags": ["a", null], "depth": {"n": 1.5}});
    let isbn = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
    let published_at: DateTimeUtc = "1969-07-20T20:17:40.123456789Z".parse()?;
    let book = book::ActiveModel {
        meta: Set(Some(meta.clone())),
        isbn: Set(Some(isbn)),
        published_at: Set(Some(published_at)),
        ..empty_book()
    };
    let db = with_author(&context).await?;
    let read = round_trip(&db, book).await?;
    assert_eq!((read.meta, read.isbn, read.published_at), (Some(meta), Some(isbn), Some(published_at)));
    let born: Date = "1929-10-21".parse()?;
    let author = author::ActiveModel { name: Set("Ursula".into()), born: Set(Some(born)), ..Default::default() };
    assert_eq!(author.insert(&db).await?.born, Some(born));
    let same_day = author::Entity::find().filter(author::Column::Born.eq(born)).all(&db).await?;
    assert_eq!(same_day.len(), 1);
    Ok(())
}

async fn instants_as_integer_milliseconds(context: Context) -> Outcome {
    let db = with_author(&context).await?;
    let at: DateTimeUtc = "2026-11-23T09:30:15.250Z".parse()?;
    let read = round_trip(&db, book::ActiveModel { id: Set(at.timestamp_millis()), ..empty_book() }).await?;
    assert_eq!(DateTimeUtc::from_timestamp_millis(read.id), Some(at));
    let hour = 3_600_000;
    let found =
        book::Entity::find().filter(book::Column::Id.between(read.id - hour, read.id + hour)).count(&db).await?;
    assert_eq!(found, 1);
    Ok(())
}

async fn what_json_extract_finds(context: Context) -> Outcome {
    let db = with_author(&context).await?;
    let meta = json!({"pages": 7, "price": 2.5, "tags": ["a", "b"], "wide": i64::MAX, "none": null});
    round_trip(&db, book::ActiveModel { meta: Set(Some(meta)), ..empty_book() }).await?;
    let sql = "SELECT json_extract(meta, '$.pages') AS pages, meta ->> '$.price' AS price, \
               json_extract(meta, '$.tags[1]') AS tag, json_extract(meta, '$.wide') AS wide, \
               json_extract(meta, '$.none') AS none, json_array_length(meta, '$.tags') AS length FROM book";
    let select = Statement::from_string(DbBackend::Sqlite, sql);
    let row = db.clone().with_inferred_types().query_one_raw(select).await?.ok_or("no row")?;
    assert_eq!(row.try_get::<i64>("", "pages")?, 7);
    assert_eq!(row.try_get::<f64>("", "price")?, 2.5);
    assert_eq!(row.try_get::<String>("", "tag")?, "b");
    assert_eq!(row.try_get::<i64>("", "wide")?, i64::MAX);
    assert_eq!(row.try_get::<Option<String>>("", "none")?, None);
    assert_eq!(row.try_get::<i64>("", "length")?, 2);
    let found = book::Entity::find().filter(Expr::cust_with_values("json_extract(meta, '$.pages') = ?", [7]));
    assert_eq!(found.count(&db).await?, 1);
    Ok(())
}

async fn text_of_every_kind(context: Context) -> Outcome {
    let title = "'; DROP TABLE book; -- \" ? ☃ 𝄞 e\u{301} \n\0 end";
    let db = with_author(&context).await?;
    let read = round_trip(&db, book::ActiveModel { title: Set(title.to_owned()), ..empty_book() }).await?;
    assert_eq!(read.title, title);
    let found = book::Entity::find().filter(book::Column::Title.eq(title)).all(&db).await?;
    assert_eq!(found.len(), 1);
    Ok(())
}

async fn a_value_of_another_type_is_an_error(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.execute_unprepared("INSERT INTO author (name, born) VALUES ('a', 'yesterday')").await?;
    let error = author::Entity::find().all(&db).await.expect_err("'yesterday' is not a date").to_string();
    assert!(error.contains("`born`") && error.contains("'yesterday'") && error.contains("ChronoDate"), "{error}");
    Ok(())
}

async fn a_model_as_json_has_its_names_alone(context: Context) -> Outcome {
    let db = with_author(&context).await?;
    let anon = json!({"id": 1, "name": "Anon", "born": null});
    assert_eq!(author::Entity::find().into_json().one_as(&db).await?, Some(anon.clone()));
    assert_eq!(author::Entity::find().into_json().one(&db.with_json_rows()).await?, Some(anon));
    // A plain row has keys for positions, the first of which says what to do.
    let plain = author::Entity::find().into_json().one(&db).await?.ok_or("no row")?;
    let first = plain.as_object().and_then(|members| members.keys().next()).ok_or("no members")?;
    assert!(first.starts_with('\0') && first.contains("into_json().all_as(&db)"), "{first}");
    Ok(())
}

async fn a_column_that_the_entity_lacks_is_named(context: Context) -> Outcome {
    let db = with_author(&context).await?;
    db.execute_unprepared("ALTER TABLE author ADD COLUMN shoes INTEGER DEFAULT 38").await?;
    let query = |sql: &str| db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql));
    let error = query("SELECT shoes FROM author").await.expect_err("which type has it?").to_string();
    assert!(error.contains("`author`") && error.contains("`shoes`") && error.contains("column_type"), "{error}");
    let error = query("SELECT * FROM author").await.expect_err("`*` has it as well").to_string();
    assert!(error.contains("`author`") && error.contains("`shoes`"), "{error}");
    let ported = db.clone().with_inferred_types();
    let all = Statement::from_string(DbBackend::Sqlite, "SELECT * FROM author");
    let row = ported.query_one_raw(all).await?.ok_or("no row")?;
    assert_eq!((row.try_get::<i32>("", "id")?, row.try_get::<i64>("", "shoes")?), (1, 38));
    Ok(())
}
