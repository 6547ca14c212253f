//! By position, by name, as JSON, and by a type that the caller settles.

use sea_orm::prelude::Date;
use sea_orm::sea_query::{ArrayType, Expr};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, JoinType, PaginatorTrait,
    QueryOrder, QueryResult, QuerySelect, QueryTrait, RelationTrait, Set, Statement,
};
use sea_orm_do::{DoConnection, ReadAs};
use serde_json::json;

use super::library;
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::{author, book};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "rows":
        tuples_follow_the_select_whatever_the_names,
        tuples_keep_columns_of_one_name_apart,
        two_models_in_a_row_keep_their_positions,
        a_model_by_position_is_never_another,
        a_model_by_position_loses_no_optional_value,
        a_hundred_columns_keep_their_positions,
        the_last_of_two_columns_of_one_name_is_read_by_name,
        json_has_the_selected_names_alone,
        json_has_the_last_of_two_columns_of_one_name,
        a_new_column_is_seen_by_the_same_statement,
        a_dynamic_column_follows_all_its_values,
        values_of_several_types_come_as_they_are,
        a_settled_type_that_a_value_does_not_fit_is_an_error,
        a_settled_type_stands_in_for_an_entity,
        an_unregistered_table_is_not_written_to_with_returning,
    )
}

/// Two authors with a book each.
async fn two_books(context: &Context) -> Result<DoConnection, DbErr> {
    let db = library(context).await?;
    for (name, title) in [("Ursula", "The Dispossessed"), ("Octavia", "Kindred")] {
        let author = author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }.insert(&db).await?;
        let book = book::ActiveModel {
            author_id: Set(author.id),
            title: Set(title.to_owned()),
            pages: Set(300 + author.id),
            price: Set(9.5),
            in_print: Set(true),
            ..Default::default()
        };
        book.insert(&db).await?;
    }
    Ok(db)
}

async fn one(db: &DoConnection, sql: &str) -> Result<QueryResult, Box<dyn std::error::Error>> {
    Ok(db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?.ok_or("no row")?)
}

#[allow(clippy::type_complexity, reason = "a tuple of many columns is what is tested")]
async fn tuples_follow_the_select_whatever_the_names(context: Context) -> Outcome {
    let db = two_books(&context).await?;
    type Tuple = (String, i32, bool, i64, Option<Vec<u8>>);
    let tuples: Vec<Tuple> = book::Entity::find()
        .select_only()
        .columns([
            book::Column::Title,
            book::Column::Pages,
            book::Column::InPrint,
            book::Column::Id,
            book::Column::Cover,
        ])
        .order_by_asc(book::Column::Id)
        .into_tuple()
        .all(&db)
        .await?;
    assert_eq!(
        tuples,
        [("The Dispossessed".to_owned(), 301, true, 1, None), ("Kindred".to_owned(), 302, true, 2, None)]
    );
    let (least, count): (i64, i64) = book::Entity::find()
        .select_only()
        .column_as(Expr::cust("MIN(id)"), "z")
        .column_as(Expr::cust("COUNT(*)"), "a")
        .into_tuple()
        .one_as(&db)
        .await?
        .ok_or("no row")?;
    assert_eq!((least, count), (1, 2));
    Ok(())
}

async fn tuples_keep_columns_of_one_name_apart(context: Context) -> Outcome {
    let db = two_books(&context).await?;
    let tuples: Vec<(i64, i32, i64)> = book::Entity::find()
        .select_only()
        .column(book::Column::Id)
        .column(author::Column::Id)
        .column(book::Column::Id)
        .join(JoinType::CrossJoin, book::Relation::Author.def())
        .order_by_asc(book::Column::Id)
        .order_by_asc(author::Column::Id)
        .into_tuple()
        .all(&db)
        .await?;
    assert_eq!(tuples, [(1, 1, 1), (1, 2, 1), (2, 1, 2), (2, 2, 2)]);
    let row = one(&db.with_inferred_types(), "SELECT 1 AS x, 'two' AS x, 3.5 AS x").await?;
    assert_eq!(row.try_get_many_by_index::<(i64, String, f64)>()?, (1, "two".to_owned(), 3.5));
    Ok(())
}

