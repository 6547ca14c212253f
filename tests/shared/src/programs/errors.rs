//! An error as all sides must tell it: SQLite's own words, or the kind of SeaORM's.

use sea_orm::{DbErr, SqlErr};

/// A bound value that our driver refuses, and SeaORM's own compares or stores.
pub const REFUSED: &str = "refused value";

const FOREIGN_KEY: &str = "FOREIGN KEY constraint failed";

/// How a side tells a unique violation from a foreign key violation.
pub type Meaning = fn(&DbErr) -> Option<SqlErr>;

/// The kind of an error.
pub fn describe(error: &DbErr, meaning: Meaning) -> String {
    let kind = kind(error);
    // What breaks a key with ON DELETE RESTRICT is a trigger to SQLite, and no foreign key to SeaORM's own driver.
    if kind == FOREIGN_KEY && error.to_string().contains("(code: 1811)") {
        return format!("error: {kind} (foreign key)");
    }
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
        // A bound value that is none of its registered column.
        DbErr::Type(why) if why.starts_with("parameter ") && why.contains("column `") => return REFUSED.to_owned(),
        DbErr::Type(_) | DbErr::TryIntoErr { .. } | DbErr::Json(_) => return "misfit".to_owned(),
        _ => {}
    }
    let message = error.to_string();
    // sqlx's word for a value that is not of the type that was asked for.
    if message.contains("error occurred while decoding column") {
        return "misfit".to_owned();
    }
    words_of_sqlite(&message).to_owned()
}

/// SQLite's own words, without what each driver puts around them.
fn words_of_sqlite(message: &str) -> &str {
    let words = match message.split_once("error returned from database: (code: ") {
        Some((_, coded)) => coded.split_once(") ").map_or(coded, |(_, words)| words),
        None => message.split_once("Error: ").map_or(message, |(_, words)| words),
    };
    let words = words.split(": SQLITE_").next().unwrap_or(words);
    // Of a key that was deferred, ours tells the tables as well.
    if words.starts_with(FOREIGN_KEY) {
        return FOREIGN_KEY;
    }
    words.split(" at offset ").next().unwrap_or(words)
}
