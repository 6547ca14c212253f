//! Hooks that are told of each statement, and spans of `tracing`.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use futures_util::{FutureExt, TryStreamExt};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, Set, Statement, StreamTrait};
use sea_orm_do::{DoConnection, StatementEvent};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

use super::super::library;
use crate::case::{Case, Context, Outcome, case, cases};
use crate::entities::author;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!("operation":
        a_hook_is_told_of_each_statement,
        a_hook_is_told_of_what_failed,
        a_hook_belongs_to_its_handle_and_its_clones,
        a_hook_is_told_of_a_stream_when_it_ends,
        a_hook_may_use_the_database,
        spans_are_traced_where_somebody_subscribes,
    );
    cases.extend([
        case!("operation", rows_are_counted_as_they_are_billed).workerd_only(),
        case!("operation", a_hook_that_panics)
            .panicking("of the hook")
            .then(|context| Box::pin(nothing_is_left_of_it(context)))
            .workerd_only(),
    ]);
    cases
}

/// An event that was told, without what borrows.
#[derive(Clone, Debug)]
struct Told {
    sql: String,
    rows: usize,
    rows_read: Option<u64>,
    rows_written: Option<u64>,
    error: Option<String>,
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Told>>>);

impl Heard {
    fn listen(&self, db: DoConnection) -> DoConnection {
        let heard = self.clone();
        db.on_statement(move |event: &StatementEvent<'_>| {
            let StatementEvent { sql, rows, rows_read, rows_written, error, .. } = *event;
            let told = Told { sql: sql.to_owned(), rows, rows_read, rows_written, error: error.map(str::to_owned) };
            heard.0.lock().expect("no hook panics").push(told);
        })
    }

    /// What was told since the last call.
    fn take(&self) -> Vec<Told> {
        std::mem::take(&mut self.0.lock().expect("no hook panics"))
    }

    /// The first words and the rows of what was told since the last call.
    fn summary(&self) -> Vec<(String, usize)> {
        let first_word = |told: Told| (told.sql.split(' ').next().unwrap_or_default().to_owned(), told.rows);
        self.take().into_iter().map(first_word).collect()
    }
}

fn query(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

fn named(name: &str) -> author::ActiveModel {
    author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }
}

async fn a_hook_is_told_of_each_statement(context: Context) -> Outcome {
    let heard = Heard::default();
    let db = heard.listen(library(&context).await?);
    named("Ada").insert(&db).await?;
    named("Lin").insert(&db).await?;
    assert_eq!(heard.summary(), [("INSERT".to_owned(), 1), ("INSERT".to_owned(), 1)]);
    assert_eq!(author::Entity::find().all(&db).await?.len(), 2);
    let told = heard.take();
    assert_eq!((told.len(), told[0].rows), (1, 2));
    assert!(told[0].sql.starts_with("SELECT \"author\".\"id\""), "{told:?}");
    db.execute_unprepared("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2); DELETE FROM t").await?;
    assert_eq!(heard.summary(), ["CREATE", "INSERT", "DELETE"].map(|word| (word.to_owned(), 0)));
    let many = vec![Vec::<sea_orm::Value>::from(["x".into()]); 150].concat();
    let rows = vec!["(?)"; 150].join(", ");
    let many = Statement::from_sql_and_values(DbBackend::Sqlite, format!("INSERT INTO t VALUES {rows}"), many);
    assert_eq!(db.execute_raw(many).await?.rows_affected(), 150);
    assert_eq!(heard.summary().len(), 2, "a long INSERT is sent in pieces");
    db.transaction_sync(async |txn| txn.execute_unprepared("UPDATE t SET a = 'y'").await.map(|_| ()))?;
    assert_eq!(heard.summary(), [("UPDATE".to_owned(), 0)]);
    Ok(())
}

async fn a_hook_is_told_of_what_failed(context: Context) -> Outcome {
    let heard = Heard::default();
    let db = heard.listen(context.connect()?.with_inferred_types().with_declared_types());
    db.execute_unprepared("CREATE TABLE t (a INTEGER UNIQUE)").await?;
    heard.take();
    let twice = db.execute_unprepared("INSERT INTO t VALUES (1), (1)").await;
    let told = heard.take();
    assert!(twice.is_err());
    assert!(told[0].error.as_ref().is_some_and(|error| error.starts_with("UNIQUE constraint failed: t.a")), "{told:?}");
    assert!(db.query_all_raw(query("SELECT abs(-9223372036854775807 - 1) AS a")).await.is_err());
    let told = heard.take();
    assert!(told[0].error.as_ref().is_some_and(|error| error.contains("integer overflow")), "{told:?}");
    assert!(db.query_all_raw(query("SELECT 1 AS a")).await.is_ok());
    let told = heard.take();
    assert!(told[0].error.is_none() && told[0].rows == 1, "{told:?}");
    Ok(())
}

