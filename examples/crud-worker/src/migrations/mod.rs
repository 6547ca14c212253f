//! How the tables came to be: an object applies what it has not applied yet when it wakes up.
#![allow(elided_lifetimes_in_paths, reason = "async_trait compares lifetimes with the trait's, which elides this one")]

use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod m20260901_000001_create_projects_and_tasks;
mod m20261005_000001_create_tags;
mod m20261005_000002_move_tags;

/// All of them, the oldest first. What has been applied somewhere must never change.
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
