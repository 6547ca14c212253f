//! SeaORM as the suite sees it: the real one, but `Database::connect` gives the database of the Durable Object that the
//! test runs in, and entities register themselves with our driver.

pub use upstream::*;

pub mod conformance;

/// Stands in for `sea_orm::Database`.
pub struct Database;

impl Database {
    pub async fn connect<C: Into<ConnectOptions>>(_: C) -> Result<DatabaseConnection, DbErr> {
        conformance::connect()
    }
}

/// Stands in for `sea_orm::register_entity`, which the derive macro of every entity calls.
#[macro_export]
macro_rules! register_entity {
    ($($upstream:tt)*) => {
        $crate::conformance::inventory::submit! {
            $crate::conformance::Known {
                module: module_path!(),
                register: |connection| connection.register::<Entity>(),
            }
        }
    };
}
