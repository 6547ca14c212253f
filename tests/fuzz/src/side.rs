//! The driver as a side.

use sea_orm_do::DoConnection;
use sea_orm_do_shared::programs::Program;
use sea_orm_do_shared::programs::entities::{item, link, tag};

/// The handle that a program is run on.
#[must_use]
pub fn handle(db: &DoConnection, program: &Program) -> DoConnection {
    let db = db.clone().with_declared_types();
    // A bound value of another kind than its registered column is an error, and programs without entities compare what they like.
    let db = if program.has_models() {
        db.register::<item::Entity>().register::<tag::Entity>().register::<link::Entity>()
    } else {
        db
    };
    if program.is_async { db.with_async_transactions() } else { db }
}
