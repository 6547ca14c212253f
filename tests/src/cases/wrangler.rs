//! The table that `wrangler dev` writes into the database of each object that has a name.

use sea_orm::ConnectionTrait;
use sea_orm_do::introspect::Schema;
use sea_orm_do::{DoConnection, introspect, migrate, schema};

use super::{connect, library};
use crate::case::{Case, Context, Outcome, cases};
use crate::migrations::Shop;

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "wrangler":
        its_table_is_no_part_of_the_schema,
        its_table_stays_when_all_is_made_fresh,
        its_table_is_neither_exported_nor_imported,
    )
}

/// As miniflare 5 does it.
const NAME: &str = "CREATE TABLE IF NOT EXISTS __miniflare_do_name (id INTEGER PRIMARY KEY, name TEXT);
    INSERT OR REPLACE INTO __miniflare_do_name (id, name) VALUES (1, 'first');";

async fn its_table_is_no_part_of_the_schema(context: Context) -> Outcome {
    let db = library(&context).await?;
    let before = introspect(&db)?;
    db.execute_unprepared(NAME).await?;
    // An index of it is no more the program's than the table.
    db.execute_unprepared("CREATE INDEX found_by_name ON __miniflare_do_name (name)").await?;
    let after = introspect(&db)?;
    assert_eq!(before, after);
    assert!(after.tables.iter().all(|table| !table.name.contains("miniflare")));
    assert_eq!(before.diff(&after), []);
    assert!(schema::check(&db)?.skipped.is_empty());
    assert!(schema::sync(&db)?.changes.is_empty());
    Ok(())
}

async fn its_table_stays_when_all_is_made_fresh(context: Context) -> Outcome {
    let db = super::migrations::connect(&context)?;
    db.execute_unprepared(NAME).await?;
    db.execute_unprepared("CREATE TABLE __miniflareish (a); CREATE TABLE _miniflare_a (a)").await?;
    migrate::fresh::<Shop>(&db)?;
    migrate::reset::<Shop>(&db)?;
    assert_eq!(introspect(&db)?.tables, []);
    assert_eq!(named(&db).await?, 1);
    Ok(())
}

async fn its_table_is_neither_exported_nor_imported(context: Context) -> Outcome {
    let db = connect(&context)?;
    db.execute_unprepared(NAME).await?;
    db.execute_unprepared("CREATE TABLE t (a); INSERT INTO t VALUES (1)").await?;
    let script = db.export()?.collect::<Result<String, _>>()?;
    assert!(!script.contains("miniflare"), "{script}");
    // A dump of the shell has it.
    let dump = format!("CREATE TABLE u (a); {NAME} INSERT INTO u VALUES (2);");
    let imported = db.import(&dump)?;
    assert_eq!(imported.skipped_tables, ["__miniflare_do_name"]);
    assert_eq!(named(&db).await?, 1);
    let Schema { tables, .. } = introspect(&db)?;
    assert_eq!(tables.iter().map(|table| &table.name).collect::<Vec<_>>(), ["t", "u"]);
    Ok(())
}

/// The rows that give this object its name.
async fn named(db: &DoConnection) -> Result<u64, sea_orm::DbErr> {
    let sql = "UPDATE __miniflare_do_name SET name = name WHERE name = 'first'";
    Ok(db.execute_unprepared(sql).await?.rows_affected())
}
