//! Into a database: a script, in one atomic step.

use sea_orm::{DbErr, RuntimeErr, TransactionError};

use super::shell::{is_for_the_shell, readable};
use crate::connection::DoConnection;
use crate::error::exec_err;
use crate::limits;
use crate::sql::lexer::{Token, split, statements, words};
use crate::sql::parser::StatementKind;
use crate::sql::script::script;
use crate::transaction::foreign_keys;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// How many statements ran.
    pub statements: u64,
    /// The tables of SQLite and of the runtime (`_cf_…`) whose statements were left out, each once: no program may write
    /// them.
    pub skipped_tables: Vec<String>,
}

const PUT_OFF: &str = "PRAGMA defer_foreign_keys = ON";

impl DoConnection {
    /// Runs a script of SQL in one atomic step: all of it, or nothing. It can be one that [`export`](Self::export) or the
    /// `.dump` of the `sqlite3` shell has written.
    ///
    /// `BEGIN`, `COMMIT` and `PRAGMA writable_schema` in it are passed over, foreign keys are checked at its end, and
    /// statements for tables of the runtime (`_cf_…`) are left out, which the result names. Floats are read to the last bit.
    /// What a Durable Object refuses is an error that names the statement: a longer one than 100,000 bytes, `ATTACH`, a
    /// write to `sqlite_schema`, as the shell makes a virtual table, an unknown function.
    ///
    /// # Errors
    /// That of the first statement that fails, with its number and its beginning; nothing of the script has happened then.
    pub fn import(&self, script: &str) -> Result<Imported, DbErr> {
        self.import_pieces([script])
    }

    /// As [`import`](Self::import), for a script that is not in memory as a whole; pieces may end anywhere.
    ///
    /// A script that cannot be run in one step, because its pieces have to be awaited, is several: each a file of whole
    /// statements, tables that others refer to first.
    ///
    /// # Errors
    /// As for [`import`](Self::import).
    pub fn import_pieces<S: AsRef<str>>(&self, pieces: impl IntoIterator<Item = S>) -> Result<Imported, DbErr> {
        self.close_cursors_for_ddl(true);
        let imported = self.transaction_sync(async |_| {
            let were_put_off = foreign_keys::are_deferred(&self.database)?;
            self.run_imported(PUT_OFF)?;
            let mut imported = Imported::default();
            let (mut rest, mut looked_at) = (String::new(), 0);
            for piece in pieces {
                let piece = piece.as_ref();
                rest.push_str(piece);
                // What has not ended is looked at again when it is twice as long, so that pieces of any size take the same time.
                let may_end = piece.contains(';') || limits::sql_length(&rest).is_err();
                if !may_end || rest.len() < 2 * looked_at {
                    continue;
                }
                let cut = split(&rest);
                cut.ended.iter().try_for_each(|sql| imported.run(self, sql))?;
                let at = cut.rest;
                rest.drain(..at);
                looked_at = rest.len();
                // It cannot become shorter, but be left out.
                if reserved(&rest).is_none() {
                    limits::sql_length(rest.trim_start()).map_err(|why| imported.located(exec_err(why), &rest))?;
                }
            }
            statements(&rest).iter().try_for_each(|sql| imported.run(self, sql))?;
            // Also where it is a part of another transaction.
            foreign_keys::check(&self.database)?;
            if were_put_off {
                self.run_imported(PUT_OFF)?;
            }
            Ok(imported)
        });
        self.invalidate_after_ddl(true);
        imported.map_err(|error| match error {
            TransactionError::Connection(error) | TransactionError::Transaction(error) => error,
        })
    }

    fn run_imported(&self, sql: &str) -> Result<(), DbErr> {
        script(sql)?;
        limits::sql_length(sql).map_err(exec_err)?;
        self.check_writable(sql)?;
        self.run_one(sql, StatementKind::Other, || self.database.storage.exec(sql, &[])).map(|_| ())
    }
}

impl Imported {
    fn run(&mut self, db: &DoConnection, sql: &str) -> Result<(), DbErr> {
        if is_for_the_shell(sql) {
            return Ok(());
        }
        if let Some(table) = reserved(sql) {
            if !self.skipped_tables.contains(&table) {
                self.skipped_tables.push(table);
            }
            return Ok(());
        }
        db.run_imported(&readable(sql)).map_err(|error| self.located(error, sql))?;
        self.statements += 1;
        Ok(())
    }

    /// The error with the place where it happened; its beginning stays as it is, which tells what it is.
    fn located(&self, error: DbErr, sql: &str) -> DbErr {
        const SHOWN: usize = 60;
        let sql = sql.trim_start();
        let end = sql.char_indices().nth(SHOWN).map_or(sql.len(), |(at, _)| at);
        let dots = if end < sql.len() { "…" } else { "" };
        let place = format!("statement {} of the script: {}{dots}", self.statements + 1, &sql[..end]);
        match error {
            DbErr::Exec(RuntimeErr::Internal(why)) => exec_err(format!("{why} ({place})")),
            other => other,
        }
    }
}

/// The table that a statement makes or changes, when no program may.
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
    let starts = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    (starts("_cf_") || (creates && starts("sqlite_"))).then_some(name)
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
