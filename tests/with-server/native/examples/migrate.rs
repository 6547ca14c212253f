//! What `sea-orm-do migrate` runs in a project on SeaORM's own SQLite driver: makes the two databases that it compares.

use native::migrations::Migrator;
use native::task;
use sea_orm::{Database, DbErr};
use sea_orm_migration::MigratorTrait;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), DbErr> {
    let folder = std::env::args().nth(2).unwrap_or_default();
    let have = Database::connect(format!("sqlite:{folder}/have.sqlite?mode=rwc")).await?;
    Migrator::up(&have, None).await?;
    have.close().await?;
    let want = Database::connect(format!("sqlite:{folder}/want.sqlite?mode=rwc")).await?;
    want.get_schema_builder().register(task::Entity).apply(&want).await?;
    want.close().await
}
