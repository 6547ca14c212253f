//! Transactions that a `DatabaseConnection` holds open.

use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, PaginatorTrait, TransactionSession, TransactionTrait};

use super::super::nesting::model;
use super::super::{author, names};
use super::{ORPHAN, held_library, refusal};
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::book;

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "held":
        a_proxy_holds_and_nests,
        a_proxy_tells_of_a_failed_commit_at_the_next_call,
    )
}

async fn a_proxy_holds_and_nests(context: Context) -> Outcome {
    let connection = held_library(&context).await?;
    let db = connection.to_database_connection();
    let outer = db.begin().await?;
    author("a").insert(&outer).await?;
    context.wait().await;
    let inner = outer.begin().await?;
    author("b").insert(&inner).await?;
    drop(inner);
    let inner = outer.begin().await?;
    author("c").insert(&inner).await?;
    inner.commit().await?;
    let error = refusal(names(&connection).await)?;
    assert!(error.contains("of another handle is open"), "{error}");
    outer.commit().await?;
    assert_eq!(names(&db).await?, ["a", "c"]);
    db.begin().await?.rollback().await?;
    model().save(&db).await?;
    assert_eq!(names(&connection).await?, ["a", "c", "Ursula"]);
    Ok(())
}

async fn a_proxy_tells_of_a_failed_commit_at_the_next_call(context: Context) -> Outcome {
    let db = held_library(&context).await?.to_database_connection();
    let txn = db.begin().await?;
    txn.execute_unprepared(ORPHAN).await?;
    txn.commit().await?;
    let error = refusal(names(&db).await)?;
    assert!(error.contains("commit before this failed") && error.contains("FOREIGN KEY"), "{error}");
    assert_eq!(book::Entity::find().count(&db).await?, 0);
    let txn = db.begin().await?;
    txn.execute_unprepared(ORPHAN).await?;
    txn.commit().await?;
    // A transaction that begins after it fails as a whole.
    let txn = db.begin().await?;
    assert!(author("a").insert(&txn).await.is_err());
    assert!(author("a").insert(&txn).await.is_err());
    txn.commit().await?;
    author("b").insert(&db).await?;
    assert_eq!(names(&db).await?, ["b"]);
    Ok(())
}
