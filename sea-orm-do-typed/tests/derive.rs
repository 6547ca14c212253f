//! SeaORM judges the derive: for a row without columns it reports each column that it asks for, in its order.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use sea_orm::entity::prelude::*;
use sea_orm::{DerivePartialModel, FromQueryResult, ProxyRow, QueryResult, TryGetable};
use sea_orm_do_typed::{Columns, Keys, TypedRow};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The columns that SeaORM's code asks for.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<String>>>);

impl Subscriber for Asked {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _attributes: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Message(self));
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

struct Message<'a>(&'a Asked);

impl Visit for Message<'_> {
    fn record_debug(&mut self, _field: &Field, value: &dyn Debug) {
        let message = format!("{value:?}").replace('\\', "");
        let Some((_, behind)) = message.split_once("No column for ColIdx \"") else { return };
        let Some((column, _)) = behind.split_once('"') else { return };
        self.0.0.lock().unwrap().push(column.to_owned());
    }
}

fn asked_by_sea_orm<R: FromQueryResult>() -> Vec<String> {
    let asked = Asked::default();
    tracing::subscriber::with_default(asked.clone(), || {
        let row: QueryResult = ProxyRow::new(BTreeMap::new()).into();
        let _ = R::from_query_result_nullable(&row, "");
    });
    asked.0.lock().unwrap().clone()
}

#[track_caller]
fn is_what_sea_orm_asks_for<R: FromQueryResult + TypedRow>() {
    let mut columns = Columns::default();
    R::columns("", &mut columns);
    let Ok(Keys::Names(columns)) = columns.keys() else { panic!("{columns:?}") };
    let names: Vec<_> = columns.iter().map(|column| column.name.clone()).collect();
    let mut asked = asked_by_sea_orm::<R>();
    assert!(!asked.is_empty(), "SeaORM reports nothing");
    let mut seen = Vec::new();
    asked.retain(|name| {
        let is_new = !seen.contains(name);
        seen.push(name.clone());
        is_new
    });
    assert_eq!(names, asked);
}

mod cake {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "cake", rename_all = "camelCase")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub bakery_id: Option<i32>,
        #[sea_orm(column_name = "title")]
        pub name: String,
        #[sea_orm(ignore)]
        pub seen: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(FromQueryResult, TypedRow)]
#[allow(dead_code, reason = "only its columns matter")]
struct Flat {
    id: i32,
    r#type: Option<String>,
    #[sea_orm(skip)]
    seen: bool,
    #[sea_orm(from_alias = "a")]
    one: i64,
    #[sea_orm(alias = "b")]
    two: i64,
    // Any argument after an alias removes the alias.
    #[sea_orm(alias = "c", something = "else")]
    three: i64,
    #[sea_orm(something = "else", alias = "d")]
    four: Option<f64>,
}

#[derive(FromQueryResult, TypedRow)]
#[allow(dead_code, reason = "only its columns matter")]
struct Nested {
    n: i32,
    #[sea_orm(nested)]
    flat: Flat,
    #[sea_orm(nested)]
    maybe: Option<cake::Model>,
    #[sea_orm(nested(prefix = "x_"))]
    prefixed: Option<Flat>,
    #[sea_orm(nested(prefix = ""))]
    empty: Option<Deep>,
}

#[derive(FromQueryResult, TypedRow)]
#[allow(dead_code, reason = "only its columns matter")]
struct Deep {
    deep: bool,
    #[sea_orm(nested(prefix = "y_"))]
    deeper: Deepest,
}

#[derive(FromQueryResult, TypedRow)]
#[allow(dead_code, reason = "only its columns matter")]
struct Deepest {
    last: Option<Vec<u8>>,
}

#[derive(FromQueryResult, TypedRow)]
#[allow(dead_code, reason = "only its columns matter")]
struct Generic<T: TryGetable, const N: usize>
where
    T: Debug,
{
    value: T,
    other: Option<T>,
}

#[derive(DerivePartialModel, TypedRow)]
#[sea_orm(entity = "cake::Entity")]
#[allow(dead_code, reason = "only its columns matter")]
struct Partial {
    id: i32,
    #[sea_orm(from_col = "name")]
    heading: String,
    #[sea_orm(from_expr = r#"Expr::cust("1")"#)]
    one: i64,
    #[sea_orm(skip)]
    seen: bool,
    #[sea_orm(nested)]
    inner: Inner,
    #[sea_orm(nested(prefix = "z_"))]
    other: Option<Inner>,
    #[sea_orm(nested, alias = "c")]
    third: Option<Inner>,
}

#[derive(DerivePartialModel, TypedRow)]
#[sea_orm(entity = "cake::Entity")]
#[allow(dead_code, reason = "only its columns matter")]
struct Inner {
    id: i32,
    bakery_id: Option<i32>,
}

/// With both derives, where the second one reads.
#[derive(DerivePartialModel, FromQueryResult, TypedRow)]
#[sea_orm(entity = "cake::Entity", from_query_result = "false")]
#[allow(dead_code, reason = "only its columns matter")]
struct Both {
    id: i32,
    #[sea_orm(nested)]
    inner: Inner,
}

#[derive(FromQueryResult, TypedRow)]
#[allow(dead_code, reason = "only its columns matter")]
struct Attributes_ {
    #[typed(json)]
    map: HashMap<String, i32>,
    #[typed(as = "i64")]
    number: Option<i32>,
    when: Option<DateTimeUtc>,
    letter: Option<Uuid>,
}

#[test]
fn asks_for_what_from_query_result_asks_for() {
    is_what_sea_orm_asks_for::<Flat>();
    is_what_sea_orm_asks_for::<Nested>();
    is_what_sea_orm_asks_for::<Generic<String, 3>>();
    is_what_sea_orm_asks_for::<Attributes_>();
}

#[test]
fn asks_for_what_partial_models_ask_for() {
    is_what_sea_orm_asks_for::<Partial>();
    is_what_sea_orm_asks_for::<Inner>();
    is_what_sea_orm_asks_for::<Both>();
}

#[test]
fn asks_for_what_models_ask_for() {
    is_what_sea_orm_asks_for::<cake::Model>();
}
