//! The shop of docs/reports.md: customers, products, orders and their lines.
//!
//! tests/oracle has this module as well, where it runs on SeaORM's own SQLite driver.

pub mod check;
pub mod reports;

use sea_orm::prelude::{DateTimeUtc, Decimal};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Schema, Set};

pub mod customer {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
        #[sea_orm(unique)]
        pub email: String,
        #[sea_orm(has_many)]
        pub orders: HasMany<super::order::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod product {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(unique)]
        pub name: String,
        /// In cents.
        pub price: i64,
        /// In kilograms.
        pub weight: Decimal,
        #[sea_orm(has_many)]
        pub lines: HasMany<super::order_line::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod order {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))", rename_all = "snake_case")]
    pub enum Status {
        Open,
        Paid,
    }

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "order")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub customer_id: i32,
        pub placed_at: DateTimeUtc,
        pub status: Status,
        #[sea_orm(belongs_to, from = "customer_id", to = "id")]
        pub customer: HasOne<super::customer::Entity>,
        #[sea_orm(has_many)]
        pub lines: HasMany<super::order_line::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod order_line {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "order_line")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(unique_key = "line")]
        pub order_id: i32,
        #[sea_orm(unique_key = "line")]
        pub product_id: i32,
        pub quantity: i32,
        /// Of one piece, in cents, when it was ordered.
        pub price: i64,
        #[sea_orm(belongs_to, from = "order_id", to = "id", on_delete = "Cascade")]
        pub order: HasOne<super::order::Entity>,
        #[sea_orm(belongs_to, from = "product_id", to = "id")]
        pub product: HasOne<super::product::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

const CUSTOMERS: [(i32, &str, &str); 3] = [(1, "Ada", "ada@x"), (2, "Bob", "bob@x"), (3, "Cleo", "cleo@x")];

/// Prices in cents, weights in grams.
const PRODUCTS: [(i32, &str, i64, i64); 3] = [(1, "Bread", 250, 750), (2, "Cheese", 1200, 400), (3, "Dates", 399, 100)];

/// By customer. The last has no lines.
const ORDERS: [(i32, i32, &str, order::Status); 5] = [
    (1, 1, "2026-03-01T09:00:00Z", order::Status::Paid),
    (2, 2, "2026-03-01T22:30:00Z", order::Status::Paid),
    (3, 1, "2026-03-02T08:15:00Z", order::Status::Paid),
    (4, 2, "2026-03-04T12:00:00Z", order::Status::Open),
    (5, 1, "2026-03-04T12:00:00Z", order::Status::Open),
];

/// Order, product, quantity, price.
const LINES: [(i32, i32, i32, i64); 5] =
    [(1, 1, 2, 250), (1, 2, 1, 1200), (2, 1, 4, 250), (3, 1, 1, 300), (4, 2, 1, 1200)];

/// Creates the tables and their rows.
///
/// # Errors
/// What the database reports.
pub async fn create<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    let schema = Schema::new(db.get_database_backend());
    db.execute(&schema.create_table_from_entity(customer::Entity)).await?;
    db.execute(&schema.create_table_from_entity(product::Entity)).await?;
    db.execute(&schema.create_table_from_entity(order::Entity)).await?;
    db.execute(&schema.create_table_from_entity(order_line::Entity)).await?;
    for index in schema.create_index_from_entity(order_line::Entity) {
        db.execute(&index).await?;
    }
    let customers = CUSTOMERS.map(|(id, name, email)| customer::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        email: Set(email.to_owned()),
    });
    customer::Entity::insert_many(customers).exec(db).await?;
    let products = PRODUCTS.map(|(id, name, price, grams)| product::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        price: Set(price),
        weight: Set(Decimal::new(grams, 3)),
    });
    product::Entity::insert_many(products).exec(db).await?;
    let orders = ORDERS.map(|(id, customer_id, placed_at, status)| order::ActiveModel {
        id: Set(id),
        customer_id: Set(customer_id),
        placed_at: Set(instant(placed_at)),
        status: Set(status),
    });
    order::Entity::insert_many(orders).exec(db).await?;
    let lines = LINES.map(|(order_id, product_id, quantity, price)| order_line::ActiveModel {
        order_id: Set(order_id),
        product_id: Set(product_id),
        quantity: Set(quantity),
        price: Set(price),
        ..Default::default()
    });
    order_line::Entity::insert_many(lines).exec(db).await?;
    Ok(())
}

fn instant(text: &str) -> DateTimeUtc {
    text.parse().unwrap_or_default()
}
