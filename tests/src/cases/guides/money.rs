//! The code of docs/money.md, and what its table says.

use sea_orm::prelude::{Decimal, Expr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Schema, Set,
};
use sea_orm_do::DoConnection;

use super::reports;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "guides":
        cents_are_exact,
        decimals_in_a_real_column_are_numbers,
        decimals_that_would_change_are_refused,
        prices_are_rounded_when_they_change,
        decimals_in_a_text_column_are_texts,
        floats_add_up_as_floats,
    )
}

mod cents {
    use sea_orm::sea_query::ExprTrait;
    use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
    use sea_orm_do::ReadAs;

    use crate::shop::order_line;

    /// The sum of an order, in cents: 0 where it has no lines.
    pub async fn total<C: ConnectionTrait>(db: &C, order_id: i32) -> Result<i64, DbErr> {
        let line_total = order_line::Column::Quantity.into_expr().mul(order_line::Column::Price.into_expr());
        let total = order_line::Entity::find()
            .filter(order_line::Column::OrderId.eq(order_id))
            .select_only()
            .column_as(line_total.sum(), "total")
            .into_tuple::<Option<i64>>()
            .one_as(db)
            .await?;
        Ok(total.flatten().unwrap_or(0))
    }

    /// So many hundredths of an amount, rounded half up; the amount is not negative.
    pub fn percent(cents: i64, percent: i64) -> Option<i64> {
        Some(cents.checked_mul(percent)?.checked_add(50)? / 100)
    }

    pub fn shown(cents: i64) -> String {
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        format!("{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

async fn cents_are_exact(context: Context) -> Outcome {
    let db = reports::open(&context).await?;
    assert_eq!((cents::total(&db, 1).await?, cents::total(&db, 5).await?), (1700, 0));
    assert_eq!((cents::percent(1700, 19), cents::percent(250, 7)), (Some(323), Some(18)));
    assert_eq!(cents::percent(i64::MAX, 2), None);
    assert_eq!((cents::shown(1705), cents::shown(-5)), ("17.05".to_owned(), "-0.05".to_owned()));
    db.execute_unprepared(&format!("UPDATE order_line SET quantity = 1, price = {} WHERE order_id = 1", i64::MAX))
        .await?;
    let overflow = cents::total(&db, 1).await.err().ok_or("it was summed")?.to_string();
    assert!(overflow.contains("integer overflow"), "{overflow}");
    Ok(())
}

mod item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        /// In a column of REAL affinity, as SeaORM declares it.
        pub price: Decimal,
        /// In a TEXT column.
        #[sea_orm(column_type = "Text")]
        pub exact: Decimal,
        pub float: f64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

const PRICES: [(i32, &str); 4] = [(1, "0.10"), (2, "0.20"), (3, "9.99"), (4, "10.00")];

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}

async fn items(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.register::<item::Entity>();
    db.execute(&Schema::new(db.get_database_backend()).create_table_from_entity(item::Entity)).await?;
    for (id, price) in PRICES {
        let item = item::ActiveModel {
            id: Set(id),
            price: Set(decimal(price)),
            exact: Set(decimal(price)),
            float: Set(price.parse().unwrap_or_default()),
        };
        item.insert(&db).await?;
    }
    Ok(db)
}

async fn ids(db: &DoConnection, filter: Expr) -> Result<Vec<i32>, DbErr> {
    let found = item::Entity::find().filter(filter).order_by_asc(item::Column::Id).all(db).await?;
    Ok(found.into_iter().map(|item| item.id).collect())
}

mod compared {
    use sea_orm::prelude::Decimal;
    use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

    use super::item;

    pub async fn dearer_than<C: ConnectionTrait>(db: &C, price: Decimal) -> Result<Vec<item::Model>, DbErr> {
        item::Entity::find().filter(item::Column::Price.gt(price)).all(db).await
    }
}

mod cast {
    use sea_orm::prelude::Decimal;
    use sea_orm::sea_query::Expr;
    use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter};

    use super::item;

    pub async fn dearer_with_tax<C: ConnectionTrait>(db: &C, price: Decimal) -> Result<Vec<item::Model>, DbErr> {
        item::Entity::find().filter(Expr::cust_with_values("price * 1.19 > ?", [price])).all(db).await
    }
}

mod summed {
    use sea_orm::prelude::Decimal;
    use sea_orm::sea_query::Expr;
    use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect};
    use sea_orm_do::ReadAs;

    use super::item;

    pub async fn sum<C: ConnectionTrait>(db: &C) -> Result<Option<Decimal>, DbErr> {
        let sum = item::Entity::find()
            .select_only()
            .column_as(Expr::cust("ROUND(SUM(price), 2)"), "sum")
            .into_tuple::<Option<Decimal>>()
            .one_as(db)
            .await?;
        Ok(sum.flatten())
    }
}

mod raised {
    use sea_orm::sea_query::Expr;
    use sea_orm::{ConnectionTrait, DbErr, EntityTrait};

    use super::item;

    pub async fn raise<C: ConnectionTrait>(db: &C, factor: f64) -> Result<(), DbErr> {
        item::Entity::update_many()
            .col_expr(item::Column::Price, Expr::cust_with_values("ROUND(price * ?, 2)", [factor]))
            .exec(db)
            .await?;
        Ok(())
    }
}

