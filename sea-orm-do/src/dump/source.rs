//! Where the rows of a table are read from, and the statements that they are written to.

use sea_orm::DbErr;

use crate::error::exec_err;
use crate::introspect::{Table, VirtualTable};
use crate::sql::lexer::{Token, TokenKind, words};
use crate::sql::quote::quoted;
use crate::statement::exact;

/// A table whose rows are exported as statements.
#[derive(Debug)]
pub(super) struct ExportedTable {
    pub(super) table: String,
    /// Reads its rows exactly: [`exact::bytes`].
    pub(super) select: String,
    /// The beginning of the INSERT, before the rows.
    pub(super) insert: String,
}

impl ExportedTable {
    fn new(table: &str, columns: &[&str], behind: &str) -> Self {
        let names: Vec<_> = columns.iter().map(|column| quoted(column)).collect();
        let values: Vec<_> = names.iter().map(|name| exact::bytes(name)).collect();
        Self {
            table: table.to_owned(),
            select: format!("SELECT {} FROM {}{behind}", values.join(", "), quoted(table)),
            insert: format!("INSERT INTO {} ({}) VALUES\n", quoted(table), names.join(", ")),
        }
    }

    /// Reads in the order of the rowids or of the primary key, which a covering index would change.
    pub(super) fn of_table(table: &Table) -> Self {
        let stored = table.columns.iter().filter(|column| column.generated.is_none());
        let columns: Vec<_> = stored.map(|column| column.name.as_str()).collect();
        Self::new(&table.name, &columns, " NOT INDEXED")
    }

    /// `names` are the names of the tables, as literals.
    pub(super) fn of_sequences(names: &str) -> Self {
        Self::new("sqlite_sequence", &["name", "seq"], &format!(" WHERE name IN ({names}) ORDER BY rowid"))
    }

    /// `None` for a table that stores no rows itself.
    ///
    /// # Errors
    /// Fails for an FTS5 table that does not store its texts, and for a table of an unknown module.
    pub(super) fn of_virtual_table(table: &VirtualTable) -> Result<Option<Self>, DbErr> {
        let mut columns: Vec<_> = table.columns.iter().map(String::as_str).collect();
        match Module::of(&table.sql) {
            Module::Fts5 { content: None } => columns.insert(0, "rowid"),
            Module::Fts5 { content: Some(content) } if content.is_empty() => {
                return Err(exec_err(format!(
                    "table `{}` cannot be exported: it is an FTS5 index that does not store its texts (content='')",
                    table.name
                )));
            }
            Module::Fts5 { .. } | Module::Fts5Vocab => return Ok(None),
            Module::Rtree => {}
            Module::Other(module) => {
                return Err(exec_err(format!(
                    "table `{}` cannot be exported: the module {module} is unknown",
                    table.name
                )));
            }
        }
        Ok(Some(Self::new(&table.name, &columns, "")))
    }

    /// The statement that fills an FTS5 table from another table.
    pub(super) fn rebuild(table: &VirtualTable) -> Option<String> {
        let name = quoted(&table.name);
        matches!(Module::of(&table.sql), Module::Fts5 { .. })
            .then(|| format!("INSERT INTO {name} ({name}) VALUES ('rebuild');\n"))
    }
}

/// The module of a virtual table.
#[derive(Debug, PartialEq, Eq)]
enum Module {
    /// FTS5, with the table that stores its texts if that is another one.
    Fts5 {
        content: Option<String>,
    },
    /// A table of this module stores no rows.
    Fts5Vocab,
    Rtree,
    Other(String),
}

impl Module {
    fn of(sql: &str) -> Self {
        let mut words = words(sql).skip_while(|token| !token.is_word("USING"));
        let module = words.nth(1).map(|token| token.name_or_text()).unwrap_or_default().to_ascii_lowercase();
        match module.as_str() {
            "fts5" => {
                let words: Vec<_> = words.collect();
                // FTS5 accepts a prefix of an option's name: ext/fts5/fts5_config.c.
                let is_content = |name: &Token<'_>| {
                    name.kind == TokenKind::Word && "content".starts_with(&name.text.to_ascii_lowercase())
                };
                let content = words.windows(3).find(|three| is_content(&three[0]) && three[1].is_symbol("="));
                Self::Fts5 { content: content.map(|three| three[2].name_or_text()) }
            }
            "fts5vocab" => Self::Fts5Vocab,
            "rtree" | "rtree_i32" => Self::Rtree,
            _ => Self::Other(module),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_a_virtual_table_keeps() {
        let fts = |content: Option<&str>| Module::Fts5 { content: content.map(str::to_owned) };
        for (sql, module) in [
            ("CREATE VIRTUAL TABLE a USING fts5(b, c, tokenize = 'porter')", fts(None)),
            ("CREATE VIRTUAL TABLE \"using\" using FTS5(b, content='t', content_rowid='id')", fts(Some("t"))),
            ("CREATE VIRTUAL TABLE a USING fts5(b, content=\"t\")", fts(Some("t"))),
            ("CREATE VIRTUAL TABLE a USING fts5(b, content='')", fts(Some(""))),
            ("CREATE VIRTUAL TABLE a USING 'fts5'(b, cont = t)", fts(Some("t"))),
            ("CREATE VIRTUAL TABLE a USING fts5(b, content_rowid = 'id')", fts(None)),
            ("CREATE VIRTUAL TABLE a USING rtree(id, x, y)", Module::Rtree),
            ("CREATE VIRTUAL TABLE a USING fts5vocab(b, row)", Module::Fts5Vocab),
            ("CREATE VIRTUAL TABLE a USING \"fts4\"(b)", Module::Other("fts4".to_owned())),
        ] {
            assert_eq!(Module::of(sql), module, "{sql}");
        }
    }
}
