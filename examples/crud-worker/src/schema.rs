//! The database as the routes expect it.

use sea_orm::DbErr;
use sea_orm_do::{DoConnection, migrate};

use crate::migrations::Migrator;

/// Registers the entities, applies the new migrations and returns the handle.
pub(crate) async fn open(connection: DoConnection) -> Result<DoConnection, DbErr> {
    let db = entities::register(connection);
    migrate::up::<Migrator>(&db, None)?;
    Ok(db)
}
