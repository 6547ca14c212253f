//! What the object's storage does beside SQL: alarms, key-value pairs, `deleteAll()`.

use crate::case::{Case, Context, Outcome, case};

pub(super) fn cases() -> Vec<Case> {
    let beside: [Case; 8] = [
        case!("beside", ends_as_the_held_transaction_does),
        case!("beside", is_undone_with_a_closure_that_it_was_begun_in),
        case!("beside", stays_after_a_transaction),
        case!("beside", is_undone_by_a_panic_in_a_held_transaction)
            .panicking("in the middle")
            .then(|context| Box::pin(nothing_is_left(context))),
        case!("beside", an_alarm_waits_for_the_held_transaction),
        case!("beside", goes_on_after_delete_all),
        case!("beside", a_stream_ends_with_delete_all),
        case!("beside", a_migration_that_panics_in_the_opening_leaves_nothing)
            .panicking("cannot go on")
            .then(|context| Box::pin(has_no_table(context))),
    ];
    beside.map(Case::workerd_only).into()
}

#[cfg(target_arch = "wasm32")]
mod bodies {
    use std::time::Duration;

    use futures_util::StreamExt;
    use sea_orm::{
        ConnectionTrait, DbBackend, DbErr, EntityTrait, Statement, StreamTrait, TransactionSession, TransactionTrait,
    };
    use sea_orm_do::DoConnection;
    use worker::Delay;

    use super::{Context, Outcome};
    use crate::cases::library;
    use crate::entities::{author, setting};

    const LATER: Duration = Duration::from_secs(3600);

    async fn texts(db: &DoConnection, sql: &str) -> Result<Vec<String>, DbErr> {
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
    }

    /// Whether there is a key-value pair, and an alarm.
    async fn beside(context: &Context) -> Result<(bool, bool), worker::Error> {
        let storage = context.storage();
        Ok((storage.get::<u32>("key").await?.is_some(), storage.get_alarm().await?.is_some()))
    }

    async fn write_beside(context: &Context) -> Result<(), worker::Error> {
        context.storage().put("key", 1).await?;
        context.storage().set_alarm(LATER).await
    }

    async fn tables(context: &Context) -> Result<DoConnection, DbErr> {
        let db = context.connect()?.with_inferred_types().with_declared_types().with_async_transactions();
        db.execute_unprepared(
            "CREATE TABLE IF NOT EXISTS t (a TEXT); CREATE TABLE IF NOT EXISTS alarmed (seen INTEGER)",
        )
        .await?;
        Ok(db)
    }

    pub async fn ends_as_the_held_transaction_does(context: Context) -> Outcome {
        let db = tables(&context).await?;
        let txn = db.begin().await?;
        txn.execute_unprepared("INSERT INTO t VALUES ('undone')").await?;
        write_beside(&context).await?;
        txn.rollback().await?;
        assert_eq!(beside(&context).await?, (false, false));
        let txn = db.begin().await?;
        txn.execute_unprepared("INSERT INTO t VALUES ('kept')").await?;
        write_beside(&context).await?;
        txn.commit().await?;
        assert_eq!(beside(&context).await?, (true, true));
        assert_eq!(texts(&db, "SELECT a FROM t").await?, ["kept"]);
        // One that is dropped undoes what was done beside it, too.
        let txn = db.begin().await?;
        context.storage().delete("key").await?;
        context.storage().delete_alarm().await?;
        drop(txn);
        assert_eq!(texts(&db, "SELECT a FROM t").await?, ["kept"]);
        assert_eq!(beside(&context).await?, (true, true));
        Ok(())
    }

