//! The reports of docs/reports.md. Each is a module, so that its imports can be shown with it.

pub mod by_day {
    use sea_orm::prelude::Date;
    use sea_orm::sea_query::{Expr, ExprTrait};
    use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryOrder, QuerySelect};
    use sea_orm_do::{ReadAs, TypedRow};

    use crate::shop::{order, order_line, product};

    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    pub struct Sales {
        pub day: Option<Date>,
        pub product: String,
        pub pieces: Option<i64>,
        pub revenue: Option<i64>,
    }

    pub async fn sales<C: ConnectionTrait>(db: &C) -> Result<Vec<Sales>, DbErr> {
        let line_total = order_line::Column::Quantity.into_expr().mul(order_line::Column::Price.into_expr());
        order_line::Entity::find()
            .inner_join(order::Entity)
            .inner_join(product::Entity)
            .select_only()
            .column_as(Expr::cust("DATE(placed_at)"), "day")
            .column_as(product::Column::Name, "product")
            .column_as(order_line::Column::Quantity.sum(), "pieces")
            .column_as(line_total.sum(), "revenue")
            .group_by(Expr::col("day"))
            .group_by(product::Column::Id)
            .order_by_asc(Expr::col("day"))
            .order_by_asc(product::Column::Name)
            .into_model::<Sales>()
            .all_as(db)
            .await
    }
}

pub mod of_day {
    use sea_orm::prelude::Date;
    use sea_orm::sea_query::Expr;
    use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

    use crate::shop::order;

    pub async fn orders_of<C: ConnectionTrait>(db: &C, day: Date) -> Result<Vec<order::Model>, DbErr> {
        order::Entity::find()
            .filter(Expr::cust_with_values("DATE(placed_at) = ?", [day]))
            .order_by_asc(order::Column::Id)
            .all(db)
            .await
    }
}

pub mod zero_counts {
    use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryOrder, QuerySelect};
    use sea_orm_do::ReadAs;

    use crate::shop::{customer, order, order_line, product};

    pub async fn orders_of_each_customer<C: ConnectionTrait>(db: &C) -> Result<Vec<(String, i64)>, DbErr> {
        customer::Entity::find()
            .left_join(order::Entity)
            .select_only()
            .column(customer::Column::Name)
            .column_as(order::Column::Id.count(), "orders")
            .group_by(customer::Column::Id)
            .order_by_asc(customer::Column::Id)
            .into_tuple()
            .all_as(db)
            .await
    }

    pub async fn pieces_of_each_product<C: ConnectionTrait>(db: &C) -> Result<Vec<(String, Option<i64>)>, DbErr> {
        product::Entity::find()
            .left_join(order_line::Entity)
            .select_only()
            .column(product::Column::Name)
            .column_as(order_line::Column::Quantity.sum(), "pieces")
            .group_by(product::Column::Id)
            .order_by_asc(product::Column::Id)
            .into_tuple()
            .all_as(db)
            .await
    }
}

pub mod top_customers {
    use sea_orm::sea_query::{Expr, ExprTrait, Func};
    use sea_orm::{
        ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, Order, PaginatorTrait, QueryOrder,
        QuerySelect, RelationTrait, Select,
    };
    use sea_orm_do::{PagesAs, ReadAs, TypedRow};

    use crate::shop::{customer, order, order_line};

    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    pub struct Revenue {
        pub name: String,
        pub orders: i64,
        pub revenue: i64,
    }

    fn by_revenue() -> Select<customer::Entity> {
        let line_total = order_line::Column::Quantity.into_expr().mul(order_line::Column::Price.into_expr());
        customer::Entity::find()
            .left_join(order::Entity)
            .join(JoinType::LeftJoin, order::Relation::OrderLine.def())
            .select_only()
            .column(customer::Column::Name)
            .column_as(order::Column::Id.into_expr().count_distinct(), "orders")
            .expr_as(Func::coalesce([line_total.sum(), 0.into()]), "revenue")
            .group_by(customer::Column::Id)
            .order_by(Expr::col("revenue"), Order::Desc)
            .order_by_asc(customer::Column::Id)
    }

