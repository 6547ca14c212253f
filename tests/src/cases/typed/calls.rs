//! The calls of SeaORM that say what they read.

use futures_util::TryStreamExt;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DeriveColumn, EntityTrait, EnumIter, FromQueryResult, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, RelationTrait, Set,
};
use sea_orm_do::{CursorReadAs, PageStream, PagesAs, ReadAllAs, ReadAs, StreamAs};
use sea_orm_do_typed::TypedRow;
use serde_json::json;

use super::{blog, post, sql, user};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "typed":
        tuples_of_a_left_join,
        plain_tuples_keep_their_positions,
        scalars_and_values_by_name,
        related_models,
        pages_and_cursors,
        streams,
        json,
        models_of_tables_that_nobody_registered,
        a_tuple_that_is_longer_than_the_result_is_an_error,
        a_name_that_the_result_lacks,
        a_plain_handle_refuses_what_it_does_not_know,
        a_type_for_a_column_that_is_not_there_is_an_error,
        seaorms_own_statements_need_no_type,
        what_a_write_returns,
    )
}

fn posts() -> sea_orm::Select<post::Entity> {
    post::Entity::find().order_by_asc(post::Column::Id)
}

async fn tuples_of_a_left_join(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let joined = || posts().join(JoinType::LeftJoin, post::Relation::User.def()).select_only();
    let columns = || joined().column(user::Column::Id).column(user::Column::Email);
    type Tuple = (Option<i32>, Option<String>);
    let expected: [Tuple; 2] = [(Some(7), Some("a@x".to_owned())), (None, None)];
    assert_eq!(columns().into_tuple::<Tuple>().all(&db).await?, expected);
    assert_eq!(columns().into_tuple::<Tuple>().all_as(&db).await?, expected);
    let wide = columns().into_tuple::<(Option<i64>, Option<String>)>().all_as(&db).await?;
    assert_eq!(wide[0].0, Some(7));
    Ok(())
}

async fn plain_tuples_keep_their_positions(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let columns = user::Entity::find().select_only().columns([user::Column::Id, user::Column::Email]);
    assert_eq!(columns.into_tuple().one(&db).await?, Some((7, "a@x".to_owned())));
    let row =
        db.clone().with_inferred_types().query_one_raw(sql("SELECT 1 AS \"b\", 2 AS \"\"")).await?.ok_or("no row")?;
    assert_eq!((row.try_get_by_index::<i64>(0)?, row.try_get_by_index::<i64>(1)?), (1, 2));
    assert_eq!(row.try_get::<i64>("", "b")?, 1);
    let row = db.query_one_raw(sql("SELECT title, id FROM post")).await?.ok_or("no row")?;
    let names = row.column_names();
    assert!(names[0].starts_with('\0') && names[0].contains("db.with_json_rows()"), "{names:?}");
    assert_eq!(names[names.len() - 2..], ["id", "title"]);
    Ok(())
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveColumn)]
enum Counted {
    Title,
    Letters,
}

async fn scalars_and_values_by_name(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let count: Option<i32> = posts().select_only().expr(Expr::cust("COUNT(*)")).into_tuple().one_as(&db).await?;
    assert_eq!(count, Some(2));
    let letters = || {
        posts()
            .select_only()
            .column_as(Expr::cust("LENGTH(title)"), Counted::Letters)
            .column_as(post::Column::Title, Counted::Title)
    };
    let by_name: Vec<(String, Option<i16>)> = letters().into_values::<_, Counted>().all_as(&db).await?;
    assert_eq!(by_name, [("one".to_owned(), Some(3)), ("two".to_owned(), Some(3))]);
    let by_position: Vec<(i64, String)> = letters().into_tuple().all_as(&db).await?;
    assert_eq!(by_position[1], (3, "two".to_owned()));
    Ok(())
}

async fn related_models(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let also = posts().find_also_related(user::Entity).all_as(&db).await?;
    assert_eq!(also, posts().find_also_related(user::Entity).all(&db).await?);
    assert_eq!((also[0].1.as_ref().map(|user| user.id), &also[1].1), (Some(7), &None));
    let with = user::Entity::find().find_with_related(post::Entity).all_as(&db).await?;
    assert_eq!((with.len(), with[0].1.len()), (1, 1));
    assert_eq!(posts().one_as(&db).await?, posts().one(&db).await?);
    assert_eq!(posts().require_one_as(&db).await?.title, "one");
    let none = posts().filter(post::Column::Id.gt(9)).require_one_as(&db).await;
    assert!(matches!(none, Err(sea_orm::DbErr::RecordNotFound(_))), "{none:?}");
    Ok(())
}

