//! Exports a schema and its rows, in an order in which they can be created again.

use std::collections::VecDeque;

use sea_orm::DbErr;

use super::rows::Rows;
use super::source::ExportedTable;
use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::error::exec_err;
use crate::introspect::Schema;
use crate::sql::lexer::without_comments_behind;
use crate::sql::quote::quoted;
use crate::storage::SqlValue;
use crate::storage::error::StorageError;
use crate::value::literal;

const BEGIN: &str = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nPRAGMA defer_foreign_keys=ON;\n";
const COMMIT: &str = "COMMIT;\n";

/// The objects of the schema, in the order in which they were created.
const OBJECTS: &str = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";

const UTF_8: &str = "SELECT CAST('a' AS BLOB) = X'61'";

impl DoConnection {
    /// Exports the database as an SQL script, in pieces that the `sqlite3` shell and [`import`](Self::import) can run.
    ///
    /// Values of any size are exact: integers, floats to the last bit, texts and blobs byte by byte. A float whose
    /// decimal digits SQLite might read inexactly is written as a quotient, `(52520008.0/1000000.0)`. Each piece
    /// contains whole statements of at most 100,000 bytes; a row that does not fit into one is assembled in a table
    /// that the script creates and drops. Rows are read only as pieces are requested, so memory use stays constant.
    ///
    /// The script skips the tables of SQLite (`sqlite_stat1`), of the runtime (`_cf_…`) and of wrangler
    /// (`__miniflare_…`), generated columns, which are computed again, and the rowids of tables that do not declare
    /// them as a column.
    ///
    /// ```
    /// # #[cfg(all(feature = "native", feature = "stream"))]
    /// # fn main() -> Result<(), sea_orm::DbErr> {
    /// # use futures_util::FutureExt;
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// # let (db, other) = (DoConnection::in_memory()?, DoConnection::in_memory()?);
    /// # db.execute_unprepared("CREATE TABLE t (a); INSERT INTO t VALUES (1)").now_or_never().unwrap()?;
    /// let script = db.export()?.collect::<Result<String, _>>()?;   // or piece by piece, into a response
    /// other.import(&script)?;
    /// # assert_eq!(script, other.export()?.collect::<Result<String, _>>()?);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(all(feature = "native", feature = "stream")))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// Fails if the database cannot be read, or if it has an FTS5 table that does not store its texts, which the error
    /// names.
    pub fn export(&self) -> Result<Export, DbErr> {
        let schema = introspect(self)?;
        let ask = |sql| self.database.storage.exec(sql, &[]).map_err(StorageError::into_query);
        if !matches!(ask(UTF_8)?.rows.first().map(Vec::as_slice), Some([SqlValue::Number(1.0)])) {
            return Err(exec_err("only a database whose encoding is UTF-8 can be exported"));
        }
        let object = |row: Vec<SqlValue>| match <[SqlValue; 3]>::try_from(row) {
            Ok([SqlValue::Text(ty), SqlValue::Text(name), SqlValue::Text(sql)]) => Some(Object { ty, name, sql }),
            _ => None,
        };
        let objects: Vec<_> = ask(OBJECTS)?.rows.into_iter().filter_map(object).collect();
        let steps = steps(&schema, &objects)?;
        let (changes, schema_changes) = (self.total_changes()?, self.database.schema_changes());
        let rows = Rows::new(|name| objects.iter().any(|object| object.name.eq_ignore_ascii_case(name)));
        Ok(Export { connection: self.clone(), steps, rows, changes, schema_changes })
    }

    fn total_changes(&self) -> Result<SqlValue, DbErr> {
        self.check_not_blocked()?;
        let changes = self.database.storage.exec("SELECT total_changes()", &[]).map_err(StorageError::into_query)?;
        Ok(changes.rows.into_iter().flatten().next().unwrap_or(SqlValue::Null))
    }
}

/// An iterator over the pieces of a script, returned by [`DoConnection::export`].
///
/// It is an iterator because the storage never waits; `futures_util::stream::iter` turns it into a `Stream`. If the
/// database is written to between two pieces, even through the key-value storage, the next piece is an error, because
/// the script would mix two states. So collect it without awaiting anything, or block other requests meanwhile with
/// `blockConcurrencyWhile` or with an [async transaction](DoConnection::with_async_transactions).
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::DoConnection;
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write')").await?;
/// let mut script = String::new();
/// for piece in db.export()? {
///     script.push_str(&piece?);
/// }
/// assert!(script.contains("INSERT INTO") && script.ends_with("COMMIT;\n"));
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Debug)]
#[must_use = "nothing is read before it is asked for"]
pub struct Export {
    connection: DoConnection,
    steps: VecDeque<Step>,
    rows: Rows,
    changes: SqlValue,
    schema_changes: u64,
}

struct Object {
    ty: String,
    name: String,
    sql: String,
}

#[derive(Debug)]
enum Step {
    Text(String),
    Rows(ExportedTable),
    /// The end of all rows.
    RowsEnd,
}

impl Export {
    fn piece(&mut self) -> Result<Option<String>, DbErr> {
        if self.steps.is_empty() && !self.rows.is_open() {
            return Ok(None);
        }
        let unchanged = self.connection.total_changes()? == self.changes;
        if !unchanged || self.connection.database.schema_changes() != self.schema_changes {
            return Err(exec_err(
                "the database was written to while it was exported: do not await between two pieces, or block \
                 other requests meanwhile",
            ));
        }
        loop {
            if self.rows.is_open() {
                let piece = self.rows.next_piece(&self.connection.database)?;
                if !piece.is_empty() {
                    return Ok(Some(piece));
                }
                continue;
            }
            match self.steps.pop_front() {
                None => return Ok(None),
                Some(Step::Text(text)) => return Ok(Some(text)),
                Some(Step::Rows(source)) => self.rows.open(&self.connection, source)?,
                Some(Step::RowsEnd) => {
                    if let Some(text) = self.rows.end() {
                        return Ok(Some(text));
                    }
                }
            }
        }
    }
}

