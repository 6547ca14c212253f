//! Every Rust type, read from every storage class, in columns of every affinity, in every place of a statement.

pub mod list;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use sea_orm::prelude::*;
use sea_orm::sea_query::{Nullable, ValueType};
use sea_orm::{DbBackend, FromQueryResult, QuerySelect, Schema, Set, Statement, TryGetable};
use sea_orm_do_typed::{ReadAs, TypedRow};

use super::it::It;
use super::note;

/// What is read, or why nothing is: by type, place, declared type and value.
pub type Cells = BTreeMap<String, Result<String, String>>;

/// The values, as SQL writes them.
pub const VALUES: [&str; 58] = [
    "NULL",
    "0",
    "1",
    "2",
    "7",
    "42",
    "1000000",
    "1234567890",
    "19.99",
    "0.5",
    "0.125",
    "3.25",
    "1709179200",
    "'hello'",
    "'2460369.25'",
    "'2026-11-27T10:00:00Z'",
    "'1999-12-31 23:59:59.123456'",
    "'00:00:00'",
    "'[]'",
    "'x'",
    "'{\"a\":{\"b\":[1,2.5,null]}}'",
    "'2026-11-27'",
    "'23:59:59.999'",
    "'2026-11-27 23:59'",
    "'2024-02-29T04:05:06+99:00'",
    "CAST(x'61ff' AS TEXT)",
    "x'0001fe'",
    "-1",
    "300",
    "70000",
    "5000000000",
    "9007199254740993",
    "9223372036854775807",
    "1709246273880",
    "0.0",
    "1.0",
    "2.5",
    "-0.25",
    "1e-30",
    "1e39",
    "2460369.75",
    "''",
    "'a'",
    "'7'",
    "'2.5'",
    "'true'",
    "'2024-02-29'",
    "'04:05:06'",
    "'2024-02-29 04:05:06'",
    "'2024-02-29T04:05:06.250Z'",
    "'2024-02-29T04:05:06+05:30'",
    "'[1]'",
    "'67e55044-10b1-426f-9247-bb680e5fe0c8'",
    "'sixteen letters!'",
    "x''",
    "x'61'",
    "x'61ff'",
    "x'67e5504410b1426f9247bb680e5fe0c8'",
];

/// Declared types, with the table of each; SQLite gives a column its affinity by them.
pub const DECLARED: [(&str, &str); 12] = [
    ("none", ""),
    ("integer", "INTEGER"),
    ("bigint", "BIGINT"),
    ("text", "TEXT"),
    ("varchar", "VARCHAR(20)"),
    ("real", "REAL"),
    ("float", "FLOAT"),
    ("numeric", "NUMERIC"),
    ("decimal", "REAL(16, 4)"),
    ("boolean", "BOOLEAN"),
    ("datetime", "DATETIME"),
    ("blob", "BLOB"),
];

/// Where a value stands in a statement.
pub const PLACES: [&str; 11] = [
    "struct",
    "not an Option",
    "nested",
    "tuple",
    "scalar",
    "expression",
    "left join",
    "aggregate",
    "subquery",
    "cte",
    "returning",
];

#[derive(FromQueryResult, TypedRow)]
struct Must<T: TryGetable> {
    it: T,
}

#[derive(FromQueryResult, TypedRow)]
struct Nested<T: TryGetable> {
    #[sea_orm(nested)]
    inner: Option<It<T>>,
}

/// Makes a table for each declared type, with a row for each value.
///
/// # Errors
/// Of the driver.
pub async fn make<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    for (name, declared) in DECLARED {
        db.execute_unprepared(&format!("CREATE TABLE read_{name} (id INTEGER PRIMARY KEY, v {declared})")).await?;
        for (at, value) in VALUES.iter().enumerate() {
            db.execute_unprepared(&format!("INSERT INTO read_{name} VALUES ({at}, {value})")).await?;
        }
    }
    db.execute(&Schema::new(DbBackend::Sqlite).create_table_from_entity(note::Entity)).await?;
    note::Entity::insert(note::ActiveModel { id: Set(1), about: Set(None) }).exec_without_returning(db).await?;
    Ok(())
}

