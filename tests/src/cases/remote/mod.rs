//! A connection from outside does what one inside does, and no more than it may.

mod batches;
mod refusals;
mod requests;
mod values;

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_do::DoConnection;
use sea_orm_do::remote::{Access, InProcess, RemoteConnection};

use crate::case::{Case, Context};

pub(super) fn cases() -> Vec<Case> {
    [batches::cases(), refusals::cases(), requests::cases(), values::cases()].concat()
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
    let select = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT cents FROM account ORDER BY id");
    let rows = db.read_as_tuple::<(i64,)>().query_all_raw(select).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
