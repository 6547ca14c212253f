//! Reads from CREATE TABLE what no PRAGMA reports.
//!
//! <https://www.sqlite.org/lang_createtable.html>. SQLite has accepted the text, so the parser skips everything that it
//! does not need.

use super::schema::{Check, Conflict};
use super::text::{joined, split_at_commas};
use crate::sql::cursor::TokenCursor;
use crate::sql::lexer::{Token, TokenKind};

/// What a CREATE TABLE declares beyond the PRAGMAs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) columns: Vec<DeclaredColumn>,
    pub(super) autoincrement: bool,
    pub(super) primary_key_conflict: Conflict,
    pub(super) unique: Vec<(Vec<KeyColumn>, Conflict)>,
    /// Whether each foreign key is deferred, in declaration order.
    pub(super) deferred: Vec<bool>,
    pub(super) checks: Vec<Check>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct DeclaredColumn {
    pub(super) name: String,
    /// Whether its type begins with a quote: SQLite then reports the text between the quotes.
    pub(super) type_is_quoted: bool,
    pub(super) collation: Option<String>,
    pub(super) not_null_conflict: Conflict,
    /// The expression of a generated column.
    pub(super) generated: Option<String>,
}

/// A column of a UNIQUE constraint.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyColumn {
    pub(super) name: String,
    /// The collation; `None` for that of the column.
    pub(super) collation: Option<String>,
}

/// The words that begin a column constraint; an unquoted name cannot be one of them.
const COLUMN_CONSTRAINTS: [&str; 11] =
    ["CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "AS", "DEFERRABLE"];

/// GENERATED alone is an ordinary name.
const GENERATED: [&str; 3] = ["GENERATED", "ALWAYS", "AS"];

const TABLE_CONSTRAINTS: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

/// Whether a table has a deferred foreign key; also `true` if its text cannot be parsed.
pub(crate) fn declares_deferred_key(create: &str) -> bool {
    read(create).is_none_or(|declaration| declaration.deferred.contains(&true))
}

/// Parses a CREATE TABLE statement; `None` if SQLite would not accept it.
pub(super) fn read(sql: &str) -> Option<Declaration> {
    let mut reader = Reader { text: TokenCursor::new(sql), found: Declaration::default() };
    reader.table()?;
    Some(reader.found)
}

struct Reader<'a> {
    text: TokenCursor<'a>,
    found: Declaration,
}