impl Iterator for Export {
    type Item = Result<String, DbErr>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = self.piece();
        if piece.is_err() {
            self.steps.clear();
            self.rows.close();
        }
        piece.transpose()
    }
}

fn steps(schema: &Schema, objects: &[Object]) -> Result<VecDeque<Step>, DbErr> {
    let is_known = |object: &&Object| match object.ty.as_str() {
        "index" => {
            schema.tables.iter().any(|table| table.indexes.iter().any(|it| it.name.as_ref() == Some(&object.name)))
        }
        "view" => schema.views.iter().any(|view| view.name == object.name),
        "trigger" => schema.triggers.iter().any(|trigger| trigger.name == object.name),
        _ => false,
    };
    let created = |object: &Object| Step::Text(format!("{};\n", without_comments_behind(&object.sql)));
    let of_type = |ty: &'static str| objects.iter().filter(move |object| object.ty == ty);
    let tables = || of_type("table").filter_map(|object| Some((object, schema.table(&object.name)?)));
    let virtual_of = |object: &Object| schema.virtual_tables.iter().find(|table| table.name == object.name);

    let mut steps = VecDeque::from([Step::Text(BEGIN.to_owned())]);
    steps.extend(tables().map(|(object, _)| created(object)));
    steps.extend(tables().map(|(_, table)| Step::Rows(ExportedTable::of_table(table))));
    let counted: Vec<_> =
        tables().filter(|(_, table)| table.autoincrement).map(|(object, _)| literal::text(&object.name)).collect();
    if !counted.is_empty() {
        // The preceding INSERTs have changed these counts.
        let names = counted.join(", ");
        steps.push_back(Step::Text(format!("DELETE FROM {} WHERE name IN ({names});\n", quoted("sqlite_sequence"))));
        steps.push_back(Step::Rows(ExportedTable::of_sequences(&names)));
    }
    steps.extend(of_type("index").filter(is_known).map(created));
    // An FTS5 table may take its texts from a view, and a view can be created before the tables that it selects from.
    steps.extend(of_type("view").filter(is_known).map(created));
    let mut rebuilds = Vec::new();
    for (object, table) in of_type("table").filter_map(|object| Some((object, virtual_of(object)?))) {
        steps.push_back(created(object));
        match ExportedTable::of_virtual_table(table)? {
            Some(source) => steps.push_back(Step::Rows(source)),
            None => rebuilds.extend(ExportedTable::rebuild(table).map(Step::Text)),
        }
    }
    steps.push_back(Step::RowsEnd);
    steps.extend(rebuilds);
    steps.extend(of_type("trigger").filter(is_known).map(created));
    steps.push_back(Step::Text(COMMIT.to_owned()));
    Ok(steps)
}

#[cfg(all(test, feature = "native"))]
mod tests {
    use super::*;

    /// SQLite keeps comments after a statement. Our script parser removes them, so the test writes them with another
    /// connection.
    #[test]
    fn ends_statements_behind_which_comments_stand() {
        let file = std::env::temp_dir().join(format!("sea-orm-do-comments-{}.sqlite", std::process::id()));
        let other = rusqlite::Connection::open(&file).unwrap();
        for sql in [
            "CREATE TABLE t (a INT) STRICT -- c",
            "CREATE INDEX i ON t (a) /* c",
            "CREATE VIEW v AS SELECT a FROM t -- c\n;",
        ] {
            other.execute(sql, []).unwrap();
        }
        drop(other);
        let script: String = DoConnection::open_file(&file).unwrap().export().unwrap().map(Result::unwrap).collect();
        std::fs::remove_file(&file).unwrap();
        assert!(!script.contains("c\n") && script.contains("ON t (a);\n"), "{script}");
        let db = DoConnection::in_memory().unwrap();
        assert_eq!(db.import(&script).unwrap().statements, 3 + 2, "three, and the PRAGMAs before them");
        assert_eq!(db.export().unwrap().map(Result::unwrap).collect::<String>(), script);
    }

    #[test]
    fn counts_the_names_of_columns_in_the_length_of_a_row() {
        let db = DoConnection::in_memory().unwrap();
        let columns: Vec<_> = (0..100).map(|at| format!("c{at:0>99}")).collect();
        let values = vec![format!("'{}'", "x".repeat(896)); 100];
        let script = format!("CREATE TABLE t ({}); INSERT INTO t VALUES ({})", columns.join(","), values.join(","));
        db.import(&script).unwrap();
        let exported: Vec<_> = db.export().unwrap().map(Result::unwrap).collect();
        DoConnection::in_memory().unwrap().import_pieces(&exported).unwrap();
    }

    #[test]
    fn pieces_may_cut_a_long_statement_that_is_left_out() {
        let first = format!("INSERT INTO _cf_KV VALUES ('k', X'{}", "00".repeat(100_000));
        let imported = DoConnection::in_memory().unwrap().import_pieces([first.as_str(), "')"]).unwrap();
        assert_eq!(imported.skipped_tables, ["_cf_KV"]);
    }
}
