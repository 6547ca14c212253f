//! Rows that are made from a seed.

use sea_orm::{DbErr, EntityTrait, PaginatorTrait, QueryOrder};
use sea_orm_do::DoConnection;
use sea_orm_do::schema::Seeds;

use crate::case::{Case, Context, Outcome, cases};
use crate::cases::library;
use crate::entities::{author, biography, book, book_genre, genre, setting};

pub(super) fn cases() -> Vec<Case> {
    cases!("sync": seeds_every_table_the_same_way, seeds_nothing_when_a_table_cannot_take_so_many)
}

fn seeds(seed: u64) -> Seeds {
    Seeds::new(seed)
        .rows("book_genre", 60)
        .rows("biography", 20)
        .rows("book", 40)
        .rows("genre", 5)
        .rows("author", 20)
        .value("author", "name", |row| format!("Author {row}").into())
}

async fn books(db: &DoConnection) -> Result<Vec<book::Model>, DbErr> {
    book::Entity::find().order_by_asc(book::Column::Id).all(db).await
}

async fn seeds_every_table_the_same_way(context: Context) -> Outcome {
    let db = library(&context).await?;
    seeds(7).insert(&db)?;
    let first = books(&db).await?;
    assert_eq!(first.len(), 40);
    // Every row is read as its model, and refers to a row that is there.
    let authors = author::Entity::find().find_with_related(book::Entity).all(&db).await?;
    assert_eq!(authors.len(), 20);
    assert_eq!(authors.iter().map(|(_, books)| books.len()).sum::<usize>(), 40);
    assert!(authors.iter().any(|(author, _)| author.name == "Author 20"));
    assert_eq!(biography::Entity::find().all(&db).await?.len(), 20, "each author has one biography at most");
    assert_eq!(book_genre::Entity::find().all(&db).await?.len(), 60, "each pair is there once");
    assert_eq!(genre::Entity::find().count(&db).await?, 5);
    assert!(first.iter().any(|book| book.in_print) && first.iter().any(|book| !book.in_print));

    // The same again from the same seed, something else from another.
    let again = |seed: u64| {
        let db = db.clone();
        async move {
            for table in ["book_genre", "biography", "book", "genre", "author"] {
                sea_orm::ConnectionTrait::execute_unprepared(&db, &format!("DELETE FROM {table}")).await?;
            }
            sea_orm::ConnectionTrait::execute_unprepared(&db, "DELETE FROM sqlite_sequence").await?;
            seeds(seed).insert(&db)?;
            books(&db).await
        }
    };
    assert_eq!(again(7).await?, first);
    assert_ne!(again(8).await?, first);
    Ok(())
}

async fn seeds_nothing_when_a_table_cannot_take_so_many(context: Context) -> Outcome {
    let db = library(&context).await?;
    let few = Seeds::new(1).rows("author", 3).rows("biography", 4).insert(&db).expect_err("three authors").to_string();
    let expected = "table `biography`, column `author_id`: there are fewer pairs of rows to reference than rows to insert: \
        give its values, .value(\"biography\", \"author_id\", |row| …)";
    assert!(few.contains(expected), "{few}");
    let none = Seeds::new(1).rows("setting", 2).rows("book", 1).insert(&db).expect_err("no authors").to_string();
    assert!(none.contains("table `book`, column `author_id`: it references a table without rows"), "{none}");
    assert_eq!((author::Entity::find().count(&db).await?, setting::Entity::find().count(&db).await?), (0, 0));
    Ok(())
}
