//! The table `item`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "item")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(unique)]
    pub name: String,
    #[sea_orm(column_type = "Decimal(Some((10, 2)))")]
    pub price: Decimal,
    /// How many are left.
    pub pieces: i32,
    #[sea_orm(column_type = "Timestamp")]
    pub added_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
