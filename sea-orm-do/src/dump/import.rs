//! Imports a script in one atomic step.

use sea_orm::{DbErr, RuntimeErr};

use super::shell::{is_for_the_shell, readable};
use crate::connection::DoConnection;
use crate::error::{exec_err, flattened};
use crate::limits;
use crate::sql::lexer::{Token, split, statements, words};
use crate::sql::parser::StatementKind;
use crate::sql::reserved::{is_platform, is_sqlite};
use crate::sql::script::{beginning, script};
use crate::transaction::foreign_keys;

/// What an import did.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm_do::DoConnection;
/// let script = "BEGIN; CREATE TABLE task (title TEXT); DELETE FROM _cf_KV; COMMIT;";
/// let imported = DoConnection::in_memory()?.import(script)?;
/// assert_eq!(imported.statements, 1);
/// assert_eq!(imported.skipped_tables, ["_cf_KV"]);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// How many statements ran.
    pub statements: u64,
    /// The tables of SQLite, of the runtime (`_cf_…`) and of wrangler (`__miniflare_…`) whose statements were skipped,
    /// each listed once: they are not the program's.
    pub skipped_tables: Vec<String>,
}

/// An import that is running.
#[derive(Default)]
struct Import {
    imported: Imported,
    /// Whether the script has begun a transaction that it has not ended yet.
    is_open: bool,
}

const DEFER: &str = "PRAGMA defer_foreign_keys = ON";

impl DoConnection {
    /// Runs an SQL script in one atomic step: all of it, or nothing. The script may come from [`export`](Self::export)
    /// or from `.dump` in the `sqlite3` shell.
    ///
    /// `BEGIN`, `COMMIT`, `PRAGMA writable_schema` and statements for tables of the runtime (`_cf_…`) and of wrangler
    /// (`__miniflare_…`) are skipped; the result names those tables. Foreign keys are checked at the end. Floats are
    /// read to the last bit. What a Durable Object refuses is an error that names the statement: one that is longer
    /// than 100,000 bytes, `ATTACH`, a write to `sqlite_schema` (as the shell writes for a virtual table), an unknown
    /// function.
    ///
    /// # Errors
    /// The error of the first statement that fails, with its number and its beginning, or that of a script that begins a
    /// transaction and does not end it, because it was cut short; then nothing of the script was applied.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// assert!(db.import("CREATE TABLE task (title TEXT); INSERT INTO nowhere VALUES (1)").is_err());
    /// assert_eq!(sea_orm_do::introspect(&db)?.tables, []);   // nothing was applied
    ///
    /// db.import("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('Write'), ('Send')")?;
    /// assert_eq!(db.execute_unprepared("DELETE FROM task").await?.rows_affected(), 2);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub fn import(&self, script: &str) -> Result<Imported, DbErr> {
        self.import_pieces([script])
    }

    /// Runs a script as [`import`](Self::import) does, in pieces, so that it need not be in memory as a whole. A piece
    /// may end anywhere.
    ///
    /// If its pieces have to be awaited, a script cannot run in one step. Split it into several scripts of whole
    /// statements, with referenced tables first.
    ///
    /// # Errors
    /// As for [`import`](Self::import).
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// let pieces = ["CREATE TABLE task (ti", "tle TEXT); INSERT INTO task VALUES ('Wri", "te')"];
    /// let imported = db.import_pieces(pieces)?;
    /// assert_eq!(imported.statements, 2);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub fn import_pieces<S: AsRef<str>>(&self, pieces: impl IntoIterator<Item = S>) -> Result<Imported, DbErr> {
        self.close_cursors_for_ddl(true);
        let imported = self.transaction_sync(async |_| {
            let were_deferred = foreign_keys::are_deferred(&self.database)?;
            self.run_imported(DEFER)?;
            let mut import = Import::default();
            let (mut rest, mut looked_at) = (String::new(), 0);
            for piece in pieces {
                let piece = piece.as_ref();
                rest.push_str(piece);
                // An unfinished statement is scanned again only when it is twice as long, so that pieces of any size
                // take the same time.
                let may_end = piece.contains(';') || limits::sql_length(&rest).is_err();
                if !may_end || rest.len() < 2 * looked_at {
                    continue;
                }
                let cut = split(&rest);
                cut.ended.iter().try_for_each(|sql| import.run(self, sql))?;
                let at = cut.rest;
                rest.drain(..at);
                looked_at = rest.len();
                // A statement that is too long stays too long, but it may be one that is skipped.
                if reserved(&rest).is_none() {
                    limits::sql_length(rest.trim_start()).map_err(|why| import.located(exec_err(why), &rest))?;
                }
            }
            statements(&rest).iter().try_for_each(|sql| import.run(self, sql))?;
            if import.is_open {
                return Err(exec_err("the script begins a transaction and does not end it: it was cut short"));
            }
            // Also when this is a part of an outer transaction.
            foreign_keys::check(&self.database)?;
            if were_deferred {
                self.run_imported(DEFER)?;
            }
            Ok(import.imported)
        });
        self.invalidate_after_ddl(true);
        imported.map_err(flattened)
    }

    fn run_imported(&self, sql: &str) -> Result<(), DbErr> {
        script(sql)?;
        limits::sql_length(sql).map_err(exec_err)?;
        self.check_writable(sql)?;
        self.run_one(sql, &[], StatementKind::Other, || self.database.storage.exec(sql, &[])).map(|_| ())
    }
}

