//! The parts of a schema as SQL text.

use std::fmt::{Display, Formatter, Result};

use super::schema::{Action, Check, Column, Conflict, ForeignKey, Generated, Index, IndexColumn, Origin, Term};
use super::text::is_keyword;
use crate::sql::cursor::TokenCursor;
use crate::sql::lexer::{Token, TokenKind, tokens};
use crate::sql::quote::quoted;

/// Written as in a CREATE TABLE, without the primary key.
impl Display for Column {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&quoted(&self.name))?;
        if !self.declared_type.is_empty() {
            write!(f, " {}", DeclaredType(&self.declared_type))?;
        }
        if self.not_null {
            write!(f, " NOT NULL{}", OnConflict(self.not_null_conflict))?;
        }
        if let Some(default) = &self.default {
            write!(f, " DEFAULT {}", DefaultClause(default))?;
        }
        if self.collation != "BINARY" {
            write!(f, " COLLATE {}", quoted(&self.collation))?;
        }
        if let Some(Generated { expression, stored }) = &self.generated {
            write!(f, " GENERATED ALWAYS AS ({expression}) {}", if *stored { "STORED" } else { "VIRTUAL" })?;
        }
        Ok(())
    }
}

/// Written as a constraint, or as what follows the table name in a CREATE INDEX.
impl Display for Index {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.origin {
            Origin::Statement => {}
            Origin::Unique => f.write_str("UNIQUE ")?,
            Origin::PrimaryKey => f.write_str("PRIMARY KEY ")?,
        }
        write!(f, "({}){}", list(&self.columns), OnConflict(self.conflict))?;
        match &self.predicate {
            Some(predicate) => write!(f, " WHERE {predicate}"),
            None => Ok(()),
        }
    }
}

impl Index {
    /// Returns the CREATE INDEX statement of a named index; `None` for an index that belongs to a constraint.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); CREATE INDEX lengths ON task (length(title))").await?;
    /// let task = sea_orm_do::introspect(&db)?.tables.remove(0);
    /// let sql = task.indexes[0].create_sql("task").unwrap();
    /// assert_eq!(sql, r#"CREATE INDEX "lengths" ON "task" ((length(title)))"#);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn create_sql(&self, table: &str) -> Option<String> {
        let unique = if self.unique { "UNIQUE " } else { "" };
        let name = quoted(self.name.as_ref()?);
        Some(format!("CREATE {unique}INDEX {name} ON {} {self}", quoted(table)))
    }
}

/// Always writes the collation of a column, because an index otherwise takes it from the column's declaration. For an
/// expression, writes only a collation other than BINARY: to the planner, an expression with an explicit BINARY is a
/// different one, and it no longer takes its value from the index.
impl Display for IndexColumn {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.term {
            Term::Column(name) => f.write_str(&quoted(name))?,
            // In brackets, because COLLATE binds only to the last operand.
            Term::Expression(expression) => write!(f, "({expression})")?,
        }
        if matches!(self.term, Term::Column(_)) || self.collation != "BINARY" {
            write!(f, " COLLATE {}", quoted(&self.collation))?;
        }
        if self.descending { f.write_str(" DESC") } else { Ok(()) }
    }
}

/// Written as a table constraint.
impl Display for ForeignKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "FOREIGN KEY ({}) REFERENCES {}", names(&self.columns), quoted(&self.table))?;
        if !self.references.is_empty() {
            write!(f, " ({})", names(&self.references))?;
        }
        for (event, action) in [("DELETE", self.on_delete), ("UPDATE", self.on_update)] {
            if action != Action::NoAction {
                write!(f, " ON {event} {action}")?;
            }
        }
        if self.deferred { f.write_str(" DEFERRABLE INITIALLY DEFERRED") } else { Ok(()) }
    }
}

impl Display for Action {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
            Self::Cascade => "CASCADE",
        })
    }
}

/// Written as a table constraint.
impl Display for Check {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if let Some(name) = &self.name {
            write!(f, "CONSTRAINT {} ", quoted(name))?;
        }
        write!(f, "CHECK ({})", self.expression)
    }
}

/// A declared type, quoted if SQLite would otherwise parse it as something else; SQLite removes the quotes.
pub(super) struct DeclaredType<'a>(pub(super) &'a str);

impl DeclaredType<'_> {
    /// Whether it consists of words, optionally followed by numbers in brackets.
    fn is_plain(&self) -> bool {
        let mut text = TokenCursor::new(self.0);
        let is_word = |token: Token<'_>| token.kind == TokenKind::Word && !is_keyword(&token);
        let mut words = 0;
        while text.peek().is_some_and(is_word) {
            text.skip();
            words += 1;
        }
        let is_number = |token: &Token<'_>| {
            token.kind == TokenKind::Number || ["+", "-", ","].iter().any(|symbol| token.is_symbol(symbol))
        };
        let numbers = text.bracketed().is_none_or(|numbers| numbers.iter().all(is_number));
        let has_comment = tokens(self.0).any(|token| token.kind == TokenKind::Space && !token.text.trim().is_empty());
        words > 0 && numbers && !has_comment && text.peek().is_none()
    }
}

impl Display for DeclaredType<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.is_plain() { f.write_str(self.0) } else { f.write_str(&quoted(self.0)) }
    }
}

/// An ON CONFLICT clause; empty for SQLite's default.
pub(super) struct OnConflict(pub(super) Conflict);

impl Display for OnConflict {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self.0 {
            Conflict::Abort => "",
            Conflict::Fail => " ON CONFLICT FAIL",
            Conflict::Ignore => " ON CONFLICT IGNORE",
            Conflict::Replace => " ON CONFLICT REPLACE",
            Conflict::Rollback => " ON CONFLICT ROLLBACK",
        })
    }
}

/// The value after DEFAULT.
pub(super) struct DefaultClause<'a>(pub(super) &'a str);

impl DefaultClause<'_> {
    /// Whether it is a single name: SQLite takes it for a text or for a keyword such as `CURRENT_TIMESTAMP`. In
    /// brackets it would be a column: <https://www.sqlite.org/lang_createtable.html#the_default_clause>.
    pub(super) fn is_name(&self) -> bool {
        let mut text = TokenCursor::new(self.0);
        text.peek().is_some_and(|token| token.name().is_some()) && {
            text.skip();
            text.peek().is_none()
        }
    }
}

impl Display for DefaultClause<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.is_name() { f.write_str(self.0) } else { write!(f, "({})", self.0) }
    }
}

pub(super) fn names(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

fn list<T: Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_a_type_that_would_be_read_as_something_else() {
        for plain in
            ["INTEGER", "varchar(10)", "UNSIGNED BIG INT", "real(16, 4)", "a ( +1 , -2.5 )", "größe", "temp key"]
        {
            assert_eq!(DeclaredType(plain).to_string(), plain);
        }
        for odd in [
            "long-text",
            "PRIMARY KEY",
            "int Generated always",
            "select",
            "x(1) y",
            "a()b",
            "1",
            "a (b)",
            "it's",
            "a --b",
        ] {
            assert_eq!(DeclaredType(odd).to_string(), format!("\"{odd}\""));
        }
        assert_eq!(DeclaredType("a \"b\"").to_string(), r#""a ""b""""#);
    }
}
