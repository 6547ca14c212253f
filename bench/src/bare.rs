//! The same work in Rust on `worker::SqlStorage`, rows through serde.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use worker::{Result, SqlStorage, SqlStorageValue};

#[derive(Deserialize)]
struct Task {
    id: i32,
    #[allow(dead_code, reason = "read, as everyone reads it")]
    title: String,
    done: i32,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, as everyone reads them")]
struct Wide {
    id: i32,
    a1: i32,
    a2: i32,
    a3: i32,
    a4: i32,
    a5: i32,
    b1: i64,
    c1: f64,
    c2: f64,
    c3: f64,
    c4: f64,
    d1: String,
    d2: String,
    d3: String,
    d4: String,
    d5: String,
    e1: i32,
    e2: i32,
    f1: Option<i32>,
    f2: Option<String>,
}

const INSERT: &str = "INSERT INTO task (title, done) VALUES (?, ?)";

pub(crate) fn run(sql: &SqlStorage, work: &str, count: i32) -> Result<i64> {
    let mut sum = 0;
    match work {
        "insert" => {
            for at in 0..count {
                sql.exec(INSERT, new(at))?;
            }
            sum = i64::from(count);
        }
        "insert_returning" => {
            let insert = format!("{INSERT} RETURNING id, title, done");
            for at in 0..count {
                sum += one::<Task>(sql, &insert, new(at))?.map_or(0, |task| i64::from(task.id));
            }
        }
        "find" => {
            for at in 0..count {
                let find = "SELECT id, title, done FROM task WHERE id = ?";
                sum += one::<Task>(sql, find, vec![(at % 1000 + 1).into()])?.map_or(0, |task| score(&task));
            }
        }
        "update" => {
            for at in 0..count {
                let update = "UPDATE task SET title = ? WHERE id = ? RETURNING id, title, done";
                let values = vec![format!("changed {at}").into(), (at % 1000 + 1).into()];
                sum += one::<Task>(sql, update, values)?.map_or(0, |task| score(&task));
            }
        }
        "delete" => {
            for at in 0..count {
                sql.exec("DELETE FROM task WHERE id = ?", vec![SqlStorageValue::from(at + 1)])?;
            }
            sum = i64::from(count);
        }
        "read" => {
            for _ in 0..count {
                let tasks = sql.exec("SELECT id, title, done FROM task", None)?.to_array::<Task>()?;
                sum += tasks.iter().map(score).sum::<i64>();
            }
        }
        "read_wide" => {
            for _ in 0..count {
                let rows = sql.exec("SELECT * FROM wide", None)?.to_array::<Wide>()?;
                sum += rows.iter().map(|row| i64::from(row.id) + row.b1 + i64::from(row.f1.unwrap_or(0))).sum::<i64>();
            }
        }
        _ => return Err(format!("no such work: {work}").into()),
    }
    Ok(sum)
}

fn new(at: i32) -> Vec<SqlStorageValue> {
    vec![format!("task {at}").into(), (at % 2).into()]
}

fn score(task: &Task) -> i64 {
    i64::from(task.id) + i64::from(task.done)
}

fn one<T: DeserializeOwned>(sql: &SqlStorage, text: &str, values: Vec<SqlStorageValue>) -> Result<Option<T>> {
    Ok(sql.exec(text, values)?.to_array::<T>()?.into_iter().next())
}