/// As many as a result may have: <https://developers.cloudflare.com/durable-objects/platform/limits/>.
async fn two_models_in_a_row_keep_their_positions(context: Context) -> Outcome {
    let db = two_books(&context).await?;
    let select = book::Entity::find().find_also_related(author::Entity).order_by_asc(book::Column::Id);
    let row = db.query_one_raw(select.build(DbBackend::Sqlite)).await?.ok_or("no row")?;
    let (id, author_id): (i64, i32) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    assert_eq!((id, author_id, row.try_get_by_index::<String>(2)?.as_str()), (1, 1, "The Dispossessed"));
    assert_eq!((row.try_get::<String>("A_", "title")?, row.try_get::<String>("B_", "name")?).1, "Ursula");
    Ok(())
}

mod loan {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub reader_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub book_id: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

async fn a_model_by_position_is_never_another(context: Context) -> Outcome {
    let db = two_books(&context).await?.register_entity(loan::Entity);
    db.execute_unprepared("CREATE TABLE loan (reader_id INTEGER, book_id INTEGER, PRIMARY KEY (reader_id, book_id))")
        .await?;
    let loan = loan::Model { reader_id: 1, book_id: 2 };
    loan::Entity::insert(loan.clone().into_active_model()).exec(&db).await?;
    let pair: Option<(i32, i32)> = loan::Entity::find().into_tuple().one(&db).await?;
    assert_eq!(pair, Some((1, 2)));
    assert_eq!(loan::Entity::find().one(&db).await?, Some(loan));
    type Author = (i32, String, Option<Date>);
    let whole = author::Entity::find().into_tuple::<Author>().one(&db).await?;
    assert_eq!(whole, Some((1, "Ursula".to_owned(), None)));
    let Some((name, id, born)): Option<(String, i32, Option<Date>)> = author::Entity::find()
        .select_only()
        .columns([author::Column::Name, author::Column::Id, author::Column::Born])
        .into_tuple()
        .one(&db)
        .await?
    else {
        return Err("no author".into());
    };
    assert_eq!((id, name.as_str(), born), (1, "Ursula", None));
    for sql in ["SELECT id, name, born FROM author", "SELECT * FROM author"] {
        assert_eq!(one(&db, sql).await?.try_get_many_by_index::<Author>()?, (1, "Ursula".to_owned(), None), "{sql}");
    }
    Ok(())
}

mod draft {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "draft")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub title: Option<String>,
        pub count: Option<i32>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// SeaORM reads what does not fit an `Option` as `None`, so that it tells of nothing.
async fn a_model_by_position_loses_no_optional_value(context: Context) -> Outcome {
    let db = context.connect()?.register_entity(draft::Entity);
    db.execute_unprepared("CREATE TABLE draft (id INTEGER PRIMARY KEY, title TEXT, count INTEGER)").await?;
    let draft = draft::Model { id: 1, title: Some("a".to_owned()), count: Some(7) };
    draft::Entity::insert(draft.clone().into_active_model()).exec(&db).await?;
    type Draft = (i32, Option<String>, Option<i32>);
    let tuple = draft::Entity::find().into_tuple::<Draft>().one(&db).await?;
    assert_eq!(tuple, Some((1, Some("a".to_owned()), Some(7))));
    let aliased = one(&db, "SELECT d.id AS id, d.title AS title, d.count AS count FROM draft AS d").await?;
    assert_eq!(aliased.try_get_many_by_index::<Draft>()?, (1, Some("a".to_owned()), Some(7)));
    assert_eq!(draft::Entity::find().one(&db).await?, Some(draft));
    Ok(())
}

async fn a_hundred_columns_keep_their_positions(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let columns: Vec<_> = (0..100).rev().map(|number| format!("{number} AS c{number}")).collect();
    let row = one(&db, &format!("SELECT {}", columns.join(", "))).await?;
    for at in 0..100 {
        assert_eq!(usize::try_from(row.try_get_by_index::<i64>(at)?)?, 99 - at);
        assert_eq!(usize::try_from(row.try_get::<i64>("c", &at.to_string())?)?, at);
    }
    Ok(())
}

/// As in SeaORM's own driver: sqlx-sqlite-0.9.0/src/statement/virtual.rs:110.
async fn the_last_of_two_columns_of_one_name_is_read_by_name(context: Context) -> Outcome {
    let db = two_books(&context).await?;
    let sql = "SELECT book.id, author.id, title, author.name AS title FROM book JOIN author ON author.id = 3 - author_id \
               WHERE book.id = 1";
    let row = one(&db, sql).await?;
    assert_eq!((row.try_get::<i32>("", "id")?, row.try_get::<String>("", "title")?), (2, "Octavia".to_owned()));
    assert_eq!(row.try_get_by_index::<i32>(1)?, 2);
    assert_eq!(row.try_get_by_index::<String>(3)?, "Octavia");
    assert_eq!(row.try_get_by_index::<i64>(0)?, 1);
    assert_eq!(row.try_get_by_index::<String>(2)?, "The Dispossessed");
    Ok(())
}

async fn json_has_the_selected_names_alone(context: Context) -> Outcome {
    let db = two_books(&context).await?;
    let rows = book::Entity::find()
        .select_only()
        .column(book::Column::Title)
        .column_as(book::Column::Pages, "length")
        .column(book::Column::InPrint)
        .order_by_asc(book::Column::Id)
        .into_json()
        .all(&db.with_json_rows())
        .await?;
    assert_eq!(
        rows,
        [
            json!({"title": "The Dispossessed", "length": 301, "in_print": true}),
            json!({"title": "Kindred", "length": 302, "in_print": true}),
        ]
    );
    let inserted = author::ActiveModel { name: Set("James".to_owned()), ..Default::default() };
    assert_eq!(inserted.insert(&db).await?.id, 3, "the handle it was made from reads models");
    Ok(())
}

async fn json_has_the_last_of_two_columns_of_one_name(context: Context) -> Outcome {
    let db = context.connect()?.with_json_rows();
    let select = Statement::from_string(DbBackend::Sqlite, "SELECT 2 AS b, 1 AS a, 3 AS b");
    let row = <sea_orm::JsonValue as sea_orm::FromQueryResult>::find_by_statement(select).one(&db).await?;
    assert_eq!(row, Some(json!({"a": 1, "b": 3})));
    Ok(())
}

async fn a_new_column_is_seen_by_the_same_statement(context: Context) -> Outcome {
    let db = context.connect()?.with_declared_types();
    db.execute_unprepared("CREATE TABLE t (z INTEGER); INSERT INTO t VALUES (7)").await?;
    assert_eq!(one(&db, "SELECT * FROM t").await?.column_names(), ["z"]);
    // Behind the back of the handle that reads.
    context.connect()?.execute_unprepared("ALTER TABLE t ADD COLUMN a TEXT DEFAULT 'new'").await?;
    let row = one(&db, "SELECT * FROM t").await?;
    assert_eq!((row.try_get::<i64>("", "z")?, row.try_get::<String>("", "a")?), (7, "new".to_owned()));
    assert_eq!(row.try_get_many_by_index::<(i64, String)>()?, (7, "new".to_owned()));
    context.connect()?.execute_unprepared("ALTER TABLE t RENAME COLUMN a TO b").await?;
    assert_eq!(one(&db, "SELECT * FROM t").await?.try_get::<String>("", "b")?, "new");
    Ok(())
}

/// A table with a column that has no type.
async fn anything(context: &Context, values: &str) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.with_declared_types().with_inferred_types();
    db.execute_unprepared(&format!("CREATE TABLE anything (it); INSERT INTO anything VALUES {values}")).await?;
    Ok(db)
}