impl Reader<'_> {
    fn table(&mut self) -> Option<()> {
        self.text.words(&["CREATE", "TABLE"]).then_some(())?;
        self.text.name()?;
        self.text.symbol("(").then_some(())?;
        while !self.text.symbol(")") {
            if self.text.peek_any(&TABLE_CONSTRAINTS) {
                self.table_constraint()?;
            } else {
                self.column()?;
            }
            // SQLite does not require a comma between two table constraints.
            self.text.symbol(",");
        }
        Some(())
    }

    fn column(&mut self) -> Option<()> {
        let name = self.text.name()?;
        let type_is_quoted =
            self.text.peek().is_some_and(|token| matches!(token.kind, TokenKind::QuotedName | TokenKind::Text));
        let mut column = DeclaredColumn { name, type_is_quoted, ..Default::default() };
        while !self.at_end_of_column()? && !self.at_column_constraint() {
            self.skip_one()?;
        }
        let mut name = None;
        while !self.at_end_of_column()? {
            if self.text.word("CONSTRAINT") {
                name = self.text.name();
            } else {
                self.column_constraint(&mut column, name.take())?;
            }
        }
        self.found.columns.push(column);
        Some(())
    }

    fn at_end_of_column(&self) -> Option<bool> {
        let next = self.text.peek()?;
        Some(next.is_symbol(",") || next.is_symbol(")"))
    }

    fn at_column_constraint(&self) -> bool {
        self.text.peek_any(&COLUMN_CONSTRAINTS) || self.text.peek_words(&GENERATED)
    }

    /// Skips a token, or a whole group in brackets.
    fn skip_one(&mut self) -> Option<()> {
        if self.text.peek()?.is_symbol("(") {
            self.text.bracketed()?;
        } else {
            self.text.skip();
        }
        Some(())
    }

    fn column_constraint(&mut self, column: &mut DeclaredColumn, name: Option<String>) -> Option<()> {
        if self.text.words(&["PRIMARY", "KEY"]) {
            let _order = self.text.word("ASC") || self.text.word("DESC");
            self.found.primary_key_conflict = self.conflict()?;
            self.found.autoincrement |= self.text.word("AUTOINCREMENT");
        } else if self.text.words(&["NOT", "NULL"]) {
            column.not_null_conflict = self.conflict()?;
        } else if self.text.word("NULL") {
            self.conflict()?;
        } else if self.text.word("UNIQUE") {
            let conflict = self.conflict()?;
            self.found.unique.push((vec![KeyColumn { name: column.name.clone(), collation: None }], conflict));
        } else if self.text.word("CHECK") {
            self.check(name)?;
        } else if self.text.word("DEFAULT") {
            let _sign = self.text.symbol("+") || self.text.symbol("-");
            self.skip_one()?;
        } else if self.text.word("COLLATE") {
            column.collation = Some(self.text.name()?);
        } else if self.text.word("REFERENCES") {
            self.references()?;
        } else if self.text.words(&GENERATED) || self.text.word("AS") {
            column.generated = Some(joined(self.text.bracketed()?));
            let _storage = self.text.word("STORED") || self.text.word("VIRTUAL");
        } else {
            // SQLite allows DEFERRABLE without REFERENCES directly before it.
            self.deferral().then_some(())?;
        }
        Some(())
    }

    fn table_constraint(&mut self) -> Option<()> {
        let name = if self.text.word("CONSTRAINT") { self.text.name() } else { None };
        if self.text.words(&["PRIMARY", "KEY"]) {
            let columns = self.text.bracketed()?;
            let autoincrement = columns.last().is_some_and(|last| last.is_word("AUTOINCREMENT"));
            self.found.autoincrement |= autoincrement;
            self.found.primary_key_conflict = self.conflict()?;
        } else if self.text.word("UNIQUE") {
            let columns = split_at_commas(self.text.bracketed()?).into_iter().map(key_column).collect::<Option<_>>()?;
            let conflict = self.conflict()?;
            self.found.unique.push((columns, conflict));
        } else if self.text.word("CHECK") {
            self.check(name)?;
            self.conflict()?;
        } else if self.text.words(&["FOREIGN", "KEY"]) {
            self.text.bracketed()?;
            self.text.word("REFERENCES").then_some(())?;
            self.references()?;
        } else {
            // SQLite accepts CONSTRAINT and a name without a constraint after them.
            name?;
        }
        Some(())
    }

    fn check(&mut self, name: Option<String>) -> Option<()> {
        let expression = joined(self.text.bracketed()?);
        self.found.checks.push(Check { name, expression });
        Some(())
    }

    /// `[ON CONFLICT …]`.
    fn conflict(&mut self) -> Option<Conflict> {
        if !self.text.words(&["ON", "CONFLICT"]) {
            return Some(Conflict::Abort);
        }
        let word = self.text.name()?.to_ascii_uppercase();
        Some(match word.as_str() {
            "FAIL" => Conflict::Fail,
            "IGNORE" => Conflict::Ignore,
            "REPLACE" => Conflict::Replace,
            "ROLLBACK" => Conflict::Rollback,
            _ => Conflict::Abort,
        })
    }

    /// What follows REFERENCES.
    fn references(&mut self) -> Option<()> {
        self.found.deferred.push(false);
        self.text.name()?;
        self.text.bracketed();
        loop {
            if self.text.word("MATCH") {
                self.text.name()?;
            } else if self.text.word("ON") {
                self.text.skip();
                if !self.text.words(&["NO", "ACTION"]) && !self.text.words(&["SET", "NULL"]) {
                    self.text.words(&["SET", "DEFAULT"]);
                    let _one = self.text.word("CASCADE") || self.text.word("RESTRICT");
                }
            } else if !self.deferral() {
                return Some(());
            }
        }
    }

    /// `[NOT] DEFERRABLE [INITIALLY …]`, which belongs to the foreign key before it.
    fn deferral(&mut self) -> bool {
        let never = self.text.words(&["NOT", "DEFERRABLE"]);
        if !never && !self.text.word("DEFERRABLE") {
            return false;
        }
        let at_commit = self.text.words(&["INITIALLY", "DEFERRED"]);
        if !at_commit {
            self.text.words(&["INITIALLY", "IMMEDIATE"]);
        }
        if let Some(deferred) = self.found.deferred.last_mut() {
            *deferred = at_commit && !never;
        }
        true
    }
}

