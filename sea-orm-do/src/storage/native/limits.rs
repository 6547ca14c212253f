//! The runtime's limits: <https://developers.cloudflare.com/durable-objects/platform/limits/>, and `setupSecurity` in
//! workerd's `util/sqlite.c++` for those that this page does not list.

use rusqlite::Connection;
use rusqlite::limits::Limit;

use crate::limits::{COLUMNS, COMPOUND_TERMS, PARAMETERS, PATTERN_LENGTH, SQL_LENGTH, VALUE_LENGTH};

#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "small numbers")]
const LIMITS: [(Limit, i32); 11] = [
    (Limit::SQLITE_LIMIT_LENGTH, VALUE_LENGTH.cast_signed()),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, SQL_LENGTH.cast_signed()),
    (Limit::SQLITE_LIMIT_COLUMN, COLUMNS as i32),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, COMPOUND_TERMS.cast_signed()),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 127),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, PATTERN_LENGTH.cast_signed()),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, PARAMETERS as i32),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 10),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

pub(super) fn install(connection: &Connection) -> rusqlite::Result<()> {
    for (limit, value) in LIMITS {
        connection.set_limit(limit, value)?;
    }
    Ok(())
}
