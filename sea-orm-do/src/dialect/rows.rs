//! From the rows of the runtime to those of SeaORM.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, ProxyRow, Value};

use super::analysis::Output;
use super::decode::{decode, decode_tagged};
use super::typed::{Type, is_instant, is_wide};
use crate::storage::{ResultSet, SqlValue};

/// From here on the runtime may have rounded an integer.
const ROUNDED: f64 = 9_007_199_254_740_992.0;

/// How the columns of a result are to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    /// `None` when nothing is known of them.
    pub(crate) outputs: Option<&'a [Output]>,
    /// By position.
    pub(crate) tagged: &'a HashSet<usize>,
    /// The types that the caller has settled, by name.
    pub(crate) settled: &'a HashMap<String, ArrayType>,
    /// Plain JSON, for `into_json`.
    #[cfg_attr(not(feature = "with-json"), allow(dead_code))]
    pub(crate) json: bool,
    /// Whether nobody reads by position.
    pub(crate) names_alone: bool,
    /// What the last rows were read by.
    pub(crate) known: &'a KnownLayout,
}

/// The layout of the rows that were read last by a plan.
pub(crate) type KnownLayout = Mutex<Option<Arc<Layout>>>;

/// How rows with these columns become rows of SeaORM.
#[derive(Debug)]
pub(crate) struct Layout {
    columns: Arc<[String]>,
    types: Vec<ArrayType>,
    tagged: Vec<bool>,
    keys: RowKeys,
}

/// Whether a number needs to be read again with its storage class: one that may have been rounded, or an instant.
pub(crate) fn needs_tags(set: &ResultSet, outputs: &[Output]) -> bool {
    let doubtful = |(value, output): (&SqlValue, &Output)| match value {
        SqlValue::Number(number) => (is_wide(&output.ty) && number.abs() >= ROUNDED) || is_instant(&output.ty),
        _ => false,
    };
    outputs.iter().any(|output| is_wide(&output.ty) || is_instant(&output.ty))
        && set.rows.iter().any(|row| row.iter().zip(outputs).any(doubtful))
}

/// Reads all rows.
///
/// # Errors
/// `DbErr::Type` naming the column, its type and the value that does not fit.
pub(crate) fn read(set: ResultSet, reading: Reading<'_>) -> Result<Vec<ProxyRow>, DbErr> {
    let layout = reading.layout(&set)?;
    let Layout { columns, types, tagged, keys } = &*layout;
    set.rows
        .into_iter()
        .map(|row| {
            let values =
                row.into_iter().zip(types.iter().zip(tagged)).enumerate().map(|(at, (value, (ty, tagged)))| {
                    let is_text = matches!(value, SqlValue::Text(_));
                    let decoded = if *tagged { decode_tagged(value, ty) } else { decode(value, ty) };
                    decoded.and_then(|value| reading.value(value, is_text)).map_err(|why| {
                        let column = columns.get(at).map_or("", String::as_str);
                        DbErr::Type(format!("column `{column}`: {why}"))
                    })
                });
            Ok(keys.row(values.collect::<Result<_, _>>()?))
        })
        .collect()
}

impl Reading<'_> {
    #[cfg(feature = "with-json")]
    fn value(&self, value: Value, is_text: bool) -> Result<Value, String> {
        if self.json { super::json::plain(value, is_text) } else { Ok(value) }
    }

    #[cfg(not(feature = "with-json"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same call with and without JSON")]
    fn value(&self, value: Value, _is_text: bool) -> Result<Value, String> {
        Ok(value)
    }

    /// The layout that is known of the same columns, or one that is made for these rows.
    fn layout(&self, set: &ResultSet) -> Result<Arc<Layout>, DbErr> {
        let ResultSet { columns, rows } = set;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(layout) = known.as_ref().filter(|layout| Arc::ptr_eq(&layout.columns, columns)) {
            return Ok(layout.clone());
        }
        let every = 0..columns.len();
        let layout = Arc::new(Layout {
            types: every.clone().map(|at| self.column_type(at, columns, rows)).collect::<Result<_, _>>()?,
            tagged: every.clone().map(|at| self.tagged.contains(&at)).collect(),
            keys: RowKeys::new(columns, self.names_alone),
            columns: columns.clone(),
        });
        // What values have told is not true of other rows.
        *known = every.clone().all(|at| self.told_type(at, columns).is_some()).then(|| layout.clone());
        Ok(layout)
    }

    /// The type of a column, where it does not depend on the values.
    fn told_type(&self, at: usize, columns: &[String]) -> Option<&ArrayType> {
        let settled = columns.get(at).and_then(|name| self.settled.get(name));
        settled.or_else(|| match &self.outputs?.get(at)?.ty {
            Type::Known(ty) => Some(ty),
            Type::Dynamic | Type::Null | Type::Unregistered(_) => None,
        })
    }

    fn column_type(&self, at: usize, columns: &[String], rows: &[Vec<SqlValue>]) -> Result<ArrayType, DbErr> {
        if let Some(told) = self.told_type(at, columns) {
            return Ok(told.clone());
        }
        let values = rows.iter().filter_map(|row| row.get(at));
        let name = columns.get(at).map_or("", String::as_str);
        dynamic_type(values, self.tagged.contains(&at)).map_err(|why| DbErr::Type(format!("column `{name}` {why}")))
    }
}

