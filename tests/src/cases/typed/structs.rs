//! Structs of every shape that SeaORM's derives read.

use std::collections::BTreeMap;

use sea_orm::prelude::Decimal;
use sea_orm::sea_query::{ArrayType, StringLen};
use sea_orm::{
    ActiveEnum, ColIdx, ColumnTrait, DeriveActiveEnum, DerivePartialModel, EntityTrait, EnumIter, FromQueryResult,
    QueryOrder, QueryResult, QuerySelect, TryGetError, TryGetable,
};
use sea_orm_do::ReadAs;
use sea_orm_do_typed::{Columns, Keys, TypedRow, TypedValue};

use super::{blog, post, sql, user};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "typed":
        nested_structs_are_there_or_not,
        partial_models_have_prefixes,
        names_are_those_that_seaorm_reads,
        fields_of_other_types,
        two_types_for_one_column_are_an_error,
        arrays_are_refused_with_their_field,
    )
}

#[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
struct Stats {
    posts: i32,
    first: Option<i32>,
}

#[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
struct Author {
    email: String,
    #[sea_orm(nested)]
    stats: Option<Stats>,
}

async fn nested_structs_are_there_or_not(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let authors = user::Entity::find()
        .left_join(post::Entity)
        .select_only()
        .column(user::Column::Email)
        .column_as(post::Column::Id.count(), "posts")
        .column_as(post::Column::Id.min(), "first")
        .group_by(user::Column::Email);
    let author = Author { email: "a@x".to_owned(), stats: Some(Stats { posts: 1, first: Some(1) }) };
    assert_eq!(authors.into_model().one_as(&db).await?, Some(author));
    let nothing = Author::find_by_statement(sql("SELECT email, NULL AS posts FROM user")).one_as(&db).await?;
    assert_eq!(nothing, Some(Author { email: "a@x".to_owned(), stats: None }));
    let missing = Author::find_by_statement(sql("SELECT email FROM user")).one_as(&db).await?;
    assert_eq!(missing, Some(Author { email: "a@x".to_owned(), stats: None }));
    Ok(())
}

#[derive(Debug, PartialEq, DerivePartialModel, TypedRow)]
#[sea_orm(entity = "user::Entity")]
struct Name {
    id: i64,
    #[sea_orm(from_expr = r#"sea_orm::sea_query::Expr::cust("LENGTH(\"user\".\"email\")")"#)]
    letters: Option<i32>,
}

#[derive(Debug, PartialEq, DerivePartialModel, TypedRow)]
#[sea_orm(entity = "post::Entity")]
struct Post {
    id: u16,
    #[sea_orm(from_col = "title")]
    heading: String,
    #[sea_orm(nested)]
    by: Option<Name>,
    #[sea_orm(skip)]
    seen: bool,
}

async fn partial_models_have_prefixes(context: Context) -> Outcome {
    let db = blog(&context).await?;
    let posts = post::Entity::find().left_join(user::Entity).order_by_asc(post::Column::Id);
    let posts = posts.into_partial_model::<Post>().all_as(&db).await?;
    let by = Some(Name { id: 7, letters: Some(3) });
    let one = Post { id: 1, heading: "one".to_owned(), by, seen: false };
    assert_eq!(posts, [one, Post { id: 2, heading: "two".to_owned(), by: None, seen: false }]);
    Ok(())
}

#[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
struct Named<T: TryGetable> {
    r#type: T,
    #[sea_orm(from_alias = "other")]
    one: i8,
    #[sea_orm(alias = "third")]
    two: Option<T>,
    #[sea_orm(skip)]
    three: String,
    #[sea_orm(nested(prefix = "in_"))]
    inner: Inner,
}

#[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
struct Inner {
    value: Decimal,
    #[sea_orm(nested)]
    user: Option<user::Model>,
}

async fn names_are_those_that_seaorm_reads(context: Context) -> Outcome {
    let db = context.connect()?;
    let select =
        "SELECT 'a' AS type, 2 AS other, 'c' AS third, 4 AS three, 1.5 AS in_value, 7 AS in_id, 'e' AS in_email";
    let inner = Inner { value: "1.5".parse()?, user: Some(user::Model { id: 7, email: "e".to_owned() }) };
    let (r#type, two) = ("a".to_owned(), Some("c".to_owned()));
    let named = Named { r#type, one: 2, two, three: String::new(), inner };
    assert_eq!(Named::<String>::find_by_statement(sql(select)).one_as(&db).await?, Some(named));
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(1))")]
enum Letter {
    #[sea_orm(string_value = "a")]
    A,
}

#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i32", db_type = "Integer")]
enum Digit {
    #[sea_orm(num_value = 1)]
    One,
}

/// With its own way to be read, and no `ValueType`.
#[derive(Debug, PartialEq)]
struct Doubled(i64);

impl TryGetable for Doubled {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        i64::try_get_by(row, index).map(|half| Self(2 * half))
    }
}

impl TypedValue for Doubled {
    fn array_type() -> Result<ArrayType, String> {
        Ok(ArrayType::BigInt)
    }
}

#[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
struct Others {
    letter: Option<Letter>,
    digit: Digit,
    #[typed(json)]
    map: BTreeMap<String, i32>,
    #[typed(json)]
    none: Option<BTreeMap<String, i32>>,
    doubled: Doubled,
    #[typed(as = "i64")]
    maybe: Option<Doubled>,
}

async fn fields_of_other_types(context: Context) -> Outcome {
    let db = context.connect()?;
    let others = |letter: &str| {
        let values = format!("'{letter}' AS letter, 1 AS digit, '{{\"a\": 1}}' AS map, NULL AS none");
        Others::find_by_statement(sql(&format!("SELECT {values}, 21 AS doubled, 4 AS maybe")))
    };
    let expected = Others {
        letter: Some(Letter::A),
        digit: Digit::One,
        map: BTreeMap::from([("a".to_owned(), 1)]),
        none: None,
        doubled: Doubled(42),
        maybe: Some(Doubled(8)),
    };
    assert_eq!(others("a").one_as(&db).await?, Some(expected));
    let unknown = others("b").one_as(&db).await.expect_err("no such letter").to_string();
    assert!(unknown.contains(&Letter::name().to_string()) || unknown.contains('b'), "{unknown}");
    Ok(())
}

async fn two_types_for_one_column_are_an_error(context: Context) -> Outcome {
    #[derive(Debug, FromQueryResult, TypedRow)]
    #[allow(dead_code, reason = "it is never read")]
    struct Twice {
        id: i32,
        #[sea_orm(alias = "id")]
        wide: i64,
    }
    let db = blog(&context).await?;
    let why = user::Entity::find().into_model::<Twice>().all_as(&db).await.expect_err("two types").to_string();
    assert!(why.contains("column `id` is read as Int and as BigInt"), "{why}");
    Ok(())
}

async fn arrays_are_refused_with_their_field(context: Context) -> Outcome {
    #[derive(Debug, FromQueryResult, TypedRow)]
    #[allow(dead_code, reason = "it is never read")]
    struct List {
        tags: Vec<i32>,
    }
    let mut columns = Columns::default();
    List::columns("", &mut columns);
    assert!(columns.keys().is_err_and(|why| why.contains("column `tags`: SQLite has no arrays")));
    let mut columns = Columns::default();
    columns.json();
    assert_eq!(columns.keys(), Ok(&Keys::Json));
    let db = context.connect()?;
    let why = List::find_by_statement(sql("SELECT '[1]' AS tags")).one_as(&db).await.expect_err("an array").to_string();
    assert!(why.contains("`tags`") && why.contains("no arrays"), "{why}");
    Ok(())
}