async fn pages_and_cursors(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let lengths = || posts().select_only().column(post::Column::Id).expr(Expr::cust("LENGTH(title)"));
    let mut pages = lengths().into_tuple::<(i32, Option<i32>)>().paginate(&db, 1);
    assert_eq!((pages.num_items().await?, pages.num_pages().await?), (2, 2));
    assert_eq!(pages.fetch_page_as(1).await?, [(2, Some(3))]);
    assert_eq!(pages.fetch_as().await?, [(1, Some(3))]);
    assert_eq!(pages.fetch_and_next_as().await?, Some(vec![(1, Some(3))]));
    assert_eq!(pages.fetch_and_next_as().await?, Some(vec![(2, Some(3))]));
    assert_eq!(pages.fetch_and_next_as().await?, None);
    let pages = PageStream::new(lengths().into_tuple::<(i32, Option<u8>)>().paginate(&db, 1));
    assert_eq!(pages.try_collect::<Vec<_>>().await?, [vec![(1, Some(3))], vec![(2, Some(3))]]);
    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    struct Length {
        id: i64,
        n: Option<i32>,
    }
    let mut cursor = post::Entity::find()
        .select_only()
        .column(post::Column::Id)
        .column_as(Expr::cust("LENGTH(title)"), "n")
        .cursor_by(post::Column::Id)
        .into_model::<Length>();
    cursor.after(1).first(5);
    assert_eq!(cursor.all_as(&db).await?, [Length { id: 2, n: Some(3) }]);
    // Raw SQL in pages, which SeaORM cuts and puts together anew.
    let raw = Length::find_by_statement(sql("SELECT id, LENGTH(title) AS n FROM post ORDER BY id")).paginate(&db, 1);
    assert_eq!((raw.num_items().await?, raw.fetch_page_as(1).await?), (2, vec![Length { id: 2, n: Some(3) }]));
    Ok(())
}

async fn streams(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let lengths = posts().select_only().column(post::Column::Id).expr(Expr::cust("LENGTH(title) * 0.5"));
    let lengths = lengths.into_tuple::<(i64, Option<f64>)>().stream_as(&db).await?;
    assert_eq!(lengths.try_collect::<Vec<_>>().await?, [(1, Some(1.5)), (2, Some(1.5))]);
    let titles = posts().stream_as(&db).await?.map_ok(|post| post.title).try_collect::<Vec<_>>().await?;
    assert_eq!(titles, ["one", "two"]);
    Ok(())
}

async fn json(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let all = posts().into_json().all_as(&db).await?;
    assert_eq!(all[1], json!({"id": 2, "author_id": null, "title": "two"}));
    let counted = posts().select_only().column_as(post::Column::Id.count(), "z").expr_as(Expr::cust("2.5"), "a");
    assert_eq!(counted.into_json().one_as(&db).await?, Some(json!({"z": 2, "a": 2.5})));
    let pair = posts().find_also_related(user::Entity).into_json().one_as(&db).await?.ok_or("no row")?;
    assert_eq!(pair.1, Some(json!({"id": 7, "email": "a@x"})));
    Ok(())
}

/// As in a migration, or a tool.
async fn models_of_tables_that_nobody_registered(context: Context) -> Outcome {
    blog(&context).await?;
    let db = context.connect()?;
    assert!(posts().all(&db).await.is_err());
    assert_eq!(posts().all_as(&db).await?[0].title, "one");
    let also = posts().find_also_related(user::Entity).all_as(&db).await?;
    assert_eq!(also[0].1.as_ref().map(|user| user.email.as_str()), Some("a@x"));
    Ok(())
}

async fn a_tuple_that_is_longer_than_the_result_is_an_error(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let long = posts().select_only().column(post::Column::Id).into_tuple::<(i32, Option<String>)>().all_as(&db).await;
    let why = long.expect_err("one column alone").to_string();
    assert!(why.contains("2 columns are read, but the result has 1"), "{why}");
    Ok(())
}

/// As natively: `None` in an `Option`, and otherwise an error.
async fn a_name_that_the_result_lacks(context: Context) -> Outcome {
    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    struct Maybe {
        id: i32,
        nickname: Option<String>,
    }
    #[derive(Debug, FromQueryResult, TypedRow)]
    struct Must {
        #[allow(dead_code, reason = "it is never read")]
        nickname: String,
    }
    let db = blog(&context).await?;
    let users = || user::Entity::find();
    assert_eq!(users().into_model().one_as(&db).await?, Some(Maybe { id: 7, nickname: None }));
    let why = users().into_model::<Must>().one_as(&db).await.expect_err("there is none").to_string();
    assert!(why.contains("column `nickname` is read, but the result has `id`, `email`"), "{why}");
    Ok(())
}

