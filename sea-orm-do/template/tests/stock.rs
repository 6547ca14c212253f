//! The operations, on a SQLite of the host that behaves like the one in a Durable Object.

use futures_executor::block_on;
use sea_orm_do::DoConnection;
use {crate}::stock::{self, Line, NewItem, Refusal, Summary};

/// A stock of ten teas and five cups.
async fn filled() -> Result<DoConnection, Refusal> {
    let db = stock::open(DoConnection::in_memory()?).await?;
    for (name, cents, pieces) in [("tea", 450, 10), ("cup", 1_200, 5)] {
        let (name, price) = (name.to_owned(), rust_decimal::Decimal::new(cents, 2));
        stock::add(
            &db,
            NewItem {
                name,
                price,
                pieces,
            },
        )
        .await?;
    }
    Ok(db)
}

async fn pieces(db: &DoConnection) -> Result<Vec<i32>, Refusal> {
    Ok(stock::items(db)
        .await?
        .into_iter()
        .map(|item| item.pieces)
        .collect())
}

/// If this fails, `sea-orm-do migrate draft NAME` writes the migration that is missing.
#[test]
fn the_migrations_make_what_the_entities_declare() -> Result<(), Refusal> {
    block_on(async {
        let db = stock::open(DoConnection::in_memory()?).await?;
        Ok(sea_orm_do::schema::check(&db)?.into_result()?)
    })
}

#[test]
fn an_order_takes_all_of_its_lines() -> Result<(), Refusal> {
    block_on(async {
        let db = filled().await?;
        let lines = [Line { item: 1, pieces: 2 }, Line { item: 2, pieces: 1 }];
        assert_eq!(stock::order(&db, &lines)?.to_string(), "21.0");
        assert_eq!(pieces(&db).await?, [8, 4]);
        let summary = Summary {
            items: 2,
            pieces: Some(12),
        };
        assert_eq!(stock::summary(&db).await?, summary);
        Ok(())
    })
}

#[test]
fn an_order_of_too_much_takes_nothing() -> Result<(), Refusal> {
    block_on(async {
        let db = filled().await?;
        let lines = [Line { item: 1, pieces: 2 }, Line { item: 2, pieces: 6 }];
        let refused = stock::order(&db, &lines);
        assert!(
            matches!(refused, Err(Refusal::TooFew { id: 2, pieces: 5 })),
            "{refused:?}"
        );
        assert_eq!(pieces(&db).await?, [10, 5]);
        Ok(())
    })
}

#[test]
fn a_name_is_given_out_once() -> Result<(), Refusal> {
    block_on(async {
        let db = filled().await?;
        let tea = NewItem {
            name: "tea".into(),
            price: 1.into(),
            pieces: 1,
        };
        let refused = stock::add(&db, tea).await;
        assert!(matches!(refused, Err(Refusal::Taken)), "{refused:?}");
        Ok(())
    })
}
