//! Which types a column is read as.

use sea_orm::prelude::{Date, DateTimeUtc, Decimal, Json, Uuid};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, TryGetable, Value};
use sea_orm_do::{DoConnection, ReadAs};
use sea_orm_do_typed::{TypedRow, TypedValue};

use super::{blog, noon, sql};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "typed":
        aggregates_dates_and_json_are_what_is_asked_for,
        a_column_is_read_as_another_type_that_it_fits,
        integers_of_any_width_are_exact_or_errors,
        numbers_are_exact_in_every_type,
        texts_are_dates_json_and_uuids,
        what_does_not_fit_is_an_error_that_names_all,
        a_date_out_of_the_calendar_is_an_error,
        parameters_are_what_is_asked_for,
        nothing_else_of_the_result_is_read,
        a_null_where_none_may_be_is_an_error,
    )
}

#[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
struct It<T: TryGetable> {
    it: T,
}

/// One value of one column.
async fn read<T: TryGetable + TypedValue + 'static>(db: &DoConnection, select: &str) -> Result<T, DbErr> {
    Ok(It::find_by_statement(sql(&format!("SELECT {select}"))).require_one_as(db).await?.it)
}

async fn fails<T: TryGetable + TypedValue + std::fmt::Debug + 'static>(db: &DoConnection, select: &str) -> String {
    match read::<T>(db, select).await {
        Ok(value) => format!("{select} is read as {value:?}"),
        Err(DbErr::Type(why)) => why,
        Err(other) => format!("{other:?}"),
    }
}

async fn aggregates_dates_and_json_are_what_is_asked_for(context: Context) -> Outcome {
    let db = blog(&context).await?;
    assert_eq!(read::<Option<i32>>(&db, "COUNT(id) AS it FROM post").await?, Some(2));
    assert_eq!(read::<u8>(&db, "COUNT(*) AS it FROM post").await?, 2);
    assert_eq!(read::<Option<Date>>(&db, "DATE(created_at) AS it FROM ev").await?, Some(noon().date_naive()));
    assert_eq!(read::<Option<DateTimeUtc>>(&db, "DATETIME(created_at) AS it FROM ev").await?, Some(noon()));
    assert_eq!(read::<Option<f64>>(&db, "json_extract(data, '$.p') AS it FROM ev WHERE id = 2").await?, Some(2.0));
    assert_eq!(read::<Option<f64>>(&db, "json_extract(data, '$.p') AS it FROM ev WHERE id = 1").await?, Some(1.5));
    assert_eq!(read::<Option<i32>>(&db, "data ->> '$.n' AS it FROM ev WHERE id = 1").await?, Some(3));
    assert_eq!(read::<Option<bool>>(&db, "json_extract(data, '$.done') AS it FROM ev WHERE id = 1").await?, Some(true));
    let document = Some(serde_json::json!([{"id": 1}, {"id": 2}]));
    assert_eq!(read::<Option<Json>>(&db, "json_group_array(json_object('id', id)) AS it FROM post").await?, document);
    assert_eq!(read::<Option<f64>>(&db, "SUM(price) AS it FROM ev").await?, Some(5.0));
    assert_eq!(read::<Option<Decimal>>(&db, "SUM(price) AS it FROM ev").await?, Some(5.into()));
    assert_eq!(read::<Option<Decimal>>(&db, "ROUND(AVG(price), 1) AS it FROM ev").await?, Some("2.5".parse()?));
    assert_eq!(read::<Option<i32>>(&db, "EXISTS (SELECT 1 FROM post) AS it").await?, Some(1));
    assert_eq!(read::<Option<i32>>(&db, "id > 1 AS it FROM post WHERE id = 2").await?, Some(1));
    assert_eq!(read::<Option<String>>(&db, "MIN(title) FILTER (WHERE id > 9) AS it FROM post").await?, None);
    Ok(())
}

