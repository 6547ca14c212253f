//! Decimals and numbers in text, on their way to a column and in comparisons.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbBackend, ExprTrait, QueryOrder, QuerySelect, Set, Statement};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "decimals":
        are_compared_as_numbers,
        are_numbers_to_functions,
        change_on_no_way_to_their_column,
        keep_their_digits_beside_text,
        as_text_are_in_no_order,
        a_text_becomes_no_number,
    )
}

mod product {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "product")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub kind: String,
        #[sea_orm(column_type = "Decimal(Some((16, 4)))")]
        pub price: Decimal,
        #[sea_orm(column_type = "Text", nullable)]
        pub exact: Option<Decimal>,
        pub zip: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}

async fn products(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.register::<product::Entity>();
    db.execute_unprepared(
        "CREATE TABLE product (id integer PRIMARY KEY, kind varchar NOT NULL, price real(16, 4) NOT NULL, exact text, zip STRING); \
         INSERT INTO product VALUES (1, 'a', 60, '12345678901234567890.120', NULL), (2, 'a', 70, '1.50', NULL), (3, 'b', 3.1, NULL, NULL)",
    )
    .await?;
    Ok(db)
}

async fn ids(db: &DoConnection, filter: Expr) -> Result<Vec<i32>, DbErr> {
    let found = product::Entity::find().filter(filter).order_by_asc(product::Column::Id).all(db).await?;
    Ok(found.into_iter().map(|product| product.id).collect())
}

async fn are_compared_as_numbers(context: Context) -> Outcome {
    use product::Column::{Kind, Price};
    let db = products(&context).await?;
    let groups: Vec<String> = product::Entity::find()
        .select_only()
        .column(Kind)
        .group_by(Kind)
        .having(Price.sum().gt(decimal("100")))
        .into_tuple()
        .all(&db)
        .await?;
    assert_eq!(groups, ["a"]);
    for (filter, expected) in [
        (Expr::col(Price).mul(2).gt(decimal("100")), vec![1, 2]),
        (Price.gt(decimal("60")), vec![2]),
        (Price.eq(decimal("3.10")), vec![3]),
        (Price.is_in([decimal("60.0"), decimal("3.1")]), vec![1, 3]),
        (Price.between(decimal("3"), decimal("60.00")), vec![1, 3]),
        (Expr::cust_with_values("COALESCE(price, 0) > ?", [decimal("60")]), vec![2]),
        (Expr::cust_with_values("round(price) = ?", [decimal("3")]), vec![3]),
        (Expr::cust_with_values("MAX(price, ?) = price", [decimal("60")]), vec![1, 2]),
        (Expr::cust_with_values("CASE WHEN id = 3 THEN ? ELSE price END > 50", [decimal("5")]), vec![1, 2]),
        (Expr::cust_with_values("(SELECT sum(price) FROM product) > ?", [decimal("133")]), vec![1, 2, 3]),
        (Expr::cust_with_values("price > (SELECT ? + 1)", [decimal("60")]), vec![2]),
        (Expr::cust_with_values("price > (SELECT min(p) FROM (SELECT ? AS p))", [decimal("60")]), vec![2]),
        (Expr::cust_with_values("sum(price) OVER () > ?", [decimal("60")]), vec![]),
    ] {
        match ids(&db, filter.clone()).await {
            Ok(found) => assert_eq!(found, expected, "{filter:?}"),
            // SQLite takes no window function in WHERE.
            Err(error) => assert!(error.to_string().contains("misuse of window function"), "{filter:?}: {error}"),
        }
    }
    Ok(())
}

async fn are_numbers_to_functions(context: Context) -> Outcome {
    let db = products(&context).await?;
    let one = || product::Entity::update_many().filter(product::Column::Id.eq(3));
    let less = Expr::cust_with_values("max(price - ?, ?)", [decimal("1"), decimal("0.50")]);
    one().col_expr(product::Column::Price, less).exec(&db).await?;
    let price = || async { product::Entity::find_by_id(3).one(&db).await.map(|found| found.map(|found| found.price)) };
    assert_eq!(price().await?, Some(decimal("2.1")));
    let dearest =
        product::ActiveModel { id: Set(2), kind: Set("a".into()), price: Set(decimal("10")), ..Default::default() };
    let keep = OnConflict::column(product::Column::Id)
        .value(product::Column::Price, Expr::cust("max(product.price, excluded.price)"))
        .to_owned();
    product::Entity::insert(dearest.clone()).on_conflict(keep.clone()).exec_without_returning(&db).await?;
    let kept = product::Entity::find_by_id(2).one(&db).await?.ok_or("no row")?;
    assert_eq!(kept.price, decimal("70"));
    let dearer = product::ActiveModel { price: Set(decimal("100.5")), ..dearest };
    product::Entity::insert(dearer).on_conflict(keep).exec_without_returning(&db).await?;
    assert_eq!(product::Entity::find_by_id(2).one(&db).await?.ok_or("no row")?.price, decimal("100.5"));
    Ok(())
}

