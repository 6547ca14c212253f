//! The code of docs/types.md.

use sea_orm::prelude::Date;
use sea_orm::sea_query::{ArrayType, Expr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Set,
    SqlErr, Statement,
};
use sea_orm_do::{ReadAs, TypedRow, sql_err};

use super::task;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "guides":
        a_value_that_does_not_fit_is_an_error,
        a_report_says_what_it_reads,
        a_type_is_settled_by_name,
        a_table_without_an_entity_is_read_by_its_declared_types,
        a_constraint_is_told_by_sql_err,
    )
}

async fn a_value_that_does_not_fit_is_an_error(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    db.execute_unprepared("UPDATE task SET due_on = 'soon' WHERE id = 1").await?;
    let error = task::Entity::find().all(&db).await.err().ok_or("it was read")?;
    assert!(matches!(error, DbErr::Type(_)), "{error:?}");
    let error = error.to_string();
    assert!(error.contains("due_on") && error.contains("text 'soon' does not fit ChronoDate"), "{error}");
    Ok(())
}

async fn a_type_is_settled_by_name(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    db.execute_unprepared("CREATE TABLE event (body TEXT); INSERT INTO event VALUES ('{\"at\":\"2026-11-23\"}')")
        .await?;
    let sql = "SELECT body ->> '$.at' AS day FROM event";
    let select = Statement::from_string(db.get_database_backend(), sql);
    let row = db.with_column_type("day", ArrayType::ChronoDate).query_one_raw(select).await?.ok_or("no row")?;
    let day: Option<sea_orm::prelude::Date> = row.try_get("", "day")?;
    assert_eq!(day, sea_orm::prelude::Date::from_ymd_opt(2026, 11, 23));
    Ok(())
}

#[derive(Debug, PartialEq, FromQueryResult, TypedRow)]
struct Day {
    day: Option<Date>,
    tasks: i32,
}

async fn days<C: ConnectionTrait>(db: &C) -> Result<Vec<Day>, DbErr> {
    task::Entity::find()
        .select_only()
        .column_as(Expr::cust("DATE(due_on)"), "day")
        .column_as(task::Column::Id.count(), "tasks")
        .group_by(Expr::cust("1"))
        .into_model::<Day>()
        .all_as(db)
        .await
}

async fn a_report_says_what_it_reads(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    assert_eq!(days(&db).await?, [Day { day: Date::from_ymd_opt(2026, 12, 31), tasks: 3 }]);
    Ok(())
}

#[derive(Debug, PartialEq, FromQueryResult)]
struct Size {
    name: String,
    bytes: i64,
}

async fn a_table_without_an_entity_is_read_by_its_declared_types(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared("CREATE TABLE file (name TEXT, bytes INTEGER); INSERT INTO file VALUES ('a', 5)").await?;
    let sql = "SELECT name, bytes FROM file";
    let select = Statement::from_string(db.get_database_backend(), sql);
    let error = Size::find_by_statement(select.clone()).all(&db).await.err().ok_or("it was read")?.to_string();
    assert!(error.contains("file") && error.contains("with_declared_types"), "{error}");
    let sizes = Size::find_by_statement(select).all(&db.with_declared_types()).await?;
    assert_eq!(sizes, [Size { name: "a".into(), bytes: 5 }]);
    Ok(())
}

async fn a_constraint_is_told_by_sql_err(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    db.execute_unprepared("CREATE UNIQUE INDEX \"idx-task-title\" ON task (title)").await?;
    let task = task::ActiveModel { title: Set("Write".into()), done: Set(false), ..Default::default() };
    let outcome = match task.insert(&db).await {
        Ok(task) => format!("task {} was made", task.id),
        Err(error) => match sql_err(&error) {
            Some(SqlErr::UniqueConstraintViolation(_)) => "the title is taken".to_owned(),
            _ => return Err(error.into()),
        },
    };
    assert_eq!(outcome, "the title is taken");
    let done: Vec<String> = task::Entity::find()
        .select_only()
        .column(task::Column::Title)
        .filter(task::Column::Done.eq(true))
        .into_tuple()
        .all(&db)
        .await?;
    assert_eq!(done, ["Read"]);
    Ok(())
}