async fn a_hook_belongs_to_its_handle_and_its_clones(context: Context) -> Outcome {
    let (heard, other) = (Heard::default(), Heard::default());
    let plain = library(&context).await?;
    let db = heard.listen(plain.clone());
    author::Entity::find().all(&plain).await?;
    assert!(heard.take().is_empty());
    author::Entity::find().all(&db.clone()).await?;
    author::Entity::find().all(&db.to_database_connection()).await?;
    assert_eq!(heard.take().len(), 2);
    author::Entity::find().all(&other.listen(db)).await?;
    assert_eq!((heard.take().len(), other.take().len()), (1, 1));
    Ok(())
}

async fn a_hook_is_told_of_a_stream_when_it_ends(context: Context) -> Outcome {
    let heard = Heard::default();
    let db = heard.listen(library(&context).await?);
    author::Entity::insert_many((0..30).map(|at| named(&format!("{at}")))).exec(&db).await?;
    heard.take();
    let select = || query("SELECT name FROM author ORDER BY id");
    let mut stream = db.stream_raw(select()).await?;
    assert!(stream.try_next().await?.is_some());
    assert!(heard.take().is_empty(), "it is still running");
    assert_eq!(stream.try_collect::<Vec<_>>().await?.len(), 29);
    let told = heard.take();
    assert_eq!((told.len(), told[0].rows), (1, 30));
    assert_eq!(told[0].rows_read, Some(30));
    let mut stream = db.stream_raw(select()).await?;
    stream.try_next().await?;
    drop(stream);
    let told = heard.take();
    assert_eq!((told.len(), told[0].rows), (1, 8), "the first batch");
    let overflows = "SELECT abs(iif(id > 20, -9223372036854775807 - 1, id)) AS a FROM author";
    // On the host it fails at once, since all rows are read.
    if let Ok(mut stream) = db.clone().with_inferred_types().stream_raw(query(overflows)).await {
        while stream.try_next().await.is_ok_and(|row| row.is_some()) {}
    }
    let told = heard.take();
    assert!(told.iter().any(|told| told.error.as_ref().is_some_and(|error| error.contains("overflow"))), "{told:?}");
    Ok(())
}

async fn a_hook_may_use_the_database(context: Context) -> Outcome {
    let plain = library(&context).await?;
    plain
        .execute_unprepared("CREATE TABLE log (id INTEGER PRIMARY KEY, sql TEXT); INSERT INTO log VALUES (100, '')")
        .await?;
    let heard = Heard::default();
    // With a hook of its own, which must not be told of what a hook does.
    let inner = heard.listen(plain.clone());
    let db = plain.on_statement(move |event: &StatementEvent<'_>| {
        let log = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            "INSERT INTO log (sql) VALUES (?), ('')",
            [event.sql.into()],
        );
        let logged = inner.execute_raw(log).now_or_never();
        assert!(logged.is_some_and(|logged| logged.is_ok()));
    });
    let inserted = db.execute_unprepared("INSERT INTO author (name) VALUES ('Ada'), ('Lin'), ('Mia')").await?;
    assert_eq!((inserted.rows_affected(), inserted.last_insert_id()), (3, 3), "not what the hook wrote");
    let updated = db.execute_raw(query("UPDATE author SET name = 'Eva' WHERE id = 1")).await?;
    assert_eq!(updated.rows_affected(), 1);
    assert!(heard.take().is_empty());
    let failed = db
        .transaction_sync(async |txn| {
            txn.execute_unprepared("UPDATE author SET name = 'Eva'").await?;
            Err::<(), _>(sea_orm::DbErr::Custom("back".to_owned()))
        })
        .is_err();
    assert!(failed);
    let rows = db.with_declared_types().query_all_raw(query("SELECT sql FROM log WHERE sql <> ''")).await?;
    assert_eq!(rows.len(), 2, "what a hook writes is part of the transaction");
    Ok(())
}

