//! Columns that have a new name.

use sea_orm::{ConnectionTrait, EntityTrait};
use sea_orm_do::introspect::Object;
use sea_orm_do::{introspect, schema};

use super::{column, missing, texts};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "sync":
        renames_a_column_with_its_values,
        renames_on_both_sides_of_a_foreign_key,
        adds_a_renamed_column_where_neither_is,
        leaves_a_rename_that_is_not_clear,
    )
}

/// An item whose `name` was its `title`.
mod item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, renamed_from = "number")]
        pub id: i32,
        #[sea_orm(unique, renamed_from = "title", comment = "What it is called")]
        pub name: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod part {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "part")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(indexed, renamed_from = "thing")]
        pub item_id: i32,
        #[sea_orm(belongs_to, from = "item_id", to = "id")]
        pub item: HasOne<super::item::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// An item that has a `title` again.
mod both {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(renamed_from = "title")]
        pub name: Option<String>,
        pub title: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn renames_a_column_with_its_values(context: Context) -> Outcome {
    let db = context.connect()?.register::<item::Entity>();
    db.execute_unprepared(
        "CREATE TABLE item (id integer PRIMARY KEY, \"Title\" varchar NOT NULL UNIQUE); INSERT INTO item VALUES (1, 'a')",
    )
    .await?;
    let report = schema::sync(&db)?;
    let [renamed] = &report.changes[..] else { panic!("{report}") };
    assert_eq!(renamed.object, column("name"));
    assert_eq!(renamed.before.as_deref(), Some("\"Title\" varchar NOT NULL"));
    assert_eq!(renamed.after.as_deref(), Some("ALTER TABLE \"item\" RENAME COLUMN \"Title\" TO \"name\""));
    assert!(report.skipped.is_empty(), "{report}");
    let items = item::Entity::find().all(&db).await?;
    assert_eq!(items, [item::Model { id: 1, name: "a".to_owned() }]);
    assert!(schema::sync(&db)?.is_empty());
    Ok(())
}

async fn renames_on_both_sides_of_a_foreign_key(context: Context) -> Outcome {
    let db = context.connect()?.register::<item::Entity>().register::<part::Entity>();
    db.execute_unprepared(
        "CREATE TABLE item (number integer PRIMARY KEY, title varchar NOT NULL UNIQUE);
         CREATE TABLE part (id integer PRIMARY KEY, thing integer NOT NULL, FOREIGN KEY (thing) REFERENCES item (number));
         CREATE INDEX things ON part (thing); INSERT INTO item VALUES (7, 'a'); INSERT INTO part VALUES (1, 7)",
    )
    .await?;
    let report = schema::sync(&db)?;
    let of_part = Object::Column { table: "part".to_owned(), name: "item_id".to_owned() };
    assert_eq!(missing(&report), [&column("id"), &column("name"), &of_part], "{report}");
    assert!(report.skipped.is_empty(), "{report}");
    schema::check(&db)?.into_result()?;
    assert_eq!(part::Entity::find().all(&db).await?, [part::Model { id: 1, item_id: 7 }]);
    Ok(())
}

async fn adds_a_renamed_column_where_neither_is(context: Context) -> Outcome {
    let db = context.connect()?.register::<item::Entity>();
    db.execute_unprepared("CREATE TABLE item (id integer PRIMARY KEY)").await?;
    let report = schema::sync(&db)?;
    assert!(report.skipped.is_empty(), "{report}");
    assert_eq!(texts(&db, "SELECT name FROM pragma_table_info('item')").await?, ["id", "name"]);
    schema::check(&db)?.into_result()?;
    Ok(())
}

async fn leaves_a_rename_that_is_not_clear(context: Context) -> Outcome {
    let db = context.connect()?.register::<both::Entity>();
    db.execute_unprepared("CREATE TABLE item (id integer PRIMARY KEY, title varchar NOT NULL)").await?;
    let before = introspect(&db)?;
    let report = schema::sync(&db)?;
    let [skipped] = &report.skipped[..] else { panic!("{report}") };
    assert_eq!(skipped.difference.object, column("name"));
    assert!(skipped.reason.contains("a column of the old name as well"), "{report}");
    assert!(before.diff(&introspect(&db)?).is_empty());
    // With both there is nothing to rename.
    db.execute_unprepared("ALTER TABLE item ADD COLUMN name varchar").await?;
    schema::check(&db)?.into_result()?;
    Ok(())
}
