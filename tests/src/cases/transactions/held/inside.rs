//! What is begun inside of a transaction that is held open.

use sea_orm::{
    ActiveModelTrait, DbErr, EntityTrait, PaginatorTrait, TransactionError, TransactionSession, TransactionTrait,
};

use super::super::nesting::model;
use super::super::{author, names};
use super::{held_library, into_db_err, refusal};
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::{book, book_genre};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "held":
        callbacks_may_wait,
        nests,
        closures_inside_are_savepoints,
        a_parent_waits_for_its_child,
        a_commit_with_an_open_child_undoes_both,
        saves_nested_models_without_a_closure,
    )
}

async fn callbacks_may_wait(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let kept = db
        .transaction_async(async |txn| {
            let first = author("a").insert(txn).await?;
            context.wait().await;
            author("b").insert(txn).await?;
            Ok::<_, DbErr>(first.id)
        })
        .await?;
    assert_eq!(kept, 1);
    let undone = db
        .transaction_async(async |txn| {
            author("c").insert(txn).await?;
            context.wait().await;
            Err::<(), _>(DbErr::Custom("no".into()))
        })
        .await;
    assert!(matches!(undone, Err(TransactionError::Transaction(DbErr::Custom(why))) if why == "no"));
    let id = db
        .transaction::<_, i32, DbErr>(|txn| {
            Box::pin(async move {
                let undone = txn.transaction::<_, (), DbErr>(|inner| {
                    Box::pin(async move {
                        author("d").insert(inner).await?;
                        Err(DbErr::Custom("inner".into()))
                    })
                });
                assert!(undone.await.is_err());
                Ok(author("e").insert(txn).await?.id)
            })
        })
        .await?;
    assert_eq!((id, names(&db).await?), (3, vec!["a".to_owned(), "b".to_owned(), "e".to_owned()]));
    Ok(())
}

async fn nests(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let outer = db.begin().await?;
    author("a").insert(&outer).await?;
    let kept = outer.begin().await?;
    author("b").insert(&kept).await?;
    context.wait().await;
    let deepest = kept.begin().await?;
    author("c").insert(&deepest).await?;
    context.wait().await;
    deepest.rollback().await?;
    assert_eq!(names(&kept).await?, ["a", "b"]);
    kept.commit().await?;
    let dropped = outer.begin().await?;
    author("d").insert(&dropped).await?;
    context.wait().await;
    drop(dropped);
    author("e").insert(&outer).await?;
    outer.commit().await?;
    assert_eq!(names(&db).await?, ["a", "b", "e"]);

    let outer = db.begin().await?;
    let inner = outer.begin().await?;
    author("f").insert(&inner).await?;
    inner.commit().await?;
    outer.rollback().await?;
    assert_eq!(names(&db).await?, ["a", "b", "e"]);
    Ok(())
}

async fn closures_inside_are_savepoints(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let txn = db.begin().await?;
    author("a").insert(&txn).await?;
    let undone = txn.transaction_sync(async |inner| {
        author("b").insert(inner).await?;
        inner.begin().await?.commit().await?;
        Err::<(), _>(DbErr::Custom("no".into()))
    });
    assert!(undone.is_err());
    context.wait().await;
    txn.transaction_sync(async |inner| author("c").insert(inner).await)?;
    txn.commit().await?;
    assert_eq!(names(&db).await?, ["a", "c"]);
    Ok(())
}

async fn a_parent_waits_for_its_child(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let outer = db.begin().await?;
    let inner = outer.begin().await?;
    for error in [
        refusal(author("a").insert(&outer).await)?,
        refusal(outer.transaction_sync(async |txn| author("a").insert(txn).await).map_err(into_db_err))?,
    ] {
        assert!(error.contains("begun inside of this one is still open"), "{error}");
    }
    inner.rollback().await?;
    author("b").insert(&outer).await?;
    outer.commit().await?;
    assert_eq!(names(&db).await?, ["b"]);
    Ok(())
}

async fn a_commit_with_an_open_child_undoes_both(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    let outer = db.begin().await?;
    author("a").insert(&outer).await?;
    let inner = outer.begin().await?;
    author("b").insert(&inner).await?;
    let error = refusal(outer.commit().await)?;
    assert!(error.contains("begun inside of it is still open"), "{error}");
    assert!(names(&db).await?.is_empty());
    let error = refusal(author("c").insert(&inner).await)?;
    assert!(error.contains("this transaction is over"), "{error}");
    assert!(inner.commit().await.is_err());

    // Dropped in the wrong order, nothing is left either.
    let outer = db.begin().await?;
    let inner = outer.begin().await?;
    author("b").insert(&inner).await?;
    drop(outer);
    assert!(inner.commit().await.is_err());
    db.begin().await?.commit().await?;
    author("d").insert(&db).await?;
    assert_eq!(names(&db).await?, ["d"]);
    Ok(())
}

async fn saves_nested_models_without_a_closure(context: Context) -> Outcome {
    let db = held_library(&context).await?;
    model().save(&db).await?;
    assert_eq!((book::Entity::find().count(&db).await?, book_genre::Entity::find().count(&db).await?), (2, 3));
    assert!(model().save(&db).await.is_err(), "the name is taken");
    assert_eq!((book::Entity::find().count(&db).await?, names(&db).await?.len()), (2, 1));
    Ok(())
}
