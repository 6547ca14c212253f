//! The entities of the suites: a small library.

/// Creates the three tables.
///
/// # Errors
/// What the database reports.
pub async fn create_tables<C: sea_orm::ConnectionTrait>(db: &C) -> Result<(), sea_orm::DbErr> {
    let schema = sea_orm::Schema::new(sea_orm::DbBackend::Sqlite);
    db.execute(&schema.create_table_from_entity(author::Entity)).await?;
    db.execute(&schema.create_table_from_entity(book::Entity)).await?;
    db.execute(&schema.create_table_from_entity(setting::Entity)).await?;
    Ok(())
}

pub mod author {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "author")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(unique)]
        pub name: String,
        pub born: Option<Date>,
        #[sea_orm(has_many)]
        pub books: HasMany<super::book::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod book {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "book")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub author_id: i32,
        pub title: String,
        pub pages: i32,
        pub price: f64,
        pub in_print: bool,
        pub cover: Option<Vec<u8>>,
        pub meta: Option<Json>,
        pub isbn: Option<Uuid>,
        pub published_at: Option<DateTimeUtc>,
        #[sea_orm(belongs_to, from = "author_id", to = "id", on_delete = "Cascade")]
        pub author: HasOne<super::author::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod setting {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "setting")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub value: String,
        pub changes: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
