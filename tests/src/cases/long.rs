//! What takes long, or is measured from outside: the harness runs each on one date only.

use std::hash::{DefaultHasher, Hash, Hasher};

use futures_util::StreamExt;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, JsonValue, Set, Statement,
    TransactionTrait,
};
use sea_orm_do_statements::{SCHEMA, Value, statement};

use super::{connect, library};
use crate::case::{Case, Context, Outcome, case};
use crate::entities::{author, setting};

/// The cases; none of them is in [`all`](crate::all).
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        case!("long", a_million_rows)
            .then(|context| Box::pin(reads(context, 20_000)))
            .then(|context| Box::pin(reads(context, ROWS))),
        case!("long", a_transaction_of_31_seconds).then(|context| Box::pin(has_nothing_of_it(context))),
        case!("long", a_panic_next_door)
            .then(|context| Box::pin(panics(context)))
            .in_object("other")
            .then(|context| Box::pin(has_nothing_of_it(context)))
            .in_object("main"),
        case!("long", statements_of_every_kind),
        case!("long", statements_by_the_thousand),
    ]
}

pub const ROWS: usize = 1_000_000;

async fn statements_of_every_kind(context: Context) -> Outcome {
    statements(context, 2_000).await
}

async fn statements_by_the_thousand(context: Context) -> Outcome {
    statements(context, 20_000).await
}

/// Runs random statements until so many succeed, and tells of each its seed with a digest of the names and values of its
/// rows, or `!` and the error.
async fn statements(context: Context, count: usize) -> Outcome {
    let db = context.connect()?.with_json_rows();
    db.execute_unprepared(SCHEMA).await?;
    let (mut lines, mut succeeded) = (Vec::new(), 0);
    for seed in 1.. {
        if succeeded == count {
            break;
        }
        let made = statement(seed, None);
        if made.may_be_endless {
            continue;
        }
        let values = made.values.into_iter().map(|value| match value {
            Value::Integer(integer) => integer.into(),
            Value::Real(real) => real.into(),
            Value::Text(text) => sea_orm::Value::from(text),
        });
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, made.sql, values);
        let mut rows = None;
        // What it writes is undone.
        let undone = db.transaction_sync(async |txn| {
            let read = txn.query_all_raw(statement).await?;
            let read = read
                .iter()
                .map(|row| Ok(format!("{:?} {}", row.column_names(), JsonValue::from_query_result(row, "")?)));
            rows = Some(read.collect::<Result<Vec<_>, DbErr>>()?);
            Err::<(), _>(DbErr::Custom("undone".to_owned()))
        });
        lines.push(match (rows, undone) {
            (Some(mut rows), _) => {
                succeeded += 1;
                // Few have an order of their own.
                rows.sort();
                let mut digest = DefaultHasher::new();
                rows.join("\n").hash(&mut digest);
                format!("{seed} {} {:016x}", rows.len(), digest.finish())
            }
            (None, undone) => format!("{seed} !{}", undone.err().map(|error| error.to_string()).unwrap_or_default()),
        });
    }
    context.tell(lines.join("\n"));
    Ok(())
}

async fn a_million_rows(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.execute_unprepared(&format!(
        "INSERT INTO setting (key, value, changes)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {ROWS})
         SELECT 'key ' || i, 'a value of some length, and its number ' || i, i FROM n"
    ))
    .await?;
    Ok(())
}

/// Streams so many rows, and tells the pages of wasm memory before and after.
async fn reads(context: Context, rows: usize) -> Outcome {
    let db = connect(&context)?;
    let before = memory_pages();
    let mut stream = setting::Entity::find().stream(&db).await?.take(rows);
    let (mut count, mut sum) = (0, 0_i64);
    while let Some(row) = stream.next().await {
        count += 1;
        sum += i64::from(row?.changes);
    }
    assert_eq!(count, rows);
    let rows = i64::try_from(rows)?;
    assert_eq!(sum, rows * (rows + 1) / 2);
    context.tell(format!("{before} {}", memory_pages()));
    Ok(())
}

/// Of 64 KiB each.
pub(super) fn memory_pages() -> usize {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_size(0);
    #[cfg(not(target_arch = "wasm32"))]
    0
}

/// The runtime allows 30 seconds, and resets the object then.
async fn a_transaction_of_31_seconds(context: Context) -> Outcome {
    let db = library(&context).await?.with_async_transactions();
    let txn = db.begin().await?;
    author::ActiveModel { name: Set("a".into()), ..Default::default() }.insert(&txn).await?;
    for _ in 0..31_000 {
        context.wait().await;
    }
    author::ActiveModel { name: Set("b".into()), ..Default::default() }.insert(&txn).await?;
    Ok(())
}

async fn has_nothing_of_it(context: Context) -> Outcome {
    let db = connect(&context)?.with_async_transactions();
    assert!(author::Entity::find().all(&db).await?.is_empty());
    let txn = db.begin().await?;
    author::ActiveModel { name: Set("c".into()), ..Default::default() }.insert(&txn).await?;
    sea_orm::TransactionSession::commit(txn).await?;
    Ok(())
}

/// All objects of a worker share a wasm instance, and end with it when one of them panics.
async fn a_panic_next_door(context: Context) -> Outcome {
    let db = library(&context).await?.with_async_transactions();
    context.wait().await;
    let txn = db.begin().await?;
    author::ActiveModel { name: Set("a".into()), ..Default::default() }.insert(&txn).await?;
    for _ in 0..20_000 {
        context.wait().await;
    }
    Ok(())
}

async fn panics(_: Context) -> Outcome {
    panic!("next door");
}
