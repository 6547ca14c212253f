//! An item as it was, and as it is now.

pub mod owner {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "owner")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// With columns that can be added to rows that are there.
pub mod grown {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(unique)]
        pub name: String,
        pub note: Option<String>,
        #[sea_orm(default_value = 7)]
        pub amount: i64,
        #[sea_orm(default_value = "it's new")]
        pub state: String,
        #[sea_orm(unique)]
        pub code: Option<String>,
        #[sea_orm(indexed)]
        pub weight: Option<f64>,
        #[sea_orm(unique_key = "place")]
        pub shelf: Option<i32>,
        #[sea_orm(unique_key = "place")]
        pub position: Option<i32>,
        pub owner_id: Option<i32>,
        #[sea_orm(belongs_to, from = "owner_id", to = "id", on_delete = "SetNull")]
        pub owner: HasOne<super::owner::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// With what no ALTER TABLE can make of the first.
pub mod changed {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub id: String,
        pub amount: i32,
        #[sea_orm(default_expr = "Expr::current_timestamp()")]
        pub made_at: DateTimeUtc,
        #[sea_orm(indexed)]
        pub owner_id: i32,
        #[sea_orm(belongs_to, from = "owner_id", to = "id")]
        pub owner: HasOne<super::owner::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// With a type of another database.
pub mod foreign {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "foreign")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(column_type = "Cidr")]
        pub address: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
