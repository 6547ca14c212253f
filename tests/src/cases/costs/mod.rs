//! What statements cost, and how SQLite runs them: in the runtime, and on the host, where the driver computes the rows from
//! SQLite's counters. The numbers and plans in the lists are the runtime's.

mod chinook;
mod sakila;
mod shapes;
mod tracker;

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sea_orm_do_generated::schemas::{CHINOOK, SAKILA};

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("costs": of_every_shape, of_chinook, of_sakila, of_the_example)
}

/// A statement, the steps of its plan, and the rows that the runtime counts as read and written.
type Cost = (&'static str, &'static str, u64, u64);

/// The statements that the SQLite of the host runs in another way than the newer one of the runtime, with their plans and
/// what they read there.
#[rustfmt::skip]
const OTHERWISE: &[(&str, &str, u64)] = &[
    ("SELECT title FROM task UNION SELECT name FROM project", "COMPOUND QUERY / LEFT-MOST SUBQUERY / SCAN task / UNION USING TEMP B-TREE / SCAN project", 441),
];

/// An estimate is off by no more than this part of the count, or by two rows.
const TOLERANCE: f64 = 0.3;

async fn of_every_shape(context: Context) -> Outcome {
    are_as_in_the_runtime(&context, &[shapes::SCHEMA], shapes::COSTS).await
}

async fn of_chinook(context: Context) -> Outcome {
    are_as_in_the_runtime(&context, &[CHINOOK, chinook::ROWS], chinook::COSTS).await
}

async fn of_sakila(context: Context) -> Outcome {
    are_as_in_the_runtime(&context, &[SAKILA, sakila::ROWS], sakila::COSTS).await
}

async fn of_the_example(context: Context) -> Outcome {
    are_as_in_the_runtime(&context, &[tracker::SCHEMA], tracker::COSTS).await
}

async fn are_as_in_the_runtime(context: &Context, scripts: &[&str], costs: &[Cost]) -> Outcome {
    let db = context.connect()?;
    for script in scripts {
        db.execute_unprepared(script).await?;
    }
    let last = Arc::new(Mutex::new(None));
    let seen = last.clone();
    let observed = db.clone().on_statement(move |event| {
        let cost = event.rows_read.zip(event.rows_written).map(|(read, written)| (read, written, event.is_estimate));
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = cost;
    });
    let mut wrong = Vec::new();
    for (sql, plan, read, written) in costs {
        let explanation = db.explain(&Statement::from_string(DbBackend::Sqlite, *sql))?;
        let steps: Vec<_> = explanation.plan.into_iter().map(|step| step.detail).collect();
        let found_plan = steps.join(" / ");
        observed.execute_unprepared(sql).await?;
        let cost = last.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((found_read, found_written, is_estimate)) = cost else {
            return Err(format!("{sql} was not counted").into());
        };
        let otherwise = OTHERWISE.iter().find(|(other, ..)| other == sql && !cfg!(target_arch = "wasm32"));
        let (plan, read) = otherwise.map_or((*plan, *read), |(_, plan, read)| (*plan, *read));
        let is_right = is_near(found_read, read, is_estimate) && is_near(found_written, *written, is_estimate);
        if !is_right || found_plan != plan || (is_estimate && cfg!(target_arch = "wasm32")) {
            let about = if is_estimate { " // an estimate" } else { "" };
            wrong.push(format!("    ({sql:?}, {found_plan:?}, {found_read}, {found_written}),{about}"));
        }
    }
    assert!(wrong.is_empty(), "found\n{}", wrong.join("\n"));
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a small number of rows")]
fn is_near(found: u64, count: u64, is_estimate: bool) -> bool {
    let tolerated = if is_estimate { (count as f64 * TOLERANCE).max(2.0) } else { 0.0 };
    found.abs_diff(count) as f64 <= tolerated
}
