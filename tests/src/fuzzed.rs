//! The driver as a side of the differential fuzz.

use sea_orm_do::DoConnection;

use crate::fuzz::entities::{item, link, tag};
use crate::fuzz::program::Program;

/// The handle that a program is run on.
#[must_use]
pub fn handle(db: &DoConnection, program: &Program) -> DoConnection {
    let db = db.clone().by_declared_type();
    let db = db.register::<item::Entity>().register::<tag::Entity>().register::<link::Entity>();
    if program.held { db.with_async_transactions() } else { db }
}

/// Runs what a request asks for in an object.
///
/// # Errors
/// When the request cannot be read, or its tables not be dropped.
#[cfg(target_arch = "wasm32")]
pub async fn answer(mut request: worker::Request, state: &worker::State) -> worker::Result<worker::Response> {
    // Not through JavaScript's JSON, whose numbers are floats.
    let asked = serde_json::from_str(&request.text().await?)?;
    let refused = |error: sea_orm::DbErr| worker::Error::RustError(error.to_string());
    let db = DoConnection::new(state).map_err(refused)?;
    let answer = crate::fuzz::answer(&asked, |program| handle(&db, program), sea_orm_do::sql_err).await;
    worker::Response::from_json(&answer.map_err(refused)?)
}
