//! The reports of docs/reports.md, and each row of its table.

use sea_orm::prelude::{Date, DateTime, DateTimeUtc, Decimal, Json, Time};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Statement, TryGetable};
use sea_orm_do::DoConnection;
use sea_orm_do_typed::TypedValue;

use crate::case::{Case, Context, Outcome, cases};
use crate::shop::reports::of_day;
use crate::shop::{self, check, customer, order, order_line, product};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "guides":
        reports_come_to_what_is_worked_out_by_hand,
        an_upsert_adds_to_what_is_there,
        an_order_is_saved_with_its_lines,
        the_table_names_what_is_read,
        a_range_finds_the_orders_of_a_day,
    )
}

pub(super) async fn open(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?;
    let db = db.register::<customer::Entity>().register::<product::Entity>();
    let db = db.register::<order::Entity>().register::<order_line::Entity>();
    shop::create(&db).await?;
    Ok(db)
}

async fn reports_come_to_what_is_worked_out_by_hand(context: Context) -> Outcome {
    let db = open(&context).await?;
    check::reports(&db).await?;
    check::weights(&db).await?;
    db.transaction_sync(async |txn| check::reports(txn).await)?;
    Ok(())
}

async fn an_upsert_adds_to_what_is_there(context: Context) -> Outcome {
    Ok(check::upserts(&open(&context).await?).await?)
}

async fn an_order_is_saved_with_its_lines(context: Context) -> Outcome {
    let db = open(&context).await?;
    db.transaction_sync(async |txn| check::nested(txn).await)?;
    Ok(())
}

/// One value.
async fn value<T>(db: &DoConnection, select: &str) -> Result<T, DbErr>
where
    T: TryGetable + TypedValue + 'static,
{
    let select = Statement::from_string(db.get_database_backend(), format!("SELECT {select} FROM order_line LIMIT 1"));
    let row = db.read_as_tuple::<(T,)>().query_one_raw(select).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("no line".to_owned()))?.try_get_by_index(0)
}

