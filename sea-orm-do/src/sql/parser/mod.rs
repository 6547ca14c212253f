//! Parses a statement into its [syntax tree](super::ast).
//!
//! The parser is small and never guesses: what it cannot parse is `None`. Such a statement is sent with all integers
//! cast, and its result is typed by the values alone. The parser accepts more than SQLite does, since SQLite checks the
//! statement as well.

mod classify;
mod expression;
mod select;
mod write;

use std::collections::HashMap;
use std::ops::Range;

use super::ast::{Conflict, Expr, Select, Statement};
use super::cursor::TokenCursor;
use super::lexer::{Token, TokenKind, tokens, words};

#[cfg(feature = "migrate")]
pub(crate) use self::classify::dropped_table;
pub(crate) use self::classify::{Condition, StatementKind, classify, condition, is_read_only, sets_pragma};

/// The deepest nesting that is parsed: deeper than SQLite allows (100), shallow enough for the stack of a Worker.
const DEPTH: usize = 150;

/// Parses one statement.
pub(crate) fn parse(sql: &str) -> Option<Statement> {
    parse_or_token(sql).ok()
}

/// Parses one statement.
///
/// # Errors
/// The token that the parser does not understand; `None` if that is the end of the text.
pub(crate) fn parse_or_token(sql: &str) -> Result<Statement, Option<&str>> {
    let mut parser = Parser::new(words(sql));
    let statement = parser.statement().filter(|_| parser.cursor.at_end());
    statement.ok_or_else(|| parser.cursor.furthest().map(|token| token.text))
}

/// Parses the SELECT of a `CREATE VIEW`, as stored in `sqlite_schema`.
pub(crate) fn parse_view(sql: &str) -> Option<Select> {
    let tokens: Vec<_> = words(sql).collect();
    let body = tokens.iter().position(|token| token.is_word("AS"))? + 1;
    match parse(sql.get(tokens.get(body)?.at..)?)? {
        Statement::Select(select) => Some(select),
        _ => None,
    }
}

/// Reads the grammar from the tokens of one statement.
struct Parser<'a> {
    cursor: TokenCursor<'a>,
    parameters: Parameters<'a>,
    depth: usize,
    /// The depth of the deepest part of the expression that is being parsed.
    bottom: usize,
}

impl<'a> Parser<'a> {
    fn new(tokens: impl Iterator<Item = Token<'a>>) -> Self {
        Self { cursor: TokenCursor::of(tokens), parameters: Parameters::default(), depth: 0, bottom: 0 }
    }

    fn statement(&mut self) -> Option<Statement> {
        if self.cursor.word("EXPLAIN") {
            self.cursor.words(&["QUERY", "PLAN"]);
            return self.deeper(Self::statement).map(|statement| Statement::Explain(statement.into()));
        }
        if self.cursor.word("PRAGMA") {
            self.cursor.rest();
            return Some(Statement::Pragma);
        }
        let ctes = self.ctes()?;
        if self.cursor.peek_word("SELECT") || self.cursor.peek_word("VALUES") {
            return self.select_after(ctes).map(Statement::Select);
        }
        if self.cursor.word("INSERT") {
            let conflict = self.conflict()?;
            return self.insert(ctes, conflict).map(Statement::Insert);
        }
        if self.cursor.word("REPLACE") {
            return self.insert(ctes, Conflict::Replace).map(Statement::Insert);
        }
        if self.cursor.word("UPDATE") {
            return self.update(ctes).map(Statement::Update);
        }
        if self.cursor.word("DELETE") {
            return self.delete(ctes).map(Statement::Delete);
        }
        let parameters = self.cursor.rest().iter().any(|token| token.kind == TokenKind::Parameter);
        (ctes.is_empty() && !parameters).then_some(Statement::Other)
    }

    /// A name: quoted, or a word that is not reserved.
    fn name(&mut self) -> Option<String> {
        let token = self.cursor.peek()?;
        if token.kind == TokenKind::Word && is_reserved(token.text) {
            return None;
        }
        let name = token.name_or_quoted()?;
        self.cursor.skip();
        Some(name)
    }

    /// `[schema.]name`; `main` is the only schema.
    fn table_name(&mut self) -> Option<String> {
        self.qualified_name().map(|(name, _)| name)
    }

    /// The same, and whether the schema is given.
    fn qualified_name(&mut self) -> Option<(String, bool)> {
        let name = self.name()?;
        if self.cursor.symbol(".") { Some((self.name()?, true)) } else { Some((name, false)) }
    }

