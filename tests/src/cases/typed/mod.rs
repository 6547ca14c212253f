//! What a call reads is what it says: the inputs of public bug reports, and others of their kinds.

mod calls;
mod columns;
mod connections;
mod structs;

use chrono::{DateTime, TimeZone, Utc};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, Schema, Set, Statement};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context};

pub(super) fn cases() -> Vec<Case> {
    [calls::cases(), columns::cases(), connections::cases(), structs::cases()].concat()
}

pub(super) mod user {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "user")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub email: String,
        #[sea_orm(has_many)]
        pub posts: HasMany<super::post::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod post {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "post")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub author_id: Option<i32>,
        pub title: String,
        #[sea_orm(belongs_to, from = "author_id", to = "id")]
        pub author: HasOne<super::user::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod ev {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "ev")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub created_at: DateTimeUtc,
        pub price: Decimal,
        #[sea_orm(column_type = "JsonBinary")]
        pub data: Json,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

fn noon() -> DateTime<Utc> {
    Utc.timestamp_opt(1_772_366_400, 0).single().unwrap_or_default()
}

/// A user with a post, a post by nobody, and an event.
async fn blog(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.register::<user::Entity>().register::<post::Entity>().register::<ev::Entity>();
    let schema = Schema::new(DbBackend::Sqlite);
    db.execute(&schema.create_table_from_entity(user::Entity)).await?;
    db.execute(&schema.create_table_from_entity(post::Entity)).await?;
    db.execute(&schema.create_table_from_entity(ev::Entity)).await?;
    user::ActiveModel { id: Set(7), email: Set("a@x".to_owned()) }.insert(&db).await?;
    for (id, author_id, title) in [(1, Some(7), "one"), (2, None, "two")] {
        post::ActiveModel { id: Set(id), author_id: Set(author_id), title: Set(title.to_owned()) }.insert(&db).await?;
    }
    for (id, data) in [(1, serde_json::json!({"p": 1.5, "n": 3, "done": true})), (2, serde_json::json!({"p": 2}))] {
        ev::ActiveModel {
            id: Set(id),
            created_at: Set(noon()),
            price: Set("2.50".parse().unwrap_or_default()),
            data: Set(data),
        }
        .insert(&db)
        .await?;
    }
    Ok(db)
}

fn sql(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}
