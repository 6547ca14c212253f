//! SeaORM as the suite sees it: the real one, but `Database::connect` gives the database of the Durable Object that the
//! test runs in, and entities register themselves with our driver.

pub use test_macro::register_entity;
pub use upstream::*;

pub mod conformance;

/// Stands in for `sea_orm::Database`.
pub struct Database;

impl Database {
    pub async fn connect<C: Into<ConnectOptions>>(_: C) -> Result<DatabaseConnection, DbErr> {
        conformance::connect()
    }
}
