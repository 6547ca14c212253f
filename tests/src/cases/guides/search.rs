//! The code of docs/views-and-search.md.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Schema, Set, Statement};
use sea_orm_do::DoConnection;

use super::reports;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "guides":
        a_view_is_read_by_an_entity,
        a_view_passes_on_the_types_of_its_columns,
        a_view_is_written_by_triggers,
        texts_are_found,
        the_index_follows_its_table,
        typed_words_are_no_query,
    )
}

mod open_orders {
    use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

    pub const VIEW: &str = r#"
        CREATE VIEW open_order AS
        SELECT "order".id, customer.name AS customer, placed_at, SUM(quantity * price) AS cents
        FROM "order" JOIN customer ON customer.id = customer_id
        LEFT JOIN order_line ON order_id = "order".id
        WHERE status = 'open' GROUP BY "order".id"#;

    pub mod open_order {
        use sea_orm::entity::prelude::*;

        #[sea_orm::model]
        #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
        #[sea_orm(table_name = "open_order")]
        pub struct Model {
            #[sea_orm(primary_key, auto_increment = false)]
            pub id: i32,
            pub customer: String,
            pub placed_at: DateTimeUtc,
            pub cents: Option<i64>,
        }

        impl ActiveModelBehavior for ActiveModel {}
    }

    pub async fn of_customer<C: ConnectionTrait>(db: &C, customer: &str) -> Result<Vec<open_order::Model>, DbErr> {
        open_order::Entity::find()
            .filter(open_order::Column::Customer.eq(customer))
            .order_by_asc(open_order::Column::Id)
            .all(db)
            .await
    }
}

async fn a_view_is_read_by_an_entity(context: Context) -> Outcome {
    let db = reports::open(&context).await?;
    db.execute_unprepared(open_orders::VIEW).await?;
    let db = db.register::<open_orders::open_order::Entity>();
    let of = async |customer| -> Result<Vec<_>, DbErr> {
        let orders = open_orders::of_customer(&db, customer).await?;
        Ok(orders.into_iter().map(|order| (order.id, order.cents)).collect())
    };
    assert_eq!(of("Bob").await?, [(4, Some(1200))]);
    assert_eq!(of("Ada").await?, [(5, None)]);
    assert_eq!(of("Cleo").await?, []);
    Ok(())
}

async fn a_view_passes_on_the_types_of_its_columns(context: Context) -> Outcome {
    let db = reports::open(&context).await?;
    db.execute_unprepared(open_orders::VIEW).await?;
    let select = |columns: &str| {
        let sql = format!("SELECT {columns} FROM open_order WHERE id = 4");
        Statement::from_string(db.get_database_backend(), sql)
    };
    let row = db.query_one_raw(select("id, customer, placed_at")).await?.ok_or("no row")?;
    let noon: sea_orm::prelude::DateTimeUtc = "2026-03-04T12:00:00Z".parse()?;
    assert_eq!((row.try_get::<i32>("", "id")?, row.try_get::<String>("", "customer")?), (4, "Bob".to_owned()));
    assert_eq!(row.try_get::<sea_orm::prelude::DateTimeUtc>("", "placed_at")?, noon);
    assert!(db.query_one_raw(select("cents")).await.is_err());
    let row = db.read_as_tuple::<(Option<i64>,)>().query_one_raw(select("cents")).await?.ok_or("no row")?;
    assert_eq!(row.try_get_by_index::<Option<i64>>(0)?, Some(1200));
    Ok(())
}

async fn a_view_is_written_by_triggers(context: Context) -> Outcome {
    use open_orders::open_order;
    let db = reports::open(&context).await?;
    db.execute_unprepared(open_orders::VIEW).await?;
    let db = db.register::<open_order::Entity>();
    let refused = open_order::Entity::delete_by_id(4).exec(&db).await.err().ok_or("it was deleted")?.to_string();
    assert!(refused.contains("cannot modify open_order because it is a view"), "{refused}");
    db.execute_unprepared(
        "CREATE TRIGGER close_order INSTEAD OF DELETE ON open_order \
         BEGIN UPDATE \"order\" SET status = 'paid' WHERE id = OLD.id; END",
    )
    .await?;
    // SQLite does not count what a trigger does instead.
    assert_eq!(open_order::Entity::delete_by_id(4).exec(&db).await?.rows_affected, 0);
    assert_eq!(open_order::Entity::find_by_id(4).one(&db).await?, None);
    Ok(())
}

mod email {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "email")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub subject: String,
        pub body: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

const INDEX: &str = "
    CREATE VIRTUAL TABLE email_search USING fts5(
        subject, body, content = 'email', content_rowid = 'id', tokenize = 'porter unicode61'
    );
    CREATE TRIGGER email_search_insert AFTER INSERT ON email BEGIN
        INSERT INTO email_search (rowid, subject, body) VALUES (NEW.id, NEW.subject, NEW.body);
    END;
    CREATE TRIGGER email_search_delete AFTER DELETE ON email BEGIN
        INSERT INTO email_search (email_search, rowid, subject, body)
            VALUES ('delete', OLD.id, OLD.subject, OLD.body);
    END;
    CREATE TRIGGER email_search_update AFTER UPDATE OF subject, body ON email BEGIN
        INSERT INTO email_search (email_search, rowid, subject, body)
            VALUES ('delete', OLD.id, OLD.subject, OLD.body);
        INSERT INTO email_search (rowid, subject, body) VALUES (NEW.id, NEW.subject, NEW.body);
    END;
    INSERT INTO email_search (email_search) VALUES ('rebuild');
";

const EMAILS: [(&str, &str); 4] = [
    ("Lunch", "The report can wait."),
    ("The yearly report", "Reports of all shops. Please read the report today."),
    ("Re: Lunch", "Soup, or salad?"),
    ("Holidays", "See you in January."),
];

