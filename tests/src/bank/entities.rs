//! The entities of the bank.

pub mod account {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub balance: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod transfer {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "transfer")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: i64,
        pub from_id: i32,
        pub to_id: i32,
        pub amount: i64,
        #[sea_orm(has_many)]
        pub entries: HasMany<super::entry::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod entry {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "entry")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub transfer_key: i64,
        pub account_id: i32,
        pub amount: i64,
        #[sea_orm(belongs_to, from = "transfer_key", to = "key")]
        pub transfer: HasOne<super::transfer::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod note {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "note")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub client: i32,
        pub text: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A row of a batch.
pub mod item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub batch: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: i32,
        pub text: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod counter {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "counter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub value: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Its one row holds a text.
pub mod misfit {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "misfit")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub number: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
