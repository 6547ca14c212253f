//! The code of docs/raw-sql.md.

use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use super::reports::open;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "guides":
        values_are_bound,
        the_macro_binds_values,
        models_are_read_by_raw_sql,
        rows_are_read_by_hand,
        statements_write,
        a_script_is_one_step,
        a_column_holds_values_of_several_types,
        what_is_no_value_is_not_bound,
    )
}

mod bound {
    use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
    use sea_orm_do::{ReadAs, TypedRow};

    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    pub struct Spent {
        pub name: String,
        pub cents: Option<i64>,
    }

    pub async fn spent<C: ConnectionTrait>(db: &C, customer_id: i32, status: &str) -> Result<Option<Spent>, DbErr> {
        let sql = r#"
            SELECT customer.name, SUM(quantity * price) AS cents
            FROM customer
            LEFT JOIN "order" ON "order".customer_id = customer.id AND status = ?
            LEFT JOIN order_line ON order_id = "order".id
            WHERE customer.id = ?
            GROUP BY customer.id"#;
        let values = [status.into(), customer_id.into()];
        Spent::find_by_statement(Statement::from_sql_and_values(db.get_database_backend(), sql, values))
            .one_as(db)
            .await
    }
}

async fn values_are_bound(context: Context) -> Outcome {
    let db = open(&context).await?;
    let spent = async |id, status| bound::spent(&db, id, status).await;
    let of = |name: &str, cents| Some(bound::Spent { name: name.to_owned(), cents });
    assert_eq!(spent(1, "paid").await?, of("Ada", Some(2000)));
    assert_eq!(spent(2, "open").await?, of("Bob", Some(1200)));
    assert_eq!(spent(3, "paid").await?, of("Cleo", None));
    assert_eq!(spent(4, "paid").await?, None);
    // A value is never SQL.
    assert_eq!(spent(1, "' OR 1 = 1 --").await?, of("Ada", None));
    Ok(())
}

mod by_macro {
    use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, raw_sql};
    use sea_orm_do::{ReadAs, TypedRow};

    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    pub struct Product {
        pub id: i32,
        pub name: String,
    }

    pub async fn cheaper<C: ConnectionTrait>(db: &C, ids: &[i32], price: i64) -> Result<Vec<Product>, DbErr> {
        Product::find_by_statement(raw_sql!(
            Sqlite,
            "SELECT id, name FROM product WHERE id IN ({..ids}) AND price < {price} ORDER BY id"
        ))
        .all_as(db)
        .await
    }
}

async fn the_macro_binds_values(context: Context) -> Outcome {
    let db = open(&context).await?;
    let names = async |ids: &[i32], price| -> Result<Vec<String>, DbErr> {
        Ok(by_macro::cheaper(&db, ids, price).await?.into_iter().map(|product| product.name).collect())
    };
    assert_eq!(names(&[1, 2, 3], 1000).await?, ["Bread", "Dates"]);
    assert_eq!(names(&[], 1000).await?, [""; 0]);
    assert_eq!(names(&(0..500).collect::<Vec<_>>(), 300).await?, ["Bread"]);
    Ok(())
}

mod models {
    use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Statement};

    use crate::shop::order;

    pub async fn latest<C: ConnectionTrait>(db: &C, customer_id: i32) -> Result<Option<order::Model>, DbErr> {
        let sql = r#"SELECT * FROM "order" WHERE customer_id = ? ORDER BY placed_at DESC, id DESC LIMIT 1"#;
        let select = Statement::from_sql_and_values(db.get_database_backend(), sql, [customer_id.into()]);
        order::Entity::find().from_raw_sql(select).one(db).await
    }
}

async fn models_are_read_by_raw_sql(context: Context) -> Outcome {
    let db = open(&context).await?;
    assert_eq!(models::latest(&db, 1).await?.map(|order| order.id), Some(5));
    assert_eq!(models::latest(&db, 3).await?, None);
    Ok(())
}

mod by_hand {
    use sea_orm::prelude::Date;
    use sea_orm::sea_query::ArrayType;
    use sea_orm::{ConnectionTrait, DbErr, Statement};
    use sea_orm_do::DoConnection;

    pub async fn first_and_last(db: &DoConnection) -> Result<(Option<Date>, Option<Date>), DbErr> {
        let sql = r#"SELECT DATE(MIN(placed_at)), DATE(MAX(placed_at)) FROM "order""#;
        let select = Statement::from_string(db.get_database_backend(), sql);
        let row = db.read_as_tuple::<(Option<Date>, Option<Date>)>().query_one_raw(select).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("an aggregate has a row".to_owned()))?;
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
    }

    pub async fn names_by_day(db: &DoConnection) -> Result<Vec<(Date, String)>, DbErr> {
        let sql = r#"
            SELECT DISTINCT DATE(placed_at) AS day, customer.name
            FROM "order" JOIN customer ON customer.id = customer_id ORDER BY day, name"#;
        let select = Statement::from_string(db.get_database_backend(), sql);
        let rows = db.clone().with_column_type("day", ArrayType::ChronoDate).query_all_raw(select).await?;
        rows.iter().map(|row| Ok((row.try_get("", "day")?, row.try_get("", "name")?))).collect()
    }
}

