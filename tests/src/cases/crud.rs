//! Create, read, update and delete, as a user of SeaORM writes them.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use sea_orm_do::DoConnection;

use super::{connect, library};
use crate::case::{Case, Context, Outcome, case, cases};
use crate::entities::{author, book, create_tables, setting};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!(
        "crud":
        creates_tables_from_entities,
        inserts_and_reads_back,
        counts_ids_up_by_itself,
        updates,
        updates_many_and_counts,
        deletes,
        filters_sorts_and_pages,
        reads_related_rows,
        inserts_many,
        upserts,
        leaves_a_conflicting_row_alone,
        answers_an_empty_result_as_such,
    );
    cases.push(
        case!("crud", keeps_objects_apart)
            .then(|context| Box::pin(sees_no_table_of_another_object(context)))
            .in_object("other"),
    );
    cases
}

fn new_book(author_id: i32, title: &str, pages: i32) -> book::ActiveModel {
    book::ActiveModel {
        author_id: Set(author_id),
        title: Set(title.to_owned()),
        pages: Set(pages),
        price: Set(9.5),
        in_print: Set(true),
        ..Default::default()
    }
}

async fn named(db: &DoConnection, name: &str) -> Result<author::Model, sea_orm::DbErr> {
    author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }.insert(db).await
}

async fn creates_tables_from_entities(context: Context) -> Outcome {
    let db = connect(&context)?;
    create_tables(&db).await?;
    assert_eq!(book::Entity::find().count(&db).await?, 0);
    assert!(create_tables(&db).await.is_err(), "the tables are already there");
    Ok(())
}

async fn inserts_and_reads_back(context: Context) -> Outcome {
    let db = library(&context).await?;
    let author = named(&db, "Octavia").await?;
    let book = new_book(author.id, "Kindred", 264).insert(&db).await?;
    assert_eq!((book.id, book.in_print, book.price), (1, true, 9.5));
    assert_eq!(book::Entity::find_by_id(1).one(&db).await?, Some(book));
    Ok(())
}

async fn counts_ids_up_by_itself(context: Context) -> Outcome {
    let db = library(&context).await?;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(named(&db, name).await?.id);
    }
    assert_eq!(ids, [1, 2, 3]);
    author::Entity::delete_by_id(3).exec(&db).await?;
    // AUTOINCREMENT never gives an id again.
    assert_eq!(named(&db, "d").await?.id, 4);
    Ok(())
}

async fn updates(context: Context) -> Outcome {
    let db = library(&context).await?;
    let author = named(&db, "Ursula").await?;
    let book = new_book(author.id, "The Dispossessed", 341).insert(&db).await?;
    let mut changed = book.clone().into_active_model();
    changed.in_print = Set(false);
    changed.pages = Set(400);
    let changed = changed.update(&db).await?;
    assert_eq!(changed, book::Model { in_print: false, pages: 400, ..book });
    assert_eq!(book::Entity::find().all(&db).await?, [changed]);
    Ok(())
}

async fn updates_many_and_counts(context: Context) -> Outcome {
    let db = library(&context).await?;
    let author = named(&db, "Iain").await?;
    for pages in [100, 200, 300] {
        new_book(author.id, "Culture", pages).insert(&db).await?;
    }
    let update = || book::Entity::update_many().col_expr(book::Column::InPrint, false.into());
    let some = update().filter(book::Column::Pages.gte(200)).exec(&db).await?;
    let none = update().filter(book::Column::Pages.gt(300)).exec(&db).await?;
    assert_eq!((some.rows_affected, none.rows_affected), (2, 0));
    assert_eq!(book::Entity::find().filter(book::Column::InPrint.eq(true)).count(&db).await?, 1);
    Ok(())
}

async fn deletes(context: Context) -> Outcome {
    let db = library(&context).await?;
    let author = named(&db, "Stanisław").await?;
    new_book(author.id, "Solaris", 204).insert(&db).await?;
    assert_eq!(author.delete(&db).await?.rows_affected, 1);
    assert_eq!(author::Entity::find().count(&db).await?, 0);
    assert_eq!(book::Entity::find().count(&db).await?, 0, "foreign keys are on, and this one cascades");
    Ok(())
}

