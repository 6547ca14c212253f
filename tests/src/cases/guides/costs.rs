//! The code of docs/costs.md.

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use sea_orm_do::{DoConnection, RowBudget};

use super::task;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": scans_are_denied, scans_are_allowed_where_they_are_meant, plans_are_explained, rows_have_a_budget, a_budget_reports, a_stream_has_a_budget)
}

/// The tasks that are due next.
async fn due_next(db: &DoConnection) -> Result<Vec<task::Model>, DbErr> {
    task::Entity::find().filter(task::Column::Done.eq(false)).order_by_asc(task::Column::DueOn).limit(20).all(db).await
}

async fn no_query_scans(db: DoConnection) -> Result<(), DbErr> {
    let db = db.deny_scans();
    due_next(&db).await?;
    db.check_scan_allowances()
}

async fn scans_are_denied(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    let error = no_query_scans(db.clone()).await.err().ok_or("the query scans")?.to_string();
    let index = r#"CREATE INDEX "idx_task_done_due_on" ON "task" ("done", "due_on")"#;
    for part in
        ["the statement reads every row of `task`, and scans are denied: SELECT ", "SCAN task", index, "allow_scan"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
    db.execute_unprepared(index).await?;
    no_query_scans(db).await?;
    Ok(())
}

async fn export(db: &DoConnection) -> Result<Vec<task::Model>, DbErr> {
    task::Entity::find().all(&db.allow_scan("the export writes every task")).await
}

async fn scans_are_allowed_where_they_are_meant(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    assert_eq!(export(&db).await?.len(), 3);
    let plain = db.clone();
    let db = db.deny_scans();
    assert_eq!(export(&db).await?.len(), 3);
    assert!(task::Entity::find().all(&db).await.is_err());
    db.check_scan_allowances()?;

    let db = db.allow_scans_of("task", "at most twenty rows");
    let unused = db.check_scan_allowances().err().ok_or("no statement needed it")?.to_string();
    assert!(unused.contains("no statement scanned the table"), "{unused}");
    task::Entity::find().all(&db).await?;
    db.check_scan_allowances()?;

    db.allow_scan("one task").execute_unprepared("DELETE FROM task WHERE id = 1").await?;
    let unused = db.check_scan_allowances().err().ok_or("the statement does not scan")?.to_string();
    assert!(unused.contains("one task") && unused.contains("its statement does not scan"), "{unused}");

    // Several reasons for one handle are needed together.
    let other = plain.deny_scans();
    task::Entity::find().all(&other.allow_scan("all of them").allow_scan("for the report")).await?;
    other.check_scan_allowances()?;

    let write = async |txn: &sea_orm_do::DoTransaction| {
        txn.allow_scan("the year is over").execute_unprepared("UPDATE task SET done = TRUE").await
    };
    assert_eq!(db.transaction_sync(write)?.rows_affected(), 2);
    Ok(())
}

fn explained(db: &DoConnection) -> Result<String, DbErr> {
    let select = task::Entity::find().filter(task::Column::Title.eq("Write"));
    let explanation = db.explain(&select.build(db.get_database_backend()))?;
    for scan in &explanation.scans {
        println!("{scan}; would help: {:?}", scan.indexes);
    }
    Ok(explanation.to_string())
}

async fn plans_are_explained(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    let text = explained(&db)?;
    assert!(text.contains("SCAN task") && text.contains("reads every row of `task`"), "{text}");
    assert!(text.contains(r#"would help: CREATE INDEX "idx_task_title" ON "task" ("title")"#), "{text}");
    Ok(())
}

/// The answer to one request, which may read 1,000 rows.
async fn answer(db: &DoConnection) -> Result<Vec<task::Model>, DbErr> {
    let budget = RowBudget::new(1000);
    due_next(&db.with_row_budget(&budget)).await
}

async fn rows_have_a_budget(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    assert_eq!(answer(&db).await?.len(), 2);
    let budget = RowBudget::new(4);
    let db = db.with_row_budget(&budget);
    task::Entity::find().all(&db).await?;
    let error = task::Entity::find().all(&db).await.err().ok_or("6 rows were read")?.to_string();
    assert!(error.contains("6 rows read, with a budget of 4 rows; most by `SELECT "), "{error}");
    assert!(db.execute_unprepared("DELETE FROM task").await.is_err(), "it is not sent");
    budget.reset();
    // A statement that has written has not failed.
    assert_eq!(db.execute_unprepared("UPDATE task SET done = TRUE WHERE title <> 'x'").await?.rows_affected(), 3);
    assert_eq!(db.execute_unprepared("UPDATE task SET done = FALSE WHERE title <> 'x'").await?.rows_affected(), 3);
    let error = db.execute_unprepared("DELETE FROM task").await.err().ok_or("6 rows were read")?.to_string();
    assert!(error.contains("UPDATE task SET done"), "{error}");
    assert_eq!(budget.rows_written(), 6);
    budget.reset();
    assert_eq!(task::Entity::find().all(&db).await?.len(), 3);
    // Neither has one that changes the schema, which reads the schema.
    let small = RowBudget::new(0);
    db.with_row_budget(&small).execute_unprepared("CREATE TABLE other (id INTEGER)").await?;
    assert!(small.rows_read() > 0);
    small.reset();
    db.with_row_budget(&small).execute_unprepared("DROP TABLE other").await?;
    Ok(())
}

/// Warns of requests that read more than they should.
fn reporting(warnings: Arc<Mutex<Vec<String>>>) -> RowBudget {
    RowBudget::reporting(1000, move |budget| {
        warnings.lock().unwrap_or_else(PoisonError::into_inner).push(budget.to_string());
    })
}

async fn a_budget_reports(context: Context) -> Outcome {
    let warnings = Arc::default();
    let budget = reporting(Arc::clone(&warnings));
    let db = task::three(context.connect()?).await?.with_row_budget(&budget);
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
        INSERT INTO task (title, done) SELECT 'x', FALSE FROM n";
    db.execute_unprepared(many).await?;
    task::Entity::find().all(&db).await?;
    let warnings = warnings.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(warnings.len(), 1, "once until it is reset: {warnings:?}");
    assert!(warnings[0].contains("with a budget of 1000 rows"), "{warnings:?}");
    Ok(())
}

async fn a_stream_has_a_budget(context: Context) -> Outcome {
    use futures_util::TryStreamExt;

    let db = task::three(context.connect()?).await?;
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
        INSERT INTO task (title, done) SELECT 'x', FALSE FROM n";
    db.execute_unprepared(many).await?;
    let budget = RowBudget::new(500);
    let db = db.with_row_budget(&budget);
    let read = async {
        let mut rows = 0;
        let mut stream = task::Entity::find().stream(&db).await?;
        while stream.try_next().await?.is_some() {
            rows += 1;
        }
        Ok::<_, DbErr>(rows)
    };
    let error = read.await.err().ok_or("2,003 rows were read")?.to_string();
    assert!(error.contains("with a budget of 500 rows"), "{error}");
    // In workerd, the stream ends with the batch that goes beyond.
    assert!(budget.rows_read() < if cfg!(target_arch = "wasm32") { 1000 } else { 3000 }, "{}", budget.rows_read());
    Ok(())
}
