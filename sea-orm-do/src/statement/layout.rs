//! How the values of a row become SeaORM values, and the keys under which SeaORM finds them.

use std::collections::{BTreeMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex};

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, ProxyRow, Value};
use sea_orm_do_typed::{Column, Keys};

use super::exact::decode_tagged;
use super::read_mode;
use super::read_mode::Read;
use crate::storage::{FIRST_ROUNDED, ResultSet, SqlValue};
use crate::types::expr_type::Type;
use crate::value::decode::decode;

/// The layout of the rows that a plan read last.
pub(crate) type KnownLayout = Mutex<Option<Arc<Layout>>>;

/// How rows with these columns become SeaORM rows.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(super) columns: Arc<[String]>,
    cells: Vec<Cell>,
    keys: RowKeys,
}

/// How a value becomes a SeaORM value.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Typed {
        ty: ArrayType,
        is_tagged: bool,
    },
    /// Each value by its own storage class.
    ByValue {
        is_tagged: bool,
    },
    /// Each value as the type of its storage class.
    Stored {
        is_tagged: bool,
    },
    /// Not read by the call.
    Unread,
}

impl Layout {
    /// Builds the layout of a result with columns of these types, and says whether it is valid for other rows too.
    pub(super) fn new(
        set: &ResultSet,
        types: &[Type],
        tagged: &HashSet<usize>,
        read: &Read,
    ) -> Result<(Self, bool), DbErr> {
        let ResultSet { columns, rows } = set;
        let cell = |(at, ty): (usize, &Type)| {
            let is_tagged = tagged.contains(&at);
            match ty {
                Type::Known(ty) => Ok(Cell::Typed { ty: ty.clone(), is_tagged }),
                Type::Unread => Ok(Cell::Unread),
                _ if matches!(read, Read::Stored) => Ok(Cell::Stored { is_tagged }),
                Type::Dynamic | Type::Null | Type::Unregistered(_) if read.is_json() => Ok(Cell::ByValue { is_tagged }),
                Type::Dynamic | Type::Null | Type::Unregistered(_) => {
                    let values = rows.iter().filter_map(|row| row.get(at));
                    column_type(values, is_tagged).map_err(|why| {
                        let name = columns.get(at).map_or("", String::as_str);
                        DbErr::Type(format!("column `{name}` {why}"))
                    })
                }
            }
        };
        let layout = Self {
            cells: types.iter().enumerate().map(cell).collect::<Result<_, _>>()?,
            keys: RowKeys::new(columns, read),
            columns: columns.clone(),
        };
        let is_of_values = |ty: &Type| !matches!(ty, Type::Known(_) | Type::Unread);
        Ok((layout, !types.iter().any(is_of_values)))
    }

    /// Decodes a row into a SeaORM row.
    ///
    /// # Errors
    /// `DbErr::Type` naming the column, its type and the value that does not fit.
    pub(super) fn row(&self, mut row: Vec<SqlValue>, is_json: bool) -> Result<ProxyRow, DbErr> {
        self.keys.row(|at| {
            let (Some(value), Some(cell)) = (row.get_mut(at), self.cells.get(at)) else { return Ok(UNREAD) };
            cell.read(mem::replace(value, SqlValue::Null), is_json).map_err(|why| {
                let column = self.columns.get(at).map_or("", String::as_str);
                DbErr::Type(format!("column `{column}`: {why}"))
            })
        })
    }
}

impl Cell {
    fn read(&self, value: SqlValue, is_json: bool) -> Result<Value, String> {
        let is_text = matches!(value, SqlValue::Text(_));
        let value = match self {
            Self::Unread => return Ok(UNREAD),
            Self::Typed { ty, is_tagged: false } => decode(value, ty)?,
            Self::Typed { ty, is_tagged: true } => decode_tagged(value, ty)?,
            Self::Stored { is_tagged } => {
                let ty = match &value {
                    // In a tagged column, a number is a REAL.
                    SqlValue::Number(_) if *is_tagged => ArrayType::Double,
                    other => dynamic_type([other].into_iter(), *is_tagged)?,
                };
                if *is_tagged { decode_tagged(value, &ty)? } else { decode(value, &ty)? }
            }
            Self::ByValue { is_tagged } => {
                let ty = dynamic_type([&value].into_iter(), *is_tagged)?;
                if *is_tagged { decode_tagged(value, &ty)? } else { decode(value, &ty)? }
            }
        };
        if is_json { plain_json(value, is_text) } else { Ok(value) }
    }
}

#[cfg(feature = "with-json")]
fn plain_json(value: Value, is_text: bool) -> Result<Value, String> {
    crate::value::json::plain(value, is_text)
}

#[cfg(not(feature = "with-json"))]
#[allow(clippy::unnecessary_wraps, reason = "the same call with and without JSON")]
fn plain_json(value: Value, _is_text: bool) -> Result<Value, String> {
    Ok(value)
}

/// How to read a column without a known type: as one type if its values are all numbers, all texts or all blobs,
/// otherwise each value by itself.
fn column_type<'a>(values: impl Iterator<Item = &'a SqlValue> + Clone, is_tagged: bool) -> Result<Cell, String> {
    let is_mixed = {
        let class = |value: &SqlValue| match value {
            SqlValue::Null => None,
            SqlValue::Text(text) if is_tagged && text.starts_with('i') => Some(0),
            SqlValue::Number(_) => Some(0),
            SqlValue::Text(_) => Some(1),
            SqlValue::Blob(_) => Some(2),
        };
        let mut classes = values.clone().filter_map(class);
        let first = classes.next();
        classes.any(|class| Some(class) != first)
    };
    if is_mixed {
        return Ok(Cell::ByValue { is_tagged });
    }
    Ok(Cell::Typed { ty: dynamic_type(values, is_tagged)?, is_tagged })
}

