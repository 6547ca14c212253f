//! What columns hold, and which instants compare.

use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, QueryFilter, Schema, Set};

use super::{fails, ids, panics, texts, ticket, tickets};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": types_of_postgres, instants_and_offsets, defaults_of_postgres)
}

mod tagged {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tagged")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub tags: Vec<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod made {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "made")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn types_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    let stored =
        "typeof(id) || ' ' || typeof(status) || ' ' || typeof(data) || ' ' || typeof(done) FROM ticket LIMIT 1";
    assert_eq!(texts(&db, stored).await?, ["blob text text integer"]);
    assert_eq!(texts(&db, "lower(hex(id)) FROM ticket LIMIT 1").await?, ["00000000000000000000000000000001"]);
    assert_eq!(ids(&db, ticket::Column::Id.eq(Uuid::from_u128(2))).await?, [2]);
    let as_text = Expr::cust_with_values("id = ?", [Uuid::from_u128(2).to_string()]);
    let refused = ids(&db, as_text).await.err().ok_or("a text was found")?.to_string();
    assert!(refused.contains("column `id`, which is Uuid"), "{refused}");

    // No one but the enum itself says which texts there are.
    db.execute_unprepared("UPDATE ticket SET status = 'lost' WHERE n = 1").await?;
    let refused = ticket::Entity::find().all(&db).await.err().ok_or("it was read")?.to_string();
    assert!(refused.contains("unexpected value for Status enum: lost"), "{refused}");
    db.execute_unprepared("UPDATE ticket SET status = 'open'").await?;

    let schema = Schema::new(DbBackend::Sqlite);
    assert!(panics(|| DbBackend::Sqlite.build(&schema.create_table_from_entity(tagged::Entity))));
    db.execute_unprepared("CREATE TABLE tagged (id INTEGER PRIMARY KEY, tags TEXT)").await?;
    let tagged = tagged::ActiveModel { tags: Set(vec!["a".to_owned()]), ..Default::default() };
    let refused = tagged.insert(&db.clone().register::<tagged::Entity>()).await.err().ok_or("stored")?.to_string();
    assert!(refused.contains("SQLite has no type Array"), "{refused}");

    // The length of a VARCHAR is not looked at, and neither is its type in SQL.
    assert_eq!(texts(&db, "code FROM ticket WHERE n = 1").await?, ["abcdef"]);
    db.execute_unprepared("CREATE TABLE loose (a INTEGER); INSERT INTO loose VALUES ('abc')").await?;
    assert_eq!(texts(&db, "typeof(a) FROM loose").await?, ["text"]);
    let strict = "CREATE TABLE strict_one (a INTEGER) STRICT; INSERT INTO strict_one VALUES ('abc')";
    assert!(fails(&db, strict).await?.contains("cannot store TEXT value in INTEGER column"));
    Ok(())
}

async fn instants_and_offsets(context: Context) -> Outcome {
    use ticket::Column::{At, Zoned};
    let db = tickets(&context).await?;
    let eleven: DateTimeWithTimeZone = "2026-03-01T23:00:00+00:00".parse()?;
    assert_eq!(ids(&db, At.lt(eleven)).await?, [2]);
    assert!(ids(&db, Zoned.lt(eleven)).await.is_err());
    assert_eq!(ids(&db, Expr::cust_with_values("julianday(zoned) < julianday(?)", [eleven])).await?, [2]);
    let codes = async |order: &str| texts(&db, &format!("code FROM ticket ORDER BY {order}")).await;
    assert_eq!(codes("at").await?, ["Ä", "abcdef"]);
    assert_eq!(codes("zoned").await?, ["abcdef", "Ä"]);
    assert_eq!(codes("julianday(zoned)").await?, ["Ä", "abcdef"]);
    // The offset is stored, where Postgres keeps the instant only.
    let second = ticket::Entity::find_by_id(Uuid::from_u128(2)).one(&db).await?.ok_or("no row")?;
    assert_eq!(second.zoned.offset().local_minus_utc(), 7200);
    Ok(())
}

async fn defaults_of_postgres(context: Context) -> Outcome {
    let db = context.connect()?.register::<made::Entity>();
    let later: DateTimeUtc = "2100-01-01T00:00:00Z".parse()?;
    let before = || made::Entity::find().filter(made::Column::At.lt(later));
    for (default, compares) in [("CURRENT_TIMESTAMP", false), ("(strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now'))", true)] {
        let table = "id INTEGER PRIMARY KEY, at timestamp_with_timezone_text NOT NULL";
        db.execute_unprepared(&format!("DROP TABLE IF EXISTS made; CREATE TABLE made ({table} DEFAULT {default})"))
            .await?;
        db.execute_unprepared("INSERT INTO made DEFAULT VALUES").await?;
        assert!(made::Entity::find().one(&db).await?.is_some_and(|made| made.at < later));
        assert_eq!(before().all(&db).await.map(|made| made.len()).ok(), compares.then_some(1), "{default}");
    }
    Ok(())
}