    pub async fn top<C: ConnectionTrait>(db: &C, most: u64) -> Result<Vec<Revenue>, DbErr> {
        by_revenue().limit(most).into_model::<Revenue>().all_as(db).await
    }

    pub async fn page<C: ConnectionTrait>(db: &C, page: u64) -> Result<(u64, Vec<Revenue>), DbErr> {
        let pages = by_revenue().into_model::<Revenue>().paginate(db, 2);
        Ok((pages.num_pages().await?, pages.fetch_page_as(page).await?))
    }
}

pub mod last_orders {
    use sea_orm::prelude::DateTimeUtc;
    use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
    use sea_orm_do::{ReadAs, TypedRow};

    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    pub struct LastOrder {
        pub name: String,
        pub order_id: Option<i32>,
        pub placed_at: Option<DateTimeUtc>,
    }

    pub async fn last_orders<C: ConnectionTrait>(db: &C) -> Result<Vec<LastOrder>, DbErr> {
        let sql = r#"
            WITH numbered AS (
                SELECT id, customer_id, placed_at,
                    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed_at DESC, id DESC) AS number
                FROM "order"
            )
            SELECT customer.name, numbered.id AS order_id, numbered.placed_at
            FROM customer LEFT JOIN numbered ON numbered.customer_id = customer.id AND numbered.number = 1
            ORDER BY customer.id"#;
        let select = Statement::from_string(db.get_database_backend(), sql);
        LastOrder::find_by_statement(select).all_as(db).await
    }
}

pub mod windows {
    use sea_orm::prelude::Date;
    use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
    use sea_orm_do::{ReadAs, TypedRow};

    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    pub struct Day {
        pub day: Date,
        pub revenue: i64,
        pub total: i64,
    }

    pub async fn running_total<C: ConnectionTrait>(db: &C) -> Result<Vec<Day>, DbErr> {
        let sql = r#"
            SELECT DATE(placed_at) AS day, SUM(quantity * price) AS revenue,
                SUM(SUM(quantity * price)) OVER (ORDER BY DATE(placed_at)) AS total
            FROM order_line JOIN "order" ON "order".id = order_id
            GROUP BY day ORDER BY day"#;
        Day::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).all_as(db).await
    }

    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    pub struct Ranked {
        pub product: String,
        pub place: i64,
        pub share: f64,
    }

    pub async fn ranks<C: ConnectionTrait>(db: &C) -> Result<Vec<Ranked>, DbErr> {
        let sql = r#"
            SELECT product.name AS product, RANK() OVER (ORDER BY SUM(quantity) DESC) AS place,
                ROUND(SUM(quantity) * 1.0 / SUM(SUM(quantity)) OVER (), 3) AS share
            FROM order_line JOIN product ON product.id = product_id
            GROUP BY product.id ORDER BY place"#;
        Ranked::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).all_as(db).await
    }
}

pub mod every_day {
    use sea_orm::prelude::Date;
    use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
    use sea_orm_do::{ReadAs, TypedRow};

    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    pub struct Day {
        pub day: Date,
        pub orders: i64,
    }

    pub async fn orders_of_every_day<C: ConnectionTrait>(db: &C, from: Date, to: Date) -> Result<Vec<Day>, DbErr> {
        let sql = r#"
            WITH RECURSIVE calendar(day) AS (
                SELECT DATE(?1) UNION ALL SELECT DATE(day, '+1 day') FROM calendar WHERE day < DATE(?2)
            )
            SELECT day, COUNT("order".id) AS orders
            FROM calendar LEFT JOIN "order" ON DATE(placed_at) = day
            GROUP BY day ORDER BY day"#;
        let values = [from.into(), to.into()];
        Day::find_by_statement(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).all_as(db).await
    }
}