async fn change_on_no_way_to_their_column(context: Context) -> Outcome {
    let db = products(&context).await?;
    let long = decimal("0.1234567890123456789");
    for sql in [
        "UPDATE product SET price = ?",
        "UPDATE product SET price = (SELECT ?)",
        "UPDATE product SET price = max(?, 0)",
        "UPDATE product SET price = CASE id WHEN 1 THEN ? ELSE 2 END",
        "UPDATE product SET price = abs(coalesce(?, 1))",
        "WITH v(id, p) AS (VALUES (1, ?)) UPDATE product SET price = v.p FROM v WHERE v.id = product.id",
        "INSERT INTO product (kind, price) SELECT 'c', ?",
        "INSERT INTO product (kind, price) VALUES ('c', ? + 0)",
        "INSERT INTO product (id, kind, price) VALUES (1, 'c', 1) ON CONFLICT DO UPDATE SET price = iif(1, ?, 2)",
    ] {
        let statement = |value: Decimal| Statement::from_sql_and_values(DbBackend::Sqlite, sql, [value.into()]);
        let error = db.execute_raw(statement(long)).await.err().ok_or(sql)?.to_string();
        assert!(error.contains("0.1234567890123456789 would change"), "{sql}: {error}");
        db.execute_raw(statement(decimal("0.5"))).await.map_err(|error| format!("{sql}: {error}"))?;
    }
    // Columns of text take every digit.
    let exact = "UPDATE product SET exact = ? WHERE id = 1";
    db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, exact, [long.into()])).await?;
    assert_eq!(product::Entity::find_by_id(1).one(&db).await?.ok_or("no row")?.exact, Some(long));
    Ok(())
}

async fn keep_their_digits_beside_text(context: Context) -> Outcome {
    let db = products(&context).await?.with_inferred_types();
    let price = decimal("1.50");
    for (sql, expected) in [
        ("SELECT ? || ' EUR' AS shown", "1.50 EUR"),
        ("SELECT printf('%s EUR', ?) AS shown", "1.50 EUR"),
        ("SELECT json_object('price', ?) AS shown", r#"{"price":"1.50"}"#),
        ("SELECT CAST(? AS TEXT) AS shown", "1.50"),
        ("SELECT substr(?, 1, 3) AS shown", "1.5"),
    ] {
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [price.into()]);
        let row = db.query_one_raw(statement).await?.ok_or("no row")?;
        assert_eq!(row.try_get::<String>("", "shown")?, expected, "{sql}");
    }
    for value in ["1.50", "0.1234567890123456789", "79228162514264337593543950335"] {
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "SELECT ? AS d", [decimal(value).into()]);
        let row = db.query_one_raw(statement).await?.ok_or("no row")?;
        assert_eq!(row.try_get::<Decimal>("", "d")?, decimal(value), "{value}");
    }
    Ok(())
}

async fn as_text_are_in_no_order(context: Context) -> Outcome {
    use product::Column::Exact;
    let db = products(&context).await?;
    for filter in [Exact.gt(decimal("2")), Exact.lte(decimal("2")), Exact.between(decimal("1"), decimal("2"))] {
        let error = ids(&db, filter).await.err().ok_or("it was compared")?.to_string();
        assert!(error.contains("`exact`") && error.contains("CAST(exact AS REAL)"), "{error}");
    }
    assert_eq!(ids(&db, Exact.eq(decimal("1.50"))).await?, [2]);
    let cast = Expr::cust_with_values("CAST(exact AS REAL) > CAST(? AS REAL)", [decimal("2")]);
    assert_eq!(ids(&db, cast).await?, [1]);
    Ok(())
}

async fn a_text_becomes_no_number(context: Context) -> Outcome {
    use product::Column::Zip;
    let db = products(&context).await?;
    let new = |zip: &str| product::ActiveModel {
        kind: Set("c".into()),
        price: Set(Decimal::ONE),
        zip: Set(Some(zip.to_owned())),
        ..Default::default()
    };
    for zip in ["00501", " 7", "1e5", "-0.5"] {
        let update = product::Entity::update_many().col_expr(Zip, Expr::val(zip));
        let writes = [
            product::Entity::insert(new(zip)).exec_without_returning(&db).await.map(drop),
            product::Entity::insert_many([new("abc"), new(zip)]).exec_without_returning(&db).await.map(drop),
            new(zip).insert(&db).await.map(drop),
            update.exec(&db).await.map(drop),
            db.execute_raw(Statement::from_sql_and_values(
                DbBackend::Sqlite,
                "INSERT INTO product (kind, price, zip) SELECT 'c', 1, coalesce(?, '')",
                [zip.into()],
            ))
            .await
            .map(drop),
        ];
        for written in writes {
            let error = written.err().ok_or(zip)?.to_string();
            assert!(error.contains("`zip`") && error.contains("would become a number"), "{error}");
        }
    }
    assert_eq!(product::Entity::find().all(&db).await?.len(), 3);
    let kept = new("W1A 1AA").insert(&db).await?;
    assert_eq!(product::Entity::find_by_id(kept.id).one(&db).await?, Some(kept));
    Ok(())
}
