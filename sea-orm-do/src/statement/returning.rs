//! RETURNING: a statement that writes cannot be run again, so its values must be exact, and fit, the first time.

use std::collections::HashSet;
use std::ops::Range;

use sea_orm::sea_query::ArrayType;

use super::exact;
use crate::sql::ast::{Insert, Rows};
use crate::sql::lexer::{Token, TokenKind, tokens};
use crate::sql::parser::Parameters;
use crate::sql::quote::quoted;
use crate::types::catalog::Catalog;
use crate::types::expr_type::{Type, is_instant, is_wide};
use crate::types::infer::{ColumnSyntax, ResultColumn};

/// The most columns that a guard checks; for more, a savepoint costs less.
const GUARDED: usize = 16;

/// A statement whose RETURNING list is rewritten for sending.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Returning {
    /// The text, with the columns tagged that may contain integers beyond 2^53 or instants.
    pub(crate) sql: String,
    /// The columns that come back [tagged](exact), by position.
    pub(crate) tagged: HashSet<usize>,
    /// The same statement with a guard. It fails, and is thereby undone, when it returns a value that does not fit its
    /// column: <https://www.sqlite.org/lang_conflict.html>. `None` if SQL cannot check that.
    pub(crate) guarded: Option<String>,
}

impl Returning {
    /// Rewrites `sql`, which has these result columns.
    pub(crate) fn of(sql: &str, outputs: &[ResultColumn]) -> Self {
        let columns = outputs.iter().enumerate().filter_map(|(at, output)| Column::new(sql, at, output));
        let mut columns: Vec<_> = columns.collect();
        let tagged: HashSet<_> = columns.iter().filter(|column| column.is_changed).map(|column| column.at).collect();
        let exact = if tagged.is_empty() { sql.to_owned() } else { rewritten(sql, &columns) };
        let condition = if columns.len() == outputs.len() { all_fit(outputs, &columns) } else { None };
        let guarded = condition.zip(columns.first_mut()).map(|(condition, first)| first.guard(&condition));
        let guarded = guarded.map(|()| rewritten(sql, &columns));
        Self { sql: exact, tagged, guarded }
    }
}

/// The text of an INSERT that also returns the rowid, for one that writes at most one row into a table with a rowid.
/// The row that it returns says what a second statement would have to ask for: `changes()` is 1, and
/// `last_insert_rowid()` is this rowid.
pub(crate) fn with_rowid(sql: &str, insert: &Insert, catalog: &dyn Catalog) -> Option<String> {
    let is_one_row = matches!(&insert.rows, Rows::Values(rows) if rows.len() == 1);
    // An upsert returns the row that it updates, which is not the last one inserted.
    if !is_one_row || !insert.upsert.is_empty() || !insert.returning.is_empty() {
        return None;
    }
    let table = catalog.table(&insert.table)?;
    let has_rowid = table.rowid.is_some() && table.view.is_none() && !table.is_without_rowid;
    let is_free = !table.columns.iter().any(|column| column.name.eq_ignore_ascii_case("rowid"));
    // The text may end in a comment.
    (has_rowid && is_free).then(|| format!("{sql}\nRETURNING rowid"))
}

struct Column<'a> {
    at: usize,
    span: &'a Range<usize>,
    syntax: ColumnSyntax,
    /// The name that SQLite gives it.
    name: &'a str,
    plain: String,
    /// The expression that is sent instead of `plain`.
    sent: String,
    is_changed: bool,
}

impl<'a> Column<'a> {
    fn new(sql: &'a str, at: usize, output: &'a ResultColumn) -> Option<Self> {
        let span = output.span.as_ref()?;
        let text = &sql[span.clone()];
        // SQLite names a column without an alias by its text.
        let name = output.name.as_deref().unwrap_or(text);
        let plain = if output.syntax == ColumnSyntax::Star { quoted(name) } else { text.to_owned() };
        let is_changed = is_wide(&output.ty) || is_instant(&output.ty);
        let sent = match (is_changed, output.syntax) {
            (false, _) => plain.clone(),
            (true, ColumnSyntax::Star) => exact::expression(&plain),
            (true, _) => exact::expression(&numbered(sql, span)),
        };
        Some(Self { at, span, syntax: output.syntax, name, plain, sent, is_changed })
    }