async fn filters_sorts_and_pages(context: Context) -> Outcome {
    let db = library(&context).await?;
    let author = named(&db, "Terry").await?;
    for pages in [300, 100, 500, 200, 400] {
        new_book(author.id, &format!("Discworld {pages}"), pages).insert(&db).await?;
    }
    let query = book::Entity::find().filter(book::Column::Pages.between(150, 450)).order_by_desc(book::Column::Pages);
    let pages = |books: Vec<book::Model>| books.into_iter().map(|book| book.pages).collect::<Vec<_>>();
    assert_eq!(pages(query.clone().all(&db).await?), [400, 300, 200]);
    assert_eq!(pages(query.clone().offset(1).limit(1).all(&db).await?), [300]);
    let paginator = query.paginate(&db, 2);
    assert_eq!(paginator.num_items_and_pages().await?.number_of_pages, 2);
    assert_eq!(pages(paginator.fetch_page(1).await?), [200]);
    let titles = book::Entity::find().filter(book::Column::Title.contains("5")).all(&db).await?;
    assert_eq!(pages(titles), [500]);
    Ok(())
}

async fn reads_related_rows(context: Context) -> Outcome {
    let db = library(&context).await?;
    let (mary, anne) = (named(&db, "Mary").await?, named(&db, "Anne").await?);
    for title in ["Frankenstein", "The Last Man"] {
        new_book(mary.id, title, 300).insert(&db).await?;
    }
    let books = mary.find_related(book::Entity).order_by_asc(book::Column::Id).all(&db).await?;
    assert_eq!(books.iter().map(|book| book.title.as_str()).collect::<Vec<_>>(), ["Frankenstein", "The Last Man"]);
    let with_books = author::Entity::find().find_with_related(book::Entity).order_by_asc(author::Column::Id);
    assert_eq!(with_books.all(&db).await?, [(mary.clone(), books.clone()), (anne.clone(), vec![])]);
    let with_author = book::Entity::find().find_also_related(author::Entity).order_by_asc(book::Column::Id);
    let expected: Vec<_> = books.into_iter().map(|book| (book, Some(mary.clone()))).collect();
    assert_eq!(with_author.all(&db).await?, expected);
    Ok(())
}

async fn inserts_many(context: Context) -> Outcome {
    let db = library(&context).await?;
    let author = named(&db, "Agatha").await?;
    let books = (1..=10).map(|pages| new_book(author.id, "Poirot", pages));
    let inserted = book::Entity::insert_many(books).exec(&db).await?;
    assert_eq!(inserted.last_insert_id, Some(10));
    assert_eq!(book::Entity::find().count(&db).await?, 10);
    Ok(())
}

fn dark_theme() -> setting::ActiveModel {
    setting::ActiveModel { key: Set("theme".into()), value: Set("dark".into()), changes: Set(1) }
}

async fn upserts(context: Context) -> Outcome {
    let db = library(&context).await?;
    setting::Entity::insert(setting::ActiveModel { value: Set("light".into()), ..dark_theme() }).exec(&db).await?;
    let on_conflict = OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned();
    let upserted = setting::Entity::insert(dark_theme()).on_conflict(on_conflict).exec_with_returning(&db).await?;
    let expected = setting::Model { key: "theme".into(), value: "dark".into(), changes: 1 };
    assert_eq!(upserted, expected);
    assert_eq!(setting::Entity::find().all(&db).await?, [expected]);
    Ok(())
}

async fn leaves_a_conflicting_row_alone(context: Context) -> Outcome {
    let db = library(&context).await?;
    let insert = || {
        let do_nothing = OnConflict::column(setting::Column::Key).do_nothing().to_owned();
        setting::Entity::insert(dark_theme()).on_conflict(do_nothing)
    };
    assert_eq!(insert().exec_without_returning(&db).await?, 1);
    assert_eq!(insert().exec_without_returning(&db).await?, 0);
    assert!(matches!(insert().exec(&db).await, Err(sea_orm::DbErr::RecordNotInserted)));
    Ok(())
}

async fn answers_an_empty_result_as_such(context: Context) -> Outcome {
    let db = library(&context).await?;
    assert!(book::Entity::find().all(&db).await?.is_empty());
    assert_eq!(book::Entity::find_by_id(7).one(&db).await?, None);
    assert_eq!(book::Entity::delete_by_id(7).exec(&db).await?.rows_affected, 0);
    let missing = book::ActiveModel { id: Set(7), ..new_book(1, "Nothing", 0) };
    assert!(matches!(missing.update(&db).await, Err(sea_orm::DbErr::RecordNotUpdated)));
    Ok(())
}

async fn keeps_objects_apart(context: Context) -> Outcome {
    named(&library(&context).await?, "Ursula").await?;
    Ok(())
}

async fn sees_no_table_of_another_object(context: Context) -> Outcome {
    let db = connect(&context)?;
    let error = author::Entity::find().all(&db).await.expect_err("another object made that table");
    assert!(error.to_string().contains("no such table: author"), "{error}");
    Ok(())
}
