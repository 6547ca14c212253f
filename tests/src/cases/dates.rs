//! Dates and times in comparisons: texts to SQLite, which the driver brings to one form, or refuses.

use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, QueryFilter, Set, Statement, Value};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "dates":
        an_instant_is_compared_whatever_its_offset,
        an_instant_is_stored_whatever_its_offset,
        what_is_no_instant_is_not_compared_with_one,
        what_is_no_instant_is_not_stored_as_one,
        offsets_of_their_own_are_in_no_order,
        functions_of_another_form_are_not_compared,
        a_default_of_another_form_is_found_by_a_function,
    )
}

mod placed {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "placed")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub at: DateTimeUtc,
        pub day: Option<Date>,
        pub local: Option<DateTime>,
        pub zoned: Option<DateTimeWithTimeZone>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// One before, one at, one half a second after and one after midnight of 2 March two hours east of Greenwich.
async fn orders(context: &Context) -> Result<DoConnection, Box<dyn std::error::Error>> {
    let db = context.connect()?.register::<placed::Entity>();
    db.execute_unprepared(
        "CREATE TABLE placed (id integer PRIMARY KEY, at timestamp_text NOT NULL, day date_text, local datetime_text, \
         zoned timestamp_with_timezone_text)",
    )
    .await?;
    for at in ["2026-03-01T21:59:59Z", "2026-03-01T22:00:00Z", "2026-03-01T22:00:00.500Z", "2026-03-02T00:00:00Z"] {
        let at: DateTimeUtc = at.parse()?;
        placed::ActiveModel {
            at: Set(at),
            day: Set(Some(at.date_naive())),
            local: Set(Some(at.naive_utc())),
            zoned: Set(Some(at.fixed_offset())),
            ..Default::default()
        }
        .insert(&db)
        .await?;
    }
    Ok(db)
}

async fn ids(db: &DoConnection, filter: Expr) -> Result<Vec<i32>, DbErr> {
    let found = placed::Entity::find().filter(filter).order_by_id_asc().all(db).await?;
    Ok(found.into_iter().map(|placed| placed.id).collect())
}

fn midnight() -> Result<DateTimeWithTimeZone, Box<dyn std::error::Error>> {
    Ok("2026-03-02T00:00:00+02:00".parse()?)
}

async fn an_instant_is_compared_whatever_its_offset(context: Context) -> Outcome {
    use placed::Column::At;
    let db = orders(&context).await?;
    let midnight = midnight()?;
    assert_eq!(ids(&db, At.gte(midnight)).await?, [2, 3, 4]);
    assert_eq!(ids(&db, At.lt(midnight)).await?, [1]);
    assert_eq!(ids(&db, At.eq(midnight)).await?, [2]);
    assert_eq!(ids(&db, At.is_in([midnight])).await?, [2]);
    assert_eq!(ids(&db, At.between(midnight, midnight + std::time::Duration::from_secs(1))).await?, [2, 3]);
    assert_eq!(ids(&db, At.eq("2026-03-01T22:00:00Z")).await?, [2]);
    assert_eq!(ids(&db, At.gt("2026-03-01 22:00:00")).await?, [3, 4]);
    assert_eq!(ids(&db, At.gte(Value::ChronoDateTimeUtc(None))).await?, [0; 0]);
    let cast = sea_orm::sea_query::ExprTrait::gte(Expr::col(At), time::macros::datetime!(2026-03-02 0:00 +2));
    assert_eq!(ids(&db, cast).await?, [2, 3, 4]);
    // In a join, a subquery, and an update.
    let join = "SELECT b.id AS id FROM placed a JOIN placed b ON b.at > a.at WHERE a.at = ? AND b.at <= ?";
    let values = [midnight.into(), midnight.to_utc().into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(DbBackend::Sqlite, join, values)).await?;
    assert!(rows.is_empty());
    let update = placed::Entity::update_many().col_expr(placed::Column::Day, Expr::val(Option::<Date>::None));
    assert_eq!(update.filter(At.gte(midnight)).exec(&db).await?.rows_affected, 3);
    Ok(())
}

async fn an_instant_is_stored_whatever_its_offset(context: Context) -> Outcome {
    let db = orders(&context).await?;
    let midnight = midnight()?;
    let update = placed::Entity::update_many().col_expr(placed::Column::At, Expr::val(midnight));
    update.filter(placed::Column::Id.eq(1)).exec(&db).await?;
    let first = placed::Entity::find_by_id(1).one(&db).await?.ok_or("no row")?;
    assert_eq!(first.at, midnight);
    assert_eq!(ids(&db, placed::Column::At.eq(midnight)).await?, [1, 2]);
    Ok(())
}

async fn what_is_no_instant_is_not_compared_with_one(context: Context) -> Outcome {
    use placed::Column::{At, Day, Local};
    let db = orders(&context).await?;
    let date: Date = "2026-03-01".parse()?;
    let naive = date.and_time(Time::MIN);
    for filter in [
        At.gte(naive),
        At.gte(date),
        At.eq(Time::MIN),
        Local.lt(naive.and_utc()),
        Local.lt(date),
        Day.eq(naive),
        Day.eq(naive.and_utc()),
    ] {
        let error = ids(&db, filter.clone()).await.err().ok_or_else(|| format!("{filter:?}"))?.to_string();
        assert!(error.contains("parameter 1") && error.contains("2026-03-01") | error.contains("00:00:00"), "{error}");
        assert!(["at", "local", "day"].iter().any(|column| error.contains(&format!("`{column}`"))), "{error}");
    }
    assert_eq!(ids(&db, Local.gte(naive)).await?, [1, 2, 3, 4]);
    assert_eq!(ids(&db, Day.gt(date)).await?, [4]);
    assert_eq!(ids(&db, Day.gt(time::macros::date!(2026 - 03 - 01))).await?, [4]);
    Ok(())
}

