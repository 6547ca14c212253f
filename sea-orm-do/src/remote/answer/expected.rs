//! Whether the outcome of a statement is the expected one.

use sea_orm::ProxyRow;

use crate::remote::protocol::{Expected, Frame};
use crate::value::types::bind;

impl Expected {
    /// How the outcome of a statement without rows differs from this; `None` if it does not.
    pub(super) fn unmet_by(self, executed: &Frame) -> Option<String> {
        match self {
            Self::Affected(expected) => {
                let Frame::Executed { rows_affected: affected, .. } = *executed else { return None };
                (affected != expected).then(|| format!("{affected} rows were affected, {expected} were expected"))
            }
            Self::Rows(_) | Self::Row(_) => Some("the rows of this statement are not read: use query".to_owned()),
        }
    }

    /// How the rows of a query differ from this; `None` if they do not.
    pub(super) fn unmet_by_rows(self, rows: &[ProxyRow]) -> Option<String> {
        match (self, rows) {
            (Self::Affected(_), _) => Some("a query affects no rows: use execute, or expect rows".to_owned()),
            (Self::Rows(expected), rows) => {
                let count = rows.len();
                (u64::try_from(count) != Ok(expected))
                    .then(|| format!("{count} rows were found, {expected} were expected"))
            }
            (Self::Row(expected), [row]) => expected.into_iter().find_map(|(column, expected)| {
                let Some(value) = row.values.get(&column) else {
                    return Some(format!("there is no column `{column}`"));
                };
                // Compared as SQLite stores them, so that an i32 can be expected of an i64.
                let is_same = expected.decode().and_then(|expected| Ok(bind(&expected)? == bind(value)?));
                match is_same {
                    Ok(true) => None,
                    Ok(false) => Some(format!("column `{column}` has another value than expected")),
                    Err(why) => Some(format!("column `{column}`: {why}")),
                }
            }),
            (Self::Row(_), rows) => Some(format!("{} rows were found, 1 was expected", rows.len())),
        }
    }
}
