//! `/schema` returns the schema of the database, for the diagram, and `/schema/size` its size.
//! Both require the secret.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Alias, Asterisk, Expr, Func, Query};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_do::{DoConnection, introspect};
use serde::Serialize;
use worker::{Request, Response, RouteContext};

use crate::answer::{self, Refusal};
use crate::path;
use crate::secret;

/// The secret's name. Without it these paths do not exist.
const SECRET: &str = "SCHEMA_TOKEN";

/// The size of a database.
#[derive(Serialize)]
struct Size {
    /// The pages in use, in bytes.
    bytes: u64,
    /// The number of rows in each table.
    rows: BTreeMap<String, i64>,
}

pub(crate) async fn schema(request: Request, route: RouteContext<DoConnection>) -> Result<Response, Refusal> {
    secret::check(&request, &route, SECRET)?;
    path::only_reads(&request)?;
    answer::ok(&introspect(&route.data)?)
}

/// Counts the rows, which reads every one of them.
pub(crate) async fn size(request: Request, route: RouteContext<DoConnection>) -> Result<Response, Refusal> {
    secret::check(&request, &route, SECRET)?;
    path::only_reads(&request)?;
    answer::ok(&Size { bytes: route.data.database_size()?, rows: rows(&route.data).await? })
}

async fn rows(db: &DoConnection) -> Result<BTreeMap<String, i64>, DbErr> {
    let mut rows = BTreeMap::new();
    for table in introspect(db)?.tables {
        let mut count = Query::select();
        count.expr(Func::count(Expr::col(Asterisk))).from(Alias::new(&table.name));
        if let Some(row) = db.read_as_tuple::<(i64,)>().query_one(&count).await? {
            rows.insert(table.name, row.try_get_by_index(0)?);
        }
    }
    Ok(rows)
}
