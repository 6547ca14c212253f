//! The task of the guides.

use sea_orm::entity::prelude::*;
use sea_orm::{Schema, Set};
use sea_orm_do::DoConnection;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "task")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub title: String,
    pub done: bool,
    pub due_on: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Three tasks, of which the second is done.
pub(super) async fn three(db: DoConnection) -> Result<DoConnection, DbErr> {
    let db = db.register::<Entity>();
    db.execute(&Schema::new(db.get_database_backend()).create_table_from_entity(Entity)).await?;
    for (title, done) in [("Write", false), ("Read", true), ("Rest", false)] {
        ActiveModel {
            title: Set(title.into()),
            done: Set(done),
            due_on: Set(Date::from_ymd_opt(2026, 12, 31)),
            ..Default::default()
        }
        .insert(&db)
        .await?;
    }
    Ok(db)
}