    /// A closure waits for nothing but the database, so what is begun in it is awaited behind it.
    pub async fn is_undone_with_a_closure_that_it_was_begun_in(context: Context) -> Outcome {
        let db = tables(&context).await?;
        for (ends_well, expected) in [(false, (false, false)), (true, (true, true))] {
            let storage = context.storage();
            let mut begun = Vec::new();
            let ended = db.transaction_sync(async |txn| {
                txn.execute_unprepared("INSERT INTO t VALUES ('x')").await?;
                // The worker crate calls JavaScript when the future is first polled.
                let mut put = Box::pin(async { storage.put("key", 1).await });
                let mut alarm = Box::pin(async { storage.set_alarm(LATER).await });
                assert!(futures_util::poll!(&mut put).is_pending() && futures_util::poll!(&mut alarm).is_pending());
                begun.push((put, alarm));
                if ends_well { Ok(()) } else { Err(DbErr::Custom("no".into())) }
            });
            assert_eq!(ended.is_ok(), ends_well);
            for (put, alarm) in begun {
                let _ = (put.await, alarm.await);
            }
            assert_eq!(beside(&context).await?, expected, "{ends_well}");
        }
        assert_eq!(texts(&db, "SELECT a FROM t").await?, ["x"]);
        Ok(())
    }

    pub async fn stays_after_a_transaction(context: Context) -> Outcome {
        let db = tables(&context).await?;
        write_beside(&context).await?;
        let ended = db.transaction_sync(async |txn| {
            txn.execute_unprepared("INSERT INTO t VALUES ('undone')").await?;
            Err::<(), _>(DbErr::Custom("no".into()))
        });
        assert!(ended.is_err());
        assert_eq!(beside(&context).await?, (true, true));
        db.begin().await?.rollback().await?;
        context.storage().delete_alarm().await?;
        assert_eq!(beside(&context).await?, (true, false));
        assert!(texts(&db, "SELECT a FROM t").await?.is_empty());
        Ok(())
    }

    pub async fn is_undone_by_a_panic_in_a_held_transaction(context: Context) -> Outcome {
        let db = tables(&context).await?;
        context.wait().await;
        let txn = db.begin().await?;
        txn.execute_unprepared("INSERT INTO t VALUES ('undone')").await?;
        write_beside(&context).await?;
        panic!("in the middle");
    }

    pub async fn nothing_is_left(context: Context) -> Outcome {
        let db = tables(&context).await?;
        assert_eq!(beside(&context).await?, (false, false));
        assert!(texts(&db, "SELECT a FROM t").await?.is_empty());
        Ok(())
    }

    /// The alarm of the class counts the rows of `t` into `alarmed`.
    pub async fn an_alarm_waits_for_the_held_transaction(context: Context) -> Outcome {
        let db = tables(&context).await?;
        context.storage().set_alarm(Duration::from_millis(20)).await?;
        let txn = db.begin().await?;
        txn.execute_unprepared("INSERT INTO t VALUES ('one')").await?;
        Delay::from(Duration::from_millis(200)).await;
        let seen = txn.query_all_raw(Statement::from_string(DbBackend::Sqlite, "SELECT seen FROM alarmed")).await?;
        assert!(seen.is_empty(), "the alarm fired in the middle");
        txn.execute_unprepared("INSERT INTO t VALUES ('two')").await?;
        txn.commit().await?;
        for _ in 0..50 {
            Delay::from(Duration::from_millis(20)).await;
            let seen = texts(&db, "SELECT CAST(seen AS TEXT) FROM alarmed").await?;
            if !seen.is_empty() {
                assert_eq!(seen, ["2"]);
                return Ok(());
            }
        }
        Err("the alarm never fired".into())
    }