/// Reads a column without a declared type in these places of a statement, and the others as fields and in RETURNING lists.
pub async fn read_all<C: ConnectionTrait>(db: &C, places: &[&str], declared: &[(&str, &str)]) -> Cells {
    let mut cells = Cells::new();
    macro_rules! types {
        ($($ty:ty),* $(,)?) => {
            $(
                let name = stringify!($ty).replace(' ', "");
                for (table, _) in declared {
                    for (at, value) in VALUES.iter().enumerate() {
                        let is_meant = |place: &str| *table == "none" || ["struct", "returning"].contains(&place);
                        for place in places.iter().filter(|place| is_meant(place)) {
                            let read = caught(cell::<C, $ty>(db, place, table, at)).await;
                            cells.insert(format!("{name} | {value} | {table} | {place}"), read);
                        }
                    }
                }
            )*
        };
    }
    types!(
        bool,
        i8,
        i16,
        i32,
        i64,
        u8,
        u16,
        u32,
        u64,
        f32,
        f64,
        String,
        Vec<u8>,
        Json,
        Uuid,
        Decimal,
        BigDecimal,
        ChronoDate,
        ChronoTime,
        ChronoDateTime,
        ChronoDateTimeUtc,
        ChronoDateTimeWithTimeZone,
        TimeDate,
        TimeTime,
        TimeDateTime,
        TimeDateTimeWithTimeZone,
    );
    cells
}

/// SeaORM's own driver panics over some values.
async fn caught(cell: impl Future<Output = Result<String, DbErr>>) -> Result<String, String> {
    let mut cell = pin!(cell);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| cell.as_mut().poll(context)));
        polled.map_or(Poll::Ready(Err("a panic".to_owned())), |polled| polled.map_err(|error| error.to_string()))
    })
    .await
}

async fn cell<C, T>(db: &C, place: &str, table: &str, id: usize) -> Result<String, DbErr>
where
    C: ConnectionTrait,
    T: TryGetable + ValueType + Nullable + Clone + Into<Value> + Debug + Send + Sync + 'static,
{
    let (table, row) = (format!("read_{table}"), format!("WHERE id = {id}"));
    let one = format!("SELECT v FROM {table} {row}");
    let sql = |sql: String| Statement::from_string(DbBackend::Sqlite, sql);
    let it = match place {
        "not an Option" => {
            let must = Must::<T>::find_by_statement(sql(format!("SELECT v AS it FROM {table} {row}")));
            return Ok(shown(&Some(must.require_one_as(db).await?.it)));
        }
        "nested" => {
            let nested = Nested::<T>::find_by_statement(sql(format!("SELECT v AS it FROM {table} {row}")));
            nested.require_one_as(db).await?.inner.and_then(|inner| inner.it)
        }
        "tuple" => {
            let tuple = note::Entity::find().select_only().expr(sea_orm::sea_query::Expr::cust("7"));
            let tuple = tuple.expr(sea_orm::sea_query::Expr::cust(format!("({one})")));
            tuple.into_tuple::<(i64, Option<T>)>().require_one_as(db).await?.1
        }
        "scalar" => {
            let scalar = note::Entity::find().select_only().expr(sea_orm::sea_query::Expr::cust(format!("({one})")));
            scalar.into_tuple::<Option<T>>().require_one_as(db).await?
        }
        _ => {
            let select = match place {
                "struct" => format!("SELECT v AS it FROM {table} {row}"),
                "expression" => format!("SELECT COALESCE(v, NULL) AS it FROM {table} {row}"),
                "left join" => format!("SELECT r.v AS it FROM note LEFT JOIN {table} r ON r.id = {id}"),
                "aggregate" => format!("SELECT MAX(v) AS it FROM {table} {row}"),
                "subquery" => format!("SELECT it FROM (SELECT ({one}) AS it)"),
                "cte" => format!("WITH c(it) AS ({one}) SELECT it FROM c"),
                _ => format!("UPDATE {table} SET id = id {row} RETURNING v AS it"),
            };
            It::<T>::find_by_statement(sql(select)).require_one_as(db).await?.it
        }
    };
    Ok(shown(&it))
}

/// Decimals of one value have many forms.
fn shown<T: Clone + Debug + Into<Value>>(it: &Option<T>) -> String {
    match it.clone().map(Into::into) {
        Some(Value::BigDecimal(Some(decimal))) => format!("{}", decimal.normalized()),
        _ => format!("{it:?}"),
    }
}
