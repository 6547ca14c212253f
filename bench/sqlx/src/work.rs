//! The work, with sqlx's functions.

use sqlx::{query, query_as};
use sqlx_cloudflare_do::{Do, DoConnection};

#[derive(sqlx::FromRow)]
struct Task {
    id: i32,
    #[allow(dead_code, reason = "read, as everyone reads it")]
    title: String,
    done: bool,
}

#[derive(sqlx::FromRow)]
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
    e1: bool,
    e2: bool,
    f1: Option<i32>,
    f2: Option<String>,
}

pub(crate) async fn run(db: &DoConnection, work: &str, count: i32) -> Result<i64, sqlx::Error> {
    let mut sum = 0;
    for at in 0..count {
        sum += match work {
            "insert" => {
                let insert = query::<Do>("INSERT INTO task (title, done) VALUES (?, ?)").bind(format!("task {at}"));
                insert.bind(at % 2 == 1).execute(db).await?.rows_affected().cast_signed()
            }
            "insert_returning" => {
                let insert = "INSERT INTO task (title, done) VALUES (?, ?) RETURNING id, title, done";
                let insert = query_as::<Do, Task>(insert).bind(format!("task {at}")).bind(at % 2 == 1);
                i64::from(insert.fetch_one(db).await?.id)
            }
            "find" => {
                let find = query_as::<Do, Task>("SELECT id, title, done FROM task WHERE id = ?").bind(at % 1000 + 1);
                score(&find.fetch_one(db).await?)
            }
            "update" => {
                let update = "UPDATE task SET title = ? WHERE id = ? RETURNING id, title, done";
                let update = query_as::<Do, Task>(update).bind(format!("changed {at}")).bind(at % 1000 + 1);
                score(&update.fetch_one(db).await?)
            }
            "delete" => {
                let delete = query::<Do>("DELETE FROM task WHERE id = ?").bind(at + 1);
                delete.execute(db).await?.rows_affected().cast_signed()
            }
            "read" => {
                let tasks = query_as::<Do, Task>("SELECT id, title, done FROM task").fetch_all(db).await?;
                tasks.iter().map(score).sum::<i64>()
            }
            "read_wide" => {
                let rows = query_as::<Do, Wide>("SELECT * FROM wide").fetch_all(db).await?;
                rows.iter().map(|row| i64::from(row.id) + row.b1 + i64::from(row.f1.unwrap_or(0))).sum::<i64>()
            }
            _ => return Err(sqlx::Error::Protocol(format!("no such work: {work}"))),
        };
    }
    Ok(sum)
}

fn score(task: &Task) -> i64 {
    i64::from(task.id) + i64::from(task.done)
}
