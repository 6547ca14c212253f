//! A SeaORM error on the way.

use sea_orm::{DbErr, RuntimeErr};
use serde::{Deserialize, Serialize};

/// The variants of `DbErr` that the driver returns, with their messages, so that what reads them, as
/// [`sql_err`](crate::sql_err) does, finds them as inside of the object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::remote) enum WireError {
    Conn(String),
    Exec(String),
    Query(String),
    Type(String),
    Json(String),
    Migration(String),
    Custom(String),
    RecordNotFound(String),
    RecordNotInserted,
    RecordNotUpdated,
}

impl From<DbErr> for WireError {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::Conn(RuntimeErr::Internal(why)) => Self::Conn(why),
            DbErr::Exec(RuntimeErr::Internal(why)) => Self::Exec(why),
            DbErr::Query(RuntimeErr::Internal(why)) => Self::Query(why),
            DbErr::Type(why) => Self::Type(why),
            DbErr::Json(why) => Self::Json(why),
            DbErr::Migration(why) => Self::Migration(why),
            DbErr::Custom(why) => Self::Custom(why),
            DbErr::RecordNotFound(why) => Self::RecordNotFound(why),
            DbErr::RecordNotInserted => Self::RecordNotInserted,
            DbErr::RecordNotUpdated => Self::RecordNotUpdated,
            // The driver returns no other.
            other => Self::Custom(other.to_string()),
        }
    }
}

impl From<WireError> for DbErr {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Conn(why) => Self::Conn(RuntimeErr::Internal(why)),
            WireError::Exec(why) => Self::Exec(RuntimeErr::Internal(why)),
            WireError::Query(why) => Self::Query(RuntimeErr::Internal(why)),
            WireError::Type(why) => Self::Type(why),
            WireError::Json(why) => Self::Json(why),
            WireError::Migration(why) => Self::Migration(why),
            WireError::Custom(why) => Self::Custom(why),
            WireError::RecordNotFound(why) => Self::RecordNotFound(why),
            WireError::RecordNotInserted => Self::RecordNotInserted,
            WireError::RecordNotUpdated => Self::RecordNotUpdated,
        }
    }
}

/// The error of what travels itself.
pub(in crate::remote) fn conn_err(why: impl Into<String>) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(why.into()))
}
