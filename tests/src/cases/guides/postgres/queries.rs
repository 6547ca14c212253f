//! What is read.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::NullOrdering;
use sea_orm::{DbBackend, Order, QueryOrder, QuerySelect, QueryTrait, Statement, Value};

use super::{ids, texts, ticket, tickets};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": queries_of_postgres, limits_that_postgres_does_not_have)
}

async fn queries_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    let values = |sql: &str, values: [Value; 2]| Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
    let rows = db.read_as_tuple::<(i32, i32)>().query_all_raw(values("SELECT $2, $1", [5.into(), 6.into()])).await?;
    assert_eq!((rows[0].try_get_by_index::<i32>(0)?, rows[0].try_get_by_index::<i32>(1)?), (6, 5));

    let sorted = async |select: Select<ticket::Entity>| -> Result<Vec<Option<i32>>, DbErr> {
        Ok(select.all(&db).await?.into_iter().map(|ticket| ticket.n).collect())
    };
    assert_eq!(sorted(ticket::Entity::find().order_by_asc(ticket::Column::N)).await?, [None, Some(1)]);
    let last = ticket::Entity::find().order_by_with_nulls(ticket::Column::N, Order::Asc, NullOrdering::Last);
    assert_eq!(sorted(last).await?, [Some(1), None]);

    let locked = ticket::Entity::find().lock_exclusive();
    assert!(!locked.clone().build(DbBackend::Sqlite).to_string().contains("FOR UPDATE"));
    assert_eq!(locked.all(&db).await?.len(), 2);
    assert!(texts(&db, "code FROM ticket FOR UPDATE").await.is_err());

    // SeaORM leaves it out for SQLite.
    let distinct = ticket::Entity::find().distinct_on([ticket::Column::Done]);
    assert_eq!(distinct.all(&db).await?.len(), 2);
    assert!(texts(&db, "DISTINCT ON (done) code FROM ticket").await.is_err());
    // A column beside MAX is that of the greatest row.
    assert_eq!(texts(&db, "code FROM (SELECT code, MAX(at) FROM ticket GROUP BY done)").await?, ["abcdef"]);

    assert_eq!(texts(&db, "code FROM ticket FULL JOIN (SELECT 1 AS x) ON x = n").await?.len(), 2);
    for syntax in ["code FROM ticket FETCH FIRST 1 ROW ONLY", "1 FROM ticket, LATERAL (SELECT 1) l"] {
        assert!(texts(&db, syntax).await.is_err(), "{syntax}");
    }
    Ok(())
}

async fn limits_that_postgres_does_not_have(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    assert_eq!(ids(&db, ticket::Column::N.is_in(0..500)).await?, [1]);
    let many = (10..310).map(|id| ticket(id, "2026-03-01T23:00:00+00:00", "x", None));
    ticket::Entity::insert_many(many).exec(&db).await?;
    assert_eq!(ticket::Entity::find().count(&db).await?, 302);
    let terms = ["SELECT 1"; 6].join(" UNION ALL ");
    let refused = db.read_as_tuple::<(i32,)>().query_all_raw(Statement::from_string(DbBackend::Sqlite, terms)).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("5")));
    let refused = ids(&db, ticket::Column::Code.contains("x".repeat(60))).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("50")));
    Ok(())
}
