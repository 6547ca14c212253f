//! Bookmarks:
//! <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#pitr-point-in-time-recovery-api>.

use js_sys::futures::JsFuture;

use super::exception::thrown;
use super::imports::DurableObjectStorage;
use crate::storage::Bookmark;
use crate::storage::error::StorageError;

/// Sends the request at once; the returned future waits for the answer.
pub(super) fn ask(
    storage: &DurableObjectStorage,
    asked: Bookmark<'_>,
) -> impl Future<Output = Result<String, StorageError>> + use<> {
    let promise = match asked {
        Bookmark::Current => storage.current_bookmark(),
        Bookmark::At(since) => storage.bookmark_for_time(since.as_secs_f64() * 1000.0),
        Bookmark::RestoreAtNextSession(bookmark) => storage.restore_at_next_session(bookmark),
    };
    async {
        let answer = JsFuture::from(promise.map_err(thrown)?).await.map_err(thrown)?;
        answer
            .as_string()
            .ok_or_else(|| StorageError::new(format!("the runtime answered with no bookmark: {answer:?}")))
    }
}
