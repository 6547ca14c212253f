//! Every connection that SeaORM knows, and what else goes on meanwhile.

use std::cell::RefCell;

use futures_util::future::join;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect, TransactionTrait};
use sea_orm_do::{DoConnection, ReadAs};

use super::{blog, post, sql};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "typed":
        through_every_connection,
        what_a_hook_reads_is_its_own,
        two_calls_at_once,
        a_call_that_is_given_up,
        the_same_text_as_two_types,
    )
}

async fn count<C: ConnectionTrait>(db: &C) -> Result<Option<i32>, DbErr> {
    post::Entity::find().select_only().expr(Expr::cust("COUNT(*)")).into_tuple().one_as(db).await
}

async fn through_every_connection(context: Context) -> Outcome {
    let db = blog(&context).await?;
    assert_eq!(count(&db).await?, Some(2));
    assert_eq!(db.transaction_sync(async |txn| count(txn).await)?, Some(2));
    let nested = db.transaction_sync(async |txn| txn.transaction_sync(async |txn| count(txn).await).map_err(flat));
    assert_eq!(nested.map_err(flat)?, Some(2));
    let own = db.transaction::<_, _, DbErr>(|txn| Box::pin(async move { count(txn).await })).await;
    assert_eq!(own.map_err(|error| error.to_string())?, Some(2));
    let connection = db.clone().with_async_transactions().to_database_connection();
    assert_eq!(count(&connection).await?, Some(2));
    let transaction = connection.begin().await?;
    assert_eq!(count(&transaction).await?, Some(2));
    transaction.commit().await?;
    Ok(())
}

fn flat<E: std::fmt::Display>(error: E) -> DbErr {
    DbErr::Custom(error.to_string())
}

thread_local! {
    static INSIDE: RefCell<Option<DoConnection>> = const { RefCell::new(None) };
}

/// A hook that queries in its turn, with the very text of the call.
async fn what_a_hook_reads_is_its_own(context: Context) -> Outcome {
    let db = blog(&context).await?;
    INSIDE.set(Some(db.clone().with_inferred_types()));
    let hooked = db.on_statement(|event| {
        let Some(inside) = INSIDE.take() else { return };
        use futures_util::FutureExt;
        let rows = inside.query_all_raw(sql(event.sql)).now_or_never();
        let first = rows.and_then(Result::ok).and_then(|rows| rows.into_iter().next());
        let found = first.map(|row| (row.try_get_by_index::<i64>(0).ok(), row.try_get::<i32>("", "").ok()));
        assert_eq!(found, Some((Some(2), None)), "the hook infers an i64");
    });
    assert_eq!(count(&hooked).await?, Some(2));
    Ok(())
}

async fn two_calls_at_once(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let text = post::Entity::find().select_only().expr(Expr::cust("COUNT(*) || ''")).into_tuple::<String>();
    let (one, other) = join(count(&db), text.one_as(&db)).await;
    assert_eq!((one?, other?), (Some(2), Some("2".to_owned())));
    Ok(())
}

async fn a_call_that_is_given_up(context: Context) -> Outcome {
    let db = blog(&context).await?;
    drop(Box::pin(count(&db)));
    let plain = db.query_one_raw(sql("SELECT COUNT(*) AS n FROM post")).await;
    assert!(matches!(plain, Err(DbErr::Type(_))), "nothing is left of it: {plain:?}");
    Ok(())
}

async fn the_same_text_as_two_types(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let select = || post::Entity::find().select_only().expr(Expr::cust("COUNT(*)"));
    for _ in 0..2 {
        assert_eq!(select().into_tuple::<i64>().one_as(&db).await?, Some(2));
        assert_eq!(select().into_tuple::<u8>().one_as(&db).await?, Some(2));
        assert_eq!(select().into_tuple::<(Option<f64>,)>().one_as(&db).await?, Some((Some(2.0),)));
        assert!(select().into_tuple::<String>().one_as(&db).await.is_err());
    }
    Ok(())
}