async fn decimals_in_a_real_column_are_numbers(context: Context) -> Outcome {
    use item::Column::Price;
    let db = items(&context).await?;
    assert_eq!(compared::dearer_than(&db, decimal("9.99")).await?.len(), 1);
    // 9.99 × 1.19 = 11.8881.
    assert_eq!(cast::dearer_with_tax(&db, decimal("11.88")).await?.len(), 2);
    assert_eq!(cast::dearer_with_tax(&db, decimal("11.89")).await?.len(), 1);
    assert_eq!(summed::sum(&db).await?, Some(decimal("20.29")));
    assert_eq!(ids(&db, Price.eq(decimal("0.1"))).await?, [1]);
    assert_eq!(ids(&db, Price.between(decimal("0.2"), decimal("9.99"))).await?, [2, 3]);
    assert_eq!(ids(&db, Price.is_in([decimal("0.2"), decimal("10")])).await?, [2, 4]);
    assert_eq!(ids(&db, Price.gt(9)).await?, [3, 4]);
    assert_eq!(ids(&db, Price.gt(9.995)).await?, [4]);
    // Its value is read back, not its zeros.
    let ten = item::Entity::find_by_id(4).one(&db).await?.ok_or("no row")?;
    assert_eq!((ten.price.to_string(), ten.exact.to_string()), ("10".to_owned(), "10.00".to_owned()));
    assert_eq!(ten.price, decimal("10.00"));
    Ok(())
}

async fn decimals_that_would_change_are_refused(context: Context) -> Outcome {
    let db = items(&context).await?;
    let set = async |price: &str| {
        let price = Expr::val(decimal(price));
        item::Entity::update_many().col_expr(item::Column::Price, price).exec(&db).await.map(drop)
    };
    for price in ["1234567890123.45", "0.000000000000001", "100000000000000000000"] {
        set(price).await?;
        assert_eq!(item::Entity::find_by_id(1).one(&db).await?.ok_or("no row")?.price, decimal(price));
    }
    for price in ["123456789012345.67", "0.12345678901234567"] {
        let refused = set(price).await.err().ok_or("it was stored")?.to_string();
        assert!(refused.contains("would change in column `price`, which stores numbers"), "{refused}");
    }
    Ok(())
}

async fn prices_are_rounded_when_they_change(context: Context) -> Outcome {
    let db = items(&context).await?;
    let sum = Expr::cust("price + 0.2");
    item::Entity::update_many().col_expr(item::Column::Price, sum).exec(&db).await?;
    // It is read as 0.3, and stored as 0.30000000000000004.
    assert_eq!(item::Entity::find_by_id(1).one(&db).await?.ok_or("no row")?.price, decimal("0.3"));
    assert_eq!(ids(&db, item::Column::Price.eq(decimal("0.3"))).await?, [0; 0]);
    raised::raise(&db, 1.0).await?;
    assert_eq!(ids(&db, item::Column::Price.eq(decimal("0.3"))).await?, [1]);
    raised::raise(&db, 1.5).await?;
    assert_eq!(ids(&db, item::Column::Price.eq(decimal("0.45"))).await?, [1]);
    Ok(())
}

mod text {
    use sea_orm::prelude::{Decimal, Expr};
    use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Order, QueryFilter, QueryOrder};

    use super::item;

    pub async fn dearer_than<C: ConnectionTrait>(db: &C, price: Decimal) -> Result<Vec<item::Model>, DbErr> {
        item::Entity::find()
            .filter(Expr::cust_with_values("CAST(exact AS REAL) > CAST(? AS REAL)", [price]))
            .order_by(Expr::cust("CAST(exact AS REAL)"), Order::Asc)
            .all(db)
            .await
    }
}

async fn decimals_in_a_text_column_are_texts(context: Context) -> Outcome {
    use item::Column::Exact;
    let db = items(&context).await?;
    let dearer = text::dearer_than(&db, decimal("0.1")).await?;
    assert_eq!(dearer.iter().map(|item| item.id).collect::<Vec<_>>(), [2, 3, 4]);
    // Texts in their order.
    let all = item::Entity::find().order_by_desc(Exact).all(&db).await?;
    assert_eq!(all.iter().map(|item| item.id).collect::<Vec<_>>(), [3, 4, 2, 1]);
    assert_eq!(ids(&db, Exact.eq(decimal("0.10"))).await?, [1]);
    let exact = decimal("12345678901234567890.123456");
    let update = item::Entity::update_many().col_expr(Exact, Expr::val(exact));
    update.exec(&db).await?;
    assert_eq!(item::Entity::find_by_id(1).one(&db).await?.ok_or("no row")?.exact, exact);
    Ok(())
}

async fn floats_add_up_as_floats(context: Context) -> Outcome {
    use sea_orm::QuerySelect;
    use sea_orm_do::ReadAs;
    let db = items(&context).await?;
    let sum = |column: item::Column| {
        item::Entity::find().filter(item::Column::Id.lt(3)).select_only().column_as(column.sum(), "sum")
    };
    for column in [item::Column::Price, item::Column::Exact, item::Column::Float] {
        assert_eq!(sum(column).into_tuple().one_as(&db).await?, Some(Some(0.1_f64 + 0.2)));
        assert_eq!(sum(column).into_tuple().one_as(&db).await?, Some(Some(decimal("0.3"))));
    }
    // The float of 2.675 is a little less.
    let rounded = item::Entity::find().select_only().expr(Expr::cust("ROUND(2.675, 2)")).limit(1);
    assert_eq!(rounded.into_tuple().one_as(&db).await?, Some(Some(decimal("2.67"))));
    let item = item::ActiveModel { float: Set(f64::NAN), id: Set(1), ..Default::default() };
    let refused = item.update(&db).await.err().ok_or("it was stored")?.to_string();
    assert!(refused.contains("NaN"), "{refused}");
    Ok(())
}
