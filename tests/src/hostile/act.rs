//! Does what the table says, and tells what came of it.

use sea_orm::sea_query::{Alias, ArrayType, ColumnDef, Expr, ExprTrait, Index, Order, Query, Table};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};
use sea_orm_do::{DoConnection, introspect};
use sea_orm_migration::SchemaManager;

use super::Act;
use super::past::Raw;
use crate::case::Context;

/// What came of it, in words.
pub async fn act(db: &DoConnection, context: &Context, act: &Act) -> String {
    match done(db, context, act).await {
        Ok(what) => what,
        Err(Failure::Driver(error)) => error.to_string(),
        Err(Failure::Test(what)) => what,
    }
}

enum Failure {
    Driver(DbErr),
    /// What the table does not expect.
    Test(String),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Driver(error)
    }
}

impl From<String> for Failure {
    fn from(what: String) -> Self {
        Self::Test(what)
    }
}

async fn done(db: &DoConnection, context: &Context, act: &Act) -> Result<String, Failure> {
    match act {
        Act::Store(value) => stored(db, context, value).await,
        Act::Execute(sql, values) => {
            let done = db.execute_raw(statement(sql, values)).await?;
            Ok(format!("{} rows", done.rows_affected()))
        }
        Act::Query(sql, values) => Ok(told(&declared(db).query_all_raw(statement(sql, values)).await?)),
        Act::Script(sql) => Ok(format!("{} rows", db.execute_unprepared(sql).await?.rows_affected())),
        Act::Name(name) => named(db, context, name).await,
        Act::Index(name) => {
            db.execute(&Index::create().name(*name).table("hostile").col("it").to_owned()).await?;
            let names =
                context.past("SELECT name FROM sqlite_master WHERE tbl_name = 'hostile' AND type = 'index'", &[])?;
            db.execute(&Index::drop().name(*name).table("hostile").to_owned()).await?;
            Ok(format!("{names:?}"))
        }
        Act::Read(raw, ty) => {
            context.past("INSERT INTO hostile VALUES (?)", std::slice::from_ref(raw))?;
            Ok(told(&read(db, ty).await?))
        }
        Act::Behind(open, act) => {
            context.leave_open(open)?;
            let ends = Box::pin(self::act(db, context, act)).await;
            Ok(if context.read_open().is_ok() { ends } else { format!("{ends}, and the cursor is aborted") })
        }
    }
}

fn declared(db: &DoConnection) -> DoConnection {
    db.clone().with_declared_types().with_inferred_types()
}

fn statement(sql: &str, values: &[Value]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values.iter().cloned())
}

async fn read(db: &DoConnection, ty: &ArrayType) -> Result<Vec<QueryResult>, DbErr> {
    db.clone().with_column_type("it", ty.clone()).query_all_raw(statement("SELECT it FROM hostile", &[])).await
}

/// Stores a value, reads it as its own type, and tells what stands in the file.
async fn stored(db: &DoConnection, context: &Context, value: &Value) -> Result<String, Failure> {
    db.execute_raw(statement("INSERT INTO hostile VALUES (?)", std::slice::from_ref(value))).await?;
    let rows = read(db, &value.array_type()).await?;
    let values: Vec<_> = rows.iter().flat_map(values_of).collect();
    if values != [value.clone()] {
        return Err(format!("read back as {values:?}").into());
    }
    // An integer comes out of JavaScript exactly as its digits only.
    let sql = "SELECT typeof(it), CASE typeof(it) WHEN 'integer' THEN CAST(it AS TEXT) ELSE it END FROM hostile";
    match &context.past(sql, &[])?[..] {
        [row] => Ok(row.iter().map(shown).collect::<Vec<_>>().join(" ")),
        rows => Err(format!("{} rows", rows.len()).into()),
    }
}

fn shown(raw: &Raw) -> String {
    match raw {
        Raw::Null => "NULL".to_owned(),
        Raw::Number(number) => format!("{number:?}"),
        Raw::Text(text) => short(text),
        Raw::Blob(bytes) if bytes.len() > 40 => {
            format!(
                "of {} bytes, all {:?}",
                bytes.len(),
                bytes.first().filter(|first| bytes.iter().all(|b| b == *first))
            )
        }
        Raw::Blob(bytes) => format!("{bytes:02X?}"),
        Raw::Units(units) => format!("{units:?}"),
    }
}

