//! Classifies a statement by its verb, which comes first in SQLite's grammar, or after the common table expressions.

use super::Parser;
use crate::sql::lexer::words;

/// The kind of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatementKind {
    /// SELECT or VALUES.
    Query,
    /// INSERT, REPLACE, UPDATE or DELETE: rows may change, and `changes()` counts them.
    Dml,
    /// CREATE, ALTER or DROP: tables may change.
    Ddl,
    /// EXPLAIN of anything but a PRAGMA.
    Explain,
    /// A PRAGMA, also behind EXPLAIN: SQLite sets its value when it prepares the statement.
    Pragma {
        /// Whether it changes nothing: it sets no value, and is not `optimize`, which writes statistics.
        is_query: bool,
    },
    /// Any other statement, or an empty text.
    Other,
}

/// Classifies one statement, even if the parser cannot parse the rest of it.
pub(crate) fn classify(sql: &str) -> StatementKind {
    // Common table expressions can be long. Any other verb, and a PRAGMA up to its value, is in the first words, also behind
    // EXPLAIN QUERY PLAN.
    let has_ctes = words(sql).next().is_some_and(|first| first.is_word("WITH"));
    first(sql, if has_ctes { usize::MAX } else { 8 }, |parser| parser.kind().unwrap_or(StatementKind::Other))
}

impl StatementKind {
    /// Whether it may change rows or tables.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Dml | Self::Ddl)
    }
}

/// Whether running a statement changes nothing.
pub(crate) fn is_read_only(sql: &str) -> bool {
    match classify(sql) {
        StatementKind::Query | StatementKind::Explain => true,
        StatementKind::Pragma { is_query } => is_query,
        StatementKind::Dml | StatementKind::Ddl | StatementKind::Other => false,
    }
}

/// What `read` finds in the first `most` words of a statement.
fn first<T>(sql: &str, most: usize, read: impl FnOnce(&mut Parser<'_>) -> T) -> T {
    read(&mut Parser::new(words(sql).take(most)))
}

/// Whether a statement sets this PRAGMA.
pub(crate) fn sets_pragma(sql: &str, pragma: &str) -> bool {
    // EXPLAIN QUERY PLAN PRAGMA schema.foreign_keys =
    first(sql, 8, |parser| {
        parser.skip_explain();
        parser.cursor.word("PRAGMA")
            && parser.table_name().is_some_and(|name| name.eq_ignore_ascii_case(pragma))
            && parser.cursor.peek().is_some()
    })
}

/// The table that `DROP TABLE` names.
#[cfg(feature = "migrate")]
pub(crate) fn dropped_table(sql: &str) -> Option<String> {
    // DROP TABLE IF EXISTS schema.name
    first(sql, 7, |parser| {
        if !parser.cursor.words(&["DROP", "TABLE"]) {
            return None;
        }
        parser.cursor.words(&["IF", "EXISTS"]);
        parser.table_name()
    })
}

/// `IF EXISTS` or `IF NOT EXISTS`: the condition under which a statement does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// Whether the statement does something if the object exists.
    pub(crate) exists: bool,
    /// The types that the object may have in `sqlite_schema`.
    pub(crate) types: &'static [&'static str],
    pub(crate) name: String,
}

/// The condition of a statement that changes the schema.
pub(crate) fn condition(sql: &str) -> Option<Condition> {
    // CREATE VIRTUAL TABLE IF NOT EXISTS schema.name
    first(sql, 9, |parser| parser.existence())
}

