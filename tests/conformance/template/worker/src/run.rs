//! Runs a test on a connection that knows the entities of the test's own file.

use std::cmp::Reverse;

use sea_orm::conformance::{self, Connection, Test};
use sea_orm::{rbac, tests_cfg};

use crate::suite::named_at_run_time;

pub async fn run(test: &Test, connection: Connection) -> Result<(), String> {
    let mut entities = conformance::entities();
    entities.retain(|known| file(known.module) == file(test.module));
    // The later of two entities on one table wins.
    entities.sort_by_key(|known| (rank(known.module), Reverse(known.module)));
    let connection = entities.iter().fold(named_at_run_time(libraries_own(connection)), |connection, known| (known.register)(connection));
    conformance::set_connection(connection);
    (test.run)().await
}

/// The file that a module belongs to: each is a crate.
fn file(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// Which of two entities on one table a file reads it with: its own, then `bakery_chain`, whose tables
/// `entity_loader_tests` alone reads with `bakery_dense`.
fn rank(module: &str) -> u8 {
    let is_fixture = module.contains("::common::");
    let is_preferred = module.contains("::bakery_dense") == (file(module) == "entity_loader_tests");
    u8::from(!is_fixture) * 2 + u8::from(is_preferred)
}

/// Registers the entities that SeaORM itself defines.
fn libraries_own(connection: Connection) -> Connection {
    use rbac::entity::*;
    connection
        .register::<tests_cfg::cake::Entity>()
        .register::<permission::Entity>()
        .register::<resource::Entity>()
        .register::<role::Entity>()
        .register::<role_hierarchy::Entity>()
        .register::<role_permission::Entity>()
        .register::<user_override::Entity>()
        .register::<user_role::Entity>()
}