    /// Makes the statement fail unless the condition is true.
    fn guard(&mut self, condition: &str) {
        // abs() of the smallest integer fails: https://www.sqlite.org/lang_corefunc.html#abs. The argument depends on a
        // column, so that SQLite does not evaluate it beforehand.
        let Self { plain, sent, .. } = self;
        *sent =
            format!("CASE WHEN {condition} THEN {sent} ELSE abs(-9223372036854775807 - 1 - 0 * ({plain} IS NULL)) END");
        self.is_changed = true;
    }

    fn text(&self) -> String {
        match (self.is_changed, self.syntax) {
            (false, _) | (true, ColumnSyntax::Aliased) => self.sent.clone(),
            (true, ColumnSyntax::Star | ColumnSyntax::Expression) => {
                format!("{} AS {}", self.sent, quoted(self.name))
            }
        }
    }
}

/// A part of a statement whose `?` are numbered, so that it can be written more than once. Writing it once, as a table,
/// does not work: SQLite would evaluate a subquery in it only for the first row.
fn numbered(sql: &str, part: &Range<usize>) -> String {
    let mut parameters = Parameters::default();
    let mut text = String::with_capacity(part.len());
    for token in tokens(sql).take_while(|token| token.at < part.end) {
        let position = if token.kind == TokenKind::Parameter { parameters.position(token.text) } else { None };
        match position {
            _ if token.at < part.start => {}
            Some(position) if token.text == "?" => text.push_str(&format!("?{}", position + 1)),
            _ => text.push_str(token.text),
        }
    }
    text
}