async fn a_plain_handle_refuses_what_it_does_not_know(context: Context) -> Outcome {
    #[derive(Debug, FromQueryResult)]
    #[allow(dead_code, reason = "it is never read")]
    struct Count {
        email: String,
        n: Option<i32>,
    }
    let db = blog(&context).await?;
    let counts = user::Entity::find()
        .left_join(post::Entity)
        .select_only()
        .column(user::Column::Email)
        .column_as(post::Column::Id.count(), "n")
        .group_by(user::Column::Email);
    let why = counts.into_model::<Count>().all(&db).await.expect_err("an expression").to_string();
    assert!(why.contains("column `n`") && why.contains(".all_as(&db)") && why.contains("column_type(\"n\""), "{why}");
    for select in
        ["1", "id + 1 FROM post", "? FROM post", "(SELECT max(id) FROM post)", "NULL", "CAST(id AS text) FROM post"]
    {
        let refused = db.query_all_raw(sql(&format!("SELECT {select}"))).await;
        assert!(matches!(&refused, Err(sea_orm::DbErr::Type(_))), "{select}: {refused:?}");
    }
    // A column of an entity is one wherever it is selected.
    for select in [
        "id, title FROM post",
        "p.\"title\" FROM post p JOIN (SELECT * FROM user) u ON u.id = p.author_id",
        "(SELECT email FROM user) FROM post",
        "rowid FROM post",
    ] {
        db.query_all_raw(sql(&format!("SELECT {select}"))).await.map_err(|error| format!("{select}: {error}"))?;
    }
    let with = "WITH c(a) AS (SELECT id FROM post UNION ALL SELECT id FROM user) SELECT a FROM c";
    assert_eq!(db.query_all_raw(sql(with)).await?.len(), 3);
    Ok(())
}

async fn a_type_for_a_column_that_is_not_there_is_an_error(context: Context) -> Outcome {
    use sea_orm::sea_query::ArrayType;
    let db = blog(&context).await?;
    let day = "SELECT DATE(created_at) AS day FROM ev";
    let typed = db.clone().with_column_type("day", ArrayType::ChronoDate);
    assert!(typed.query_one_raw(sql(day)).await?.is_some());
    let why =
        db.with_column_type("dya", ArrayType::ChronoDate).query_one_raw(sql(day)).await.expect_err("dya").to_string();
    assert!(why.contains("column_type gives a type for `dya`, but the result has `day`"), "{why}");
    Ok(())
}

async fn seaorms_own_statements_need_no_type(context: Context) -> Outcome {
    use sea_orm::SelectExt;
    let db = blog(&context).await?;
    assert_eq!(posts().count(&db).await?, 2);
    assert!(posts().exists(&db).await?);
    assert!(!posts().filter(post::Column::Id.gt(9)).exists(&db).await?);
    let raw = || user::Model::find_by_statement(sql("SELECT * FROM user"));
    assert!(raw().exists(&db).await?);
    assert_eq!(raw().paginate(&db, 5).fetch_page(0).await?.len(), 1);
    let typed = db.with_column_type("title", sea_orm::sea_query::ArrayType::String);
    assert_eq!(posts().paginate(&typed, 1).num_items().await?, 2);
    Ok(())
}

async fn what_a_write_returns(context: Context) -> Outcome {
    #[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
    struct Written {
        n: Option<i32>,
        wide: i64,
        title: String,
    }
    let db = blog(&context).await?;
    let write =
        |what: &str| format!("UPDATE post SET title = title || '!' RETURNING id * 10 AS n, {what} AS wide, title");
    let written = Written::find_by_statement(sql(&write("9007199254740993 + id"))).all_as(&db).await?;
    assert_eq!(written[1], Written { n: Some(20), wide: 9_007_199_254_740_995, title: "two!".to_owned() });
    // One that does not fit undoes the statement.
    let refused = Written::find_by_statement(sql(&write("'text'"))).all_as(&db).await.expect_err("text").to_string();
    assert!(refused.contains("column `wide`: text 'text' does not fit BigInt"), "{refused}");
    let lacks = sql("UPDATE post SET title = 'lost' RETURNING id AS n, title");
    let refused = Written::find_by_statement(lacks).all_as(&db).await.expect_err("no `wide`").to_string();
    assert!(refused.contains("column `wide` is read, but the result has"), "{refused}");
    let short =
        db.read_as_tuple::<(i32, String, i32)>().query_all_raw(sql("DELETE FROM post RETURNING id, title")).await;
    assert!(short.is_err_and(|error| error.to_string().contains("3 columns are read")));
    assert_eq!(posts().all(&db).await?[0].title, "one!");
    let new = post::ActiveModel { title: Set("three".to_owned()), ..Default::default() };
    assert_eq!(post::Entity::insert(new).exec_with_returning(&db).await?.id, 3);
    let sum = post::Entity::find().select_only().expr(Expr::col(post::Column::Id).sum()).into_tuple::<u8>();
    assert_eq!(sum.one_as(&db).await?, Some(6));
    Ok(())
}
