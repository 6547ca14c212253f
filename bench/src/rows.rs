//! What SeaORM itself costs in a read, without any storage: filling proxy rows and decoding models from them.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, ModelTrait, ProxyRow, QueryResult,
    SelectTwoModel, SelectorTrait, Value,
};

use bench_works::entities::{issue, project, task, wide};

const ROWS: i32 = 1000;

pub(crate) fn run(work: &str, count: i32) -> Result<i64, DbErr> {
    let mut sum = 0;
    for _ in 0..count {
        sum += match work {
            "read" => decoded::<task::Entity>(|id, name| match name {
                "id" => id.into(),
                "title" => format!("task {id}").into(),
                _ => (id % 2 == 0).into(),
            })?
            .iter()
            .map(|task| i64::from(task.id) + i64::from(task.done))
            .sum::<i64>(),
            "read_wide" => decoded::<wide::Entity>(|id, name| match &name[..1] {
                "i" | "a" => id.into(),
                "b" => i64::from(id).into(),
                "c" => (f64::from(id) / 8.0).into(),
                "d" => format!("text {id}").into(),
                "e" => (id % 2 == 0).into(),
                _ if name == "f1" => Some(id).filter(|id| id % 2 == 0).into(),
                _ => Some(format!("text {id}")).filter(|_| id % 2 == 0).into(),
            })?
            .iter()
            .map(|row| i64::from(row.id) + row.b1)
            .sum::<i64>(),
            "related" => children()?
                .iter()
                .map(|(project, issue)| i64::from(project.id) + issue.as_ref().map_or(0, |issue| i64::from(issue.id)))
                .sum::<i64>(),
            _ => return Err(DbErr::Custom(format!("no such work: {work}"))),
        };
    }
    Ok(sum)
}

/// The rows of a join, without what SeaORM does to group them.
fn children() -> Result<Vec<(project::Model, Option<issue::Model>)>, DbErr> {
    let filled = (1..=ROWS).map(|id| {
        let project = (id + 9) / 10;
        let row: [(&str, Value); 6] = [
            ("A_id", project.into()),
            ("A_name", format!("project {project}").into()),
            ("B_id", id.into()),
            ("B_project_id", project.into()),
            ("B_title", format!("issue {id}").into()),
            ("B_done", (id % 2 == 0).into()),
        ];
        QueryResult::from(ProxyRow::new(row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
    });
    let filled: Vec<_> = filled.collect();
    let decoded = |row| SelectTwoModel::<project::Model, issue::Model>::from_raw_query_result(row);
    filled.into_iter().map(decoded).collect()
}

fn decoded<E: EntityTrait>(value: impl Fn(i32, &str) -> Value) -> Result<Vec<E::Model>, DbErr>
where
    E::Model: ModelTrait + FromQueryResult,
    E::Column: ColumnTrait,
{
    let names: Vec<_> = E::Column::iter().map(|column| column.as_str()).collect();
    let filled = (1..=ROWS).map(|id| {
        let row: BTreeMap<_, _> = names.iter().map(|name| ((*name).to_owned(), value(id, name))).collect();
        QueryResult::from(ProxyRow::new(row))
    });
    let filled: Vec<_> = filled.collect();
    filled.iter().map(|row| E::Model::from_query_result(row, "")).collect()
}