/// The statement with these columns. All columns of a `*` together replace it.
fn rewritten(sql: &str, columns: &[Column<'_>]) -> String {
    let mut sql = sql.to_owned();
    for columns in columns.chunk_by(|one, other| one.span == other.span).rev() {
        let texts: Vec<_> = columns.iter().map(Column::text).collect();
        if let Some(first) = columns.first() {
            // A word may be right next to it: RETURNING"id".
            sql.replace_range(first.span.clone(), &format!(" {} ", texts.join(", ")));
        }
    }
    sql
}

/// The condition that all values fit; `None` if SQL cannot check that.
fn all_fit(outputs: &[ResultColumn], columns: &[Column<'_>]) -> Option<String> {
    // A `*` may list other columns by the time the statement runs.
    let can_tell =
        |column: &Column<'_>| column.syntax != ColumnSyntax::Star && tokens(&column.plain).all(|it| is_of_a_name(&it));
    if columns.len() > GUARDED || !columns.iter().all(can_tell) {
        return None;
    }
    let conditions = outputs.iter().zip(columns).map(|(output, column)| fits(&output.ty, &column.plain));
    Some(conditions.collect::<Option<Vec<_>>>()?.join(" AND "))
}

fn is_of_a_name(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) || token.is_symbol(".")
}

/// The condition that a column's value is NULL or fits its type; `None` if SQL cannot check that.
fn fits(ty: &Type, column: &str) -> Option<String> {
    let ty = match ty {
        Type::Known(ty) => ty,
        Type::Unread => return Some("1".to_owned()),
        Type::Dynamic | Type::Null | Type::Unregistered(_) => return None,
    };
    let integer = |least: i64, greatest: i64| {
        format!("({column} IS NULL OR typeof({column}) = 'integer' AND {column} BETWEEN {least} AND {greatest})")
    };
    let class = |class: &str| format!("typeof({column}) IN ('{class}', 'null')");
    Some(match ty {
        ArrayType::Bool => class("integer"),
        ArrayType::TinyInt => integer(i8::MIN.into(), i8::MAX.into()),
        ArrayType::SmallInt => integer(i16::MIN.into(), i16::MAX.into()),
        ArrayType::Int => integer(i32::MIN.into(), i32::MAX.into()),
        ArrayType::TinyUnsigned => integer(0, u8::MAX.into()),
        ArrayType::SmallUnsigned => integer(0, u16::MAX.into()),
        ArrayType::Unsigned => integer(0, u32::MAX.into()),
        ArrayType::BigInt => class("integer"),
        ArrayType::BigUnsigned => integer(0, i64::MAX),
        ArrayType::Double => format!("typeof({column}) NOT IN ('text', 'blob')"),
        ArrayType::String | ArrayType::Enum(_) => class("text"),
        ArrayType::Bytes => class("blob"),
        #[cfg(feature = "with-uuid")]
        ArrayType::Uuid => {
            format!("({column} IS NULL OR typeof({column}) = 'blob' AND length({column}) = 16)")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result columns of a list in which each text occurs once.
    fn outputs(sql: &str, columns: &[(&str, ArrayType)]) -> Vec<ResultColumn> {
        let output = |(text, ty): &(&str, ArrayType)| {
            let start = sql.find(text).unwrap();
            let span = Some(start..start + text.len());
            ResultColumn {
                name: None,
                ty: Type::Known(ty.clone()),
                span,
                syntax: ColumnSyntax::Expression,
                is_certain: false,
            }
        };
        columns.iter().map(output).collect()
    }

    fn returning(list: &str, columns: &[(&str, ArrayType)]) -> Returning {
        let sql = format!("DELETE FROM t RETURNING {list}");
        Returning::of(&sql, &outputs(&sql, columns))
    }

    #[test]
    fn guards_the_first_column_with_what_all_must_be() {
        let guarded = returning("a, b", &[("a", ArrayType::Int), ("b", ArrayType::String)]);
        assert_eq!((guarded.sql.as_str(), guarded.tagged.len()), ("DELETE FROM t RETURNING a, b", 0));
        let condition = "(a IS NULL OR typeof(a) = 'integer' AND a BETWEEN -2147483648 AND 2147483647) \
                         AND typeof(b) IN ('text', 'null')";
        let first =
            format!("CASE WHEN {condition} THEN a ELSE abs(-9223372036854775807 - 1 - 0 * (a IS NULL)) END AS \"a\"");
        assert_eq!(guarded.guarded, Some(format!("DELETE FROM t RETURNING  {first} ,  b ")));
    }

    #[test]
    fn tags_wide_integers_with_and_without_a_guard() {
        let wide = returning("a", &[("a", ArrayType::BigInt)]);
        let tagged = exact::expression("a");
        assert_eq!(wide.sql, format!("DELETE FROM t RETURNING  {tagged} AS \"a\" "));
        assert_eq!(wide.tagged, HashSet::from([0]));
        assert!(wide.guarded.is_some_and(|guarded| guarded.contains(&format!("THEN {tagged} ELSE abs("))));
    }

    #[test]
    fn gives_parameters_their_numbers_to_write_them_again() {
        let sql = "UPDATE t SET b = ? RETURNING ?, (SELECT a FROM t WHERE b = ? AND c = ?1)";
        let text = "(SELECT a FROM t WHERE b = ? AND c = ?1)";
        let sent = Returning::of(sql, &outputs(sql, &[("?,", ArrayType::Int), (text, ArrayType::BigInt)])[1..]).sql;
        let tagged = exact::expression(&text.replace("= ?", "= ?3").replace("?31", "?1"));
        assert_eq!(sent, format!("UPDATE t SET b = ? RETURNING ?,  {tagged} AS \"{text}\" "));
    }

    #[test]
    fn has_no_guard_where_sql_cannot_tell() {
        assert_eq!(returning("a", &[("a", ArrayType::Float)]).guarded, None);
        assert_eq!(returning("a + 1", &[("a + 1", ArrayType::Int)]).guarded, None);
        assert_eq!(returning("random()", &[("random()", ArrayType::BigInt)]).guarded, None);
        let names: Vec<_> = (0..=GUARDED).map(|at| format!("c{at}x")).collect();
        let columns: Vec<_> = names.iter().map(|name| (name.as_str(), ArrayType::Int)).collect();
        assert_eq!(returning(&names.join(", "), &columns).guarded, None);
        assert!(returning(&names.join(", "), &columns[1..]).guarded.is_some());
    }
}