impl Parser<'_> {
    fn existence(&mut self) -> Option<Condition> {
        let exists = if self.cursor.word("CREATE") {
            false
        } else if self.cursor.word("DROP") {
            true
        } else {
            return None;
        };
        // A TEMP object is in another schema, where its name is not looked up.
        if self.cursor.peek()?.is_word("TEMP") || self.cursor.peek()?.is_word("TEMPORARY") {
            return None;
        }
        let _ = self.cursor.word("UNIQUE") || self.cursor.word("VIRTUAL");
        let kinds: [(&str, &[&str]); 4] = [
            ("TABLE", &["table", "view"]),
            ("VIEW", &["table", "view"]),
            ("INDEX", &["index"]),
            ("TRIGGER", &["trigger"]),
        ];
        let (_, types) = kinds.into_iter().find(|(kind, _)| self.cursor.word(kind))?;
        let is_conditional =
            self.cursor.word("IF") && (exists || self.cursor.word("NOT")) && self.cursor.word("EXISTS");
        if !is_conditional {
            return None;
        }
        Some(Condition { exists, types, name: self.table_name()? })
    }

    /// Skips EXPLAIN and EXPLAIN QUERY PLAN; returns whether one was there.
    fn skip_explain(&mut self) -> bool {
        let is_explained = self.cursor.word("EXPLAIN");
        if is_explained && self.cursor.word("QUERY") {
            self.cursor.word("PLAN");
        }
        is_explained
    }

    fn kind(&mut self) -> Option<StatementKind> {
        if self.skip_explain() && !self.cursor.peek().is_some_and(|token| token.is_word("PRAGMA")) {
            return Some(StatementKind::Explain);
        }
        if self.cursor.word("WITH") {
            self.cursor.word("RECURSIVE");
            self.list(Self::skip_cte)?;
        }
        let token = self.cursor.peek()?;
        self.cursor.skip();
        let verbs: [(&[&str], StatementKind); 3] = [
            (&["SELECT", "VALUES"], StatementKind::Query),
            (&["INSERT", "REPLACE", "UPDATE", "DELETE"], StatementKind::Dml),
            (&["CREATE", "ALTER", "DROP"], StatementKind::Ddl),
        ];
        if token.is_word("PRAGMA") {
            return Some(StatementKind::Pragma { is_query: self.pragma_is_query() });
        }
        let verb = verbs.into_iter().find(|(words, _)| words.iter().any(|word| token.is_word(word)));
        verb.map(|(_, verb)| verb)
    }

    /// `name [(columns)] AS [[NOT] MATERIALIZED] (…)`, with anything in the parentheses.
    fn skip_cte(&mut self) -> Option<()> {
        self.name()?;
        if self.cursor.peek_symbol("(") {
            self.skip_brackets()?;
        }
        if !self.cursor.word("AS") {
            return None;
        }
        self.cursor.word("NOT");
        self.cursor.word("MATERIALIZED");
        self.skip_brackets()
    }

    fn skip_brackets(&mut self) -> Option<()> {
        self.cursor.expect("(")?;
        let mut open = 1_usize;
        while open > 0 {
            let token = self.cursor.peek()?;
            open = open + usize::from(token.is_symbol("(")) - usize::from(token.is_symbol(")"));
            self.cursor.skip();
        }
        Some(())
    }

    /// Whether a PRAGMA only queries. The word is followed by `[schema.]name`, and perhaps by `= value` or `(value)`.
    fn pragma_is_query(&mut self) -> bool {
        const WITH_ARGUMENT: [&str; 9] = [
            "table_info",
            "table_xinfo",
            "table_list",
            "index_info",
            "index_xinfo",
            "index_list",
            "foreign_key_list",
            "foreign_key_check",
            "quick_check",
        ];
        let Some(name) = self.table_name() else { return false };
        let is = |pragma: &str| name.eq_ignore_ascii_case(pragma);
        let takes_name = WITH_ARGUMENT.into_iter().any(is);
        let sets = self.cursor.peek_symbol("=") || (self.cursor.peek_symbol("(") && !takes_name);
        !sets && !is("optimize")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verb_is_behind_the_common_table_expressions() {
        for (sql, expected) in [
            ("/* a */ insert into t values (1)", StatementKind::Dml),
            ("WITH c AS (SELECT 1) DELETE FROM t", StatementKind::Dml),
            ("WITH c AS (SELECT 1) SELECT * FROM c", StatementKind::Query),
            ("WITH replace AS (SELECT 9 AS a UNION SELECT 10) SELECT a FROM replace", StatementKind::Query),
            (
                "WITH RECURSIVE \"delete\"(a) AS NOT MATERIALIZED (SELECT 1), 'update' AS (SELECT 2) VALUES (1)",
                StatementKind::Query,
            ),
            ("WITH c AS (SELECT ')' AS a, \"(\" FROM [)]) REPLACE INTO t SELECT 1", StatementKind::Dml),
            ("WITH c AS (an unknown thing ((x))) SELECT replace(1, 2, 3)", StatementKind::Query),
            ("WITH select AS (SELECT 1) DELETE FROM t", StatementKind::Other),
            ("alter table t add column c", StatementKind::Ddl),
            ("EXPLAIN QUERY PLAN DELETE FROM t", StatementKind::Explain),
            ("WITH c AS (SELECT 1", StatementKind::Other),
            ("VACUUM", StatementKind::Other),
            ("", StatementKind::Other),
        ] {
            assert_eq!(classify(sql), expected, "{sql}");
        }
    }

    #[test]
    fn foreign_keys_are_set_in_every_notation() {
        for sql in
            ["PRAGMA foreign_keys=OFF", "pragma main.\"foreign_keys\"(1)", "/* a */ PRAGMA [foreign_keys] = 'on'"]
        {
            assert!(sets_pragma(sql, "foreign_keys"), "{sql}");
        }
        for sql in ["PRAGMA foreign_keys", "PRAGMA foreign_key_list(t)", "PRAGMA defer_foreign_keys = ON", "SELECT 1"] {
            assert!(!sets_pragma(sql, "foreign_keys"), "{sql}");
        }
    }

    #[test]
    fn a_condition_names_its_object() {
        for (sql, exists, name) in [
            ("CREATE TABLE IF NOT EXISTS t (a)", false, "t"),
            ("create /* a */ unique index if not exists main.\"a b\" ON t (a)", false, "a b"),
            ("CREATE VIRTUAL TABLE IF NOT EXISTS [main].[t] USING fts5(a)", false, "t"),
            ("DROP TRIGGER IF EXISTS `if`", true, "if"),
        ] {
            let condition = condition(sql).unwrap();
            assert_eq!((condition.exists, condition.name.as_str()), (exists, name), "{sql}");
        }
        for sql in
            ["CREATE TABLE t (a)", "DROP TABLE t", "CREATE TEMP TABLE IF NOT EXISTS t (a)", "ALTER TABLE t ADD a", ""]
        {
            assert_eq!(condition(sql), None, "{sql}");
        }
    }

    #[test]
    fn a_pragma_asks_or_sets() {
        for sql in ["PRAGMA foreign_keys", "PRAGMA main.'table_info'(t)", "pragma \"main\".[index_list](t)"] {
            assert_eq!(classify(sql), StatementKind::Pragma { is_query: true }, "{sql}");
        }
        for sql in [
            "PRAGMA foreign_keys = 1",
            "PRAGMA foreign_keys(1)",
            "PRAGMA optimize",
            "PRAGMA main.'optimize'",
            "PRAGMA [optimize]",
            "PRAGMA defer_foreign_keys(table_info)",
            "PRAGMA",
        ] {
            assert_eq!(classify(sql), StatementKind::Pragma { is_query: false }, "{sql}");
        }
    }

    #[test]
    fn tells_what_is_read_only() {
        for sql in [
            "SELECT 1",
            "VALUES (1)",
            "WITH replace AS (SELECT 1) SELECT 2",
            "EXPLAIN DELETE FROM t",
            "PRAGMA foreign_keys",
        ] {
            assert!(is_read_only(sql), "{sql}");
        }
        for sql in
            ["DELETE FROM t", "PRAGMA optimize", "ANALYZE", "CREATE TABLE t (a)", "WITH c AS (SELECT 1) DELETE FROM t"]
        {
            assert!(!is_read_only(sql), "{sql}");
        }
    }
}
