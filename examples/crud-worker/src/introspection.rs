//! `/schema` returns the schema of the database, for `sea-orm-do generate entity --url`, and `/schema/size` its size.
//! Both require the secret.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Alias, Asterisk, Expr, Func, Query};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_do::{DoConnection, introspect};
use serde::Serialize;
use worker::{Request, Response, RouteContext};

use crate::answer::{self, Refusal};
use crate::path;

/// The secret's name: `npx wrangler secret put SCHEMA_TOKEN`, or a line in `.dev.vars`. Without it these paths do not
/// exist.
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
    check_secret(&request, &route)?;
    path::only_reads(&request)?;
    answer::ok(&introspect(&route.data)?)
}

/// Counts the rows, which reads every one of them.
pub(crate) async fn size(request: Request, route: RouteContext<DoConnection>) -> Result<Response, Refusal> {
    check_secret(&request, &route)?;
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

fn check_secret(request: &Request, route: &RouteContext<DoConnection>) -> Result<(), Refusal> {
    let Ok(secret) = route.secret(SECRET) else { return Err(Refusal::NotFound("path")) };
    let secret = secret.to_string();
    let given = request.headers().get("Authorization")?.unwrap_or_default();
    if secret.is_empty() || !is_same(given.strip_prefix("Bearer ").unwrap_or_default(), &secret) {
        return Err(Refusal::Unauthorized);
    }
    Ok(())
}

/// Compares in a time that does not reveal how much of the secret was guessed.
fn is_same(given: &str, secret: &str) -> bool {
    let differences =
        given.bytes().zip(secret.bytes()).fold(0, |differences, (one, other)| differences | (one ^ other));
    given.len() == secret.len() && differences == 0
}
