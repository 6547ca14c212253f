//! Transactions inside of transactions.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, TransactionError,
    TransactionSession, TransactionTrait,
};

use super::{author, doomed, names};
use crate::case::{Case, Context, Outcome, cases};
use crate::cases::library;
use crate::entities::{biography, book, book_genre, genre};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "transactions":
        nests_as_savepoints,
        rolls_back_only_the_middle_of_three,
        joins_a_begin_inside,
        a_joined_rollback_undoes_the_whole,
        a_joined_drop_undoes_the_whole,
        a_swallowed_error_in_a_joined_part_undoes_the_whole,
        a_joined_part_in_a_savepoint_undoes_the_savepoint_alone,
        saves_nested_models,
    )
}

async fn nests_as_savepoints(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        let inner = txn.transaction_sync(async |inner| {
            author("b").insert(inner).await?;
            Err::<(), _>(DbErr::Custom("inner".into()))
        });
        assert!(matches!(inner, Err(TransactionError::Transaction(DbErr::Custom(why))) if why == "inner"));
        let kept: i32 = txn
            .transaction::<_, _, DbErr>(|inner| Box::pin(async move { Ok(author("c").insert(inner).await?.id) }))
            .await
            .map_err(|error| DbErr::Custom(error.to_string()))?;
        assert_eq!(kept, 2);
        Ok::<_, DbErr>(())
    })?;
    assert_eq!(names(&db).await?, ["a", "c"]);
    Ok(())
}

async fn rolls_back_only_the_middle_of_three(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |one| {
        author("one").insert(one).await?;
        let middle = one.transaction_sync(async |two| {
            author("two").insert(two).await?;
            two.transaction_sync(async |three| author("three").insert(three).await).map_err(Box::new)?;
            Err::<(), Box<dyn std::error::Error>>("the middle".into())
        });
        assert!(middle.is_err());
        author("last").insert(one).await
    })?;
    assert_eq!(names(&db).await?, ["one", "last"]);
    Ok(())
}

async fn joins_a_begin_inside(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| {
        let part = txn.begin().await?;
        author("a").insert(&part).await?;
        let deeper = part.begin().await?;
        author("b").insert(&deeper).await?;
        deeper.commit().await?;
        part.commit().await
    })?;
    assert_eq!(names(&db).await?, ["a", "b"]);
    Ok(())
}

async fn a_joined_rollback_undoes_the_whole(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        txn.begin().await?.rollback().await
    });
    assert!(why.await?.contains("was rolled back"));
    Ok(())
}

async fn a_joined_drop_undoes_the_whole(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        let part = txn.begin().await?;
        author("a").insert(&part).await?;
        drop(part);
        Ok(())
    });
    assert!(why.await?.contains("dropped without commit"));
    Ok(())
}

async fn a_swallowed_error_in_a_joined_part_undoes_the_whole(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        let part = async {
            let part = txn.begin().await?;
            author("b").insert(&part).await?;
            author("a").insert(&part).await?;
            part.commit().await
        };
        assert!(part.await.is_err());
        Ok(())
    });
    let why = why.await?;
    assert!(why.contains("UNIQUE constraint failed: author.name"), "{why}");
    Ok(())
}

async fn a_joined_part_in_a_savepoint_undoes_the_savepoint_alone(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        let inner = txn.transaction_sync(async |inner| {
            let part = inner.begin().await?;
            author("b").insert(&part).await?;
            part.rollback().await
        });
        assert!(matches!(inner, Err(TransactionError::Connection(_))));
        Ok::<_, DbErr>(())
    })?;
    assert_eq!(names(&db).await?, ["a"]);
    Ok(())
}

fn genre(name: &str) -> genre::ActiveModelEx {
    genre::ActiveModel::builder().set_name(name)
}

fn new_book(title: &str) -> book::ActiveModelEx {
    book::ActiveModel::builder().set_title(title).set_pages(1).set_price(1.0).set_in_print(true)
}

/// One author with a biography (has one), two books (has many) and their genres (many to many).
pub(super) fn model() -> author::ActiveModelEx {
    author::ActiveModel::builder()
        .set_name("Ursula")
        .set_biography(biography::ActiveModel::builder().set_text("wrote"))
        .add_book(new_book("one").add_genre(genre("fantasy")).add_genre(genre("novel")))
        .add_book(new_book("two").add_genre(genre("essay")))
}

/// `ActiveModelEx` begins a transaction of its own for what it saves, and for each model nested in it.
async fn saves_nested_models(context: Context) -> Outcome {
    let db = library(&context).await?;
    let error = model().save(&db).await.expect_err("begin cannot be kept open").to_string();
    assert!(error.contains("transaction_sync"), "{error}");
    assert!(names(&db).await?.is_empty());

    db.transaction_sync(async |txn| model().save(txn).await)?;
    let counts = async || {
        Ok::<_, DbErr>([
            author::Entity::find().count(&db).await?,
            biography::Entity::find().filter(biography::Column::AuthorId.eq(1)).count(&db).await?,
            book::Entity::find().filter(book::Column::AuthorId.eq(1)).count(&db).await?,
            genre::Entity::find().count(&db).await?,
            book_genre::Entity::find().count(&db).await?,
        ])
    };
    assert_eq!(counts().await?, [1, 1, 2, 3, 3]);
    let genres = book::Entity::find_by_id(1).find_with_related(genre::Entity).all(&db).await?;
    let genres: Vec<_> = genres.iter().flat_map(|(_, genres)| genres).map(|genre| genre.name.as_str()).collect();
    assert_eq!(genres, ["fantasy", "novel"]);

    // The author's name is taken, then that of a genre, deep inside.
    let twice = db.transaction_sync(async |txn| model().save(txn).await);
    assert!(matches!(twice, Err(TransactionError::Transaction(_))), "the name is taken");
    let deep = author::ActiveModel::builder().set_name("Octavia").add_book(new_book("three").add_genre(genre("novel")));
    assert!(db.transaction_sync(async |txn| deep.clone().save(txn).await).is_err());
    assert_eq!(counts().await?, [1, 1, 2, 3, 3]);
    Ok(())
}
