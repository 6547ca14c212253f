//! The reads on sea-orm-do, by calls that say what they read.

use futures_util::TryStreamExt;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sea_orm_do::{DoConnection, ReadAllAs, ReadAs, StreamAs};

use crate::entities::{issue, ledger, project, task, wide};
use crate::reads::reads;

/// Does one kind of work, by its name.
///
/// # Errors
/// What the driver reports, and for an unknown name.
pub async fn run(db: &DoConnection, work: &str, count: i32) -> Result<i64, DbErr> {
    match work {
        "find" => find(db, count).await,
        "read" => read(db, count).await,
        "read_wide" => read_wide(db, count).await,
        "page" => page(db, count).await,
        "related" => related(db, count).await,
        "integers" => integers(db, count).await,
        "stream" => stream(db, count).await,
        _ => Err(DbErr::Custom(format!("no such work: {work}"))),
    }
}

reads!(one_as, all_as, stream_as);
