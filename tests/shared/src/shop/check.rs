//! What the reports of the shop come to, worked out by hand.

use sea_orm::prelude::{Date, Decimal};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    Set, TransactionTrait,
};
use sea_orm_do::ReadAs;

use super::reports::{by_day, every_day, last_orders, of_day, top_customers, windows, zero_counts};
use super::{customer, instant, order, order_line, product};

fn date(day: u32) -> Date {
    Date::from_ymd_opt(2026, 3, day).unwrap_or_default()
}

/// Every report, on the rows of [`super::create`].
///
/// # Errors
/// What the database reports.
///
/// # Panics
/// When a report comes to anything else.
pub async fn reports<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    let sold = |day, product: &str, pieces, revenue| by_day::Sales {
        day: Some(date(day)),
        product: product.to_owned(),
        pieces: Some(pieces),
        revenue: Some(revenue),
    };
    // On the first: 2 and 4 pieces of bread at 2.50.
    let sales =
        [sold(1, "Bread", 6, 1500), sold(1, "Cheese", 1, 1200), sold(2, "Bread", 1, 300), sold(4, "Cheese", 1, 1200)];
    assert_eq!(by_day::sales(db).await?, sales);
    let ids: Vec<_> = of_day::orders_of(db, date(4)).await?.into_iter().map(|order| order.id).collect();
    assert_eq!(ids, [4, 5]);

    let orders = [("Ada".to_owned(), 3), ("Bob".to_owned(), 2), ("Cleo".to_owned(), 0)];
    assert_eq!(zero_counts::orders_of_each_customer(db).await?, orders);
    let pieces = [("Bread".to_owned(), Some(7)), ("Cheese".to_owned(), Some(2)), ("Dates".to_owned(), None)];
    assert_eq!(zero_counts::pieces_of_each_product(db).await?, pieces);

    let revenue = |name: &str, orders, revenue| top_customers::Revenue { name: name.to_owned(), orders, revenue };
    // Ada: 500 + 1200 + 300. Bob: 1000 + 1200.
    let [bob, ada, cleo] = [revenue("Bob", 2, 2200), revenue("Ada", 3, 2000), revenue("Cleo", 0, 0)];
    assert_eq!(top_customers::top(db, 1).await?, [revenue("Bob", 2, 2200)]);
    assert_eq!(top_customers::page(db, 0).await?, (2, vec![bob, ada]));
    assert_eq!(top_customers::page(db, 1).await?, (2, vec![cleo]));
    assert_eq!(top_customers::page(db, 2).await?, (2, vec![]));

    // Ada has two orders of the fourth or earlier, the last of which has the greater id.
    let last = |name: &str, order: Option<(i32, &str)>| last_orders::LastOrder {
        name: name.to_owned(),
        order_id: order.map(|(id, _)| id),
        placed_at: order.map(|(_, at)| instant(at)),
    };
    let noon = "2026-03-04T12:00:00Z";
    let expected = [last("Ada", Some((5, noon))), last("Bob", Some((4, noon))), last("Cleo", None)];
    assert_eq!(last_orders::last_orders(db).await?, expected);

    let day = |day, revenue, total| windows::Day { day: date(day), revenue, total };
    assert_eq!(windows::running_total(db).await?, [day(1, 2700, 2700), day(2, 300, 3000), day(4, 1200, 4200)]);
    // 7 of 9 pieces, and 2.
    let ranked = |product: &str, place, share| windows::Ranked { product: product.to_owned(), place, share };
    assert_eq!(windows::ranks(db).await?, [ranked("Bread", 1, 0.778), ranked("Cheese", 2, 0.222)]);

    let day = |day, orders| every_day::Day { day: date(day), orders };
    let days = every_day::orders_of_every_day(db, date(1), date(4)).await?;
    assert_eq!(days, [day(1, 2), day(2, 1), day(3, 0), day(4, 2)]);
    Ok(())
}