async fn all_of_it<T: sea_orm::TryGetable>(db: &DoConnection) -> Result<Vec<T>, DbErr> {
    let select = Statement::from_string(DbBackend::Sqlite, "SELECT it FROM anything ORDER BY rowid");
    db.query_all_raw(select).await?.iter().map(|row| row.try_get("", "it")).collect()
}

async fn a_dynamic_column_follows_all_its_values(context: Context) -> Outcome {
    let db = anything(&context, "(1), (NULL), (9223372036854775807)").await?;
    assert_eq!(all_of_it::<Option<i64>>(&db).await?, [Some(1), None, Some(i64::MAX)]);
    db.execute_unprepared("DELETE FROM anything WHERE it > 1; INSERT INTO anything VALUES (0.5)").await?;
    assert_eq!(all_of_it::<Option<f64>>(&db).await?, [Some(1.0), None, Some(0.5)]);
    db.execute_unprepared("DELETE FROM anything; INSERT INTO anything VALUES ('a'), (NULL)").await?;
    assert_eq!(all_of_it::<Option<String>>(&db).await?, [Some("a".to_owned()), None]);
    Ok(())
}

async fn values_of_several_types_come_as_they_are(context: Context) -> Outcome {
    let db = anything(&context, "('a'), (x'62')").await?;
    let select = Statement::from_string(DbBackend::Sqlite, "SELECT it FROM anything ORDER BY rowid");
    let rows = db.query_all_raw(select).await?;
    assert_eq!(
        (rows[0].try_get::<String>("", "it")?, rows[1].try_get::<Vec<u8>>("", "it")?),
        ("a".into(), b"b".into())
    );
    let db = db.with_column_type("it", ArrayType::Bytes);
    assert_eq!(all_of_it::<Vec<u8>>(&db).await?, [b"a", b"b"]);
    Ok(())
}

