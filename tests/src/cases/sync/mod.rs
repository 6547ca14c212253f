//! The schema after the registered entities.

mod entities;
mod renamed;
mod seeds;
mod skipped;

use entities::{changed, foreign, grown, item, owner};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, Set, Statement};
use sea_orm_do::introspect::Object;
use sea_orm_do::schema::{self, Report};
use sea_orm_do::{DoConnection, introspect};

use super::{connect, library};
use crate::case::{Case, Context, Outcome, case, cases};
use crate::entities::setting;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!(
        "sync":
        makes_everything_in_an_empty_database,
        finds_what_the_entities_made_alike,
        adds_columns_indexes_and_unique_keys_to_rows_that_are_there,
        lists_what_it_leaves_alone,
        adds_any_column_to_an_empty_table,
        creates_nothing_when_rows_break_a_unique_key,
        takes_what_serves_under_another_name,
        passes_over_what_no_entity_can_say,
        checks_without_writing,
        refuses_a_type_of_another_database,
        sees_two_foreign_keys_apart,
        sees_two_defaults_and_a_nullable_key_apart,
    );
    cases.push(case!("sync", reads_the_schema_alone_when_nothing_is_missing).workerd_only());
    [cases, seeds::cases(), skipped::cases(), renamed::cases()].concat()
}

fn missing(report: &Report) -> Vec<&Object> {
    report.changes.iter().map(|difference| &difference.object).collect()
}

fn table(name: &str) -> Object {
    Object::Table(name.to_owned())
}

fn column(name: &str) -> Object {
    Object::Column { table: "item".to_owned(), name: name.to_owned() }
}

fn index(name: &str) -> Object {
    Object::Index { table: "item".to_owned(), name: name.to_owned() }
}

async fn texts(db: &DoConnection, sql: &str) -> Result<Vec<String>, DbErr> {
    let db = db.read_as_tuple::<(String,)>();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql.to_owned())).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

async fn makes_everything_in_an_empty_database(context: Context) -> Outcome {
    let db = connect(&context)?;
    let report = schema::sync(&db)?;
    assert_eq!(missing(&report).len(), 6, "{report}");
    assert!(report.skipped.is_empty(), "{report}");
    let made = introspect(&db)?;
    db.execute_unprepared("DROP TABLE book_genre; DROP TABLE biography; DROP TABLE book; DROP TABLE author; DROP TABLE genre; DROP TABLE setting")
        .await?;
    library(&context).await?;
    assert!(made.diff(&introspect(&db)?).is_empty());
    Ok(())
}

async fn finds_what_the_entities_made_alike(context: Context) -> Outcome {
    let db = library(&context).await?;
    schema::check(&db)?.into_result()?;
    let db = db.register::<owner::Entity>().register::<grown::Entity>();
    let report = schema::sync(&db)?;
    assert_eq!(
        missing(&report),
        [&table("item"), &index("idx-item-weight"), &index("idx-item-place"), &table("owner")]
    );
    schema::check(&db)?.into_result()?;
    assert!(schema::sync(&db)?.is_empty());
    Ok(())
}

/// The tables of the first version, with two rows.
async fn first(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.register::<item::Entity>().register::<owner::Entity>();
    schema::sync(&db)?;
    for name in ["a", "b"] {
        item::ActiveModel { name: Set(name.to_owned()), ..Default::default() }.insert(&db).await?;
    }
    Ok(db)
}

