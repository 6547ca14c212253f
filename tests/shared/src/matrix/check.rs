//! What was written is what is read, on every way that SeaORM has.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, JsonValue, Schema, Set, Statement, Value,
};
use sea_orm_do_typed::ReadAs;
use serde_json::json;

use super::it::It;
use super::kind::Row;
use super::note;
use super::table::Table;

/// What differs, with the way it was read.
type Difference = Box<dyn std::error::Error>;

/// Writes the rows of a table into an empty database, and reads them on every way but as JSON.
///
/// # Errors
/// The first difference, or the first error of the driver.
pub async fn check<C: ConnectionTrait>(table: &dyn Table<C>, db: &C) -> Result<(), Difference> {
    let rows = table.rows();
    table.create(db).await?;
    same("insert … returning", table.insert_returning(db).await, &rows)?;
    // SQLite deletes in the order of the ids, which is the other way round.
    let deleted = table.delete_returning(db).await.map(|rows| rows.into_iter().rev().collect());
    same("delete … returning", deleted, &rows)?;
    let inserted = table.insert(db).await.map_err(|error| format!("insert: {error}"))?;
    if usize::try_from(inserted)? != rows.len() {
        return Err(format!("{inserted} rows were inserted instead of {}", rows.len()).into());
    }
    same("find", table.find(db).await, &rows)?;
    same("order by", table.find_sorted(db).await, &rows)?;
    for (at, row) in rows.iter().enumerate() {
        let alike: Vec<_> = rows.iter().filter(|other| other.value == row.value).cloned().collect();
        same("filter by value", table.find_value(db, at).await, &alike)?;
        let alike: Vec<_> = rows.iter().filter(|other| other.maybe == row.maybe).cloned().collect();
        same("filter by an Option's value", table.find_maybe(db, at).await, &alike)?;
    }
    same("filter by many values", table.find_values(db).await, &rows)?;
    same("tuple by position", table.find_tuples(db).await, &rows)?;
    same("partial model", table.find_parts(db).await, &rows)?;
    let expected = add_notes(db, &rows).await?;
    same("find_also_related", table.find_notes(db).await, &expected)?;
    check_expressions(table, db, &rows).await
}

/// What follows the type of a column has its type.
async fn check_expressions<C: ConnectionTrait>(table: &dyn Table<C>, db: &C, rows: &[Row]) -> Result<(), Difference> {
    let name = table.name();
    let values: Vec<_> = rows.iter().map(|row| Some(row.value.clone())).collect();
    let either: Vec<_> = rows.iter().map(|row| Some(row.maybe.clone().unwrap_or_else(|| row.value.clone()))).collect();
    let before: Vec<_> = values.iter().take(1).chain(&values).take(rows.len()).cloned().collect();
    let mut sorted: Vec<_> = rows.iter().any(|row| row.maybe.is_none()).then_some(None).into_iter().collect();
    sorted.extend(values.iter().cloned());
    sorted.dedup();
    let (least, greatest) =
        (values.first().cloned().into_iter().collect(), values.last().cloned().into_iter().collect());
    for (select, expected) in [
        (format!("SELECT MIN(value) AS it FROM {name}"), least),
        (format!("SELECT MAX(value) AS it FROM {name}"), greatest),
        (format!("SELECT COALESCE(maybe, value) AS it FROM {name} ORDER BY id DESC"), either),
        (format!("SELECT CASE WHEN id > 0 THEN value END AS it FROM {name} ORDER BY id DESC"), values.clone()),
        (
            format!("SELECT (SELECT v.value FROM {name} v WHERE v.id = o.id) AS it FROM {name} o ORDER BY id DESC"),
            values.clone(),
        ),
        (format!("WITH x(it) AS (SELECT value FROM {name}) SELECT it FROM x ORDER BY it"), values),
        (format!("SELECT LAG(value, 1, value) OVER (ORDER BY id DESC) AS it FROM {name} ORDER BY id DESC"), before),
        (format!("SELECT value AS it FROM {name} UNION SELECT maybe FROM {name} ORDER BY 1"), sorted),
    ] {
        same(&select, table.read_it(db, &select).await, &expected)?;
    }
    Ok(())
}

fn same<T: PartialEq + std::fmt::Debug>(
    way: &str,
    found: Result<Vec<T>, DbErr>,
    expected: &[T],
) -> Result<(), Difference> {
    let found = found.map_err(|error| format!("{way}: {error}"))?;
    if let Some((found, expected)) = found.iter().zip(expected).find(|(found, expected)| found != expected) {
        return Err(format!("{way}: {found:?} instead of {expected:?}").into());
    }
    if found.len() != expected.len() {
        return Err(format!("{way}: {} rows instead of {}", found.len(), expected.len()).into());
    }
    Ok(())
}