async fn rows_are_read_by_hand(context: Context) -> Outcome {
    let db = open(&context).await?;
    let (first, last): (sea_orm::prelude::Date, _) = ("2026-03-01".parse()?, "2026-03-04".parse()?);
    assert_eq!(by_hand::first_and_last(&db).await?, (Some(first), Some(last)));
    let names = by_hand::names_by_day(&db).await?;
    assert_eq!((names.len(), &names[0]), (5, &(first, "Ada".to_owned())));
    Ok(())
}

mod writing {
    use sea_orm::{ConnectionTrait, DbErr, Statement};

    pub async fn cheaper<C: ConnectionTrait>(db: &C, percent: i64, id: i32) -> Result<u64, DbErr> {
        let sql = "UPDATE product SET price = price - (price * ?1 + 50) / 100 WHERE id = ?2 AND ?1 BETWEEN 1 AND 99";
        let values = [percent.into(), id.into()];
        let done = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
        Ok(done.rows_affected())
    }
}

async fn statements_write(context: Context) -> Outcome {
    let db = open(&context).await?;
    assert_eq!(writing::cheaper(&db, 10, 1).await?, 1);
    assert_eq!(writing::cheaper(&db, 0, 1).await?, 0);
    let price = db.read_as_tuple::<(i64,)>().query_one_raw(sql("SELECT price FROM product WHERE id = 1", [])).await?;
    assert_eq!(price.ok_or("no row")?.try_get_by_index::<i64>(0)?, 225);
    let insert = sql("INSERT INTO product (name, price, weight) VALUES (?, ?, 1)", ["Eggs".into(), 350.into()]);
    let done = db.execute_raw(insert).await?;
    assert_eq!((done.rows_affected(), done.last_insert_id()), (1, 4));
    for (text, values) in [("UPDATE product SET price = ? WHERE id = ?", 1), ("UPDATE product SET price = ?", 2)] {
        let values = vec![Value::from(1); values];
        let refused = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), text, values)).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("parameter")), "{text}");
    }
    Ok(())
}

fn sql<const N: usize>(sql: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(sea_orm::DbBackend::Sqlite, sql, values)
}

mod script {
    use sea_orm::{ConnectionTrait, DbErr};

    pub async fn archive<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
        db.execute_unprepared(
            r#"
            CREATE TABLE IF NOT EXISTS archived (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL);
            INSERT INTO archived SELECT id, customer_id FROM "order" WHERE status = 'paid';
            DELETE FROM "order" WHERE status = 'paid'; -- its lines go with it
            "#,
        )
        .await?;
        Ok(())
    }
}

async fn a_script_is_one_step(context: Context) -> Outcome {
    let db = open(&context).await?;
    script::archive(&db).await?;
    let count = sql("SELECT (SELECT COUNT(*) FROM \"order\"), (SELECT COUNT(*) FROM order_line)", []);
    let counts = db.read_as_tuple::<(i32, i32)>().query_one_raw(count).await?.ok_or("no row")?;
    assert_eq!((counts.try_get_by_index::<i32>(0)?, counts.try_get_by_index::<i32>(1)?), (2, 1));
    let failing = "UPDATE product SET price = 1; INSERT INTO nowhere VALUES (1)";
    assert!(db.execute_unprepared(failing).await.is_err());
    let changed = db.execute_raw(sql("UPDATE product SET price = 2 WHERE price = 1", [])).await?;
    assert_eq!(changed.rows_affected(), 0);
    let refused = db.execute_raw(sql(failing, [])).await.err().ok_or("two statements")?.to_string();
    assert!(refused.contains("use execute_unprepared for a script"), "{refused}");
    Ok(())
}

mod settings {
    use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, JsonValue, Statement, Value};
    use sea_orm_do::{ReadAs, TypedRow};

    pub const TABLE: &str = "CREATE TABLE setting (name TEXT PRIMARY KEY, value) WITHOUT ROWID";

    pub async fn set<C: ConnectionTrait>(db: &C, name: &str, value: impl Into<Value>) -> Result<(), DbErr> {
        let sql = "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        let values = [name.into(), value.into()];
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
        Ok(())
    }

    #[derive(FromQueryResult, TypedRow)]
    struct Limit {
        value: i64,
    }

    pub async fn limit<C: ConnectionTrait>(db: &C) -> Result<Option<i64>, DbErr> {
        let select =
            Statement::from_string(db.get_database_backend(), "SELECT value FROM setting WHERE name = 'limit'");
        Ok(Limit::find_by_statement(select).one_as(db).await?.map(|limit| limit.value))
    }

    pub async fn all<C: ConnectionTrait>(db: &C) -> Result<Vec<JsonValue>, DbErr> {
        let select = Statement::from_string(db.get_database_backend(), "SELECT name, value FROM setting ORDER BY name");
        JsonValue::find_by_statement(select).all_as(db).await
    }
}

