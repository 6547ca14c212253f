//! The migrations of the tables: an object that wakes up applies those that it has not applied yet.
#![allow(elided_lifetimes_in_paths, reason = "async_trait compares lifetimes with the trait's, which elides this one")]

use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod m20260901_000001_create_projects_and_tasks;
mod m20261005_000001_create_tags;
mod m20261005_000002_move_tags;

/// All migrations, the oldest first. Never change one that has been applied somewhere.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20260901_000001_create_projects_and_tasks::Migration),
            Box::new(m20261005_000001_create_tags::Migration),
            Box::new(m20261005_000002_move_tags::Migration),
        ]
    }
}