impl Import {
    fn run(&mut self, db: &DoConnection, sql: &str) -> Result<(), DbErr> {
        if is_for_the_shell(sql) {
            let is_word = |word: &str| words(sql).next().is_some_and(|first| first.is_word(word));
            self.is_open = is_word("BEGIN") || (self.is_open && !is_word("COMMIT") && !is_word("END"));
            return Ok(());
        }
        if let Some(table) = reserved(sql) {
            if !self.imported.skipped_tables.contains(&table) {
                self.imported.skipped_tables.push(table);
            }
            return Ok(());
        }
        db.run_imported(&readable(sql)).map_err(|error| self.located(error, sql))?;
        self.imported.statements += 1;
        Ok(())
    }

    /// Adds the place where the error happened. The beginning of the message stays, because it identifies the error.
    fn located(&self, error: DbErr, sql: &str) -> DbErr {
        let place = format!("statement {} of the script: {}", self.imported.statements + 1, beginning(sql));
        match error {
            DbErr::Exec(RuntimeErr::Internal(why)) => exec_err(format!("{why} ({place})")),
            other => other,
        }
    }
}

/// The table that a statement creates or changes, if no program may do so.
fn reserved(sql: &str) -> Option<String> {
    let mut words = words(sql).peekable();
    let verb = *words.peek()?;
    let creates = verb.is_word("CREATE");
    if !creates && !["INSERT", "REPLACE", "DELETE", "UPDATE", "DROP"].iter().any(|word| verb.is_word(word)) {
        return None;
    }
    let before_name: &[_] = if creates { &["TABLE", "INDEX"] } else { &["INTO", "FROM", "UPDATE", "TABLE", "INDEX"] };
    words.find(|word| before_name.iter().any(|before| word.is_word(before)))?;
    let is_filler = |word: &Token<'_>| ["IF", "NOT", "EXISTS"].iter().any(|filler| word.is_word(filler));
    let name = words.find(|word| !is_filler(word))?.name_or_text();
    (is_platform(&name) || (creates && is_sqlite(&name))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_is_not_a_program_s_own() {
        for sql in [
            "CREATE TABLE IF NOT EXISTS _cf_KV (key TEXT)",
            "INSERT INTO \"_cf_KV\" VALUES (1)",
            "insert or replace into _CF_KV VALUES (1)",
            "DELETE FROM '_cf_KV'",
            "CREATE TABLE __miniflare_do_name (id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE TABLE sqlite_sequence(name,seq)",
        ] {
            assert!(reserved(sql).is_some(), "{sql}");
        }
        for sql in [
            "INSERT INTO sqlite_sequence VALUES ('t', 1)",
            "DELETE FROM sqlite_sequence",
            "SELECT * FROM _cf_KV",
            "CREATE TABLE t (_cf_a)",
            "CREATE VIEW v AS SELECT * FROM _cf_KV",
            "INSERT INTO t SELECT 1",
        ] {
            assert_eq!(reserved(sql), None, "{sql}");
        }
    }
}
