//! Deterministic rows for the tables of registered entities, for development and load tests.

mod values;

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::{Alias, ArrayType, ColumnType, Expr, Query};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use self::values::{hash, made, mixed};
use super::order::{is, parents_first};
use super::wanted::table_name;

use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::error::flattened;
use crate::introspect::{Column, ForeignKey, IndexColumn, Origin, Schema, Table, Term};
use crate::limits;
use crate::sql::quote::quoted;
use crate::storage::SqlValue;
use crate::transaction::DoTransaction;
use crate::value::decode::decode;

/// Rows for the tables of registered entities: the same ones for the same seed.
///
/// Tables are filled parents first. A foreign key takes one of the rows that its table has then, a unique column another
/// value in each row, an enum one of its variants. What a CHECK asks for is not known: set such a column by
/// [`value`](Self::value).
///
/// ```
/// # #[cfg(all(feature = "native", feature = "with-chrono"))]
/// # futures_util::FutureExt::now_or_never(async {
#[doc = include_str!("../task.txt")]
/// # use sea_orm::{EntityTrait, PaginatorTrait};
/// # use sea_orm_do::{DoConnection, schema};
/// let db = DoConnection::in_memory()?.register::<task::Entity>();
/// schema::sync(&db)?;
/// let seeds = schema::Seeds::new(7).rows("task", 50).value("task", "title", |row| format!("Task {row}").into());
/// seeds.insert(&db)?;
/// assert_eq!(task::Entity::find().count(&db).await?, 50);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Default)]
pub struct Seeds {
    seed: u64,
    rows: Vec<(String, u32)>,
    values: HashMap<(String, String), ByRow>,
}

/// The value of a row by its number.
type ByRow = Arc<dyn Fn(u32) -> Value + Send + Sync>;

