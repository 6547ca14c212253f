//! Takes over a database whose tables another tool has made.

use sea_orm::DbErr;
use sea_orm_migration::MigratorTrait;

use super::error::Error;
use super::history::Known;
use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::error::flattened;
use crate::introspect::Schema;
use crate::sql::reserved::HISTORIES;

/// Records the migrations up to `last` as applied, in a database that another tool has migrated so far.
///
/// Call it before [`up`](super::up), each time an object wakes. `schema` is the schema that those migrations make, as
/// JSON of [`Schema`]; `sea-orm-do schema --file old.sqlite --json` prints it for a database of the other tool. An object
/// without tables, or with records of its own, is left as it is: the result is then empty, and `up` does the rest.
///
/// The histories of drizzle-kit, Kysely, wrangler for D1, Prisma, Knex and others do not count in the comparison, and
/// stay. `durable-utils` and Cloudflare's actors keep a number in the key-value storage, which no SQL can see.
///
/// # Errors
/// [`Error::Foreign`] if the database is not as `schema`, with every difference; nothing is recorded then.
/// `DbErr::Migration` if the code has no migration of that name, or `schema` is not the JSON of one.
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// # use sea_orm_do::introspect;
/// // What the other tool has made: the same tables, and its own history.
/// let db = DoConnection::in_memory()?;
/// migrate::up::<Migrator>(&db, None)?;
/// # let schema = introspect(&db)?;
/// # let schema = serde_json::to_string(&sea_orm_do::introspect::Schema {
/// #     tables: schema.tables.into_iter().filter(|table| table.name != "seaql_migrations").collect(), ..schema
/// # }).unwrap();
/// db.import("DROP TABLE seaql_migrations; CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash TEXT)")?;
///
/// let last = migrate::status::<Migrator>(&db)?.pop().unwrap().name;
/// assert_eq!(migrate::adopt::<Migrator>(&db, &last, &schema)?.last(), Some(&last));
/// assert!(migrate::up::<Migrator>(&db, None)?.is_empty());
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
pub fn adopt<M: MigratorTrait>(db: &DoConnection, last: &str, schema: &str) -> Result<Vec<String>, Error> {
    db.check_not_blocked().map_err(Error::Database)?;
    let known = Known::of::<M>()?;
    let Some(at) = known.migrations.iter().position(|migration| migration.name() == last) else {
        return Err(DbErr::Migration(format!("the code has no migration `{last}` to adopt")).into());
    };
    if known.recorded(&db.database)?.is_some_and(|records| !records.is_empty()) {
        return Ok(Vec::new());
    }
    let found = without_histories(introspect(db)?, &known.table);
    if found == Schema::default() {
        return Ok(Vec::new());
    }
    let not_json = |error| DbErr::Migration(format!("the schema to adopt is not the JSON of one: {error}"));
    let expected = without_histories(serde_json::from_str(schema).map_err(not_json)?, &known.table);
    let differences: Vec<_> = expected.diff(&found).iter().map(ToString::to_string).collect();
    if !differences.is_empty() {
        return Err(Error::Foreign { last: last.to_owned(), differences });
    }
    let names: Vec<_> = known.migrations[..=at].iter().map(|migration| migration.name().to_owned()).collect();
    let record = async |transaction: &_| {
        M::install(transaction).await?;
        for name in &names {
            known.record(name, transaction).await?;
        }
        Ok(())
    };
    db.transaction_sync(record).map_err(flattened)?;
    Ok(names)
}

fn without_histories(mut schema: Schema, own: &str) -> Schema {
    schema.tables.retain(|table| table.name != own && !HISTORIES.contains(&table.name.as_str()));
    schema
}
