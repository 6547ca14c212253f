//! The schemas as scripts, made of our own knowledge of them, with a few rows.

/// The music shop.
pub const CHINOOK: &str = include_str!("../schemas/chinook.sql");

/// The film rental shop.
pub const SAKILA: &str = include_str!("../schemas/sakila.sql");

/// Names, types and keys that are hard to write in Rust, and a table of 90 columns.
#[must_use]
pub fn hard() -> String {
    let columns: String = (1..90).map(|column| format!(", c{column} INT NOT NULL")).collect();
    format!("{}\nCREATE TABLE wide (id INTEGER PRIMARY KEY{columns});", include_str!("../schemas/hard.sql"))
}
