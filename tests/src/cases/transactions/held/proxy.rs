//! Transactions that a `DatabaseConnection` holds open.

use futures_util::FutureExt;
use futures_util::future::join;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, PaginatorTrait, TransactionTrait};

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
        what_is_given_up_on_a_proxy_ends_alone,
        a_proxy_tells_of_a_commit_while_another_begins,
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
    assert!(error.contains("previous commit failed") && error.contains("FOREIGN KEY"), "{error}");
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

/// SeaORM's handle asks for a rollback when its `begin` or `commit` is dropped on the way.
async fn what_is_given_up_on_a_proxy_ends_alone(context: Context) -> Outcome {
    let db = held_library(&context).await?.to_database_connection();
    let outer = db.begin().await?;
    author("a").insert(&outer).await?;
    drop(outer.begin().now_or_never());
    author("b").insert(&outer).await?;
    let inner = outer.begin().await?;
    drop(inner.commit().now_or_never());
    author("c").insert(&outer).await?;
    drop(outer.begin().await?);
    outer.commit().await?;
    assert_eq!(names(&db).await?, ["a", "b", "c"]);
    drop(db.begin().await?);
    author("d").insert(&db).await?;
    Ok(())
}

/// Two tasks on one proxy, which SeaORM does not tell apart: a commit that could not be done must not pass for one.
async fn a_proxy_tells_of_a_commit_while_another_begins(context: Context) -> Outcome {
    let db = held_library(&context).await?.to_database_connection();
    let first = db.begin().await?;
    author("a").insert(&first).await?;
    let second = async {
        let second = db.begin().await?;
        author("b").insert(&second).await?;
        second.commit().await
    };
    let commit = async {
        first.commit().await?;
        names(&db).await
    };
    let (second, commit) = join(second, commit).await;
    // Where the storage does not wait to begin, the second is inside of the first before that commits.
    if cfg!(target_arch = "wasm32") {
        let error = commit.err().or(second.err()).ok_or("nobody was told")?.to_string();
        assert!(error.contains("previous commit failed"), "{error}");
    }
    db.begin().await?.rollback().await?;
    assert!(names(&db).await?.len() < 2 || cfg!(not(target_arch = "wasm32")));
    Ok(())
}
