//! What cannot be stored is an error at once, and leaves nothing behind.

use sea_orm::prelude::{IpNetwork, PgVector};
use sea_orm::sea_query::ArrayType;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, PaginatorTrait, Set, Statement, Value};

use super::matrix::connect;
use crate::case::{Case, Context, Outcome, cases};
use crate::matrix::refused::{WAYS, refused};

pub(super) fn cases() -> Vec<Case> {
    cases!("refused": values_that_would_change, lists_and_networks, vectors, an_entity_with_a_list)
}

async fn values_that_would_change(context: Context) -> Outcome {
    let db = connect(&context)?;
    for refusal in refused() {
        let table = refusal.table();
        table.create(&db).await?;
        for way in WAYS {
            let what = format!("{} {}, {way:?}", table.name(), refusal.shown());
            let error = refusal.write(&db, way).await.expect_err(&what).to_string();
            assert!(error.contains("parameter") && error.contains(refusal.why()), "{what}: {error}");
        }
        assert_eq!(table.find(&db).await?, [], "{}", refusal.shown());
        db.execute_unprepared(&format!("DROP TABLE {}", table.name())).await?;
    }
    Ok(())
}

/// MAC addresses are not among them, whose crate does not build for wasm, nor ranges, for which sea-query 1.0.2 has no value.
async fn lists_and_networks(context: Context) -> Outcome {
    let network: IpNetwork = "127.0.0.1/8".parse()?;
    let list = Value::Array(ArrayType::Int, Some(Box::new(vec![1.into(), 2.into()])));
    is_not_written(&context, [list, Value::Array(ArrayType::String, None), network.into()]).await
}

/// Embeddings, as SeaORM takes them from pgvector.
async fn vectors(context: Context) -> Outcome {
    is_not_written(&context, [PgVector::from(vec![0.5]).into(), Value::Vector(None)]).await
}

async fn is_not_written(context: &Context, values: impl IntoIterator<Item = Value>) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared("CREATE TABLE anything (it)").await?;
    for value in values {
        let what = format!("{value:?}");
        let sql = "INSERT INTO anything (it) VALUES (?)";
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [value]);
        let error = db.execute_raw(statement).await.expect_err(&what).to_string();
        assert!(error.contains("parameter 1: SQLite has no type"), "{error}");
    }
    let rows = db.with_declared_types();
    let count = rows.query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT COUNT(*) AS rows FROM anything"));
    assert_eq!(count.await?.ok_or("no row")?.try_get::<i64>("", "rows")?, 0);
    Ok(())
}

mod list {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, DeriveEntityModel)]
    #[sea_orm(table_name = "list")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub numbers: Vec<i32>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

async fn an_entity_with_a_list(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().register::<list::Entity>();
    // SeaORM panics when it is to declare the column.
    db.execute_unprepared("CREATE TABLE list (id INTEGER PRIMARY KEY, numbers TEXT)").await?;
    let list = list::ActiveModel { numbers: Set(vec![1, 2]), ..Default::default() };
    let error = list.insert(&db).await.expect_err("no array").to_string();
    assert!(error.contains("SQLite has no type Array"), "{error}");
    assert_eq!(<list::Entity as sea_orm::EntityTrait>::find().count(&db).await?, 0);
    Ok(())
}