async fn a_settled_type_that_a_value_does_not_fit_is_an_error(context: Context) -> Outcome {
    let db = anything(&context, "(1), (3000000000)").await?;
    let narrow = db.clone().with_column_type("it", ArrayType::Int);
    let error = all_of_it::<i32>(&narrow).await.expect_err("too much for an i32").to_string();
    assert!(error.contains("`it`") && error.contains("number 3000000000") && error.contains("Int"), "{error}");
    assert_eq!(all_of_it::<u32>(&db.with_column_type("it", ArrayType::Unsigned)).await?, [1, 3_000_000_000]);
    Ok(())
}

async fn a_settled_type_stands_in_for_an_entity(context: Context) -> Outcome {
    two_books(&context).await?;
    let db =
        context.connect()?.with_column_type("born_after", ArrayType::Bool).with_column_type("name", ArrayType::String);
    let row = one(&db, "SELECT name, born > '1930' AS born_after FROM author ORDER BY id").await?;
    assert_eq!(row.try_get::<String>("", "name")?, "Ursula");
    assert_eq!(row.try_get::<Option<bool>>("", "born_after")?, None);
    let sql = "SELECT id, name, 1 AS born_after FROM author";
    let error = one(&db, sql).await.expect_err("`id` is not settled").to_string();
    assert!(error.contains("register::<author::Entity>()"), "{error}");
    let error = one(&db, "SELECT name FROM author").await.expect_err("`born_after` is not there").to_string();
    assert!(error.contains("column_type gives a type for `born_after`") && error.contains("has `name`"), "{error}");
    Ok(())
}

async fn an_unregistered_table_is_not_written_to_with_returning(context: Context) -> Outcome {
    let db = two_books(&context).await?;
    let stranger = context.connect()?;
    let before = author::Entity::find().all(&db).await?;
    for sql in [
        "INSERT INTO author (name) VALUES ('James') RETURNING id",
        "UPDATE author SET name = 'James' RETURNING *",
        "DELETE FROM author WHERE id = 2 RETURNING name",
        "INSERT INTO author (name) VALUES ('Ursula') ON CONFLICT (name) DO UPDATE SET name = 'James' RETURNING author.name",
    ] {
        let error = one(&stranger, sql).await.expect_err(sql).to_string();
        assert!(error.contains("register::<author::Entity>()"), "{error}");
    }
    assert_eq!(author::Entity::find().all(&db).await?, before);
    assert_eq!(book::Entity::find().count(&db).await?, 2);
    Ok(())
}