/// Writes a note about each row, one about a row that is not there, and one about nothing.
///
/// # Errors
/// Of the driver.
pub async fn add_notes<C: ConnectionTrait>(db: &C, rows: &[Row]) -> Result<Vec<(i32, Option<Row>)>, DbErr> {
    db.execute(&Schema::new(DbBackend::Sqlite).create_table_from_entity(note::Entity)).await?;
    let about = |row: &Row| (row.id, Some(row.id), Some(row.clone()));
    let mut notes: Vec<_> = rows.iter().rev().map(about).collect();
    notes.extend([(1000, Some(-1), None), (1001, None, None)]);
    let active = notes.iter().map(|(id, about, _)| note::ActiveModel { id: Set(*id), about: Set(*about) });
    note::Entity::insert_many(active).exec_without_returning(db).await?;
    Ok(notes.into_iter().map(|(id, _, row)| (id, row)).collect())
}

/// Reads the rows of a table as JSON through `json`: numbers, booleans and text as such, JSON as itself, bytes as an array
/// of numbers, a UUID in its usual form, times and dates as the text they are stored as.
///
/// # Errors
/// The first difference, or the first error of the driver.
pub async fn check_json<C: ConnectionTrait>(table: &dyn Table<C>, db: &C, json: &C) -> Result<(), Difference> {
    let (ids, bound) = (table.rows().into_iter().map(|row| row.id), table.bound());
    let mut expected = Vec::new();
    for (id, (value, maybe)) in ids.zip(&bound) {
        let stored = StoredText { db, table: table.name(), id };
        expected.push(json!({
            "id": id,
            "value": stored.plain("value", value).await?,
            "maybe": stored.plain("maybe", maybe).await?,
        }));
    }
    same("json", table.find_json(json).await, &expected)
}

/// A row whose columns can be asked for as text.
struct StoredText<'a, C> {
    db: &'a C,
    table: &'a str,
    id: i32,
}

impl<C: ConnectionTrait> StoredText<'_, C> {
    async fn plain(&self, column: &str, value: &Value) -> Result<JsonValue, DbErr> {
        Ok(match value {
            _ if *value == value.as_null() => JsonValue::Null,
            Value::Bool(value) => json!(value),
            Value::TinyInt(value) => json!(value),
            Value::SmallInt(value) => json!(value),
            Value::Int(value) => json!(value),
            Value::BigInt(value) => json!(value),
            Value::TinyUnsigned(value) => json!(value),
            Value::SmallUnsigned(value) => json!(value),
            Value::Unsigned(value) => json!(value),
            Value::BigUnsigned(value) => json!(value),
            // SQLite stores -0.0 in a REAL column as 0.
            Value::Float(value) => json!(value.map(|value| f64::from(value) + 0.0)),
            Value::Double(value) => json!(value.map(|value| value + 0.0)),
            // A number where it is stored as one.
            Value::Decimal(_) | Value::BigDecimal(_) if self.is_text(column).await? => json!(self.text(column).await?),
            Value::Decimal(value) => json!(value.and_then(|value| value.to_string().parse::<f64>().ok())),
            Value::BigDecimal(value) => json!(value.as_ref().and_then(|value| value.to_string().parse::<f64>().ok())),
            Value::String(value) => json!(value),
            Value::Bytes(value) => json!(value),
            Value::Json(value) => json!(value),
            Value::Uuid(value) => json!(value.map(|value| value.to_string())),
            _ => json!(self.text(column).await?),
        })
    }

    async fn is_text(&self, column: &str) -> Result<bool, DbErr> {
        Ok(self.ask(&format!("typeof({column})")).await? == "text")
    }

    async fn text(&self, column: &str) -> Result<String, DbErr> {
        self.ask(&format!("CAST({column} AS TEXT)")).await
    }

    async fn ask(&self, expression: &str) -> Result<String, DbErr> {
        let sql = format!("SELECT {expression} AS it FROM \"{}\" WHERE id = ?", self.table);
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [self.id.into()]);
        let row = It::<String>::find_by_statement(statement).require_one_as(self.db).await?;
        row.it.ok_or_else(|| DbErr::RecordNotFound(self.id.to_string()))
    }
}