/// The type of a column that is told by its values alone: `Double` as soon as one number is fractional.
fn dynamic_type<'a>(values: impl Iterator<Item = &'a SqlValue>, tagged: bool) -> Result<ArrayType, String> {
    let mut found: Option<ArrayType> = None;
    for value in values {
        let ty = match value {
            SqlValue::Null => continue,
            SqlValue::Text(text) if tagged && text.starts_with('i') => ArrayType::BigInt,
            SqlValue::Text(_) => ArrayType::String,
            SqlValue::Blob(_) => ArrayType::Bytes,
            SqlValue::Number(number) if number.fract() != 0.0 || !number.is_finite() => ArrayType::Double,
            // A tagged number is a REAL, and so large a one is no integer to anybody.
            SqlValue::Number(number) if number.abs() >= ROUNDED && tagged => ArrayType::Double,
            SqlValue::Number(number) if number.abs() >= ROUNDED => {
                return Err(format!(
                    "holds a number near {number} that may have been rounded: give its type with column_type"
                ));
            }
            SqlValue::Number(_) => ArrayType::BigInt,
        };
        found = match (found, ty) {
            (None, ty) => Some(ty),
            (Some(before), ty) if before == ty => Some(ty),
            (Some(ArrayType::BigInt), ArrayType::Double) | (Some(ArrayType::Double), ArrayType::BigInt) => {
                Some(ArrayType::Double)
            }
            (Some(before), ty) => {
                return Err(format!(
                    "holds values of different types ({before:?} and {ty:?}): give its type with column_type"
                ));
            }
        };
    }
    Ok(found.unwrap_or(ArrayType::String))
}

/// The keys under which SeaORM finds a row's values.
///
/// A proxy row is a map: SeaORM reads by position in the order of the keys. So where the names are not in that order, or
/// not all different, each value also stands under a key that sorts before every name and counts up.
#[derive(Debug)]
struct RowKeys {
    /// Each key with the column that it stands for, in the order of the map.
    keys: Vec<(String, usize)>,
    /// Whether a value stands under more than one key.
    twice: bool,
}

impl RowKeys {
    fn new(names: &[String], names_alone: bool) -> Self {
        let twice = !names_alone && !names.is_sorted_by(|a, b| a < b);
        let mut keys: Vec<(String, usize)> = Vec::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            match keys.binary_search_by(|(key, _)| key.cmp(name)) {
                // Of two columns of one name, the last is read by name, as in SeaORM's own SQLite driver.
                Ok(known) => keys[known].1 = at,
                Err(place) => keys.insert(place, (name.clone(), at)),
            }
        }
        if twice {
            let positions = (0..names.len()).map(|at| (format!("\0{at:04}"), at));
            keys.splice(0..0, positions);
        }
        Self { keys, twice }
    }

    fn row(&self, mut values: Vec<Value>) -> ProxyRow {
        let mut row = BTreeMap::new();
        for (key, at) in &self.keys {
            if let Some(value) = values.get_mut(*at) {
                let value = if self.twice { value.clone() } else { mem::replace(value, Value::Bool(None)) };
                row.insert(key.clone(), value);
            }
        }
        ProxyRow::new(row)
    }
}