async fn the_table_names_what_is_read(context: Context) -> Outcome {
    let db = open(&context).await?;
    let noon: DateTimeUtc = "2026-03-04T12:00:00Z".parse()?;
    assert_eq!((value::<i64>(&db, "COUNT(*)").await?, value::<i32>(&db, "COUNT(*)").await?), (5, 5));
    assert_eq!(value::<i32>(&db, "ROW_NUMBER() OVER (ORDER BY id)").await?, 1);
    assert_eq!(value::<i64>(&db, "RANK() OVER (ORDER BY id)").await?, 1);
    assert_eq!(value::<i64>(&db, "NTILE(2) OVER (ORDER BY id)").await?, 1);
    assert_eq!(value::<Option<i64>>(&db, "SUM(quantity)").await?, Some(9));
    assert_eq!(value::<Option<i64>>(&db, "SUM(quantity) FILTER (WHERE id > 9)").await?, None);
    assert_eq!(value::<i64>(&db, "COALESCE(SUM(quantity) FILTER (WHERE id > 9), 0)").await?, 0);
    assert_eq!(value::<Option<i64>>(&db, "SUM(quantity > 1)").await?, Some(2));
    assert_eq!(value::<Option<f64>>(&db, "SUM(quantity * 0.5)").await?, Some(4.5));
    assert_eq!(value::<Option<f64>>(&db, "AVG(quantity)").await?, Some(1.8));
    assert_eq!(value::<f64>(&db, "TOTAL(quantity) FILTER (WHERE id > 9)").await?, 0.0);
    let weight = "(SELECT SUM(weight) FROM product)";
    assert_eq!(value::<Option<f64>>(&db, weight).await?, Some(1.25));
    assert_eq!(value::<Option<Decimal>>(&db, weight).await?, Some(Decimal::new(125, 2)));
    let last = |function: &str| format!("(SELECT {function} FROM \"order\")");
    assert_eq!(value::<Option<DateTimeUtc>>(&db, &last("MAX(placed_at)")).await?, Some(noon));
    assert_eq!(value::<Option<DateTimeUtc>>(&db, &last("LAG(placed_at) OVER (ORDER BY id)")).await?, None);
    assert_eq!(value::<Option<i32>>(&db, "FIRST_VALUE(quantity) OVER (ORDER BY id)").await?, Some(2));
    assert_eq!(value::<Option<Date>>(&db, &last("DATE(MAX(placed_at))")).await?, Some(noon.date_naive()));
    let next_day = Date::from_ymd_opt(2026, 3, 5);
    assert_eq!(value::<Option<Date>>(&db, &last("DATE(MAX(placed_at), '+14 hours')")).await?, next_day);
    assert_eq!(value::<Option<Time>>(&db, &last("TIME(MAX(placed_at))")).await?, Some(noon.time()));
    assert_eq!(value::<Option<DateTime>>(&db, &last("DATETIME(MAX(placed_at))")).await?, Some(noon.naive_utc()));
    assert_eq!(value::<Option<DateTimeUtc>>(&db, &last("DATETIME(MAX(placed_at))")).await?, Some(noon));
    let month = value::<Option<String>>(&db, &last("strftime('%Y-%m', MAX(placed_at))")).await?;
    assert_eq!(month.as_deref(), Some("2026-03"));
    assert_eq!(value::<Option<i64>>(&db, &last("unixepoch(MAX(placed_at))")).await?, Some(noon.timestamp()));
    assert_eq!(value::<f64>(&db, "PERCENT_RANK() OVER (ORDER BY id)").await?, 0.0);
    assert_eq!(value::<f64>(&db, "CUME_DIST() OVER (ORDER BY id)").await?, 0.2);
    let exists = "EXISTS (SELECT 1 FROM customer)";
    assert_eq!((value::<bool>(&db, exists).await?, value::<i32>(&db, exists).await?), (true, 1));
    assert_eq!((value::<bool>(&db, "quantity > 2").await?, value::<i32>(&db, "quantity > 2").await?), (false, 0));
    let ids = value::<Option<String>>(&db, "group_concat(id)").await?;
    assert_eq!(ids.as_deref(), Some("1,2,3,4,5"));
    assert_eq!(value::<Json>(&db, "json_group_array(quantity)").await?, serde_json::json!([2, 1, 4, 1, 1]));
    assert_eq!(value::<Json>(&db, "json_object('id', id)").await?, serde_json::json!({"id": 1}));
    assert_eq!(value::<Option<i32>>(&db, "'{\"n\":3}' ->> '$.n'").await?, Some(3));
    assert_eq!(value::<Option<f64>>(&db, "json_extract('{\"n\":3}', '$.n')").await?, Some(3.0));
    assert_eq!(value::<Option<i64>>(&db, "7 / 2").await?, Some(3));
    assert_eq!(value::<Option<f64>>(&db, "7 * 1.0 / 2").await?, Some(3.5));
    let refused = value::<Option<i64>>(&db, "AVG(quantity)").await.err().ok_or("it was read")?.to_string();
    assert!(refused.contains("number 1.8 does not fit BigInt"), "{refused}");
    assert!(value::<i64>(&db, "SUM(quantity) FILTER (WHERE id > 9)").await.is_err());
    Ok(())
}

async fn a_range_finds_the_orders_of_a_day(context: Context) -> Outcome {
    let db = open(&context).await?;
    let midnight: DateTimeUtc = "2026-03-04T00:00:00Z".parse()?;
    let next_midnight: DateTimeUtc = "2026-03-05T00:00:00Z".parse()?;
    let range = order::Column::PlacedAt.gte(midnight).and(order::Column::PlacedAt.lt(next_midnight));
    let orders = order::Entity::find().filter(range).order_by_asc(order::Column::Id).all(&db).await?;
    assert_eq!(orders, of_day::orders_of(&db, midnight.date_naive()).await?);
    assert_eq!(orders.len(), 2);
    Ok(())
}
