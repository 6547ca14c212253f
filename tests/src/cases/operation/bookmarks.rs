//! Bookmarks, which the platform has and neither workerd on its own nor the host.

use std::time::{Duration, UNIX_EPOCH};

use crate::case::{Case, Context, Outcome, case, cases};

const NONE: &str = "This Durable Object's storage back-end does not implement point-in-time recovery.";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!("operation": says_where_there_are_no_bookmarks);
    cases.push(case!("operation", the_current_bookmark_is_that_of_the_runtime).workerd_only());
    cases
}

async fn says_where_there_are_no_bookmarks(context: Context) -> Outcome {
    let db = context.connect()?;
    let refused = [
        db.bookmark_at(UNIX_EPOCH + Duration::from_secs(1_767_225_600)).await,
        db.restore_at_next_session("0000007b-0000b26e-00001538-0c3e87bb37b3db5cc52eedb93cd3b96b").await,
    ];
    for refused in refused {
        let error = refused.expect_err("only the platform has them").to_string();
        assert!(error.contains(NONE) && error.contains("deployed Durable Objects"), "{error}");
    }
    // In wasm, a `SystemTime` does not reach that far.
    #[cfg(not(target_arch = "wasm32"))]
    {
        let early = db.bookmark_at(UNIX_EPOCH - Duration::from_secs(1)).await;
        assert!(early.is_err_and(|error| error.to_string().contains("before 1970")));
    }
    #[cfg(not(target_arch = "wasm32"))]
    assert!(db.current_bookmark().await.is_err_and(|error| error.to_string().contains(NONE)));
    Ok(())
}

async fn the_current_bookmark_is_that_of_the_runtime(context: Context) -> Outcome {
    let db = context.connect()?;
    assert!(!db.current_bookmark().await?.is_empty());
    Ok(())
}
