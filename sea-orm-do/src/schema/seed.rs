//! Deterministic rows for the tables of registered entities, for development and load tests.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::{Alias, ArrayType, ColumnType, Expr, Query};
use sea_orm::{ConnectionTrait, DbErr, TransactionError, Value};

use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::introspect::{Column, ForeignKey, Origin, Schema, Table, Term};
use crate::limits;
use crate::sql::quote::quoted;
use crate::transaction::DoTransaction;

/// Rows for the tables of registered entities: the same ones for the same seed.
///
/// Tables are filled parents first. A foreign key takes one of the rows that its table has then, a unique column another
/// value in each row, an enum one of its variants. What a CHECK asks for is not known: set such a column by
/// [`value`](Self::value).
///
/// ```
/// # #[cfg(all(feature = "native", feature = "with-chrono"))]
/// # futures_util::FutureExt::now_or_never(async {
#[doc = include_str!("task.txt")]
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
                self.fill(db, transaction, table, *count, &columns).await?;
            }
            Ok(())
        };
        db.transaction_sync(run).map_err(|error: TransactionError<DbErr>| match error {
            TransactionError::Connection(error) | TransactionError::Transaction(error) => error,
        })
    }

    /// The tables, each after those that it references.
    fn ordered<'a>(&self, db: &DoConnection, schema: &'a Schema) -> Result<Vec<(&'a Table, u32)>, DbErr> {
        let mut left = Vec::new();
        for (name, count) in &self.rows {
            if db.handle.registry.table(name).is_none() {
                return Err(DbErr::Custom(format!("table `{name}` has no registered entity: register it to seed it")));
            }
            let table = schema.table(name);
            left.push((
                table.ok_or_else(|| DbErr::Custom(format!("there is no table `{name}`: migrate first")))?,
                *count,
            ));
        }
        let mut ordered = Vec::new();
        while !left.is_empty() {
            let is_left = |key: &ForeignKey, own: &Table| {
                left.iter().any(|(other, _)| other.name.eq_ignore_ascii_case(&key.table) && other.name != own.name)
            };
            let free = left.iter().position(|(table, _)| !table.foreign_keys.iter().any(|key| is_left(key, table)));
            ordered.push(left.remove(free.unwrap_or_default()));
        }
        Ok(ordered)
    }

    async fn fill(
        &self,
        db: &DoConnection,
        transaction: &DoTransaction,
        table: &Table,
        count: u32,
        types: &Columns,
    ) -> Result<(), DbErr> {
        let is_counted = |column: &Column| table.rowid().is_some_and(|rowid| rowid.name == column.name);
        let is_given = |column: &Column| self.values.contains_key(&key(&table.name, &column.name));
        let columns = table.columns.iter().filter(|column| column.generated.is_none());
        let columns: Vec<_> = columns.filter(|column| !is_counted(column) || is_given(column)).collect();
        let mut sources = Vec::new();
        for column in &columns {
            sources.push(self.source(db, table, column, count, types)?);
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
    fn source(
        &self,
        db: &DoConnection,
        table: &Table,
        column: &Column,
        count: u32,
        types: &Columns,
    ) -> Result<Source, DbErr> {
        let refused = |why: &str| {
            let (table, column) = (&table.name, &column.name);
            DbErr::Custom(format!(
                "table `{table}`, column `{column}`: {why}: give its values, .value({table:?}, {column:?}, |row| …)"
            ))
        };
        if let Some(value) = self.values.get(&key(&table.name, &column.name)) {
            return Ok(Source::Given(value.clone()));
        }
        if let Some(foreign) = table.foreign_keys.iter().find(|key| key.columns.contains(&column.name)) {
            let parents = if foreign.table.eq_ignore_ascii_case(&table.name) {
                Vec::new()
            } else {
                parents(db, foreign, column)?
            };
            if parents.is_empty() {
                return match column.not_null {
                    true => Err(refused("it references a table without rows")),
                    false => Ok(Source::Null(types.ty(&table.name, &column.name))),
                };
            }
            let (step, is_key) = pairing(db, table, column)?;
            if is_key && u64::from(count) > pairs(db, table)? {
                return Err(refused("there are fewer pairs of rows to reference than rows to insert"));
            }
            return Ok(Source::Parent { parents, step, seed: (!is_key).then_some(self.seed) });
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
    let registry = &db.handle.registry;
    let mut columns = HashMap::new();
    for (statement, _) in registry.statements() {
        let Some(name) = statement.get_table_name().and_then(super::wanted::table_name) else { continue };
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

/// The keys of the rows that a foreign key can reference.
fn parents(db: &DoConnection, foreign: &ForeignKey, column: &Column) -> Result<Vec<Value>, DbErr> {
    let at = foreign.columns.iter().position(|own| *own == column.name).unwrap_or_default();
    let target = match foreign.references.get(at) {
        Some(name) => name.clone(),
        None => introspect(db)?
            .table(&foreign.table)
            .and_then(|parent| parent.primary_key().get(at).map(|column| column.name.clone()))
            .unwrap_or_default(),
    };
    let sql = format!(
        "SELECT DISTINCT {0} FROM {1} WHERE {0} NOT NULL ORDER BY {0}",
        quoted(&target),
        quoted(&foreign.table)
    );
    let sql = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql);
    let rows = db.clone().with_inferred_types().query_sync(&sql)?;
    Ok(rows.into_iter().filter_map(|row| row.values.into_values().next()).collect())
}

/// Whether a foreign key column is part of a unique key of foreign keys alone, and after how many rows it takes the next
/// parent then.
fn pairing(db: &DoConnection, table: &Table, column: &Column) -> Result<(u64, bool), DbErr> {
    let Some(columns) = key_of_keys(table).filter(|columns| columns.contains(&column.name)) else {
        return Ok((1, false));
    };
    let mut step = 1;
    for name in columns.iter().take_while(|name| **name != column.name) {
        step *= parents_of(db, table, name)?;
    }
    Ok((step.max(1), true))
}

/// How many rows a unique key of foreign keys alone allows.
fn pairs(db: &DoConnection, table: &Table) -> Result<u64, DbErr> {
    let mut pairs = 1;
    for name in key_of_keys(table).unwrap_or_default() {
        pairs *= parents_of(db, table, &name)?;
    }
    Ok(pairs)
}

fn parents_of(db: &DoConnection, table: &Table, name: &str) -> Result<u64, DbErr> {
    let foreign = table.foreign_keys.iter().find(|key| key.columns.iter().any(|column| column == name));
    let (Some(foreign), Some(column)) = (foreign, table.column(name)) else { return Ok(1) };
    Ok(parents(db, foreign, column)?.len() as u64)
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
            let column = |column: &crate::introspect::IndexColumn| match &column.term {
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
    Parent { parents: Vec<Value>, step: u64, seed: Option<u64> },
    Made { ty: ArrayType, declared: Option<ColumnType>, is_unique: bool, seed: u64 },
}

impl Source {
    fn value(&self, row: u32) -> Value {
        match self {
            Self::Given(value) => value(row),
            Self::Null(ty) => {
                crate::value::decode::decode(crate::storage::SqlValue::Null, ty).unwrap_or(Value::String(None))
            }
            Self::Parent { parents, step, seed } => {
                let at = match seed {
                    Some(seed) => mixed(seed ^ u64::from(row)),
                    None => u64::from(row - 1) / step,
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

/// A value of a type, which is another for each number of a row in a unique column.
fn made(ty: &ArrayType, declared: Option<&ColumnType>, unique: Option<u32>, random: u64) -> Value {
    #[allow(clippy::cast_possible_truncation, reason = "less than the bound")]
    let below = |bound: u64| (random % bound) as u32;
    let number = |bound: u64| unique.unwrap_or_else(|| below(bound));
    match ty {
        ArrayType::Bool => (random % 2 == 1).into(),
        ArrayType::TinyInt | ArrayType::TinyUnsigned => Value::Int(Some((number(100) % 128).cast_signed())),
        ArrayType::Float | ArrayType::Double => Value::Double(Some(f64::from(number(10_000)) / 8.0)),
        ArrayType::Bytes => Value::Bytes(Some(unique.map_or(random, u64::from).to_be_bytes().to_vec())),
        ArrayType::Char => {
            Value::String(Some(char::from(b'a' + u8::try_from(number(26) % 26).unwrap_or_default()).into()))
        }
        ArrayType::SmallInt
        | ArrayType::SmallUnsigned
        | ArrayType::Int
        | ArrayType::Unsigned
        | ArrayType::BigInt
        | ArrayType::BigUnsigned => Value::Int(Some(number(1_000).cast_signed())),
        #[cfg(feature = "with-uuid")]
        ArrayType::Uuid => {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&random.to_be_bytes());
            bytes[12..].copy_from_slice(&unique.unwrap_or_default().to_be_bytes());
            Value::Bytes(Some(bytes.to_vec()))
        }
        #[cfg(feature = "with-json")]
        ArrayType::Json => Value::String(Some(format!("{{\"number\":{}}}", number(1_000)))),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDate => Value::String(Some(date(number(3_650)))),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoTime => Value::String(Some(time(number(86_400)))),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDateTime => Value::String(Some(format!("{} {}", date(number(3_650)), time(below(86_400))))),
        #[cfg(feature = "with-chrono")]
        ArrayType::ChronoDateTimeUtc | ArrayType::ChronoDateTimeLocal | ArrayType::ChronoDateTimeWithTimeZone => {
            Value::String(Some(format!("{} {}+00:00", date(number(3_650)), time(below(86_400)))))
        }
        #[cfg(feature = "with-time")]
        ArrayType::TimeDate => Value::String(Some(date(number(3_650)))),
        #[cfg(feature = "with-time")]
        ArrayType::TimeTime => Value::String(Some(time(number(86_400)))),
        #[cfg(feature = "with-time")]
        ArrayType::TimeDateTime => Value::String(Some(format!("{} {}", date(number(3_650)), time(below(86_400))))),
        #[cfg(feature = "with-time")]
        ArrayType::TimeDateTimeWithTimeZone => {
            Value::String(Some(format!("{} {}+00:00", date(number(3_650)), time(below(86_400)))))
        }
        #[cfg(feature = "with-rust_decimal")]
        ArrayType::Decimal => Value::Int(Some(number(1_000).cast_signed())),
        #[cfg(feature = "with-bigdecimal")]
        ArrayType::BigDecimal => Value::Int(Some(number(1_000).cast_signed())),
        _ => Value::String(Some(text(declared, unique, random))),
    }
}

/// A text that its column can hold: a variant of an enum, or some letters.
fn text(declared: Option<&ColumnType>, unique: Option<u32>, random: u64) -> String {
    use sea_orm::sea_query::StringLen;
    const WORDS: [&str; 8] = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron"];
    let pick = |count: usize| usize::try_from(random % count.max(1) as u64).unwrap_or_default();
    let most = match declared {
        Some(ColumnType::Enum { variants, .. }) => {
            return variants.get(pick(variants.len())).map(ToString::to_string).unwrap_or_default();
        }
        Some(ColumnType::String(StringLen::N(most)) | ColumnType::Char(Some(most))) => usize::try_from(*most).ok(),
        _ => None,
    };
    let word = WORDS[pick(WORDS.len())];
    let text = match unique {
        Some(row) => format!("{row} {word}"),
        None => format!("{word} {}", random >> 32 & 0xff),
    };
    text.chars().take(most.unwrap_or(usize::MAX)).collect()
}

/// A day from 2020 on.
#[cfg(any(feature = "with-chrono", feature = "with-time"))]
fn date(days: u32) -> String {
    format!("{:04}-{:02}-{:02}", 2020 + days / 336, days / 28 % 12 + 1, days % 28 + 1)
}

#[cfg(any(feature = "with-chrono", feature = "with-time"))]
fn time(seconds: u32) -> String {
    let seconds = seconds % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// splitmix64: <https://prng.di.unimi.it/splitmix64.c>
fn mixed(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}
