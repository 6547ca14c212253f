//! Writes rows as INSERT statements that a Durable Object accepts.

use sea_orm::{DbErr, RuntimeErr};

use super::source::ExportedTable;
use crate::connection::DoConnection;
use crate::database::Database;
use crate::database::cursors::SharedCursor;
use crate::sql::quote::quoted;
use crate::statement::exact::{StoredValue, decode_bytes};
use crate::storage::SqlValue;
use crate::storage::error::StorageError;
use crate::value::encode::Bound;
use crate::value::literal::{blob, literal, text_of_bytes};

/// Rows that are read at once; each has at most 2 MB.
const BATCH: usize = 8;
/// Bytes at which a piece is complete.
const PIECE: usize = 64 * 1024;
/// The most bytes of a statement with several rows, so that it compiles to fewer operations than the runtime allows.
const STATEMENT: usize = 8 * 1024;
/// The most bytes of a row that is one statement, including the text before it.
const ROW: usize = 90_000;
/// Bytes of one part of a value; each byte is written as two digits.
const PART: usize = 40_000;

/// The rows of one table after another.
#[derive(Debug)]
pub(super) struct Rows {
    reading: Option<(ExportedTable, SharedCursor)>,
    /// The table in which the script assembles values that are too long for a statement.
    parts: String,
    /// Whether the script has created it.
    has_parts: bool,
}

impl Rows {
    pub(super) fn new(is_taken: impl Fn(&str) -> bool) -> Self {
        let mut parts = "_sea_orm_do_parts".to_owned();
        while is_taken(&parts) {
            parts.push('_');
        }
        Self { reading: None, parts: quoted(&parts), has_parts: false }
    }

    pub(super) fn is_open(&self) -> bool {
        self.reading.is_some()
    }

    pub(super) fn open(&mut self, db: &DoConnection, source: ExportedTable) -> Result<(), DbErr> {
        let text = crate::storage::StatementText::new(source.select.clone(), true);
        let cursor = db.database.storage.open(&text, &[], false).map_err(StorageError::into_query)?;
        let cursor = SharedCursor::new(cursor);
        db.database.watch(cursor.watch());
        self.reading = Some((source, cursor));
        Ok(())
    }

    pub(super) fn close(&mut self) {
        self.reading = None;
    }

    /// Ends the rows of the script: drops the table of parts, if there is one.
    pub(super) fn end(&mut self) -> Option<String> {
        std::mem::take(&mut self.has_parts).then(|| format!("DROP TABLE {};\n", self.parts))
    }

    /// Returns statements with the next rows; closes the table after its last row.
    pub(super) fn next_piece(&mut self, database: &Database) -> Result<String, DbErr> {
        let mut script = Script::default();
        let Some((source, cursor)) = &self.reading else { return Ok(script.text) };
        while script.text.len() < PIECE {
            let rows = cursor.with(|cursor| cursor.next(BATCH))?;
            let rows = rows.map_err(|error| database.notice(error).into_query())?;
            if rows.is_empty() {
                script.end();
                self.reading = None;
                break;
            }
            for row in rows {
                let values: Option<Vec<_>> = row.into_iter().map(decode_bytes).collect();
                let values = values.ok_or_else(|| {
                    let why = format!("a row of table `{}` came back with an unexpected value", source.table);
                    DbErr::Query(RuntimeErr::Internal(why))
                })?;
                let literals: Vec<_> = values.iter().map(to_literal).collect();
                if length(&source.insert, &literals) <= ROW {
                    script.row(&source.insert, &literals);
                } else {
                    if !std::mem::replace(&mut self.has_parts, true) {
                        script.statement(&format!("CREATE TABLE {} (id INTEGER PRIMARY KEY, value BLOB)", self.parts));
                    }
                    script.long_row(&source.insert, &values, literals, &self.parts);
                }
            }
        }
        script.end();
        Ok(script.text)
    }
}

fn to_literal(value: &StoredValue) -> String {
    match value {
        StoredValue::Text(bytes) => text_of_bytes(bytes),
        StoredValue::Other(bound) => literal(bound),
    }
}

/// The bytes from which a value can be assembled, and the type to cast them to.
fn parts(value: &StoredValue) -> Option<(&[u8], &'static str)> {
    match value {
        StoredValue::Text(bytes) => Some((bytes, "TEXT")),
        StoredValue::Other(Bound::Plain(SqlValue::Blob(bytes))) => Some((bytes, "BLOB")),
        StoredValue::Other(_) => None,
    }
}

fn length(insert: &str, literals: &[String]) -> usize {
    insert.len() + literals.iter().map(|literal| literal.len() + 2).sum::<usize>()
}

/// Statements, each terminated except the last, which may take more rows.
#[derive(Default)]
struct Script {
    text: String,
    /// The start of the statement that may take more rows.
    open: Option<usize>,
}

impl Script {
    fn end(&mut self) {
        if self.open.take().is_some() {
            self.text.push_str(";\n");
        }
    }

    fn statement(&mut self, sql: &str) {
        self.end();
        self.text.push_str(sql);
        self.text.push_str(";\n");
    }

    fn row(&mut self, insert: &str, literals: &[String]) {
        let row = literals.join(",");
        match self.open {
            Some(at) if self.text.len() - at + row.len() <= STATEMENT => self.text.push_str(",\n"),
            _ => {
                self.end();
                self.open = Some(self.text.len());
                self.text.push_str(insert);
            }
        }
        self.text.push('(');
        self.text.push_str(&row);
        self.text.push(')');
    }

    /// Writes a row after assembling its longest values.
    fn long_row(&mut self, insert: &str, values: &[StoredValue], mut literals: Vec<String>, table: &str) {
        while length(insert, &literals) > ROW {
            let longest =
                (0..values.len()).filter(|at| parts(&values[*at]).is_some()).max_by_key(|at| literals[*at].len());
            let Some((at, (bytes, ty))) = longest.and_then(|at| Some((at, parts(&values[at])?))) else { break };
            for (number, part) in bytes.chunks(PART).enumerate() {
                self.statement(&match number {
                    0 => format!("INSERT INTO {table} VALUES ({at}, {})", blob(part)),
                    // Concatenating two blobs yields a text of the same bytes.
                    _ => format!("UPDATE {table} SET value = CAST(value || {} AS BLOB) WHERE id = {at}", blob(part)),
                });
            }
            literals[at] = format!("+CAST((SELECT value FROM {table} WHERE id = {at}) AS {ty})");
        }
        self.end();
        self.row(insert, &literals);
        self.end();
        self.statement(&format!("DELETE FROM {table}"));
    }
}
