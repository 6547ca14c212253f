//! A bank that does wrong on purpose: its customers must notice.

use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, Set, Unchanged};
use sea_orm_do::{DoConnection, migrate};
use sea_orm_do_shared::bank::{Ask, How, Refused, Reply, Sabotage, Transfer};

use super::entities::counter;
use super::object::Failure;
use super::schema::Migrations;
use super::{transfer, write};
use crate::case::Context;

/// The wrong answer, where there is one.
pub async fn answer(
    sabotage: Sabotage,
    context: &Context,
    db: &DoConnection,
    ask: &Ask,
) -> Option<Result<Reply, Failure>> {
    match (sabotage, ask) {
        (Sabotage::Early, Ask::Transfer { transfer, how: How::Sync }) => {
            later(context.clone(), db.clone(), *transfer);
            Some(Ok(Reply::Done))
        }
        (Sabotage::Split, Ask::Transfer { transfer, how: How::Sync }) => Some(split(context, db, *transfer).await),
        (Sabotage::Pieces, Ask::Batch { key, rows }) => Some(in_pieces(context, db, *key, *rows).await),
        (Sabotage::Traces, Ask::Wake { stepwise: true }) => Some(leaving_traces(context, db).await),
        (Sabotage::Forgotten, Ask::Write(note)) if note.id % 10 == 0 => Some(Ok(Reply::Note(note.clone()))),
        (Sabotage::Stale, Ask::Count) => Some(stale(context, db).await),
        (Sabotage::Kept, Ask::Transfer { transfer, how: How::Failing }) => {
            let kept = transfer::post(db, *transfer).await.map_err(Failure::from);
            Some(
                kept.and_then(|()| Err(Failure(Refused { violation: None, message: transfer::ON_PURPOSE.to_owned() }))),
            )
        }
        (Sabotage::Leak, _) => {
            std::mem::forget(vec![1_u8; 16 * 1024]);
            None
        }
        _ => None,
    }
}

fn later(context: Context, db: DoConnection, transfer: Transfer) {
    context.state.clone().wait_until(async move {
        for _ in 0..20 {
            context.wait().await;
        }
        let _ = db.transaction_sync(async |txn| transfer::post(txn, transfer).await);
    });
}

async fn split(context: &Context, db: &DoConnection, transfer: Transfer) -> Result<Reply, Failure> {
    transfer::move_amount(db, transfer).await?;
    context.wait().await;
    transfer::record(db, transfer).await?;
    Ok(Reply::Done)
}

async fn in_pieces(context: &Context, db: &DoConnection, key: i64, rows: i32) -> Result<Reply, Failure> {
    const PIECES: i32 = 4;
    for piece in 0..PIECES {
        write::batch(db, key, rows * piece / PIECES..rows * (piece + 1) / PIECES).await?;
        context.wait().await;
    }
    Ok(Reply::Done)
}

async fn leaving_traces(context: &Context, db: &DoConnection) -> Result<Reply, Failure> {
    let mut applied = Vec::new();
    loop {
        db.execute_unprepared("CREATE TABLE trace (a)").await?;
        context.wait().await;
        let next = migrate::up::<Migrations>(db, Some(1))?;
        db.execute_unprepared("DROP TABLE trace").await?;
        if next.is_empty() {
            return Ok(Reply::Applied(applied));
        }
        applied.extend(next);
        context.wait().await;
    }
}

async fn stale(context: &Context, db: &DoConnection) -> Result<Reply, Failure> {
    let value = counter::Entity::find_by_id(1).one(db).await?.map_or(0, |counter| counter.value);
    context.wait().await;
    counter::ActiveModel { id: Unchanged(1), value: Set(value + 1) }.update(db).await?;
    Ok(Reply::Count(value + 1))
}