async fn a_column_is_read_as_another_type_that_it_fits(context: Context) -> Outcome {
    let db = blog(&context).await?;
    assert_eq!(read::<Option<f64>>(&db, "price AS it FROM ev").await?, Some(2.5));
    assert_eq!(read::<Option<i64>>(&db, "id AS it FROM user").await?, Some(7));
    assert_eq!(read::<Option<i8>>(&db, "id AS it FROM user").await?, Some(7));
    let text = read::<Option<String>>(&db, "created_at AS it FROM ev").await?;
    assert_eq!(text.as_deref(), Some("2026-03-01T12:00:00+00:00"));
    let text = read::<Option<String>>(&db, "data AS it FROM ev WHERE id = 2").await?;
    assert_eq!(text.as_deref(), Some(r#"{"p":2}"#));
    Ok(())
}

async fn integers_of_any_width_are_exact_or_errors(context: Context) -> Outcome {
    let db = context.connect()?;
    assert_eq!(read::<i64>(&db, "9007199254740993 AS it").await?, 9_007_199_254_740_993);
    assert_eq!(read::<i64>(&db, "-9223372036854775808 AS it").await?, i64::MIN);
    assert_eq!(read::<u64>(&db, "9223372036854775807 AS it").await?, 9_223_372_036_854_775_807);
    assert_eq!(read::<i8>(&db, "-128 AS it").await?, -128);
    assert_eq!(read::<u32>(&db, "4294967295 AS it").await?, u32::MAX);
    assert!(fails::<u64>(&db, "-1 AS it").await.contains("`it`: number -1 does not fit BigUnsigned"));
    assert!(fails::<i8>(&db, "128 AS it").await.contains("`it`: number 128 does not fit TinyInt"));
    assert!(fails::<Option<i32>>(&db, "2147483648 AS it").await.contains("`it`: number 2147483648 does not fit Int"));
    assert!(fails::<Option<bool>>(&db, "0.5 AS it").await.contains("`it`: number 0.5 does not fit Bool"));
    assert_eq!(read::<Option<bool>>(&db, "2 AS it").await?, Some(true), "as natively");
    assert!(fails::<Option<i64>>(&db, "1.5 AS it").await.contains("`it`: number 1.5 does not fit BigInt"));
    Ok(())
}

async fn numbers_are_exact_in_every_type(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared(
        "CREATE TABLE n (amount NUMERIC, lat FLOAT); INSERT INTO n VALUES (9007199254740993, 52.37021570000001)",
    )
    .await?;
    assert_eq!(read::<Decimal>(&db, "amount AS it FROM n").await?, "9007199254740993".parse()?);
    assert_eq!(read::<Option<f64>>(&db, "lat AS it FROM n").await?, Some(52.370_215_700_000_01));
    assert_eq!(read::<Option<f64>>(&db, "CAST(1234567.891 AS FLOAT) AS it").await?, Some(1_234_567.891));
    assert_eq!(read::<Decimal>(&db, "'12345678901234567890.123' AS it").await?, "12345678901234567890.123".parse()?);
    assert_eq!(read::<f64>(&db, "2 AS it").await?, 2.0);
    assert_eq!(read::<f64>(&db, "unixepoch('2026-03-01 00:00:00.250', 'subsec') AS it").await?, 1_772_323_200.25);
    Ok(())
}

async fn texts_are_dates_json_and_uuids(context: Context) -> Outcome {
    let db = context.connect()?;
    assert_eq!(read::<Date>(&db, "'2024-02-29' AS it").await?, "2024-02-29".parse()?);
    assert_eq!(read::<Json>(&db, "'[1,null]' AS it").await?, serde_json::json!([1, null]));
    let uuid: Uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8".parse()?;
    for form in [uuid.to_string(), uuid.simple().to_string(), uuid.braced().to_string(), uuid.urn().to_string()] {
        assert_eq!(read::<Uuid>(&db, &format!("'{form}' AS it")).await?, uuid);
    }
    assert_eq!(read::<Uuid>(&db, &format!("X'{}' AS it", uuid.simple())).await?, uuid);
    Ok(())
}

async fn what_does_not_fit_is_an_error_that_names_all(context: Context) -> Outcome {
    let db = blog(&context).await?;
    // Natively an error as well, and `None` where nobody says the type.
    assert!(fails::<Option<String>>(&db, "price AS it FROM ev").await.contains("`it`: number 2.5 does not fit String"));
    assert!(fails::<Option<i32>>(&db, "title AS it FROM post").await.contains("`it`: text 'one' does not fit Int"));
    assert!(fails::<Option<Date>>(&db, "'tomorrow' AS it").await.contains("text 'tomorrow' does not fit ChronoDate"));
    assert!(fails::<Option<Json>>(&db, "'{a:1}' AS it").await.contains("text '{a:1}' does not fit Json"));
    assert!(fails::<Option<Uuid>>(&db, "'sixteen letters!' AS it").await.contains("does not fit Uuid"));
    assert!(fails::<Option<f64>>(&db, "X'00' AS it").await.contains("`it`: a blob of 1 bytes does not fit Double"));
    Ok(())
}

async fn a_date_out_of_the_calendar_is_an_error(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared("CREATE TABLE t (at DATETIME); INSERT INTO t VALUES (1709246273880.0)").await?;
    let why = fails::<DateTimeUtc>(&db, "at AS it FROM t").await;
    assert!(why.contains("`it`") && why.contains("1709246273880"), "{why}");
    assert_eq!(read::<DateTimeUtc>(&db, "1709246273 AS it").await?.timestamp(), 1_709_246_273);
    Ok(())
}

async fn parameters_are_what_is_asked_for(context: Context) -> Outcome {
    let db = context.connect()?;
    let bound = |select: &str, value: Value| {
        Statement::from_sql_and_values(sea_orm::DbBackend::Sqlite, format!("SELECT {select} AS it"), [value])
    };
    let seven = It::<Option<i32>>::find_by_statement(bound("? + 1", 7.into())).one_as(&db).await?;
    assert_eq!(seven, Some(It { it: Some(8) }));
    let one = It::<Option<i32>>::find_by_statement(bound("COALESCE(?, 1)", Value::Int(None))).one_as(&db).await?;
    assert_eq!(one, Some(It { it: Some(1) }));
    let wide = It::<i64>::find_by_statement(bound("?", i64::MAX.into())).one_as(&db).await?;
    assert_eq!(wide, Some(It { it: i64::MAX }));
    Ok(())
}

/// A column that cannot be told, or that no type fits, is no matter to a call that does not read it.
async fn nothing_else_of_the_result_is_read(context: Context) -> Outcome {
    let db = context.connect()?;
    let select = "1 AS a, 9007199254740993 AS wide, 'x' AS it, X'FF' AS bytes";
    assert_eq!(read::<String>(&db, select).await?, "x");
    let first: Vec<i32> = post_ids(&db).await?;
    assert_eq!(first, [1]);
    Ok(())
}

async fn post_ids(db: &DoConnection) -> Result<Vec<i32>, DbErr> {
    let db = db.read_as_tuple::<(i32,)>();
    let rows = db.query_all_raw(sql("SELECT 1, 'not read', X'FF'")).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

async fn a_null_where_none_may_be_is_an_error(context: Context) -> Outcome {
    let db = context.connect()?;
    let why = fails::<i32>(&db, "NULL AS it").await;
    assert!(why.contains("it"), "{why}");
    Ok(())
}