impl std::fmt::Debug for Seeds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seeds").field("seed", &self.seed).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Seeds {
    /// No rows yet, from this seed.
    ///
    /// ```
    /// let seeds = sea_orm_do::schema::Seeds::new(7);
    /// # let _ = seeds;
    /// ```
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Adds rows to a table.
    ///
    /// ```
    /// let seeds = sea_orm_do::schema::Seeds::new(7).rows("project", 10).rows("task", 200);
    /// # let _ = seeds;
    /// ```
    #[must_use]
    pub fn rows(mut self, table: &str, count: u32) -> Self {
        self.rows.push((table.to_owned(), count));
        self
    }

    /// Sets a column by the number of the row, from 1.
    ///
    /// ```
    /// let seeds = sea_orm_do::schema::Seeds::new(7).rows("task", 9).value("task", "priority", |row| (row % 3).into());
    /// # let _ = seeds;
    /// ```
    #[must_use]
    pub fn value(mut self, table: &str, column: &str, value: impl Fn(u32) -> Value + Send + Sync + 'static) -> Self {
        self.values.insert((table.to_ascii_lowercase(), column.to_ascii_lowercase()), Arc::new(value));
        self
    }

    /// Inserts the rows, all or none.
    ///
    /// # Errors
    /// `DbErr::Custom` for a table without a registered entity, and where no value can be found, with table, column and
    /// the way out; what SQLite reports of a value that breaks a constraint.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # fn main() -> Result<(), sea_orm::DbErr> {
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// let unknown = sea_orm_do::schema::Seeds::new(7).rows("task", 1).insert(&db).unwrap_err();
    /// assert!(unknown.to_string().contains("table `task` has no registered entity"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "native"))]
    /// # fn main() {}
    /// ```
    pub fn insert(&self, db: &DoConnection) -> Result<(), DbErr> {
        let schema = introspect(db)?;
        let tables = self.ordered(db, &schema)?;
        let columns = columns(db);
        let run = async |transaction: &DoTransaction| {
            for (table, count) in &tables {
                let filled = Filled { table, count: *count, parents: parents(db, &schema, table)? };
                self.fill(transaction, &filled, &columns).await?;
            }
            Ok(())
        };
        db.transaction_sync(run).map_err(flattened)
    }

    /// The tables, each after those that it references.
    fn ordered<'a>(&self, db: &DoConnection, schema: &'a Schema) -> Result<Vec<(&'a Table, u32)>, DbErr> {
        let mut tables = Vec::new();
        for (name, count) in &self.rows {
            if db.handle.settings.registry.table(name).is_none() {
                return Err(DbErr::Custom(format!("table `{name}` has no registered entity: register it to seed it")));
            }
            let missing = || DbErr::Custom(format!("there is no table `{name}`: migrate first"));
            tables.push((schema.table(name).ok_or_else(missing)?, *count));
        }
        Ok(parents_first(tables, |(table, _)| table))
    }

    async fn fill(&self, transaction: &DoTransaction, filled: &Filled<'_>, types: &Columns) -> Result<(), DbErr> {
        let (table, count) = (filled.table, filled.count);
        let is_given = |column: &Column| self.values.contains_key(&key(&table.name, &column.name));
        let columns = table.columns.iter().filter(|column| column.generated.is_none());
        let columns: Vec<_> = columns.filter(|column| !table.is_rowid(column) || is_given(column)).collect();
        let mut sources = Vec::new();
        for column in &columns {
            sources.push(self.source(filled, column, types)?);
        }
        let at_once = u32::try_from(limits::PARAMETERS / columns.len().max(1)).unwrap_or(1).max(1);
        let mut row = 1;
        while row <= count {
            let mut insert = Query::insert();
            insert.into_table(Alias::new(&table.name));
            if columns.is_empty() {
                insert.or_default_values();
                transaction.execute(&insert).await?;
                row += 1;
                continue;
            }
            insert.columns(columns.iter().map(|column| Alias::new(&column.name)));
            for _ in 0..at_once.min(count - row + 1) {
                insert.values_panic(sources.iter().map(|source| Expr::val(source.value(row))));
                row += 1;
            }
            transaction.execute(&insert).await?;
        }
        Ok(())
    }

    /// Where the values of a column come from.
    fn source(&self, filled: &Filled<'_>, column: &Column, types: &Columns) -> Result<Source, DbErr> {
        let table = filled.table;
        let refused = |why: &str| {
            let (table, column) = (&table.name, &column.name);
            DbErr::Custom(format!(
                "table `{table}`, column `{column}`: {why}: give its values, .value({table:?}, {column:?}, |row| …)"
            ))
        };
        if let Some(value) = self.values.get(&key(&table.name, &column.name)) {
            return Ok(Source::Given(value.clone()));
        }
        if let Some(parents) = filled.parents.get(&column.name) {
            if parents.is_empty() {
                return match column.not_null {
                    true => Err(refused("it references a table without rows")),
                    false => Ok(Source::Null(types.ty(&table.name, &column.name))),
                };
            }
            let step = filled.step(column);
            if step.is_some() && u64::from(filled.count) > filled.pairs() {
                return Err(refused("there are fewer pairs of rows to reference than rows to insert"));
            }
            return Ok(Source::Parent { parents: parents.clone(), step, seed: self.seed });
        }
        let Some(known) = types.0.get(&key(&table.name, &column.name)) else {
            return match column.not_null && column.default.is_none() {
                true => Err(refused("its entity does not have it")),
                false => Ok(Source::Null(ArrayType::String)),
            };
        };
        let is_unique = is_unique(table, &column.name);
        let seed = self.seed ^ hash(&table.name) ^ hash(&column.name).rotate_left(17);
        Ok(Source::Made { ty: known.0.clone(), declared: known.1.clone(), is_unique, seed })
    }
}

/// The Rust type of a column, and the type that its entity declares.
struct Columns(HashMap<(String, String), (ArrayType, Option<ColumnType>)>);

impl Columns {
    fn ty(&self, table: &str, column: &str) -> ArrayType {
        self.0.get(&key(table, column)).map_or(ArrayType::String, |(ty, _)| ty.clone())
    }
}

fn columns(db: &DoConnection) -> Columns {
    let registry = &db.handle.settings.registry;
    let mut columns = HashMap::new();
    for (statement, _) in registry.statements() {
        let Some(name) = statement.get_table_name().and_then(table_name) else { continue };
        let Some(entity) = registry.table(&name) else { continue };
        for definition in statement.get_columns() {
            let column = definition.get_column_name();
            let Some(known) = entity.column(&column) else { continue };
            columns.insert(key(&name, &column), (known.ty.clone(), definition.get_column_type().cloned()));
        }
    }
    Columns(columns)
}

fn key(table: &str, column: &str) -> (String, String) {
    (table.to_ascii_lowercase(), column.to_ascii_lowercase())
}

/// A table that gets rows.
struct Filled<'a> {
    table: &'a Table,
    count: u32,
    /// For each column of a foreign key, the keys of the rows that it can reference.
    parents: HashMap<String, Vec<Value>>,
}

