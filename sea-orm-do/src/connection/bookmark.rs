//! Point-in-time recovery: bookmarks to which a database can be restored.

use std::time::{SystemTime, UNIX_EPOCH};

use sea_orm::DbErr;

use super::DoConnection;
use crate::error::exec_err;
use crate::storage::Bookmark;
use crate::storage::error::StorageError;

/// [Point-in-time recovery][pitr], which Cloudflare offers for the last 30 days. Local workerd (`wrangler dev`) and the
/// host do not support it, and each of these methods returns an error that says so. The exception is
/// [`current_bookmark`](Self::current_bookmark): local versions of workerd return a bookmark that cannot be restored.
///
/// The next session begins when the object restarts: after an eviction, a deployment or `ctx.abort()`, which the worker
/// crate 0.8 does not offer.
///
/// ```no_run
/// # async fn undo(db: &sea_orm_do::DoConnection) -> Result<(), sea_orm::DbErr> {
/// # use std::time::{Duration, UNIX_EPOCH};
/// let before = db.bookmark_at(UNIX_EPOCH + Duration::from_secs(1_767_225_600)).await?;
/// let undo = db.restore_at_next_session(&before).await?;   // what undoes it, to be kept elsewhere
/// # Ok(())
/// # }
/// ```
///
/// [pitr]: https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#pitr-point-in-time-recovery-api
impl DoConnection {
    /// Returns the bookmark of the database's current state.
    ///
    /// # Errors
    /// Fails if the platform has no bookmarks, or refuses the call.
    ///
    /// ```no_run
    /// # use sea_orm::{ConnectionTrait, DbErr};
    /// # use sea_orm_do::DoConnection;
    /// /// Deletes everything that is done, and returns the bookmark of the state before.
    /// async fn tidy(db: &DoConnection) -> Result<String, DbErr> {
    ///     let before = db.current_bookmark().await?;
    ///     db.execute_unprepared("DELETE FROM task WHERE done").await?;
    ///     Ok(before)
    /// }
    /// ```
    pub async fn current_bookmark(&self) -> Result<String, DbErr> {
        self.bookmark(Bookmark::Current).await
    }

    /// Returns the bookmark of the database's state at `time`: a `SystemTime`, `chrono::DateTime` or
    /// `time::OffsetDateTime`.
    ///
    /// # Errors
    /// Fails if the platform has no bookmarks, or none for that `time`.
    ///
    /// ```no_run
    /// # async fn of_new_year(db: &sea_orm_do::DoConnection) -> Result<String, sea_orm::DbErr> {
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// let new_year = UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    /// let bookmark = db.bookmark_at(new_year).await?;
    /// # Ok(bookmark)
    /// # }
    /// ```
    pub async fn bookmark_at(&self, time: impl Into<SystemTime>) -> Result<String, DbErr> {
        let since = time.into().duration_since(UNIX_EPOCH);
        let since = since.map_err(|_| exec_err("there are no bookmarks for times before 1970"))?;
        self.bookmark(Bookmark::At(since)).await
    }

    /// Restores the database to a bookmark when the object next starts, and returns the bookmark that undoes the
    /// restore.
    ///
    /// # Errors
    /// Fails if the platform has no bookmarks, or if `bookmark` is not a bookmark.
    ///
    /// ```no_run
    /// # async fn undo(db: &sea_orm_do::DoConnection, before: String) -> Result<String, sea_orm::DbErr> {
    /// let undo = db.restore_at_next_session(&before).await?;
    /// assert_ne!(undo, before);   // a bookmark of the state that the restore replaces
    /// # Ok(undo)
    /// # }
    /// ```
    pub async fn restore_at_next_session(&self, bookmark: &str) -> Result<String, DbErr> {
        self.bookmark(Bookmark::RestoreAtNextSession(bookmark)).await
    }

    async fn bookmark(&self, asked: Bookmark<'_>) -> Result<String, DbErr> {
        let bookmark = self.database.storage.bookmark(asked).await;
        bookmark.map_err(|StorageError { message: why, .. }| {
            StorageError::new(format!(
                "no bookmark: {why} (point-in-time recovery works only in deployed Durable Objects with SQLite)"
            ))
            .into_exec()
        })
    }
}
