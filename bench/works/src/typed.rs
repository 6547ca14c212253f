//! The reads by calls that say what they read.

use futures_util::TryStreamExt;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, StreamTrait};
use sea_orm_do_typed::{LoadAs, ReadAllAs, ReadAs, StreamAs};

use crate::entities::{issue, ledger, project, task, wide};
use crate::reads::reads;

/// Does one kind of work, by its name.
///
/// # Errors
/// What the driver reports, and for an unknown name.
pub async fn run(db: &(impl ConnectionTrait + StreamTrait), work: &str, count: i32) -> Result<i64, DbErr> {
    match work {
        "find" => find(db, count).await,
        "read" => read(db, count).await,
        "read_wide" => read_wide(db, count).await,
        "page" => page(db, count).await,
        "related" => related(db, count).await,
        "load" => load(db, count).await,
        "integers" => integers(db, count).await,
        "stream" => stream(db, count).await,
        _ => Err(DbErr::Custom(format!("no such work: {work}"))),
    }
}

reads!(one_as, all_as, stream_as);
