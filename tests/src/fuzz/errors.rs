//! An error as all sides must tell it: its kind, and SQLite's own words where they name a constraint.

use sea_orm::{DbErr, SqlErr};

/// How a side tells a unique violation from a foreign key violation.
pub type Meaning = fn(&DbErr) -> Option<SqlErr>;

/// SQLite's messages that are compared, with the names that they end with.
const CONSTRAINTS: [&str; 4] =
    ["UNIQUE constraint failed: ", "NOT NULL constraint failed: ", "CHECK constraint failed: ", "cannot store "];

/// Messages of one kind, whatever else they say.
const KINDS: [(&str, &str); 17] = [
    ("FOREIGN KEY constraint failed", "foreign key"),
    ("foreign key", "foreign key"),
    ("datatype mismatch", "datatype mismatch"),
    ("integer overflow", "integer overflow"),
    ("LIKE or GLOB pattern too complex", "pattern"),
    ("no such table", "no such table"),
    ("no such column", "no such column"),
    ("has no column named", "no such column"),
    ("misuse of aggregate", "misuse of aggregate"),
    ("syntax error", "syntax"),
    ("ON CONFLICT clause does not match", "conflict target"),
    ("foreign key mismatch", "foreign key mismatch"),
    ("already exists", "already exists"),
    ("error in index", "error in index"),
    ("values for", "number of values"),
    ("cannot INSERT into generated column", "generated column"),
    ("cannot UPDATE generated column", "generated column"),
];

/// The kind of an error.
pub fn describe(error: &DbErr, meaning: Meaning) -> String {
    let kind = kind(error);
    match meaning(error) {
        Some(SqlErr::UniqueConstraintViolation(_)) => format!("error: {kind} (unique)"),
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => format!("error: {kind} (foreign key)"),
        _ => format!("error: {kind}"),
    }
}

fn kind(error: &DbErr) -> String {
    match error {
        DbErr::RecordNotInserted | DbErr::RecordNotUpdated | DbErr::RecordNotFound(_) | DbErr::UpdateGetPrimaryKey => {
            return format!("{error}");
        }
        DbErr::Type(_) | DbErr::TryIntoErr { .. } | DbErr::Json(_) => return "misfit".to_owned(),
        _ => {}
    }
    let message = error.to_string();
    // sqlx's word for a value that is not of the type that was asked for.
    if message.contains("error occurred while decoding column") {
        return "misfit".to_owned();
    }
    for constraint in CONSTRAINTS {
        if let Some(at) = message.find(constraint) {
            let words = message.get(at..).unwrap_or_default();
            // What follows is the name of a code.
            let end = words.find(": SQLITE_").unwrap_or(words.len());
            return words.get(..end).unwrap_or_default().to_owned();
        }
    }
    let known = KINDS.iter().find(|(words, _)| message.contains(words));
    known.map_or(message, |(_, kind)| (*kind).to_owned())
}
