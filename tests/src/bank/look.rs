//! Migrations, and what a database is made of after some of them.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, RuntimeErr};
use sea_orm_do::{DoConnection, introspect, migrate};
use sea_orm_do_shared::bank::{Look, Reply};

use super::object::Failure;
use super::schema::Migrations;
use crate::case::Context;

pub async fn wake(context: &Context, db: &DoConnection, stepwise: bool) -> Result<Reply, Failure> {
    if !stepwise {
        return Ok(Reply::Applied(migrate::up::<Migrations>(db, None)?));
    }
    let mut applied = Vec::new();
    loop {
        let next = migrate::up::<Migrations>(db, Some(1))?;
        if next.is_empty() {
            return Ok(Reply::Applied(applied));
        }
        applied.extend(next);
        context.wait().await;
    }
}

pub fn step(db: &DoConnection) -> Result<Reply, Failure> {
    Ok(Reply::Applied(migrate::up::<Migrations>(db, Some(1))?))
}

pub async fn look(db: &DoConnection) -> Result<Reply, Failure> {
    let status = migrate::status::<Migrations>(db)?;
    let recorded = status.into_iter().filter(|status| status.applied_at.is_some()).map(|status| status.name).collect();
    let schema = introspect(db)?;
    let mut contents = BTreeMap::new();
    // When a migration was applied is another time at each try.
    for table in schema.tables.iter().filter(|table| table.name != "seaql_migrations") {
        let columns = table.columns.iter().map(|column| format!("length(quote(\"{}\"))", column.name));
        let lengths = columns.collect::<Vec<_>>().join(" + ");
        let sql = format!("SELECT count(*), coalesce(sum({lengths}), 0) FROM \"{}\"", table.name);
        let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
        let row = db.read_as_tuple::<(i64, i64)>().query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::Query(RuntimeErr::Internal("no row".to_owned())))?;
        contents.insert(table.name.clone(), (row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    }
    let schema = serde_json::to_value(&schema).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(Reply::Look(Look { recorded, schema, contents }))
}
