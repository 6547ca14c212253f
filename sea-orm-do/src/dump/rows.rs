//! Rows as INSERT statements that a Durable Object takes.

use sea_orm::{DbErr, RuntimeErr};

use super::source::ExportedTable;
use crate::connection::DoConnection;
use crate::database::Database;
use crate::database::cursors::SharedCursor;
use crate::sql::quote::quoted;
use crate::storage::SqlValue;
use crate::storage::error::StorageError;
use crate::value::encode::Bound;
use crate::value::literal::{blob, literal, text_of_bytes};

/// Rows that are read at once: of 2 MB each at most.
const BATCH: usize = 8;
/// Bytes at which a piece is handed out.
const PIECE: usize = 64 * 1024;
/// Bytes of a statement of several rows: it compiles to fewer operations than the runtime takes.
const STATEMENT: usize = 8 * 1024;
/// Bytes of the longest row that is one statement, with what stands before it.
const ROW: usize = 90_000;
/// Bytes of a value's part, which is written with two digits each.
const PART: usize = 40_000;

/// The rows of one table after the other.
#[derive(Debug)]
pub(super) struct Rows {
    reading: Option<(ExportedTable, SharedCursor)>,
    /// The table in which values are put together that are too long for a statement.
    parts: String,
    /// Whether the script has made it.
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
        let cursor = db.database.storage.open(&text, &[]).map_err(StorageError::into_query)?;
        let cursor = SharedCursor::new(cursor);
        db.database.watch(cursor.watch());
        self.reading = Some((source, cursor));
        Ok(())
    }

    pub(super) fn close(&mut self) {
        self.reading = None;
    }

    /// The end of the script's rows.
    pub(super) fn end(&mut self) -> Option<String> {
        std::mem::take(&mut self.has_parts).then(|| format!("DROP TABLE {};\n", self.parts))
    }

    /// Statements with the next rows; closes the table behind its last one.
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
                let cells: Option<Vec<_>> = row.into_iter().map(Cell::read).collect();
                let cells = cells.ok_or_else(|| {
                    let why =
                        format!("a row of table `{}` came back with a value that was not asked for", source.table);
                    DbErr::Query(RuntimeErr::Internal(why))
                })?;
                let literals: Vec<_> = cells.iter().map(Cell::literal).collect();
                if length(&source.insert, &literals) <= ROW {
                    script.row(&source.insert, &literals);
                } else {
                    if !std::mem::replace(&mut self.has_parts, true) {
                        script.statement(&format!("CREATE TABLE {} (id INTEGER PRIMARY KEY, value BLOB)", self.parts));
                    }
                    script.long_row(&source.insert, &cells, literals, &self.parts);
                }
            }
        }
        script.end();
        Ok(script.text)
    }
}

/// A value as it was read.
enum Cell {
    Text(Vec<u8>),
    Other(Bound),
}

impl Cell {
    /// `None` for what the [select](Source::select) never gives.
    fn read(value: SqlValue) -> Option<Self> {
        Some(match value {
            SqlValue::Text(digits) => Self::Other(Bound::Integer(digits.parse().ok()?)),
            SqlValue::Blob(mut bytes) if bytes.first() == Some(&b't') => Self::Text(bytes.split_off(1)),
            SqlValue::Blob(mut bytes) if bytes.first() == Some(&b'b') => {
                Self::Other(Bound::Plain(SqlValue::Blob(bytes.split_off(1))))
            }
            SqlValue::Blob(_) => return None,
            value @ (SqlValue::Null | SqlValue::Number(_)) => Self::Other(Bound::Plain(value)),
        })
    }

    fn literal(&self) -> String {
        match self {
            Self::Text(bytes) => text_of_bytes(bytes),
            Self::Other(bound) => literal(bound),
        }
    }

    /// The bytes that it can be put together from, and what it is then.
    fn parts(&self) -> Option<(&[u8], &'static str)> {
        match self {
            Self::Text(bytes) => Some((bytes, "TEXT")),
            Self::Other(Bound::Plain(SqlValue::Blob(bytes))) => Some((bytes, "BLOB")),
            Self::Other(_) => None,
        }
    }
}

fn length(insert: &str, literals: &[String]) -> usize {
    insert.len() + literals.iter().map(|literal| literal.len() + 2).sum::<usize>()
}

/// Statements, each ended; but the last, which may take further rows.
#[derive(Default)]
struct Script {
    text: String,
    /// Where the statement begins that may take further rows.
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

    /// A row whose longest values are put together first.
    fn long_row(&mut self, insert: &str, cells: &[Cell], mut literals: Vec<String>, parts: &str) {
        while length(insert, &literals) > ROW {
            let longest =
                (0..cells.len()).filter(|at| cells[*at].parts().is_some()).max_by_key(|at| literals[*at].len());
            let Some((at, (bytes, ty))) = longest.and_then(|at| Some((at, cells[at].parts()?))) else { break };
            for (number, part) in bytes.chunks(PART).enumerate() {
                self.statement(&match number {
                    0 => format!("INSERT INTO {parts} VALUES ({at}, {})", blob(part)),
                    // Two blobs together are a text of the same bytes.
                    _ => format!("UPDATE {parts} SET value = CAST(value || {} AS BLOB) WHERE id = {at}", blob(part)),
                });
            }
            literals[at] = format!("+CAST((SELECT value FROM {parts} WHERE id = {at}) AS {ty})");
        }
        self.end();
        self.row(insert, &literals);
        self.end();
        self.statement(&format!("DELETE FROM {parts}"));
    }
}
