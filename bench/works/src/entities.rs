//! The tables, whose SQL is in bench/tables.sql.

pub mod task {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "task")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub title: String,
        pub done: bool,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod wide {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "wide")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub a1: i32,
        pub a2: i32,
        pub a3: i32,
        pub a4: i32,
        pub a5: i32,
        pub b1: i64,
        pub c1: f64,
        pub c2: f64,
        pub c3: f64,
        pub c4: f64,
        pub d1: String,
        pub d2: String,
        pub d3: String,
        pub d4: String,
        pub d5: String,
        pub e1: bool,
        pub e2: bool,
        pub f1: Option<i32>,
        pub f2: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod ledger {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub amount: i64,
        pub balance: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod project {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "project")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
        #[sea_orm(has_many)]
        pub issues: HasMany<super::issue::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod issue {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "issue")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub project_id: i32,
        pub title: String,
        pub done: bool,
        #[sea_orm(belongs_to, from = "project_id", to = "id")]
        pub project: HasOne<super::project::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