async fn adds_columns_indexes_and_unique_keys_to_rows_that_are_there(context: Context) -> Outcome {
    let db = first(&context).await?.register::<grown::Entity>();
    let report = schema::sync(&db)?;
    let columns = ["note", "amount", "state", "code", "weight", "shelf", "position", "owner_id"].map(column);
    let indexes = ["idx-item-name", "idx-item-code", "idx-item-weight", "idx-item-place"].map(index);
    assert_eq!(missing(&report), columns.iter().chain(&indexes).collect::<Vec<_>>());
    assert!(report.skipped.is_empty(), "{report}");
    schema::check(&db)?.into_result()?;

    let items = grown::Entity::find().all(&db).await?;
    assert_eq!(items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert!(items.iter().all(|item| item.amount == 7 && item.state == "it's new" && item.note.is_none()));
    // The keys hold.
    db.execute_unprepared("INSERT INTO owner VALUES (1); UPDATE item SET owner_id = 1, shelf = id, code = name")
        .await?;
    assert!(db.execute_unprepared("UPDATE item SET owner_id = 2").await.is_err());
    assert!(db.execute_unprepared("UPDATE item SET shelf = 1, position = 1").await.is_err());
    assert!(db.execute_unprepared("UPDATE item SET code = 'a'").await.is_err());
    db.execute_unprepared("DELETE FROM owner").await?;
    assert!(grown::Entity::find().all(&db).await?.iter().all(|item| item.owner_id.is_none()));
    Ok(())
}

async fn lists_what_it_leaves_alone(context: Context) -> Outcome {
    let db = first(&context).await?.register::<changed::Entity>();
    let before = introspect(&db)?;
    let report = schema::sync(&db)?;
    assert!(report.changes.is_empty(), "{report}");
    let skipped: Vec<_> = report.skipped.iter().map(|skipped| (&skipped.difference.object, skipped.reason)).collect();
    let reason = |object: Object, words: &str| {
        assert!(skipped.iter().any(|(of, reason)| **of == object && reason.contains(words)), "{object:?}: {skipped:?}");
    };
    reason(column("code"), "primary key");
    reason(column("id"), "rebuild the table");
    reason(column("amount"), "NOT NULL column needs a default");
    reason(column("made_at"), "a default that is a constant");
    reason(column("owner_id"), "NOT NULL column needs a default");
    reason(column("name"), "drop it in a migration");
    reason(Object::PrimaryKey("item".to_owned()), "rebuild the table");
    reason(index("idx-item-owner_id"), "one of its columns does not exist");
    assert_eq!(skipped.len(), 8, "{report}");
    assert!(before.diff(&introspect(&db)?).is_empty());
    let error = report.into_result().err().ok_or("it is empty")?.to_string();
    assert!(error.contains("table `item` has \"name\" varchar NOT NULL where its entity has nothing"), "{error}");
    Ok(())
}

async fn adds_any_column_to_an_empty_table(context: Context) -> Outcome {
    let db = context.connect()?.register::<changed::Entity>().register::<owner::Entity>();
    db.execute_unprepared("CREATE TABLE item (code varchar NOT NULL PRIMARY KEY, id varchar NOT NULL)").await?;
    let report = schema::sync(&db)?;
    assert!(report.skipped.is_empty(), "{report}");
    schema::check(&db)?.into_result()?;
    Ok(())
}

async fn creates_nothing_when_rows_break_a_unique_key(context: Context) -> Outcome {
    let db = first(&context).await?.register::<grown::Entity>();
    db.execute_unprepared("UPDATE item SET name = 'same'; DROP TABLE owner").await?;
    let before = introspect(&db)?;
    let error = schema::sync(&db).err().ok_or("it went through")?;
    assert!(matches!(sea_orm_do::sql_err(&error), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))), "{error}");
    assert!(before.diff(&introspect(&db)?).is_empty());
    assert_eq!(item::Entity::find().all(&db.register::<item::Entity>()).await?.len(), 2);
    Ok(())
}

const BY_HAND: &str = r#"
    CREATE TABLE Owner (ID INTEGER PRIMARY KEY);
    CREATE TABLE "ITEM" (
        "ID" INTEGER PRIMARY KEY, name VARCHAR NOT NULL, note VARCHAR, amount INTEGER NOT NULL DEFAULT (7),
        state VARCHAR NOT NULL DEFAULT 'it''s new', code VARCHAR UNIQUE, weight DOUBLE, shelf INTEGER, position INTEGER,
        owner_id INTEGER REFERENCES owner ON DELETE SET NULL, UNIQUE (position, shelf)
    );
    CREATE UNIQUE INDEX names ON item (name);
    CREATE INDEX weights ON item (weight);
"#;

async fn takes_what_serves_under_another_name(context: Context) -> Outcome {
    let db = context.connect()?.register::<owner::Entity>().register::<grown::Entity>();
    db.execute_unprepared(BY_HAND).await?;
    schema::check(&db)?.into_result()?;
    Ok(())
}