    pub async fn goes_on_after_delete_all(context: Context) -> Outcome {
        let db = library(&context).await?;
        let settings = || setting::Entity::find().all(&db);
        assert!(settings().await?.is_empty());
        db.execute_unprepared("INSERT INTO setting (key, value, changes) VALUES ('a', 'b', 1)").await?;
        assert_eq!(settings().await?.len(), 1);
        context.storage().delete_all().await?;
        let error = settings().await.err().ok_or("the table is gone")?.to_string();
        assert!(error.contains("no such table: setting"), "{error}");
        let insert = "INSERT INTO setting (key, value, changes) VALUES ('a', 'b', 1)";
        assert!(db.execute_unprepared(insert).await.is_err());
        // Other types, a trigger and a deferred key, none of which the old schema had.
        db.execute_unprepared(
            "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT, changes INTEGER REFERENCES setting (changes)
                 DEFERRABLE INITIALLY DEFERRED, UNIQUE (changes))",
        )
        .await?;
        db.execute_unprepared(insert).await?;
        assert_eq!(settings().await?.len(), 1);
        let orphan = "INSERT INTO setting (key, value, changes) VALUES ('c', 'd', 9); UPDATE setting SET changes = 8";
        assert!(db.transaction_sync(async |txn| txn.execute_unprepared(orphan).await).is_err());
        let error = author::Entity::find().all(&db).await.err().ok_or("there is no author")?.to_string();
        assert!(error.starts_with("Query Error: no such table: author"), "{error}");
        Ok(())
    }

    pub async fn a_stream_ends_with_delete_all(context: Context) -> Outcome {
        let db = tables(&context).await?;
        db.execute_unprepared(
            "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT 'x' || i FROM n",
        )
        .await?;
        let select = || Statement::from_string(DbBackend::Sqlite, "SELECT a FROM t");
        let mut stream = db.stream_raw(select()).await?;
        let first = stream.next().await.ok_or("a row")??;
        assert_eq!(first.try_get::<String>("", "a")?, "x1");
        let deleted = context.storage().delete_all().await;
        let mut rows = 1;
        let error = loop {
            match stream.next().await {
                Some(Ok(_)) => rows += 1,
                Some(Err(error)) => break Some(error.to_string()),
                None => break None,
            }
        };
        drop(stream);
        assert!(rows < 2000 && error.is_some(), "{deleted:?}, {rows} rows, then {error:?}");
        let db = tables(&context).await?;
        assert!(texts(&db, "SELECT a FROM t").await?.is_empty());
        Ok(())
    }

    pub async fn a_migration_that_panics_in_the_opening_leaves_nothing(context: Context) -> Outcome {
        let _opening = context.open(async |db| {
            db.transaction_sync(async |txn| {
                txn.execute_unprepared("CREATE TABLE half (a)").await?;
                panic!("cannot go on");
                #[allow(unreachable_code, reason = "tells the type")]
                Ok::<(), DbErr>(())
            })
            .map_err(|error| DbErr::Custom(error.to_string()))?;
            Ok(db)
        });
        context.wait().await;
        Ok(())
    }

    pub async fn has_no_table(context: Context) -> Outcome {
        let db = context.connect()?.with_inferred_types().with_declared_types();
        assert!(texts(&db, "SELECT name FROM sqlite_schema WHERE name = 'half'").await?.is_empty());
        Ok(())
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod bodies {
    use super::{Context, Outcome};

    /// There is no storage beside SQL on the host.
    pub async fn ends_as_the_held_transaction_does(context: Context) -> Outcome {
        Err(format!("{context:?} is not in workerd").into())
    }

    pub use ends_as_the_held_transaction_does as a_migration_that_panics_in_the_opening_leaves_nothing;
    pub use ends_as_the_held_transaction_does as a_stream_ends_with_delete_all;
    pub use ends_as_the_held_transaction_does as an_alarm_waits_for_the_held_transaction;
    pub use ends_as_the_held_transaction_does as goes_on_after_delete_all;
    pub use ends_as_the_held_transaction_does as has_no_table;
    pub use ends_as_the_held_transaction_does as is_undone_by_a_panic_in_a_held_transaction;
    pub use ends_as_the_held_transaction_does as is_undone_with_a_closure_that_it_was_begun_in;
    pub use ends_as_the_held_transaction_does as nothing_is_left;
    pub use ends_as_the_held_transaction_does as stays_after_a_transaction;
}

use bodies::*;