async fn a_column_holds_values_of_several_types(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared(settings::TABLE).await?;
    assert_eq!(settings::limit(&db).await?, None);
    settings::set(&db, "limit", 9_007_199_254_740_993_i64).await?;
    settings::set(&db, "ratio", 2.5).await?;
    settings::set(&db, "theme", "light").await?;
    settings::set(&db, "theme", "dark").await?;
    settings::set(&db, "beta", true).await?;
    assert_eq!(settings::limit(&db).await?, Some(9_007_199_254_740_993));
    let expected = [
        serde_json::json!({"name": "beta", "value": 1}),
        serde_json::json!({"name": "limit", "value": 9_007_199_254_740_993_i64}),
        serde_json::json!({"name": "ratio", "value": 2.5}),
        serde_json::json!({"name": "theme", "value": "dark"}),
    ];
    assert_eq!(settings::all(&db).await?, expected);
    settings::set(&db, "limit", "many").await?;
    let refused = settings::limit(&db).await.err().ok_or("it was read")?.to_string();
    assert!(refused.contains("`value`: text 'many' does not fit BigInt"), "{refused}");
    Ok(())
}

mod sorted {
    use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Order, QueryOrder};

    use crate::shop::product;

    /// What a request may sort by.
    pub async fn products<C: ConnectionTrait>(db: &C, sort: &str) -> Result<Vec<product::Model>, DbErr> {
        let (column, order) = match sort {
            "name" => (product::Column::Name, Order::Asc),
            "price" => (product::Column::Price, Order::Asc),
            "-price" => (product::Column::Price, Order::Desc),
            _ => return Err(DbErr::Custom(format!("products are not sorted by {sort}"))),
        };
        product::Entity::find().order_by(column, order).all(db).await
    }
}

mod lists {
    use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Statement, Value};

    use crate::shop::product;

    pub async fn by_placeholders<C: ConnectionTrait>(db: &C, names: &[&str]) -> Result<Vec<product::Model>, DbErr> {
        let placeholders = vec!["?"; names.len()].join(", ");
        let sql = format!("SELECT * FROM product WHERE name IN ({placeholders}) ORDER BY id");
        let values = names.iter().map(|name| Value::from(*name));
        let select = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        product::Entity::find().from_raw_sql(select).all(db).await
    }

    pub async fn by_json<C: ConnectionTrait>(db: &C, ids: &[i32]) -> Result<Vec<product::Model>, DbErr> {
        let sql = "SELECT * FROM product WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id";
        let ids = serde_json::json!(ids);
        let select = Statement::from_sql_and_values(db.get_database_backend(), sql, [ids.into()]);
        product::Entity::find().from_raw_sql(select).all(db).await
    }
}

async fn what_is_no_value_is_not_bound(context: Context) -> Outcome {
    let db = open(&context).await?;
    let ids =
        |products: Vec<crate::shop::product::Model>| products.into_iter().map(|product| product.id).collect::<Vec<_>>();
    assert_eq!(ids(sorted::products(&db, "-price").await?), [2, 3, 1]);
    assert!(sorted::products(&db, "price; DROP TABLE product").await.is_err());
    assert_eq!(ids(lists::by_placeholders(&db, &["Bread", "Dates", "it's"]).await?), [1, 3]);
    assert_eq!(ids(lists::by_placeholders(&db, &[]).await?), [0; 0]);
    assert_eq!(ids(lists::by_json(&db, &(2..900).collect::<Vec<_>>()).await?), [2, 3]);
    // It sorts by a constant, which changes nothing.
    let select = sql("SELECT id FROM product ORDER BY ? DESC", ["price".into()]);
    let rows = db.query_all_raw(select).await?;
    assert_eq!(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<Vec<i32>, _>>()?, [1, 2, 3]);
    assert!(db.query_all_raw(sql("SELECT id FROM ?", ["product".into()])).await.is_err());
    // NULL equals nothing; IS finds it.
    let found = async |condition: &str| -> Result<usize, DbErr> {
        let select =
            sql(&format!("SELECT id FROM product WHERE NULLIF(price, 399) {condition} ?"), [Value::BigInt(None)]);
        Ok(db.query_all_raw(select).await?.len())
    };
    assert_eq!((found("=").await?, found("IS").await?), (0, 1));
    Ok(())
}