/// A text as it is, or what a long one of one character is made of.
fn short(text: &str) -> String {
    let first = text.chars().next();
    match first {
        Some(first) if text.len() > 200 && text.chars().all(|c| c == first) => {
            format!("{:?} {} times", first, text.chars().count())
        }
        _ if text.len() > 400 => format!("{}… of {} bytes", text.chars().take(60).collect::<String>(), text.len()),
        _ => text.escape_debug().to_string(),
    }
}

fn values_of(row: &QueryResult) -> Vec<Value> {
    let row = sea_orm::from_query_result_to_proxy_row(row);
    // Rows whose names are not in order have their values under positions as well.
    let is_position = |name: &&String| name.starts_with('\0');
    let by_position = row.values.keys().any(|name| is_position(&name));
    row.values.iter().filter(|(name, _)| !by_position || is_position(name)).map(|(_, value)| value.clone()).collect()
}

fn told(rows: &[QueryResult]) -> String {
    let row = |row: &QueryResult| values_of(row).iter().map(value).collect::<Vec<_>>().join(", ");
    match rows {
        [] => "no rows".to_owned(),
        [one] => row(one),
        [first, ..] => format!("{} rows, the first {}", rows.len(), row(first)),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::String(Some(text)) => short(text),
        Value::Bytes(Some(bytes)) => shown(&Raw::Blob(bytes.clone())),
        Value::BigInt(Some(integer)) => integer.to_string(),
        Value::Double(Some(number)) => format!("{number:?}"),
        other => format!("{other:?}"),
    }
}

/// Everything that SeaORM and the driver do with a name.
async fn named(db: &DoConnection, context: &Context, name: &str) -> Result<String, Failure> {
    let it = || Alias::new(name);
    // sea-query 1.0.2 does not double a quote in an index's name (src/backend/sqlite/index.rs:19).
    let index = format!("{} index", name.replace('"', ""));
    let create = Table::create()
        .table(it())
        .col(ColumnDef::new(it()).text())
        .col(ColumnDef::new("n").integer().not_null().primary_key())
        .to_owned();
    db.execute(&create).await?;
    let ends = used(db, context, name, &index).await;
    db.execute(&Table::drop().table(it()).to_owned()).await?;
    ends
}

async fn used(db: &DoConnection, context: &Context, name: &str, index: &str) -> Result<String, Failure> {
    let it = || Alias::new(name);
    let connection = db.to_database_connection();
    let create = Index::create().name(index).table(it()).col(it()).to_owned();
    SchemaManager::new(&connection).create_index(create).await?;
    let rows = [["a".into(), 1.into()], ["b".into(), 2.into()]];
    let mut insert = Query::insert();
    insert.into_table(it()).columns([it(), Alias::new("n")]);
    for row in rows {
        insert.values_panic(row);
    }
    db.execute(&insert).await?;
    db.execute(&Query::update().table(it()).value(it(), "c").and_where(Expr::col(it()).eq("b")).to_owned()).await?;
    db.execute(&Query::delete().from_table(it()).and_where(Expr::col((it(), it())).eq("a")).to_owned()).await?;
    let select = Query::select()
        .expr_as(Expr::col((it(), it())), it())
        .from_as(it(), it())
        .order_by((it(), it()), Order::Desc)
        .to_owned();
    let typed = db.clone().with_column_type(name, ArrayType::String);
    let read: Vec<String> =
        typed.query_all(&select).await?.iter().map(|row| row.try_get("", name)).collect::<Result<_, _>>()?;
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let past = context.past(&format!("SELECT {0}, n FROM {0} AS x", quoted(name)), &[])?;
    if read != ["c"] || past != [[Raw::Text("c".to_owned()), Raw::Number(2.0)]] {
        return Err(format!("read back as {read:?}, and past the driver as {past:?}").into());
    }
    let schema = introspect(db)?;
    let table =
        schema.tables.iter().find(|table| table.name == name).ok_or("introspection has no such table".to_owned())?;
    let columns: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let indexes: Vec<_> = table.indexes.iter().filter_map(|index| index.name.as_deref()).collect();
    if columns != [name, "n"] || indexes != [index] {
        return Err(format!("introspection has {columns:?} and {indexes:?}").into());
    }
    Ok("a name like any other".to_owned())
}
