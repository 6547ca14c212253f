//! What docs/coming-from.md says of SeaORM on Postgres: each row of its tables.

mod columns;
mod expressions;
mod queries;
mod schema;
mod writes;

use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, QueryFilter, QueryOrder, Schema, Set, Statement};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context};

pub(super) fn cases() -> Vec<Case> {
    [columns::cases(), expressions::cases(), queries::cases(), schema::cases(), writes::cases()].concat()
}

mod ticket {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "status")]
    pub enum Status {
        #[sea_orm(string_value = "open")]
        Open,
        #[sea_orm(string_value = "paid")]
        Paid,
    }

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub status: Status,
        pub at: DateTimeUtc,
        pub zoned: DateTimeWithTimeZone,
        #[sea_orm(column_type = "JsonBinary")]
        pub data: Json,
        pub done: bool,
        #[sea_orm(column_type = "String(StringLen::N(3))")]
        pub code: String,
        pub n: Option<i32>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

fn ticket(id: u128, zoned: &str, code: &str, n: Option<i32>) -> ticket::ActiveModel {
    let zoned: DateTimeWithTimeZone = zoned.parse().unwrap_or_default();
    ticket::ActiveModel {
        id: Set(Uuid::from_u128(id)),
        status: Set(ticket::Status::Open),
        at: Set(zoned.to_utc()),
        zoned: Set(zoned),
        data: Set(serde_json::json!({"b": 1, "a": [1, 2]})),
        done: Set(true),
        code: Set(code.to_owned()),
        n: Set(n),
    }
}

/// Two tickets; the second was made half an hour before the first, in another offset.
async fn tickets(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.register::<ticket::Entity>();
    db.execute(&Schema::new(db.get_database_backend()).create_table_from_entity(ticket::Entity)).await?;
    ticket(1, "2026-03-01T23:00:00+00:00", "abcdef", Some(1)).insert(&db).await?;
    ticket(2, "2026-03-02T00:30:00+02:00", "Ä", None).insert(&db).await?;
    Ok(db)
}

fn sql(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, format!("SELECT {sql}"))
}

/// The first column, as text.
async fn texts(db: &DoConnection, select: &str) -> Result<Vec<String>, DbErr> {
    let rows = db.read_as_tuple::<(String,)>().query_all_raw(sql(select)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

async fn fails(db: &DoConnection, statement: &str) -> Result<String, String> {
    let error = db.execute_unprepared(statement).await.err();
    error.map(|error| error.to_string()).ok_or_else(|| format!("it ran: {statement}"))
}

async fn ids(db: &DoConnection, filter: Expr) -> Result<Vec<u128>, DbErr> {
    let found = ticket::Entity::find().filter(filter).order_by_asc(ticket::Column::Id).all(db).await?;
    Ok(found.into_iter().map(|ticket| ticket.id.as_u128()).collect())
}

/// Whether SeaORM's builder panics; in workerd, a panic would end the case.
fn panics<T>(build: impl FnOnce() -> T) -> bool {
    cfg!(target_arch = "wasm32") || std::panic::catch_unwind(std::panic::AssertUnwindSafe(build)).is_err()
}