/// Emails, of which the first is there before the index is.
async fn mailbox(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.register::<email::Entity>();
    db.execute(&Schema::new(db.get_database_backend()).create_table_from_entity(email::Entity)).await?;
    for (at, (subject, body)) in EMAILS.into_iter().enumerate() {
        if at == 1 {
            db.execute_unprepared(INDEX).await?;
        }
        let email =
            email::ActiveModel { subject: Set(subject.to_owned()), body: Set(body.to_owned()), ..Default::default() };
        email.insert(&db).await?;
    }
    Ok(db)
}

mod hits {
    use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
    use sea_orm_do::{ReadAs, TypedRow};

    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    pub struct Hit {
        pub id: i32,
        pub subject: String,
        pub excerpt: String,
        pub rank: f64,
    }

    pub async fn search<C: ConnectionTrait>(db: &C, query: &str) -> Result<Vec<Hit>, DbErr> {
        let sql = "
            SELECT rowid AS id, highlight(email_search, 0, '<b>', '</b>') AS subject,
                snippet(email_search, 1, '<b>', '</b>', '…', 4) AS excerpt, rank
            FROM email_search WHERE email_search MATCH ? ORDER BY rank LIMIT 20";
        let select = Statement::from_sql_and_values(db.get_database_backend(), sql, [query.into()]);
        Hit::find_by_statement(select).all_as(db).await
    }
}

mod weighted {
    use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Statement};

    use super::email;

    pub async fn search<C: ConnectionTrait>(db: &C, query: &str) -> Result<Vec<email::Model>, DbErr> {
        let sql = "
            SELECT email.* FROM email_search(?) JOIN email ON email.id = email_search.rowid
            ORDER BY bm25(email_search, 10.0, 1.0)";
        let select = Statement::from_sql_and_values(db.get_database_backend(), sql, [query.into()]);
        email::Entity::find().from_raw_sql(select).all(db).await
    }
}

async fn texts_are_found(context: Context) -> Outcome {
    let db = mailbox(&context).await?;
    let hits = hits::search(&db, "report").await?;
    let shown: Vec<_> = hits.iter().map(|hit| (hit.id, &*hit.subject)).collect();
    assert_eq!(shown, [(2, "The yearly <b>report</b>"), (1, "Lunch")]);
    assert_eq!(hits[1].excerpt, "The <b>report</b> can wait.");
    assert!(hits[0].excerpt.contains("<b>") && hits[0].excerpt.contains('…'), "{}", hits[0].excerpt);
    assert!(hits[0].rank < hits[1].rank && hits[1].rank < 0.0);
    let ids = async |query| -> Result<Vec<i32>, DbErr> {
        Ok(weighted::search(&db, query).await?.into_iter().map(|email| email.id).collect())
    };
    assert_eq!(ids("lunch OR soup").await?, [3, 1]);
    assert_eq!(ids("subject : report").await?, [2]);
    assert_eq!(ids("hol*").await?, [4]);
    assert_eq!(ids("\"see you\" NOT soup").await?, [4]);
    let matching =
        Expr::cust_with_values("id IN (SELECT rowid FROM email_search WHERE email_search MATCH ?)", ["lunch"]);
    let emails = email::Entity::find().filter(matching).order_by_desc(email::Column::Id).all(&db).await?;
    assert_eq!(emails.iter().map(|email| email.id).collect::<Vec<_>>(), [3, 1]);
    Ok(())
}

async fn the_index_follows_its_table(context: Context) -> Outcome {
    let db = mailbox(&context).await?;
    let update = email::ActiveModel { id: Set(1), body: Set("Soup.".to_owned()), ..Default::default() };
    update.update(&db).await?;
    email::Entity::delete_by_id(3).exec(&db).await?;
    let ids = async |query| -> Result<Vec<i32>, DbErr> {
        Ok(weighted::search(&db, query).await?.into_iter().map(|email| email.id).collect())
    };
    assert_eq!((ids("report").await?, ids("soup").await?), (vec![2], vec![1]));
    let check = "INSERT INTO email_search (email_search, rank) VALUES ('integrity-check', 1)";
    db.execute_unprepared(check).await?;
    // The row that it deletes is deleted without triggers, and is found by its old words.
    db.execute_unprepared("INSERT OR REPLACE INTO email VALUES (2, 'Lunch', 'Soup.')").await?;
    assert_eq!(ids("report").await?, [2]);
    db.execute_unprepared("INSERT INTO email_search (email_search) VALUES ('rebuild')").await?;
    assert_eq!((ids("report").await?, ids("soup").await?), (vec![], vec![1, 2]));
    db.execute_unprepared(check).await?;
    Ok(())
}

/// Each word as a text, all of which must be found; the last may go on. `None` where nothing was typed.
fn all_words(typed: &str) -> Option<String> {
    let words = typed.split_whitespace().map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
    let words = words.collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then(|| words + "*")
}

async fn typed_words_are_no_query(context: Context) -> Outcome {
    let db = mailbox(&context).await?;
    let refused = hits::search(&db, "report AND").await.err().ok_or("it was a query")?.to_string();
    assert!(refused.contains("fts5: syntax error"), "{refused}");
    assert_eq!(all_words("re: \"lun").as_deref(), Some("\"re:\" \"\"\"lun\"*"));
    let found = async |typed| Ok::<_, DbErr>(hits::search(&db, &all_words(typed).unwrap_or_default()).await?.len());
    assert_eq!(found("re: \"lun").await?, 1);
    assert_eq!(found("report AND").await?, 0);
    assert_eq!(all_words(" "), None);
    assert!(hits::search(&db, "").await.is_err());
    Ok(())
}
