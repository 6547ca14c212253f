//! All that a driver finds in a file with every table of the matrix.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, JsonValue};
use serde::{Deserialize, Serialize};

use super::expressions::{Way, evaluate_all};
use super::kind::Row;
use super::kinds::tables;

/// By table, or by expression; an error is its message.
#[derive(Debug, Deserialize, Serialize)]
pub struct Report {
    pub models: BTreeMap<String, Result<Vec<Row>, String>>,
    pub json: BTreeMap<String, Result<Vec<JsonValue>, String>>,
    pub expressions: BTreeMap<String, Result<Vec<Option<String>>, String>>,
}

/// Storage class and content of the cells, by table.
pub type Storage = BTreeMap<String, Vec<Row>>;

/// Creates every table and writes its rows.
///
/// # Errors
/// The first of the driver.
pub async fn write_all<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    for table in tables() {
        table.create(db).await?;
        table.insert(db).await?;
    }
    Ok(())
}

/// Reads all of it; `json` is the same database, for `into_json`.
pub async fn report<C: ConnectionTrait>(db: &C, json: &C) -> Report {
    let mut report =
        Report { models: BTreeMap::new(), json: BTreeMap::new(), expressions: evaluate_all(db, Way::Typed).await };
    for table in tables() {
        let name = table.name().to_owned();
        report.models.insert(name.clone(), table.find(db).await.map_err(|error| error.to_string()));
        report.json.insert(name, table.find_json(json).await.map_err(|error| error.to_string()));
    }
    report
}
