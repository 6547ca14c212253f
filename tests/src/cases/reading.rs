//! What typed calls read, for the host to compare with what SeaORM's own driver reads: `workerd/oracle/reading.rs`.

use crate::case::{Case, Context, Outcome, case};
use crate::matrix::reading::{DECLARED, PLACES, make, read_all};

pub(super) fn cases() -> Vec<Case> {
    vec![case!("reading", every_type_from_every_value)]
}

async fn every_type_from_every_value(context: Context) -> Outcome {
    let db = context.connect()?.register::<crate::matrix::note::Entity>();
    make(&db).await?;
    // On the host in all places. Inside workerd the storage is what matters, which the place does not change.
    let cells = if cfg!(target_arch = "wasm32") {
        read_all(&db, &["struct", "returning"], &DECLARED[..5]).await
    } else {
        read_all(&db, &PLACES, &DECLARED).await
    };
    context.tell(serde_json::to_string(&cells)?);
    Ok(())
}
