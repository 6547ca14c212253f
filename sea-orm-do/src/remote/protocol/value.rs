//! A value on the way: its type, and what SQLite would store for it.

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, Statement, Value, Values};
use serde::{Deserialize, Serialize};

use super::Packed;
use crate::connection::values;
use crate::storage::SqlValue;
use crate::value::decode::Cell;
use crate::value::encode::Bound;
use crate::value::types::{bind, code, of_code, parameter_type, read};

/// A value with its type. Both sides encode and decode it by the same table as a column of that type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::remote) struct WireValue {
    ty: u8,
    stored: Stored,
}

/// What SQLite stores; unlike the runtime, it tells an integer from a float.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Stored {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(#[serde(with = "bytes")] Vec<u8>),
}

impl WireValue {
    /// # Errors
    /// The reason, for a value that SQLite or this build cannot hold exactly.
    pub(in crate::remote) fn encode(value: &Value) -> Result<Self, String> {
        let ty = wire_type(&parameter_type(value)?)?;
        let stored = match bind(value)? {
            Bound::Plain(SqlValue::Null) => Stored::Null,
            Bound::Plain(SqlValue::Number(number)) => Stored::Real(number),
            Bound::Plain(SqlValue::Text(text)) | Bound::Decimal { text, .. } => Stored::Text(text),
            Bound::Plain(SqlValue::Blob(bytes)) => Stored::Blob(bytes),
            Bound::Integer(integer) => Stored::Integer(integer),
        };
        Ok(Self { ty, stored })
    }

    /// # Errors
    /// The reason, for a type that this build does not have and for a value that does not fit its type.
    pub(in crate::remote) fn decode(self) -> Result<Value, String> {
        let cell = match self.stored {
            Stored::Null => None,
            Stored::Integer(integer) => Some(Cell::Integer(integer)),
            Stored::Real(number) => Some(Cell::Real(number)),
            Stored::Text(text) => Some(Cell::Text(text)),
            Stored::Blob(bytes) => Some(Cell::Blob(bytes)),
        };
        read(cell, &type_of(self.ty)?)
    }

    /// The length of a text or blob in bytes, and as much as any other value takes.
    pub(in crate::remote) fn length(&self) -> usize {
        match &self.stored {
            Stored::Null | Stored::Integer(_) | Stored::Real(_) => size_of::<f64>(),
            Stored::Text(text) => text.len(),
            Stored::Blob(bytes) => bytes.len(),
        }
    }
}

/// # Errors
/// The reason, for a type that SQLite or this build cannot hold.
pub(in crate::remote) fn wire_type(ty: &ArrayType) -> Result<u8, String> {
    code(ty).ok_or_else(|| format!("the type {ty:?} is not one of SQLite or not a feature of this build"))
}

/// # Errors
/// The reason, for a type that this build does not have.
pub(in crate::remote) fn type_of(code: u8) -> Result<ArrayType, String> {
    of_code(code).ok_or_else(|| {
        format!("this build does not have type {code} of the other side: build both with the same features `with-…`")
    })
}

/// A statement on the way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::remote) struct WireStatement {
    pub(in crate::remote) sql: String,
    /// A list of [`WireValue`]s.
    values: Packed,
}

/// The most values of a statement, more than any statement of an object can have.
const VALUES: usize = 250_000;

impl WireStatement {
    /// # Errors
    /// `DbErr::Type` for a value that cannot be sent, with its position.
    pub(in crate::remote) fn encode(statement: &Statement) -> Result<Self, DbErr> {
        let encode = |(at, value)| WireValue::encode(value).map_err(|why| of_parameter(at, &why));
        let values = values(statement).iter().enumerate().map(encode).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { sql: statement.sql.clone(), values: Packed::of(&values) })
    }

    /// # Errors
    /// `DbErr::Type` for a value that this side cannot hold, with its position.
    pub(in crate::remote) fn decode(self) -> Result<Statement, DbErr> {
        let decode = |(at, value): (usize, WireValue)| value.decode().map_err(|why| of_parameter(at, &why));
        if self.values.count()? > VALUES {
            return Err(DbErr::Type(format!("the statement has more than {VALUES} values")));
        }
        let values = self.values.unpack::<Vec<WireValue>>()?.into_iter().enumerate().map(decode);
        let values = values.collect::<Result<_, _>>()?;
        Ok(Statement { sql: self.sql, values: Some(Values(values)), db_backend: sea_orm::DbBackend::Sqlite })
    }
}

fn of_parameter(at: usize, why: &str) -> DbErr {
    DbErr::Type(format!("parameter {}: {why}", at + 1))
}

/// Bytes as one piece; serde would take them one by one.
pub(in crate::remote) mod bytes {
    use std::fmt::{self, Formatter};

    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub(in crate::remote) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(in crate::remote) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}