/// Upserts: a line that is there gets more pieces, and one that is not is inserted.
///
/// # Errors
/// What the database reports.
///
/// # Panics
/// When the lines are others afterwards.
pub async fn upserts<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    let more = [(1, 1, 3), (1, 3, 2)].map(|(order_id, product_id, quantity)| order_line::ActiveModel {
        order_id: Set(order_id),
        product_id: Set(product_id),
        quantity: Set(quantity),
        price: Set(260),
        ..Default::default()
    });
    let on_conflict = OnConflict::columns([order_line::Column::OrderId, order_line::Column::ProductId])
        .update_column(order_line::Column::Price)
        .value(order_line::Column::Quantity, Expr::cust("order_line.quantity + excluded.quantity"))
        .to_owned();
    order_line::Entity::insert_many(more).on_conflict(on_conflict).exec(db).await?;
    let lines = order_line::Entity::find()
        .filter(order_line::Column::OrderId.eq(1))
        .order_by_asc(order_line::Column::ProductId)
        .all(db)
        .await?;
    let lines: Vec<_> = lines.into_iter().map(|line| (line.product_id, line.quantity, line.price)).collect();
    // 2 + 3 pieces of bread.
    assert_eq!(lines, [(1, 5, 260), (2, 1, 1200), (3, 2, 260)]);

    let again = customer::ActiveModel { id: Set(9), name: Set("Bob".to_owned()), email: Set("bob@x".to_owned()) };
    let on_conflict = OnConflict::column(customer::Column::Email).do_nothing().to_owned();
    let inserted = customer::Entity::insert(again).on_conflict(on_conflict).exec_without_returning(db).await?;
    assert_eq!(inserted, 0);
    Ok(())
}

/// A customer with an order and its lines, saved as one. It begins a transaction by itself.
///
/// # Errors
/// What the database reports.
///
/// # Panics
/// When something else is stored.
pub async fn nested<C: ConnectionTrait + TransactionTrait>(db: &C) -> Result<(), DbErr> {
    let line = |product_id, quantity, price| {
        order_line::ActiveModel::builder().set_product_id(product_id).set_quantity(quantity).set_price(price)
    };
    let placed = order::ActiveModel::builder()
        .set_placed_at(instant("2026-03-05T10:00:00Z"))
        .set_status(order::Status::Open)
        .add_line(line(1, 2, 300))
        .add_line(line(3, 1, 399));
    let dora = customer::ActiveModel::builder().set_name("Dora").set_email("dora@x").add_order(placed);
    let dora = dora.save(db).await?;
    assert_eq!(dora.id.as_ref(), &4);
    let lines: Vec<(String, String, i32)> = order_line::Entity::find()
        .inner_join(order::Entity)
        .inner_join(product::Entity)
        .join(JoinType::InnerJoin, order::Relation::Customer.def())
        .filter(customer::Column::Email.eq("dora@x"))
        .select_only()
        .column(customer::Column::Name)
        .column(product::Column::Name)
        .column(order_line::Column::Quantity)
        .order_by_asc(product::Column::Id)
        .into_tuple()
        .all_as(db)
        .await?;
    assert_eq!(lines, [("Dora".to_owned(), "Bread".to_owned(), 2), ("Dora".to_owned(), "Dates".to_owned(), 1)]);
    Ok(())
}

/// Sums of decimals, which are stored as floats.
///
/// # Errors
/// What the database reports.
///
/// # Panics
/// When a sum is another.
pub async fn weights<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    let line_weight = || order_line::Column::Quantity.into_expr().mul(product::Column::Weight.into_expr());
    let weights: Vec<(i32, Option<f64>)> = order_line::Entity::find()
        .inner_join(product::Entity)
        .select_only()
        .column(order_line::Column::OrderId)
        .column_as(line_weight().sum(), "weight")
        .group_by(order_line::Column::OrderId)
        .order_by_asc(order_line::Column::OrderId)
        .into_tuple()
        .all_as(db)
        .await?;
    // The first: 2 × 0.75 + 0.4.
    assert_eq!(weights, [(1, Some(1.9)), (2, Some(3.0)), (3, Some(0.75)), (4, Some(0.4))]);
    let heavy = product::Entity::find()
        .filter(product::Column::Weight.gte(Decimal::new(4, 1)))
        .order_by_desc(product::Column::Weight)
        .all(db)
        .await?;
    let heavy: Vec<_> = heavy.into_iter().map(|product| (product.name, product.weight)).collect();
    assert_eq!(heavy, [("Bread".to_owned(), Decimal::new(75, 2)), ("Cheese".to_owned(), Decimal::new(4, 1))]);
    Ok(())
}