/// The type of a column, taken from its values: `Double` as soon as one number is fractional.
fn dynamic_type<'a>(values: impl Iterator<Item = &'a SqlValue>, tagged: bool) -> Result<ArrayType, String> {
    let mut found: Option<ArrayType> = None;
    for value in values {
        let ty = match value {
            SqlValue::Null => continue,
            SqlValue::Text(text) if tagged && text.starts_with('i') => ArrayType::BigInt,
            SqlValue::Text(_) => ArrayType::String,
            SqlValue::Blob(_) => ArrayType::Bytes,
            SqlValue::Number(number) if number.fract() != 0.0 || !number.is_finite() => ArrayType::Double,
            // In a tagged column a number is a REAL, and one this large is not meant as an integer.
            SqlValue::Number(number) if number.abs() >= FIRST_ROUNDED && tagged => ArrayType::Double,
            SqlValue::Number(number) if number.abs() >= FIRST_ROUNDED => {
                return Err(format!(
                    "holds a number near {number} that may have been rounded: give its type with with_column_type"
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
                    "holds values of different types ({before:?} and {ty:?}): give its type with with_column_type"
                ));
            }
        };
    }
    Ok(found.unwrap_or(ArrayType::String))
}

/// The keys of rows with columns of these names, in the order of the map.
#[cfg(feature = "remote")]
pub(crate) fn keys(names: &[String], read: &Read) -> Vec<String> {
    RowKeys::new(names, read).empty.into_keys().collect()
}

/// The keys under which SeaORM finds a row's values.
///
/// A proxy row is a map, and SeaORM reads by position in the order of its keys. A typed call says whether it reads by
/// name or by position. In any other call whose column names are unsorted or not unique, each value is stored twice:
/// under a numbered key that sorts before every name, and under its name.
#[derive(Debug)]
struct RowKeys {
    /// A row without values: a copy of it needs no comparison of keys.
    empty: BTreeMap<String, Value>,
    /// The position of each key's column, in the order of the map.
    columns: Vec<usize>,
    /// The number of numbered keys, which come first.
    numbered: usize,
}

/// The value under the key of a column that the call does not read.
const UNREAD: Value = Value::Bool(None);

/// Appended to the first numbered key, for users who see that key in `into_json()` or `column_names()`.
const ADVICE: &str =
    " the keys that begin with NUL are positions: use into_json().all_as(&db), db.with_json_rows() or a typed call";

impl RowKeys {
    fn new(names: &[String], read: &Read) -> Self {
        let by_position = |count: usize| (0..count).map(|at| (position_key(at), at)).collect();
        let once = |keys| Self::of(keys, 0);
        match read {
            Read::Typed(columns) => match columns.keys() {
                Ok(Keys::Positions(types)) => once(by_position(types.len())),
                Ok(Keys::Names(columns)) => {
                    let found =
                        |column: &Column| Some((column.name.clone(), read_mode::position(names, &column.name)?));
                    once(columns.iter().filter_map(found).collect())
                }
                Ok(_) | Err(_) => once(by_name(names)),
            },
            Read::Json => once(by_name(names)),
            Read::Stored => once(names.iter().enumerate().map(|(at, name)| (format!("{at:04}{name}"), at)).collect()),
            Read::Plain { by_name: true, .. } => once(by_name(names)),
            Read::Plain { .. } if names.is_sorted_by(|a, b| a < b) => once(by_name(names)),
            Read::Plain { .. } => {
                let mut keys: Vec<_> = (0..names.len()).map(|at| (format!("\0{at:04}"), at)).collect();
                keys[0].0.push_str(ADVICE);
                // An empty name would sort before all positions, so it gets no key.
                keys.extend(by_name(names).into_iter().filter(|(name, _)| !name.is_empty()));
                Self::of(keys, names.len())
            }
        }
    }

    fn of(mut keys: Vec<(String, usize)>, numbered: usize) -> Self {
        keys.sort_unstable();
        let columns = keys.iter().map(|(_, at)| *at).collect();
        Self { empty: keys.into_iter().map(|(key, _)| (key, UNREAD)).collect(), columns, numbered }
    }

    /// Builds a row of the values that `value` returns for the position of a column. Asks for each position once.
    fn row(&self, mut value: impl FnMut(usize) -> Result<Value, DbErr>) -> Result<ProxyRow, DbErr> {
        let mut row = self.empty.clone();
        let mut places = row.values_mut().zip(&self.columns);
        let mut known = Vec::with_capacity(self.numbered);
        for (place, at) in places.by_ref().take(self.numbered) {
            *place = value(*at)?;
            known.push(place.clone());
        }
        for (place, at) in places {
            *place = match known.get_mut(*at) {
                Some(known) => mem::replace(known, UNREAD),
                None => value(*at)?,
            };
        }
        Ok(ProxyRow::new(row))
    }
}

/// Short keys in ascending order; the first is empty and takes no memory.
fn position_key(at: usize) -> String {
    let character = u32::try_from(at).ok().and_then(char::from_u32);
    character.filter(|_| at > 0).map(String::from).unwrap_or_default()
}

/// The keys by name, sorted. Of several columns with one name, the last is read.
fn by_name(names: &[String]) -> Vec<(String, usize)> {
    let mut keys: Vec<(String, usize)> = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        match keys.binary_search_by(|(key, _)| key.cmp(name)) {
            Ok(known) => keys[known].1 = at,
            Err(place) => keys.insert(place, (name.clone(), at)),
        }
    }
    keys
}