/// `name [COLLATE name] [ASC | DESC]`, with brackets wherever SQLite allows them. The last of several collations
/// counts.
fn key_column(tokens: &[Token<'_>]) -> Option<KeyColumn> {
    let name = tokens.iter().find(|token| !token.is_symbol("("))?.name_or_quoted()?;
    let collation =
        tokens.windows(2).rfind(|pair| pair[0].is_word("COLLATE")).and_then(|pair| pair[1].name_or_quoted());
    Some(KeyColumn { name, collation })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> DeclaredColumn {
        DeclaredColumn { name: name.to_owned(), ..Default::default() }
    }

    fn key_column(name: &str, collation: Option<&str>) -> KeyColumn {
        KeyColumn { name: name.to_owned(), collation: collation.map(str::to_owned) }
    }

    fn check(name: Option<&str>, expression: &str) -> Check {
        Check { name: name.map(str::to_owned), expression: expression.to_owned() }
    }

    #[test]
    fn finds_what_the_pragmas_leave_out() {
        let sql = r#"CREATE TABLE "a (b" (
            id INTEGER PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT,
            "the, name" varchar ( 10 ) COLLATE "NOCASE" CONSTRAINT n NOT NULL ON CONFLICT IGNORE DEFAULT 'a,)' UNIQUE,
            g INT GENERATED ALWAYS AS (id + (1)) STORED CHECK (g > 0 -- positive
            ),
            p DEFAULT -1 REFERENCES p (a, b) ON DELETE SET NULL ON UPDATE NO ACTION MATCH FULL
                NOT DEFERRABLE INITIALLY DEFERRED,
            q DEFAULT (1, 2) REFERENCES q CHECK (q) DEFERRABLE INITIALLY DEFERRED,
            UNIQUE (id, "the, name" DESC) ON CONFLICT FAIL
            CONSTRAINT "c 1" CHECK (id <> ')'),
            FOREIGN KEY (p, q) REFERENCES r DEFERRABLE
        ) STRICT"#;
        assert_eq!(
            read(sql),
            Some(Declaration {
                columns: vec![
                    column("id"),
                    DeclaredColumn {
                        collation: Some("NOCASE".to_owned()),
                        not_null_conflict: Conflict::Ignore,
                        ..column("the, name")
                    },
                    DeclaredColumn { generated: Some("id + (1)".to_owned()), ..column("g") },
                    column("p"),
                    column("q"),
                ],
                autoincrement: true,
                primary_key_conflict: Conflict::Replace,
                unique: vec![
                    (vec![key_column("the, name", None)], Conflict::Abort),
                    (vec![key_column("id", None), key_column("the, name", None)], Conflict::Fail),
                ],
                deferred: vec![false, true, false],
                checks: vec![check(None, "g > 0"), check(None, "q"), check(Some("c 1"), "id <> ')'")],
            })
        );
    }

    #[test]
    fn finds_the_columns_of_a_key_in_every_form() {
        let sql = "CREATE TABLE t (a, UNIQUE ('b''c', (\"d\" COLLATE RTRIM) COLLATE 'NOCASE' DESC, ([e])))";
        let expected = vec![key_column("b'c", None), key_column("d", Some("NOCASE")), key_column("e", None)];
        assert_eq!(read(sql).map(|found| found.unique), Some(vec![(expected, Conflict::Abort)]));
    }

    #[test]
    fn takes_generated_for_a_word_of_the_type_unless_it_is_a_constraint() {
        for sql in ["CREATE TABLE t (a int generated, b)", "CREATE TABLE t (a int generated always NOT NULL, b)"] {
            assert_eq!(read(sql).map(|found| found.columns), Some(vec![column("a"), column("b")]), "{sql}");
        }
    }

    #[test]
    fn reads_no_more_than_sqlite() {
        for sql in
            ["", "CREATE VIEW v AS SELECT 1", "CREATE TABLE t", "CREATE TABLE t (a", "CREATE TABLE t (a CHECK (b"]
        {
            assert_eq!(read(sql), None, "{sql}");
        }
    }
}
