//! A connection from outside does what one inside does, and no more than it may.

mod batches;
mod refusals;
mod requests;
mod values;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use sea_orm_do::DoConnection;
use sea_orm_do::remote::{Access, InProcess, RemoteConnection};

use crate::case::{Case, Context};

pub(super) fn cases() -> Vec<Case> {
    [batches::cases(), refusals::cases(), requests::cases(), values::cases()].concat()
}

fn sql(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

fn remote(db: &DoConnection, access: Access) -> RemoteConnection {
    RemoteConnection::new(InProcess::new(db, access))
}

/// A database of accounts, and a connection to it from outside.
async fn accounts(context: &Context, access: Access) -> Result<(DoConnection, RemoteConnection), DbErr> {
    let db = context.connect()?;
    db.execute_unprepared(
        "CREATE TABLE account (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL CHECK (cents >= 0));
         INSERT INTO account VALUES (1, 500), (2, 0)",
    )
    .await?;
    let outside = remote(&db, access);
    Ok((db, outside))
}

async fn cents(db: &DoConnection) -> Result<Vec<i64>, DbErr> {
    let rows = db.read_as_tuple::<(i64,)>().query_all_raw(sql("SELECT cents FROM account ORDER BY id")).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