async fn what_is_no_instant_is_not_stored_as_one(context: Context) -> Outcome {
    let db = orders(&context).await?;
    let date: Date = "2026-03-01".parse()?;
    for value in [Value::from(date), date.and_time(Time::MIN).into(), Time::MIN.into(), "soon".into()] {
        let update = placed::Entity::update_many().col_expr(placed::Column::At, Expr::val(value.clone()));
        let error = update.exec(&db).await.err().ok_or_else(|| format!("{value:?} was stored"))?;
        assert!(error.to_string().contains("`at`"), "{error}");
    }
    assert_eq!(placed::Entity::find().all(&db).await?.len(), 4);
    Ok(())
}

async fn offsets_of_their_own_are_in_no_order(context: Context) -> Outcome {
    use placed::Column::Zoned;
    let db = orders(&context).await?;
    let midnight = midnight()?;
    for filter in [Zoned.gte(midnight), Zoned.lt(midnight.to_utc()), Zoned.between(midnight, midnight)] {
        let error = ids(&db, filter).await.err().ok_or("it was compared")?.to_string();
        assert!(error.contains("`zoned`") && error.contains("julianday(zoned)"), "{error}");
    }
    // A text with its offset is found as it was written.
    assert_eq!(ids(&db, Zoned.eq(midnight.to_utc())).await?, [2]);
    assert_eq!(ids(&db, Zoned.is_null()).await?, [0; 0]);
    let error = ids(&db, Expr::cust("a.zoned < a.at FROM placed a")).await;
    assert!(error.is_err());
    let sql = "SELECT id FROM placed WHERE zoned < at";
    let error = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.err().ok_or("compared")?;
    assert!(error.to_string().contains("`zoned`"), "{error}");
    let by_day = Expr::cust_with_values("julianday(zoned) >= julianday(?)", [midnight]);
    assert_eq!(ids(&db, by_day).await?, [2, 3, 4]);
    Ok(())
}

async fn functions_of_another_form_are_not_compared(context: Context) -> Outcome {
    let db = orders(&context).await?;
    for filter in [
        "at >= datetime('2026-03-01 22:00:00')",
        "at > CURRENT_TIMESTAMP",
        "at BETWEEN date('now') AND '2027'",
        "date('now', '-1 day') < placed.at",
        "at = local",
        "day >= datetime('now')",
        "local IN (date('now'), '2026')",
        "CASE at WHEN datetime('now') THEN 1 END",
    ] {
        let error = ids(&db, Expr::cust(filter)).await.err().ok_or(filter)?.to_string();
        assert!(error.contains("julianday"), "{filter}: {error}");
    }
    for (filter, expected) in [
        ("local >= datetime('2026-03-01 22:00:00')", vec![2, 3, 4]),
        ("local < CURRENT_TIMESTAMP", vec![1, 2, 3, 4]),
        ("day > date('2026-03-02', '-1 day')", vec![4]),
        ("date(at) = date('2026-03-02')", vec![4]),
        ("at >= strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-03-01 22:00:00')", vec![2, 3, 4]),
        ("unixepoch(at) >= unixepoch('2026-03-01 22:00:00')", vec![2, 3, 4]),
    ] {
        assert_eq!(ids(&db, Expr::cust(filter)).await?, expected, "{filter}");
    }
    Ok(())
}

/// SQLite's own default has another form than the driver's texts.
async fn a_default_of_another_form_is_found_by_a_function(context: Context) -> Outcome {
    use placed::Column::{At, Day, Local};
    let db = context.connect()?.register::<placed::Entity>();
    db.execute_unprepared(
        "CREATE TABLE placed (id integer PRIMARY KEY, at timestamp_text NOT NULL DEFAULT CURRENT_TIMESTAMP, \
         day date_text DEFAULT (date('now')), local datetime_text DEFAULT CURRENT_TIMESTAMP, \
         zoned timestamp_with_timezone_text); \
         INSERT INTO placed (id, at) VALUES (1, '2026-03-01 10:00:00'), (2, '2026-03-01 08:00:00')",
    )
    .await?;
    let nine: DateTimeUtc = "2026-03-01T09:00:00Z".parse()?;
    for filter in [At.gt(nine), At.eq(nine), At.is_in([nine])] {
        let error = ids(&db, filter).await.err().ok_or("it was compared")?.to_string();
        assert!(error.contains("`at`") && error.contains("julianday(at)"), "{error}");
    }
    let after = Expr::cust_with_values("julianday(at) > julianday(?)", [nine]);
    assert_eq!(ids(&db, after).await?, [1]);
    // These defaults have the form of their columns.
    assert_eq!(ids(&db, Day.gte(nine.date_naive())).await?, [1, 2]);
    assert_eq!(ids(&db, Local.gte(nine.naive_utc())).await?, [1, 2]);
    // And so has this one.
    db.execute_unprepared(
        "DROP TABLE placed; CREATE TABLE placed (id integer PRIMARY KEY, \
         at timestamp_text NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now')), day date_text, \
         local datetime_text, zoned timestamp_with_timezone_text); INSERT INTO placed (id) VALUES (1)",
    )
    .await?;
    assert_eq!(ids(&db, At.gt(nine)).await?, [1]);
    Ok(())
}