    /// `[AS] alias`.
    fn alias(&mut self) -> Option<Option<String>> {
        if self.cursor.word("AS") {
            return self.name().map(Some);
        }
        let alias = self.cursor.peek().is_some_and(|token| match token.kind {
            TokenKind::QuotedName | TokenKind::Text => true,
            TokenKind::Word => !is_reserved(token.text) && !is_clause(token.text),
            _ => false,
        });
        if alias { self.name().map(Some) } else { Some(None) }
    }

    /// `item, item, …`
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.cursor.symbol(",") {
            items.push(item(self)?);
        }
        Some(items)
    }

    /// `(item, item, …)`
    fn bracketed<T>(&mut self, item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.cursor.expect("(")?;
        let items = self.list(item)?;
        self.cursor.expect(")")?;
        Some(items)
    }

    /// Parses a part, and returns its byte range with it.
    fn with_span<T>(&mut self, part: impl FnOnce(&mut Self) -> Option<T>) -> Option<(T, Range<usize>)> {
        let start = self.cursor.peek()?.at;
        let part = part(self)?;
        Some((part, start..self.cursor.before()?.end()))
    }

    /// Parses a part one level deeper.
    fn deeper<T>(&mut self, part: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth == DEPTH {
            return None;
        }
        self.depth += 1;
        self.bottom = self.bottom.max(self.depth);
        let result = part(self);
        self.depth -= 1;
        result
    }
}

/// Numbers parameters as SQLite does: <https://www.sqlite.org/lang_expr.html#parameters>. `$1` counts like `?1`, as in
/// SeaORM's own SQLite driver.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters<'a> {
    names: HashMap<&'a str, usize>,
    highest: usize,
}

impl<'a> Parameters<'a> {
    /// The position of a parameter's value, from 0.
    pub(crate) fn position(&mut self, text: &'a str) -> Option<usize> {
        // u32 has the same range in wasm and on the host, and SQLite's limit is far below it.
        let number = text.strip_prefix(['?', '$']).and_then(|digits| digits.parse::<u32>().ok());
        let position = if text == "?" {
            self.highest
        } else if let Some(number) = number {
            usize::try_from(number.checked_sub(1)?).ok()?
        } else {
            *self.names.entry(text).or_insert(self.highest)
        };
        self.highest = self.highest.max(position + 1);
        Some(position)
    }

    /// How many values a text takes.
    pub(crate) fn count_in(text: &'a str) -> usize {
        let mut parameters = Self::default();
        for token in tokens(text).filter(|token| token.kind == TokenKind::Parameter) {
            parameters.position(token.text);
        }
        parameters.count()
    }

    /// How many values the parameters so far take.
    pub(crate) fn count(&self) -> usize {
        self.highest
    }
}

/// Whether a word is never a name: the keywords of <https://www.sqlite.org/lang_keywords.html>, except those that
/// SQLite's grammar reads as a name where nothing else fits.
pub(crate) fn is_reserved(word: &str) -> bool {
    const RESERVED: [&str; 58] = [
        "ADD",
        "ALL",
        "ALTER",
        "AND",
        "AS",
        "AUTOINCREMENT",
        "BETWEEN",
        "CASE",
        "CHECK",
        "COLLATE",
        "COMMIT",
        "CONSTRAINT",
        "CREATE",
        "DEFAULT",
        "DEFERRABLE",
        "DELETE",
        "DISTINCT",
        "DROP",
        "ELSE",
        "ESCAPE",
        "EXCEPT",
        "EXISTS",
        "FOREIGN",
        "FROM",
        "GROUP",
        "HAVING",
        "IN",
        "INDEX",
        "INSERT",
        "INTERSECT",
        "INTO",
        "IS",
        "ISNULL",
        "JOIN",
        "LIMIT",
        "NOT",
        "NOTHING",
        "NOTNULL",
        "NULL",
        "ON",
        "OR",
        "ORDER",
        "PRIMARY",
        "REFERENCES",
        "RETURNING",
        "SELECT",
        "SET",
        "TABLE",
        "THEN",
        "TO",
        "TRANSACTION",
        "UNION",
        "UNIQUE",
        "UPDATE",
        "USING",
        "VALUES",
        "WHEN",
        "WHERE",
    ];
    RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}

/// Whether a word begins a clause that may follow a table or a result column, and so is no alias without AS.
fn is_clause(word: &str) -> bool {
    const CLAUSES: [&str; 15] = [
        "WINDOW", "INDEXED", "OFFSET", "LIKE", "GLOB", "REGEXP", "MATCH", "DO", "INNER", "LEFT", "RIGHT", "FULL",
        "CROSS", "NATURAL", "OUTER",
    ];
    CLAUSES.iter().any(|clause| word.eq_ignore_ascii_case(clause))
}
