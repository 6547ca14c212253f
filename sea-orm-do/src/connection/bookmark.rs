//! Points in time to which a database can be brought back.

use std::time::{SystemTime, UNIX_EPOCH};

use sea_orm::DbErr;

use super::DoConnection;
use crate::error::exec_err;
use crate::storage::Bookmark;
use crate::storage::error::StorageError;

/// [Point-in-time recovery](https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#pitr-point-in-time-recovery-api),
/// which Cloudflare has for the last 30 days. workerd on its own (`wrangler dev`) has none, nor has the host: there each of
/// these is an error that says so, but for [`current_bookmark`](Self::current_bookmark), which local versions of workerd
/// answer with a bookmark that nothing can be brought back to.
///
/// The next session begins when the object is made anew: after it was evicted or deployed, or after `ctx.abort()`, which the
/// worker crate 0.8 does not have.
///
/// ```no_run
/// # async fn undo(db: &sea_orm_do::DoConnection) -> Result<(), sea_orm::DbErr> {
/// # use std::time::{Duration, UNIX_EPOCH};
/// let before = db.bookmark_at(UNIX_EPOCH + Duration::from_secs(1_767_225_600)).await?;
/// let undo = db.restore_at_next_session(&before).await?;   // what undoes it, to be kept elsewhere
/// # Ok(())
/// # }
/// ```
impl DoConnection {
    /// The bookmark of the database as it is now.
    ///
    /// # Errors
    /// Where the platform has no bookmarks, and what it refuses.
    pub async fn current_bookmark(&self) -> Result<String, DbErr> {
        self.bookmark(Bookmark::Current).await
    }

    /// The bookmark of the database as it was at `time`, a `SystemTime`, `chrono::DateTime` or `time::OffsetDateTime`.
    ///
    /// # Errors
    /// Where the platform has no bookmarks, and for a time that it does not go back to.
    pub async fn bookmark_at(&self, time: impl Into<SystemTime>) -> Result<String, DbErr> {
        let since = time.into().duration_since(UNIX_EPOCH);
        let since = since.map_err(|_| exec_err("there are no bookmarks of a time before 1970"))?;
        self.bookmark(Bookmark::At(since)).await
    }

    /// Brings the database back to a bookmark when the object starts the next time, and gives back the bookmark that undoes
    /// that.
    ///
    /// # Errors
    /// Where the platform has no bookmarks, and for what is none.
    pub async fn restore_at_next_session(&self, bookmark: &str) -> Result<String, DbErr> {
        self.bookmark(Bookmark::RestoreAtNextSession(bookmark)).await
    }

    async fn bookmark(&self, asked: Bookmark<'_>) -> Result<String, DbErr> {
        let bookmark = self.database.storage.bookmark(asked).await;
        bookmark.map_err(|StorageError { message: why, .. }| {
            StorageError::new(format!(
                "no bookmark: {why} (point-in-time recovery is there for deployed Durable Objects with SQLite only)"
            ))
            .into_exec()
        })
    }
}
