//! What of a table no PRAGMA tells: the text of its CREATE TABLE is read for it.
//!
//! <https://www.sqlite.org/lang_createtable.html>. SQLite has accepted the text, so whatever is not of interest here is
//! passed over.

use super::schema::{Check, Conflict};
use super::text::{Text, joined, split_at_commas};
use crate::dialect::lex::Token;

/// What a CREATE TABLE says beyond the PRAGMAs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) columns: Vec<DeclaredColumn>,
    pub(super) autoincrement: bool,
    pub(super) primary_key_conflict: Conflict,
    /// The columns of the UNIQUE constraints.
    pub(super) unique: Vec<(Vec<String>, Conflict)>,
    /// Whether each foreign key is deferred, in the order of their declaration.
    pub(super) deferred: Vec<bool>,
    pub(super) checks: Vec<Check>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct DeclaredColumn {
    pub(super) name: String,
    pub(super) collation: Option<String>,
    pub(super) not_null_conflict: Conflict,
    /// The expression of a generated column.
    pub(super) generated: Option<String>,
}

/// The words that begin a column's constraint; none of them is a name without quotes.
const COLUMN_CONSTRAINTS: [&str; 12] = [
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
    "DEFERRABLE",
];

const TABLE_CONSTRAINTS: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

/// Reads a table's statement; `None` when it is not one that SQLite accepts.
pub(super) fn read(sql: &str) -> Option<Declaration> {
    let mut reader = Reader { text: Text::new(sql), found: Declaration::default() };
    reader.table()?;
    Some(reader.found)
}

struct Reader<'a> {
    text: Text<'a>,
    found: Declaration,
}

impl Reader<'_> {
    fn table(&mut self) -> Option<()> {
        self.text.words(&["CREATE", "TABLE"]).then_some(())?;
        self.text.name()?;
        self.text.symbol("(").then_some(())?;
        while !self.text.symbol(")") {
            if self.text.peek_word(&TABLE_CONSTRAINTS) {
                self.table_constraint()?;
            } else {
                self.column()?;
            }
            // Between two constraints of a table SQLite does not insist on it.
            self.text.symbol(",");
        }
        Some(())
    }

    fn column(&mut self) -> Option<()> {
        let name = self.text.name()?;
        let mut column = DeclaredColumn { name, ..Default::default() };
        while !self.at_end_of_column()? && !self.text.peek_word(&COLUMN_CONSTRAINTS) {
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

    /// Passes over a token, or over all that is in brackets.
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
            self.found.unique.push((vec![column.name.clone()], conflict));
        } else if self.text.word("CHECK") {
            self.check(name)?;
        } else if self.text.word("DEFAULT") {
            let _sign = self.text.symbol("+") || self.text.symbol("-");
            self.skip_one()?;
        } else if self.text.word("COLLATE") {
            column.collation = Some(self.text.name()?);
        } else if self.text.word("REFERENCES") {
            self.references()?;
        } else if self.text.words(&["GENERATED", "ALWAYS", "AS"]) || self.text.word("AS") {
            column.generated = Some(joined(self.text.bracketed()?));
            let _storage = self.text.word("STORED") || self.text.word("VIRTUAL");
        } else {
            // Far from its REFERENCES, as SQLite allows.
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
            let columns = split_at_commas(self.text.bracketed()?).into_iter().map(first_name).collect();
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
            // SQLite accepts a name with no constraint behind it.
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

fn first_name(tokens: &[Token<'_>]) -> String {
    tokens.first().and_then(Token::name).unwrap_or_else(|| joined(tokens))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> DeclaredColumn {
        DeclaredColumn { name: name.to_owned(), ..Default::default() }
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
                    (vec!["the, name".to_owned()], Conflict::Abort),
                    (vec!["id".to_owned(), "the, name".to_owned()], Conflict::Fail),
                ],
                deferred: vec![false, true, false],
                checks: vec![check(None, "g > 0"), check(None, "q"), check(Some("c 1"), "id <> ')'")],
            })
        );
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
