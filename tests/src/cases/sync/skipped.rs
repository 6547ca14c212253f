//! What SQLite would refuse stands in the report, and the rest is done.

use sea_orm::ConnectionTrait;
use sea_orm_do::schema;

use super::entities::{item, owner};
use super::{column, index, missing, texts};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "sync":
        leaves_an_index_whose_name_another_table_has,
        leaves_what_a_strict_table_cannot_have,
        leaves_what_an_extra_forbids,
        adds_a_column_with_a_default_in_its_extra,
        refuses_a_key_that_sqlite_cannot_count_up,
        takes_a_small_key_of_a_table_that_is_there,
        adds_a_column_with_two_foreign_keys,
        takes_defaults_that_are_written_another_way,
    )
}

mod indexed {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(indexed)]
        pub name: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod typed {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub amount: Option<i32>,
        pub note: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod extra {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(extra = "UNIQUE")]
        pub code: Option<String>,
        #[sea_orm(extra = "DEFAULT CURRENT_TIMESTAMP")]
        pub made_at: Option<String>,
        #[sea_orm(extra = "NOT NULL")]
        pub must: Option<String>,
        #[sea_orm(extra = "DEFAULT ('none') REFERENCES item (id)")]
        pub other: Option<String>,
        #[sea_orm(extra = "COLLATE NOCASE DEFAULT ('a') CHECK (state <> 'UNIQUE')")]
        pub state: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod small {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "small")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i16,
    }

    impl ActiveModelBehavior for ActiveModel {}
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

async fn leaves_an_index_whose_name_another_table_has(context: Context) -> Outcome {
    let db = context.connect()?.register::<indexed::Entity>();
    schema::sync(&db)?;
    // The index goes along, and keeps its name.
    db.execute_unprepared("ALTER TABLE item RENAME TO old_item").await?;
    for of in ["no table", "a table that is there"] {
        let report = schema::sync(&db)?;
        let [skipped] = &report.skipped[..] else { panic!("{of}: {report}") };
        assert_eq!(skipped.difference.object, index("idx-item-name"));
        assert!(skipped.reason.contains("another table has an index of this name"), "{of}: {report}");
    }
    assert_eq!(texts(&db, "SELECT name FROM pragma_table_info('item')").await?, ["id", "name"]);
    db.execute_unprepared("DROP INDEX \"idx-item-name\"").await?;
    assert_eq!(missing(&schema::sync(&db)?), [&index("idx-item-name")]);
    Ok(())
}

async fn leaves_what_a_strict_table_cannot_have(context: Context) -> Outcome {
    let db = context.connect()?.register::<typed::Entity>();
    db.execute_unprepared("CREATE TABLE item (id INTEGER PRIMARY KEY) STRICT").await?;
    let report = schema::sync(&db)?;
    assert_eq!(missing(&report), [&column("amount")]);
    let [skipped] = &report.skipped[..] else { panic!("{report}") };
    assert_eq!(skipped.difference.object, column("note"));
    assert!(skipped.reason.contains("STRICT"), "{report}");
    Ok(())
}

async fn leaves_what_an_extra_forbids(context: Context) -> Outcome {
    let db = context.connect()?.register::<extra::Entity>();
    db.execute_unprepared("CREATE TABLE item (id integer PRIMARY KEY); INSERT INTO item VALUES (1)").await?;
    let report = schema::sync(&db)?;
    assert_eq!(missing(&report), [&column("state")], "{report}");
    let skipped: Vec<_> = report.skipped.iter().map(|skipped| (&skipped.difference.object, skipped.reason)).collect();
    let reasons = [
        ("code", "UNIQUE"),
        ("made_at", "a default that is a constant"),
        ("must", "NOT NULL column needs a default"),
        ("other", "a foreign key cannot have a default"),
    ];
    assert_eq!(skipped.len(), reasons.len() + 1, "{report}");
    assert_eq!(skipped[reasons.len()].0, &index("idx-item-code"));
    for ((object, reason), (name, words)) in skipped.into_iter().zip(reasons) {
        assert!(*object == column(name) && reason.contains(words), "{name}: {report}");
    }
    Ok(())
}

async fn adds_a_column_with_a_default_in_its_extra(context: Context) -> Outcome {
    let db = context.connect()?.register::<extra::Entity>();
    db.execute_unprepared("CREATE TABLE item (id integer PRIMARY KEY)").await?;
    let report = schema::sync(&db)?;
    assert_eq!(missing(&report), [&column("made_at"), &column("must"), &column("other"), &column("state")]);
    // Not even an empty table takes a column that is UNIQUE; a new one does.
    let skipped: Vec<_> = report.skipped.iter().map(|skipped| &skipped.difference.object).collect();
    assert_eq!(skipped, [&column("code"), &index("idx-item-code")], "{report}");
    db.execute_unprepared("DROP TABLE item").await?;
    assert_eq!(missing(&schema::sync(&db)?), [&super::table("item")]);
    schema::check(&db)?.into_result()?;
    Ok(())
}

async fn refuses_a_key_that_sqlite_cannot_count_up(context: Context) -> Outcome {
    let db = context.connect()?.register::<small::Entity>();
    let error = schema::sync(&db).err().ok_or("it went through")?;
    assert!(matches!(error, sea_orm::DbErr::Type(_)), "{error}");
    for part in ["table `small`: column `id` is of type smallint", "i32 or i64", "auto_increment = false"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    Ok(())
}

async fn takes_a_small_key_of_a_table_that_is_there(context: Context) -> Outcome {
    let db = context.connect()?.register::<small::Entity>();
    db.execute_unprepared("CREATE TABLE small (id smallint NOT NULL PRIMARY KEY)").await?;
    schema::check(&db)?.into_result()?;
    Ok(())
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
    let skipped: Vec<_> = report.skipped.iter().map(|skipped| &skipped.difference.object).collect();
    assert_eq!(skipped, [&column("done"), &column("state")], "{report}");
    Ok(())
}
