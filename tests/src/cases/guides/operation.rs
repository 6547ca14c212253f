//! The code of docs/operation.md.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sea_orm::{DbErr, EntityTrait};
use sea_orm_do::{DoConnection, Imported};

use super::task;
use crate::case::{Case, Context, Outcome, case, cases};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!("guides": statements_are_metered, bookmarks_are_asked_for);
    cases.push(
        case!("guides", a_script_goes_out).then(|context| Box::pin(and_into_another(context))).in_object("other"),
    );
    cases
}

/// What the statements of a handle have cost.
#[derive(Default)]
struct Meter {
    rows_read: AtomicU64,
    rows_written: AtomicU64,
    failed: AtomicU64,
}

fn metered(db: DoConnection, meter: Arc<Meter>) -> DoConnection {
    db.on_statement(move |statement| {
        meter.rows_read.fetch_add(statement.rows_read.unwrap_or(0), Relaxed);
        meter.rows_written.fetch_add(statement.rows_written.unwrap_or(0), Relaxed);
        meter.failed.fetch_add(statement.error.is_some().into(), Relaxed);
    })
}

async fn statements_are_metered(context: Context) -> Outcome {
    let meter = Arc::new(Meter::default());
    let db = metered(task::three(context.connect()?).await?, meter.clone());
    assert_eq!(task::Entity::find().all(&db).await?.len(), 3);
    task::Entity::delete_by_id(1).exec(&db).await?;
    assert_eq!(meter.rows_read.load(Relaxed), 4);
    assert_eq!(meter.rows_written.load(Relaxed), 1);
    assert_eq!(meter.failed.load(Relaxed), 0);
    assert!(db.database_size()? > 0);
    Ok(())
}

/// The script, some 64 KB of whole statements at a time.
fn send(db: &DoConnection, mut write: impl FnMut(&str)) -> Result<(), DbErr> {
    for piece in db.export()? {
        write(&piece?);
    }
    Ok(())
}

/// All of it, or nothing.
fn receive(db: &DoConnection, script: &str) -> Result<Imported, DbErr> {
    db.import(script)
}

const ROW: &str = r#"INSERT INTO "task" ("id","title","done","due_on") VALUES(2,'Read',1,'2026-12-31')"#;

async fn a_script_goes_out(context: Context) -> Outcome {
    let db = task::three(context.connect()?).await?;
    let mut script = String::new();
    send(&db, |piece| script.push_str(piece))?;
    assert!(script.contains("(2,'Read',1,'2026-12-31')"), "{script}");
    Ok(())
}

async fn and_into_another(context: Context) -> Outcome {
    let db = context.connect()?.register::<task::Entity>();
    let script = format!("CREATE TABLE task (id INTEGER PRIMARY KEY, title, done, due_on); BEGIN; {ROW}; COMMIT;");
    assert_eq!(receive(&db, &script)?.statements, 2);
    assert_eq!(task::Entity::find_by_id(2).one(&db).await?.map(|task| task.title).as_deref(), Some("Read"));
    Ok(())
}

/// From the next start of the object on, the database is what it was an hour before; gives what undoes that.
async fn an_hour_back(db: &DoConnection, now: SystemTime) -> Result<String, DbErr> {
    let before = db.bookmark_at(now - Duration::from_secs(60 * 60)).await?;
    db.restore_at_next_session(&before).await
}

async fn bookmarks_are_asked_for(context: Context) -> Outcome {
    let refused = an_hour_back(&context.connect()?, UNIX_EPOCH + Duration::from_secs(1_767_225_600)).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("deployed Durable Objects")));
    Ok(())
}