impl Filled<'_> {
    /// After how many rows a column takes the next parent, if it is part of a unique key of foreign keys alone.
    fn step(&self, column: &Column) -> Option<u64> {
        let columns = key_of_keys(self.table).filter(|columns| columns.contains(&column.name))?;
        let before = columns.iter().take_while(|name| **name != column.name);
        Some(before.map(|name| self.parents_of(name)).product::<u64>().max(1))
    }

    /// How many rows a unique key of foreign keys alone allows.
    fn pairs(&self) -> u64 {
        key_of_keys(self.table).unwrap_or_default().iter().map(|name| self.parents_of(name)).product()
    }

    fn parents_of(&self, column: &str) -> u64 {
        self.parents.get(column).map_or(1, |parents| parents.len() as u64)
    }
}

/// The keys of the rows that each column of a foreign key can reference; none for a key to the table itself, whose rows
/// are not there yet.
fn parents(db: &DoConnection, schema: &Schema, table: &Table) -> Result<HashMap<String, Vec<Value>>, DbErr> {
    let db = db.clone().with_inferred_types();
    let mut parents = HashMap::new();
    for foreign in &table.foreign_keys {
        for (at, column) in foreign.columns.iter().enumerate() {
            if parents.contains_key(column) {
                continue;
            }
            let keys = if is(table, &foreign.table) { Vec::new() } else { keys(&db, schema, foreign, at)? };
            parents.insert(column.clone(), keys);
        }
    }
    Ok(parents)
}

fn keys(db: &DoConnection, schema: &Schema, foreign: &ForeignKey, at: usize) -> Result<Vec<Value>, DbErr> {
    let key = || Some(schema.table(&foreign.table)?.primary_key().get(at)?.name.clone());
    let target = foreign.references.get(at).cloned().or_else(key).unwrap_or_default();
    let sql = format!(
        "SELECT DISTINCT {0} FROM {1} WHERE {0} NOT NULL ORDER BY {0}",
        quoted(&target),
        quoted(&foreign.table)
    );
    let rows = db.query_sync(&Statement::from_string(DbBackend::Sqlite, sql))?;
    Ok(rows.into_iter().filter_map(|row| row.values.into_values().next()).collect())
}

/// The columns of a unique key that consists of foreign keys.
fn key_of_keys(table: &Table) -> Option<Vec<String>> {
    let is_foreign = |name: &String| table.foreign_keys.iter().any(|key| key.columns.contains(name));
    unique_keys(table).into_iter().find(|columns| columns.iter().all(is_foreign))
}

fn unique_keys(table: &Table) -> Vec<Vec<String>> {
    let of_index = table.indexes.iter().filter(|index| index.unique || index.origin == Origin::PrimaryKey);
    let mut keys: Vec<Vec<String>> = of_index
        .map(|index| {
            let column = |column: &IndexColumn| match &column.term {
                Term::Column(name) => Some(name.clone()),
                Term::Expression(_) => None,
            };
            index.columns.iter().filter_map(column).collect()
        })
        .collect();
    keys.push(table.primary_key().iter().map(|column| column.name.clone()).collect());
    keys.retain(|key| !key.is_empty());
    keys
}

/// Whether a column needs another value in each row: the first of a unique key that is no foreign key.
fn is_unique(table: &Table, name: &str) -> bool {
    let is_foreign = |name: &&String| table.foreign_keys.iter().any(|key| key.columns.contains(name));
    unique_keys(table).iter().any(|columns| columns.iter().find(|name| !is_foreign(name)).is_some_and(|it| it == name))
}

enum Source {
    Given(ByRow),
    Null(ArrayType),
    /// By the number of the row, or at random.
    Parent {
        parents: Vec<Value>,
        step: Option<u64>,
        seed: u64,
    },
    Made {
        ty: ArrayType,
        declared: Option<ColumnType>,
        is_unique: bool,
        seed: u64,
    },
}

impl Source {
    fn value(&self, row: u32) -> Value {
        match self {
            Self::Given(value) => value(row),
            Self::Null(ty) => decode(SqlValue::Null, ty).unwrap_or(Value::String(None)),
            Self::Parent { parents, step, seed } => {
                let at = match step {
                    Some(step) => u64::from(row - 1) / step,
                    None => mixed(seed ^ u64::from(row)),
                };
                let at = usize::try_from(at % parents.len() as u64).unwrap_or_default();
                parents.get(at).cloned().unwrap_or(Value::String(None))
            }
            Self::Made { ty, declared, is_unique, seed } => {
                made(ty, declared.as_ref(), is_unique.then_some(row), mixed(seed ^ u64::from(row)))
            }
        }
    }
}
