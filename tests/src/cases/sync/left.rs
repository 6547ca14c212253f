//! What SQLite would refuse stands in the report, and the rest is done.

use sea_orm::ConnectionTrait;
use sea_orm_do::schema;

use super::entities::{item, owner};
use super::{column, missing, texts};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "sync":
        adds_a_column_with_two_foreign_keys,
        takes_defaults_that_are_written_another_way,
    )
}

mod two_keys {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
        pub other_id: Option<i32>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::owner::Entity", from = "Column::OtherId", to = "super::owner::Column::Id")]
        Owner,
        #[sea_orm(belongs_to = "Entity", from = "Column::OtherId", to = "Column::Id", on_delete = "Cascade")]
        Item,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod defaults {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(default_value = true)]
        pub done: bool,
        #[sea_orm(default_value = "draft")]
        pub state: String,
        #[sea_orm(default_expr = "Expr::current_timestamp()")]
        pub made_at: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn adds_a_column_with_two_foreign_keys(context: Context) -> Outcome {
    let db = context.connect()?.register::<item::Entity>().register::<owner::Entity>();
    schema::sync(&db)?;
    let db = db.register::<two_keys::Entity>();
    let report = schema::sync(&db)?;
    assert_eq!(missing(&report), [&column("other_id")]);
    schema::check(&db)?.into_result()?;
    let keys = "SELECT \"table\" FROM pragma_foreign_key_list('item') ORDER BY 1";
    assert_eq!(texts(&db, keys).await?, ["item", "owner"]);
    Ok(())
}

async fn takes_defaults_that_are_written_another_way(context: Context) -> Outcome {
    let db = context.connect()?.register::<defaults::Entity>();
    let table = "CREATE TABLE item (id integer PRIMARY KEY, done boolean NOT NULL DEFAULT 1,
        state varchar NOT NULL DEFAULT (('draft')), made_at varchar NOT NULL DEFAULT (current_timestamp))";
    db.execute_unprepared(table).await?;
    schema::check(&db)?.into_result()?;
    let other = table.replace("DEFAULT 1", "DEFAULT 'true'").replace("'draft'", "'Draft'");
    db.execute_unprepared(&format!("DROP TABLE item; {other}")).await?;
    let report = schema::check(&db)?;
    let left: Vec<_> = report.left.iter().map(|left| &left.difference.object).collect();
    assert_eq!(left, [&column("done"), &column("state")], "{report}");
    Ok(())
}