async fn passes_over_what_no_entity_can_say(context: Context) -> Outcome {
    let db = first(&context).await?;
    db.execute_unprepared(
        "CREATE TABLE other (id); CREATE INDEX by_name ON item (name); CREATE INDEX lower ON item (lower(name));
         CREATE UNIQUE INDEX part ON item (name) WHERE id > 100; CREATE VIEW v AS SELECT * FROM item;
         ALTER TABLE item ADD COLUMN twice AS (name || name);
         CREATE TRIGGER t AFTER INSERT ON item BEGIN SELECT 1; END",
    )
    .await?;
    schema::check(&db)?.into_result()?;
    db.execute_unprepared("CREATE UNIQUE INDEX names ON item (name)").await?;
    let report = schema::check(&db)?;
    let [skipped] = &report.skipped[..] else { panic!("{report}") };
    assert_eq!(
        (&skipped.difference.object, skipped.reason),
        (&index("names"), "the entity does not say that it is unique")
    );
    // An entity may stand for a view.
    db.execute_unprepared("DROP TABLE item; DROP VIEW v; CREATE VIEW item AS SELECT 1 AS id, 'x' AS name").await?;
    assert!(schema::sync(&db)?.is_empty());
    Ok(())
}

async fn checks_without_writing(context: Context) -> Outcome {
    let db = first(&context).await?.register::<grown::Entity>();
    let before = introspect(&db)?;
    let report = schema::check(&db)?;
    assert_eq!(report.changes.len(), 12, "{report}");
    assert!(before.diff(&introspect(&db)?).is_empty());
    let error = report.into_result().err().ok_or("it is empty")?.to_string();
    assert!(error.contains("missing: ALTER TABLE \"item\" ADD COLUMN \"note\" varchar;"), "{error}");
    Ok(())
}

async fn refuses_a_type_of_another_database(context: Context) -> Outcome {
    let db = context.connect()?.register::<owner::Entity>().register::<foreign::Entity>();
    let error = schema::sync(&db).err().ok_or("it went through")?.to_string();
    assert!(error.contains("table `foreign`: column `address` is of type Cidr, which SQLite does not have"), "{error}");
    assert!(texts(&db, "SELECT name FROM sqlite_master").await?.iter().all(|name| name != "owner"));
    Ok(())
}

async fn sees_two_foreign_keys_apart(context: Context) -> Outcome {
    let db = context.connect()?.register::<owner::Entity>().register::<grown::Entity>();
    db.execute_unprepared(&BY_HAND.replace("ON DELETE SET NULL", "ON DELETE CASCADE")).await?;
    let report = schema::sync(&db)?;
    let constraints: Vec<_> = report
        .skipped
        .iter()
        .map(|skipped| (skipped.difference.before.as_deref(), skipped.difference.after.as_deref()))
        .collect();
    let wanted = r#"FOREIGN KEY ("owner_id") REFERENCES "owner" ("id") ON DELETE SET NULL"#;
    let found = r#"FOREIGN KEY ("owner_id") REFERENCES "owner" ON DELETE CASCADE"#;
    assert_eq!(constraints, [(None, Some(wanted)), (Some(found), None)]);
    Ok(())
}

async fn sees_two_defaults_and_a_nullable_key_apart(context: Context) -> Outcome {
    let db = context.connect()?.register::<owner::Entity>().register::<grown::Entity>();
    let other = BY_HAND.replace("\"ITEM\"", "item").replace("it''s new", "IT''S NEW").replace("(7)", "8");
    db.execute_unprepared(&other).await?;
    let report = schema::check(&db)?;
    let skipped: Vec<_> = report.skipped.iter().map(|skipped| &skipped.difference.object).collect();
    assert_eq!(skipped, [&column("amount"), &column("state")], "{report}");
    // Of a key that is not the rowid SQLite lets NULL pass.
    let db = context.connect()?.register::<setting::Entity>();
    db.execute_unprepared(
        "CREATE TABLE setting (key varchar PRIMARY KEY, value varchar NOT NULL, changes integer NOT NULL)",
    )
    .await?;
    let report = schema::check(&db)?;
    let [skipped] = &report.skipped[..] else { panic!("{report}") };
    assert_eq!(skipped.difference.object, Object::Column { table: "setting".to_owned(), name: "key".to_owned() });
    Ok(())
}

async fn reads_the_schema_alone_when_nothing_is_missing(context: Context) -> Outcome {
    let db = first(&context).await?;
    let (report, counts) = context.counting(|| schema::sync(&db))?;
    assert!(report?.is_empty());
    assert_eq!((counts.statements, counts.rows_written), (5, 0));
    Ok(())
}