async fn rows_are_counted_as_they_are_billed(context: Context) -> Outcome {
    let heard = Heard::default();
    let db = heard.listen(context.connect()?.with_inferred_types().with_declared_types());
    db.execute_unprepared("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER); CREATE INDEX i ON t (b)").await?;
    let statements = [
        "INSERT INTO t (b) VALUES (1), (2), (3)",
        "SELECT a, b FROM t",
        "SELECT a FROM t WHERE a = 2",
        "SELECT count(*) AS n FROM t AS x, t AS y",
        "UPDATE t SET b = b + 10 WHERE b > 1",
        "INSERT INTO t (b) VALUES (9007199254740993) RETURNING a, b",
        "SELECT b FROM t",
        "DELETE FROM t",
    ];
    let run = |sql: &str| {
        let statement = query(sql);
        if sql.contains("SELECT") || sql.contains("RETURNING") {
            db.query_all_raw(statement).now_or_never().map(|rows| rows.map(|_| ()))
        } else {
            db.execute_raw(statement).now_or_never().map(|done| done.map(|_| ()))
        }
    };
    // What is known of the tables by then is not asked for again.
    run("DELETE FROM t").ok_or("waits")??;
    for sql in statements {
        heard.take();
        let (done, counts) = context.counting(|| run(sql))?;
        done.ok_or("waits")??;
        let told = heard.take();
        let sum = |of: fn(&Told) -> Option<u64>| told.iter().map(of).sum::<Option<u64>>();
        let counted = (u64::try_from(counts.rows_read).ok(), u64::try_from(counts.rows_written).ok());
        assert_eq!((sum(|told| told.rows_read), sum(|told| told.rows_written)), counted, "{sql}: {told:?}");
        assert!(counts.rows_read + counts.rows_written > 0, "{sql}");
    }
    Ok(())
}

async fn a_hook_that_panics(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    db.execute_unprepared("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)").await?;
    context.wait().await;
    let db = db.on_statement(|_| panic!("of the hook"));
    db.transaction_sync(async |txn| txn.execute_unprepared("INSERT INTO t VALUES (2)").await)?;
    Ok(())
}

async fn nothing_is_left_of_it(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    assert_eq!(db.query_all_raw(query("SELECT a FROM t")).await?.len(), 1);
    Ok(())
}

thread_local! {
    /// The fields of the driver's spans and the events in them, while somebody on this thread wants them.
    static TRACED: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// One for the whole process, since cases run in several threads at once: a subscriber of one thread is not seen by what another
/// thread runs first.
struct Subscribed;

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

impl Fields {
    fn trace(self) {
        TRACED.with_borrow_mut(|traced| traced.get_or_insert_default().push(self.0));
    }
}

impl Subscriber for Subscribed {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sea_orm_do" && TRACED.with_borrow(Option::is_some)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(format!("{} {} ", span.metadata().level(), span.metadata().name()));
        span.record(&mut fields);
        fields.trace();
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        fields.trace();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(format!("{} ", event.metadata().level()));
        event.record(&mut fields);
        fields.trace();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

async fn spans_are_traced_where_somebody_subscribes(context: Context) -> Outcome {
    let db = library(&context).await?;
    tracing::subscriber::set_global_default(Subscribed)?;
    tracing::callsite::rebuild_interest_cache();
    TRACED.set(Some(Vec::new()));
    named("Ada").insert(&db).await?;
    let failed = db.execute_unprepared("INSERT INTO nowhere VALUES (1)").await;
    let mut stream = db.stream_raw(query("SELECT name FROM author")).await?;
    stream.try_next().await?;
    drop(stream);
    let traced = TRACED.take().unwrap_or_default().concat();
    author::Entity::find().all(&db).await?;
    assert!(failed.is_err());
    let spans: Vec<_> = traced.split("DEBUG statement ").skip(1).collect();
    assert_eq!(spans.len(), 3, "{traced}");
    assert!(spans[0].starts_with("sql=\"INSERT INTO \\\"author\\\""), "{traced}");
    assert!(spans[0].contains("rows=1 ") && spans[0].contains("elapsed="), "{traced}");
    assert!(spans[0].contains("rows_read=") && spans[0].contains("rows_written=3 "), "{traced}");
    assert!(spans[0].ends_with("DEBUG message=done "), "{traced}");
    assert!(spans[1].contains("error=\"no such table: nowhere"), "{traced}");
    assert!(spans[1].ends_with("DEBUG message=failed "), "{traced}");
    assert!(spans[2].contains("rows=1 ") && spans[2].ends_with("DEBUG message=done "), "{traced}");
    Ok(())
}
